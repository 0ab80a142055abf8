"""Refused rows: kept with their reasons until the source is fixed or somebody dismisses them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.columns import Fault
from stateworks.kernel.lake.contracts import Contract, quoted
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.models import Import, ImportState, QuarantinedRow

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    from django.db.models import QuerySet

    from stateworks.kernel.access.models import Account

BATCH = 2000
PARTS, UNREAD = " · ", "?"
"""What stands between the parts of a key as people read it, and in the place of one that could not be read."""
PREVIEW_ROWS = 1000
"""A preview keeps so many refused rows to show; their number is counted in full."""


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken: its line, its key if it has one, why, and its text as it stood in the file."""

    line: int
    key: str
    code: str
    reason: str
    values: dict[str, Any]

    def fingerprint(self) -> int:
        """Return a number that is the same whenever the same row is refused for the same reason."""
        text = json.dumps([self.code, self.values], sort_keys=True, ensure_ascii=False, default=str)
        return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)

    def reason_beside_line(self) -> str:
        """Return the reason for where the line stands beside it, so that it is not said twice."""
        text = self.reason.replace(f"Line {self.line}, column", "Column")
        first, *others = text.split(f"Line {self.line}: ")
        said = first + "".join(other[:1].upper() + other[1:] for other in others)
        return said.replace(f"Line {self.line} ", "The line ")


def refused_rows(
    original: pl.DataFrame,
    faulty: pl.Series,
    faults: Sequence[Fault],
    keys: pl.Series,
    sources: dict[str, str],
) -> Iterator[RefusedRow]:
    """Yield the faulty rows of a batch, each with all its reasons; the first fault gives the code.

    `sources` names the file's column behind a dataset's column, for the reader of the reason.
    """
    if not faulty.any():
        return
    at = faulty.arg_true().to_list()
    texts = [fault.texts.gather(at).to_list() if fault.texts is not None else None for fault in faults]
    marks = [fault.rows.gather(at).to_list() for fault in faults]
    shown = keys.gather(at).to_list()
    for place, row in enumerate(original[at].iter_rows(named=True)):
        line = row.pop(LINE)
        reasons, code = [], ""
        for fault, mark, text in zip(faults, marks, texts, strict=True):
            if not mark[place]:
                continue
            code = code or fault.code
            value = "" if text is None or text[place] is None else text[place]
            where = f", column “{sources[fault.column]}”" if fault.column in sources else ""
            reasons.append(f"Line {line}{where}: {fault.sentence(value)}")
        values = {name: value for name, value in row.items() if value is not None}
        yield RefusedRow(line, (shown[place] or "")[:400], code, " ".join(reasons), values)


def keep(rows: Iterable[RefusedRow], made_by: Import, *, dataset: str = "") -> None:
    """Keep refused rows of an import; a row that already waits for the same reason is not kept a second time."""
    dataset = dataset or made_by.dataset
    waiting = _waiting(dataset, made_by.source)
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        marked = {row.fingerprint(): row for row in batch}
        known = set(waiting.filter(fingerprint__in=list(marked)).values_list("fingerprint", flat=True))
        if known and made_by.state != ImportState.PREVIEW:
            waiting.filter(fingerprint__in=known).update(seen_in=made_by)
        QuarantinedRow.objects.bulk_create(
            QuarantinedRow(
                made_by=made_by,
                seen_in=made_by,
                dataset=dataset,
                source=made_by.source,
                row=row.line,
                key=row.key,
                code=row.code[:60],
                reason=row.reason_beside_line(),
                values=row.values,
                fingerprint=mark,
            )
            for mark, row in marked.items()
            if mark not in known or made_by.state == ImportState.PREVIEW
        )


def mark_fixed(
    connection: duckdb.DuckDBPyConnection, staged: str, declared: Contract, made_by: Import
) -> int:
    """Close the refused rows that an import has now brought in order; return how many.

    A row whose key could not be read whole is found by the parts that could.
    """
    waiting = [
        (pk, *key.split(PARTS))
        for pk, key in _waiting(declared.dataset, made_by.source)
        .exclude(seen_in=made_by)
        .values_list("pk", "key")
        if key.count(PARTS) == len(declared.key) - 1 and key.count(UNREAD) < len(declared.key) - 1
    ]
    if not waiting:
        return 0
    import polars as pl

    names = [f"k{at}" for at in range(len(declared.key))]
    frame = pl.DataFrame(
        waiting, schema={"pk": pl.Int64(), **dict.fromkeys(names, pl.String())}, orient="row"
    )
    connection.register("waiting", frame.to_arrow())
    same = " AND ".join(
        f"(w.{name} = '{UNREAD}' OR w.{name} = {_shown_sql(declared, column)})"
        for name, column in zip(names, declared.key, strict=True)
    )
    # The key's second part tells units apart in every feed; joining on it keeps this from being a cross product.
    found = connection.execute(f"SELECT DISTINCT pk FROM waiting w JOIN {staged} s ON {same}").fetchall()
    connection.unregister("waiting")
    fixed = [pk for (pk,) in found]
    for start in range(0, len(fixed), BATCH):
        QuarantinedRow.objects.filter(pk__in=fixed[start : start + BATCH]).update(fixed_by=made_by)
    return len(fixed)


def listed(dataset: str = "", *, every: bool = False, limit: int = 1000) -> list[dict[str, Any]]:
    """Return refused rows as plain data, newest import first; those that wait, or every one."""
    rows = QuarantinedRow.objects.exclude(made_by__state=ImportState.PREVIEW).order_by("-made_by", "row")
    if dataset:
        rows = rows.filter(dataset=dataset)
    if not every:
        rows = rows.filter(dismissed_at=None, fixed_by=None)
    return [
        {
            "id": row.pk,
            "dataset": row.dataset,
            "source": row.source,
            "import": row.made_by_id,
            "row": row.row,
            "key": row.key,
            "code": row.code,
            "reason": row.reason,
            "values": row.values,
            "state": "dismissed" if row.dismissed_at else "fixed" if row.fixed_by_id else "waiting",
        }
        for row in rows[:limit]
    ]


def _waiting(dataset: str, source: str) -> QuerySet[QuarantinedRow]:
    return QuarantinedRow.objects.filter(
        dataset=dataset, source=source, dismissed_at=None, fixed_by=None
    ).exclude(made_by__state=ImportState.PREVIEW)


def _shown_sql(declared: Contract, name: str) -> str:
    column = f"s.{quoted(name)}"
    if declared.column(name).type == "TIMESTAMPTZ":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"{column}::VARCHAR"


def dismiss(rows: Sequence[int], *, why: str, by: Account, at: datetime) -> int:
    """Dismiss refused rows by id, with the reason; return how many were open."""
    if not why.strip():
        raise Refused("Say why these rows are dismissed; the reason is kept with them.")
    with transaction.atomic():
        waiting = QuarantinedRow.objects.select_for_update().filter(
            pk__in=rows, dismissed_at=None, fixed_by=None
        )
        found = list(waiting.values_list("pk", "dataset"))
        QuarantinedRow.objects.filter(pk__in=[pk for pk, _ in found]).update(
            dismissed_at=at, dismissed_by=by, dismissed_why=why.strip()
        )
        for pk, dataset in found:
            audit.record("dismiss refused row", f"{dataset} row {pk}", by=by, at=at, reason=why.strip())
    return len(found)
