"""Brings what a connector read through the door for records: several datasets, one transaction, one import."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from stateworks.kernel import full_disk
from stateworks.kernel.access import audit
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import quarantine, tables
from stateworks.kernel.lake.files import LINE, TabularFile
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.lake.progress import Cancelled, Watch, give_up_dead_imports
from stateworks.kernel.records.announcing import check_right, close
from stateworks.kernel.records.changes import database_words
from stateworks.kernel.records.connected import (
    Asked,
    Connector,
    Found,
    RefusedHere,
    Row,
    checked_options,
    connector_named,
)
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import BOOLEAN, JSON, RANGE, Bound, bound_columns
from stateworks.kernel.records.intake import _mark_fixed, _Work
from stateworks.kernel.records.outcome import Outcome, keep_changes
from stateworks.kernel.records.rows import read_rows, settle_duplicates
from stateworks.kernel.records.types import RecordType, record_type

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

AT_ONCE = 5000


def import_connected(
    name: str,
    path: str | Path,
    *,
    dataset: str = "",
    options: Mapping[str, str] | None = None,
    filename: str = "",
    dry_run: bool = False,
    refusals: Literal["quarantine", "nothing"] = "quarantine",
    by: Account | None,
    at: datetime,
    running: Import | None = None,
    progress: Callable[[str], None] | None = None,
) -> Import:
    """Load a file through a connector and return one import: the counts of `dataset`, and in `derived` those of the others.

    `dataset` is one that the connector yields, its main one if not given. Raises Refused, with nothing changed; a process that
    dies on the way leaves nothing either. `running` is an import that was announced before, and `progress` is told each step.
    """
    connector = connector_named(name)
    path = Path(path)
    if not path.is_file():
        raise Refused(f"There is no file {filename or path}; check its path.")
    chosen = checked_options(connector, options or {})
    if running is None:
        running = announce(connector, path, dataset=dataset, filename=filename, dry_run=dry_run, by=by, at=at)
    watch = Watch(running, at, progress)
    work = _Load(connector, path, running, watch, by, at, dry_run, refusals)
    try:
        work.done(chosen)
    except Cancelled as cancelled:
        close(running, ImportState.CANCELLED, cancelled.sentence, watch.now())
        raise
    except Refused as refused:
        close(running, ImportState.REFUSED, refused.sentence, watch.now())
        raise
    except Exception as error:
        sentence = full_disk.words(error) or f"{type(error).__name__}: {error}"[:2000]
        close(running, ImportState.FAILED, sentence, watch.now())
        raise
    return running


def announce(
    connector: Connector, path: Path, *, dataset: str = "", filename: str = "", dry_run: bool, by: Account | None,
    at: datetime, waits: bool = False,
) -> Import:  # fmt: skip
    """Note that a file is about to be loaded; one that `waits` for a worker has no heartbeat that could stop."""
    main = dataset or connector.main or connector.datasets[0]
    if main not in connector.datasets:
        raise Refused(
            f"{connector.title} gives {', '.join(connector.datasets)}, not {main}; name one of these as the dataset."
        )
    with entered(SYSTEM):
        give_up_dead_imports(at)
        return Import.objects.create(
            dataset=main, source=connector.name, filename=(filename or path.name)[:255], sha256=tables.sha256(path),
            state=ImportState.PREVIEW if dry_run else ImportState.RUNNING, started_at=at, by=by,
            heartbeat_at=None if waits else at, progress="Waiting for its turn" if waits else "",
        )  # fmt: skip


@dataclass
class _Load:
    """One file on its way in."""

    connector: Connector
    path: Path
    running: Import
    watch: Watch
    by: Account | None
    at: datetime
    dry_run: bool
    refusals: str

    def done(self, options: Mapping[str, str]) -> None:
        self.watch.step(f"Reading {self.running.filename}", always=True)
        outcomes: dict[str, Outcome] = {}
        counts: dict[str, dict[str, int]] = {}
        loaded: list[Callable[[], None]] = []
        notes: list[str] = []
        try:
            with entered(SYSTEM if self.by is None else scope_of(self.by)):
                found = self.connector.read(self.path, Asked(self.running.filename, options, self.at))
                notes += found.notes
                if not any(found.rows.values()) and not any(found.refused.values()):
                    raise Refused(f"{self.running.filename} holds nothing to load. {' '.join(notes)}".strip())
                for dataset in self.connector.datasets:
                    if found.rows.get(dataset) or found.refused.get(dataset):
                        self._stop_if_cancelled()
                        outcome, counts[dataset], mark = self._part(dataset, found)
                        outcomes[dataset] = outcome
                        loaded.append(mark)
                self._stop_if_cancelled()
                if self.dry_run:
                    transaction.set_rollback(True)
                else:
                    self._note(outcomes, counts, notes, loaded)
        except IntegrityError as error:
            raise Refused(f"{self.running.filename}: {database_words(error)} Nothing was loaded.") from error
        if self.dry_run:
            with entered(SYSTEM):
                self._note(outcomes, counts, notes, [])

    def _part(self, dataset: str, found: Found) -> tuple[Outcome, dict[str, int], Callable[[], None]]:
        """Bring one dataset's rows through the door for records."""
        declared = record_type(dataset)
        check_right(declared, self.by)
        table = _table(
            self.path,
            self.running.filename,
            declared,
            found.rows.get(dataset, []),
            found.refused.get(dataset, []),
        )
        rows = read_rows(declared, table, None, zone=settings.TIME_ZONE, dates="iso")
        settle_duplicates(rows, latest=False)
        work = _Work(declared, table, self.running, self.watch, self.by, self.at, self.dry_run)
        outcome = Outcome(self.running)
        new, changed, unchanged = work._loaded(rows, outcome, self.refusals)
        outcome.refused = sorted(rows.refused, key=lambda row: row.line)
        counts = {
            "read": rows.read, "inserted": new, "updated": changed, "unchanged": unchanged + rows.collapsed,
            "quarantined": len(outcome.refused),
        }  # fmt: skip

        def mark() -> None:
            shown = copy.copy(self.running)
            shown.dataset = dataset
            _mark_fixed(rows, shown)

        return outcome, counts, mark

    def _stop_if_cancelled(self) -> None:
        with entered(SYSTEM):
            if Import.objects.filter(pk=self.running.pk, state=ImportState.CANCELLED).exists():
                raise Cancelled("The import was cancelled; nothing was loaded.")

    def _note(
        self,
        outcomes: Mapping[str, Outcome],
        counts: Mapping[str, dict[str, int]],
        notes: list[str],
        loaded: list[Callable[[], None]],
    ) -> None:
        """Write down what the import did: its counts, its refused rows, and one entry in the audit record."""
        running = self.running
        now = self.watch.now()
        for name, count in counts.get(running.dataset, {}).items():
            setattr(running, name, count)
        running.derived = {name: told for name, told in counts.items() if name != running.dataset}
        running.notes = [f"Read as {self.connector.title}.", *notes]
        running.progress = ""
        running.state = ImportState.PREVIEW if self.dry_run else ImportState.DONE
        running.finished_at = running.heartbeat_at = now
        with entered(SYSTEM):
            for dataset, outcome in outcomes.items():
                kept = outcome.refused[: quarantine.PREVIEW_ROWS] if self.dry_run else outcome.refused
                quarantine.keep(kept, running, dataset=dataset)
            for mark in loaded:
                mark()
            if self.dry_run and running.dataset in outcomes:
                keep_changes(outcomes[running.dataset], now)
            if not self.dry_run:
                audit.record(
                    "import", f"{running.dataset} {running.filename}", by=self.by, at=now, import_id=running.pk,
                    after={"connector": self.connector.name, **counts},
                )  # fmt: skip
            running.save()


def _table(
    path: Path, filename: str, declared: RecordType, rows: list[Row], refused: list[RefusedHere]
) -> TabularFile:
    """Return the rows as the door for records reads them: a table with the columns that at least one row speaks of."""
    import polars as pl

    spoken = {
        name
        for row in rows
        for of in (row.says, row.starts)
        for name, value in of.items()
        if value is not None
    }
    columns = [one for one in bound_columns(declared) if one.name in spoken or one.name in declared.key]
    names = [one.name for one in columns]
    texts = _completed(declared, columns, rows)
    frame = pl.DataFrame(
        [pl.Series(name, [row[place] for row in texts], dtype=pl.String) for place, name in enumerate(names)]
        + [pl.Series(LINE, [row.line for row in rows], dtype=pl.Int64)]
    )

    def read(table: TabularFile) -> Any:
        for bad in refused:
            table.refuse_row(
                bad.line,
                bad.code,
                bad.reason,
                {name: value for name, value in bad.values.items() if value is not None},
            )
        if frame.height:
            yield frame

    return TabularFile(path, filename, "json", tuple(names), 0, _read=read)


def _completed(declared: RecordType, columns: list[Bound], rows: list[Row]) -> list[list[str | None]]:
    """Fill what a row does not say from its record, and what the record lacks from what the connector suggests."""
    names = [one.name for one in columns]
    key = declared.key
    lacking = [row for row in rows if any(row.says.get(name) is None for name in names if name not in key)]
    there = _records(declared, columns, {_key(row, key) for row in lacking})
    found = []
    for row in rows:
        record = there.get(_key(row, key), {})
        found.append(
            [
                said if (said := row.says.get(name)) is not None else record.get(name) or row.starts.get(name)
                for name in names
            ]
        )
    return found


def _key(row: Row, key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple((row.says.get(name) or "").strip() for name in key)


def _records(
    declared: RecordType, columns: list[Bound], keys: set[tuple[str, ...]]
) -> dict[tuple[str, ...], dict[str, str | None]]:
    """Return what the records with these keys hold, as text."""
    first = declared.column(declared.key[0]).field
    starts = sorted({one[0] for one in keys})
    found: dict[tuple[str, ...], dict[str, str | None]] = {}
    names = [one.name for one in columns]
    manager = declared.model._default_manager.order_by()
    for at in range(0, len(starts), AT_ONCE):
        here = manager.filter(**{f"{first}__in": starts[at : at + AT_ONCE]})
        for values in here.values_list(*(one.column.field for one in columns)):
            texts = {name: _text(one, value) for name, one, value in zip(names, columns, values, strict=True)}
            found[tuple(texts[name] or "" for name in declared.key)] = texts
    return found


def _text(one: Bound, value: Any) -> str | None:
    """Write a stored value as a file would hold it."""
    if value is None:
        return None
    if one.kind == BOOLEAN:
        return "true" if value else "false"
    if one.kind == RANGE:
        return range_text(value)
    if one.kind == JSON:
        import json

        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
