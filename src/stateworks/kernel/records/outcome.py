"""What an import did or, in a preview, would do: its counts, the first changes and the refused rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from stateworks.kernel.lake import quarantine
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.models import Import
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import REFERENCE
from stateworks.kernel.records.rows import ROW, Rows, shown_keys
from stateworks.kernel.records.staging import Staging

PREVIEW_CHANGES = 5_000
"""So many changes of a preview are kept to be looked at, for so many days; the counts are of all."""
KEPT_DAYS = 7


@dataclass(frozen=True)
class ChangedRow:
    """A row that an import adds or changes: its line, its key, and by column what it was and what it becomes."""

    line: int
    key: str
    new: bool
    fields: dict[str, tuple[Any, Any]]


@dataclass
class Outcome:
    """What an import did or, in a preview, would do: the counts, the first changes, and the refused rows."""

    running: Import
    changes: list[ChangedRow] = field(default_factory=list)
    refused: list[quarantine.RefusedRow] = field(default_factory=list)


def changes_of(rows: Rows, staging: Staging) -> list[ChangedRow]:
    """Return the first new and changed rows with what each column was and becomes."""
    import polars as pl

    found = staging.changes(PREVIEW_CHANGES)
    names = [one.name for one in staging.given]
    codes: dict[str, dict[int, str]] = {}
    for place, one in enumerate(staging.given):
        if one.kind == REFERENCE:
            ids = {values[place] for row in found for values in (row[3], row[4]) if values[place] is not None}
            codes[one.name] = dict(
                one.related._default_manager.filter(pk__in=ids).values_list("pk", one.target)
            )
    at = [row[0] for row in found]
    shown = rows.frame.filter(pl.col(ROW).is_in(at)).sort(ROW)
    lines = dict(zip(shown[ROW], shown[LINE], strict=True))
    keys = dict(zip(shown[ROW], shown_keys(shown, rows.declared.key), strict=True))
    texts = {one.name: dict(zip(shown[ROW], shown[one.name], strict=True)) for one in staging.given}
    changes = []
    for position, new, _, before, after in found:
        fields: dict[str, tuple[Any, Any]] = {}
        for name, old, value in zip(names, before, after, strict=True):
            pair = (old, value)
            if name in codes:
                pair = (codes[name].get(old, old), texts[name][position])
            if new or pair[0] != pair[1]:
                fields[name] = pair
        changes.append(ChangedRow(lines[position], keys[position], new, fields))
    return changes


def keep_changes(outcome: Outcome, at: datetime) -> None:
    """Keep what a preview would change, and forget what earlier previews would have; in a system scope."""
    from stateworks.kernel.records.models import PreviewedChange

    PreviewedChange.objects.filter(made_by__started_at__lt=at - timedelta(days=KEPT_DAYS)).delete()
    PreviewedChange.objects.bulk_create(
        PreviewedChange(
            made_by=outcome.running, line=row.line, key=row.key[:400], new=row.new,
            fields={name: [_text(before), _text(after)] for name, (before, after) in row.fields.items()},
        )
        for row in outcome.changes
    )  # fmt: skip


def _text(value: Any) -> str:
    """Return a value as a file would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "lower_inc"):
        return range_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
