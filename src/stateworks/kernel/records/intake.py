"""The door for records: a file in; new, changed, unchanged and refused rows out, all in one transaction or none.

A preview does exactly what the import does and then rolls it back, so that it cannot promise anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models.fields import NOT_PROVIDED

from stateworks.kernel import full_disk
from stateworks.kernel.access import audit
from stateworks.kernel.access.permissions import allowed, organizations_where
from stateworks.kernel.access.scope import SYSTEM, Scope, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import quarantine
from stateworks.kernel.lake.files import TabularFile, open_table
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.lake.progress import Cancelled, Watch
from stateworks.kernel.records.announcing import announce, check_right, close
from stateworks.kernel.records.changes import database_words
from stateworks.kernel.records.fields import REFERENCE
from stateworks.kernel.records.offenders import offenders, write
from stateworks.kernel.records.outcome import Outcome, changes_of, keep_changes
from stateworks.kernel.records.rows import ROW, Rows, read_rows, resolve_references, settle_duplicates
from stateworks.kernel.records.staging import Staging, code_column, quoted
from stateworks.kernel.records.types import RecordType, record_type
from stateworks.kernel.records.values import DateOrder

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account


def import_records(
    name: str | RecordType,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    filename: str = "",
    dry_run: bool = False,
    refusals: Literal["quarantine", "nothing"] = "quarantine",
    duplicates: Literal["refuse", "latest"] = "refuse",
    dates: DateOrder = "iso",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    by: Account | None,
    at: datetime,
    running: Import | None = None,
    progress: Callable[[str], None] | None = None,
) -> Import:
    """Load a file into a record type by its natural key and return the import, whose four counts add up to the rows read.

    `mapping` names the file's column for each of the type's columns; without it they are found by name. Refused rows are
    kept in quarantine while the others load; with `refusals="nothing"` a single refused row refuses the file. Rows that
    share a key and differ are refused; with `duplicates="latest"` the last one counts. `by` None is the system.
    `running` is an import that was announced before, and `progress` is told each step. Call it outside a transaction, or
    nobody sees its progress.
    Raises Refused, with nothing changed.
    """
    return load(
        name, path, mapping=mapping, filename=filename, dry_run=dry_run, refusals=refusals, duplicates=duplicates, dates=dates,
        encoding=encoding, delimiter=delimiter, sheet=sheet, by=by, at=at, running=running, progress=progress,
    ).running  # fmt: skip


def load(
    name: str | RecordType,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    filename: str = "",
    dry_run: bool = False,
    refusals: Literal["quarantine", "nothing"] = "quarantine",
    duplicates: Literal["refuse", "latest"] = "refuse",
    dates: DateOrder = "iso",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    by: Account | None,
    at: datetime,
    running: Import | None = None,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Do what `import_records` does and return with the counts what changed and what was refused, for a preview's page."""
    declared = record_type(name) if isinstance(name, str) else name
    path = Path(path)
    if not path.is_file():
        raise Refused(f"There is no file {filename or path}; check its path.")
    if running is None:
        running = announce(declared, path, filename=filename or path.name, dry_run=dry_run, by=by, at=at)
    watch = Watch(running, at, progress)
    try:
        check_right(declared, by)
        table = open_table(
            path, filename=running.filename, encoding=encoding, delimiter=delimiter, sheet=sheet
        )
        outcome = _Work(declared, table, running, watch, by, at, dry_run).done(
            mapping, refusals=refusals, latest=duplicates == "latest", dates=dates
        )
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
    return outcome


@dataclass
class _Work:
    """One file on its way in."""

    declared: RecordType
    table: TabularFile
    running: Import
    watch: Watch
    by: Account | None
    at: datetime
    dry_run: bool

    @property
    def scope(self) -> Scope:
        return SYSTEM if self.by is None else scope_of(self.by)

    def done(
        self, mapping: Mapping[str, str] | None, *, refusals: str, latest: bool, dates: DateOrder
    ) -> Outcome:
        rows = read_rows(
            self.declared, self.table, mapping, zone=settings.TIME_ZONE, dates=dates, step=self.watch.step
        )
        settle_duplicates(rows, latest=latest)
        outcome = Outcome(self.running)
        try:
            with entered(self.scope):
                counts = self._loaded(rows, outcome, refusals)
                outcome.refused = sorted(rows.refused, key=lambda row: row.line)
                if self.dry_run:
                    transaction.set_rollback(True)
                else:
                    self._noted(rows, outcome, counts)
        except IntegrityError as error:
            raise Refused(f"{self.running.filename}: {database_words(error)} Nothing was loaded.") from error
        if self.dry_run:
            with entered(SYSTEM):
                self._noted(rows, outcome, counts)
        return outcome

    def _loaded(self, rows: Rows, outcome: Outcome, refusals: str) -> tuple[int, int, int]:
        """Bring the good rows into the database, inside the transaction; return new, changed, unchanged."""
        with connection.cursor() as cursor:
            # Two files for one type at once: the second sees what the first has done.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"stateworks.records.{self.declared.name}"],
            )
        references = resolve_references(rows)
        model = self.declared.model
        staging = Staging(
            model, f"intake_{self.running.pk}", rows.columns, tuple(one for one in rows.columns if one.key)
        )
        staging.make()
        staging.fill(_stored(rows, references))
        staging.match(self._defaults(rows))
        self._refuse_unfinished(rows, staging)
        self._refuse_foreign(rows, staging)
        self._refuse_kept(rows, staging)
        for broken, sentence in staging.broken_rules():
            self._take_out(rows, staging, dict.fromkeys(broken, sentence), "rule")
        self._take_out_orphans(rows, staging)
        touched = {
            str(one.column): self.at for one in model._meta.concrete_fields if getattr(one, "auto_now", False)
        }
        facts = {"by": str(self.by or ""), "at": self.at.isoformat(), "import_id": self.running.pk}
        while True:
            if rows.refused and refusals == "nothing":
                raise Refused(
                    f"{self.running.filename}: {len(rows.refused):,} of {rows.read:,} rows are refused, so nothing was loaded; "
                    "correct them, or load the others and keep these in quarantine.",
                    [row.reason for row in sorted(rows.refused, key=lambda row: row.line)[:100]],
                )
            counts = staging.counts()
            outcome.changes = changes_of(rows, staging)
            try:
                write(staging, touched, facts)
                break
            except IntegrityError as error:
                broken_by = offenders(staging, touched, facts)
                if not broken_by:
                    raise
                self.watch.step(f"{len(broken_by):,} rows break a rule: {database_words(error)}")
                self._take_out(rows, staging, broken_by, "database")
                self._take_out_orphans(rows, staging)
        staging.drop()
        return counts

    def _take_out_orphans(self, rows: Rows, staging: Staging) -> None:
        while orphans := dict(staging.orphans()):
            self._take_out(
                rows, staging,
                {at: f"“{code}” was refused itself; correct that row first." for at, code in orphans.items()}, "parent",
            )  # fmt: skip

    def _defaults(self, rows: Rows) -> dict[str, Any]:
        """Return what new rows have in columns that the file does not give."""
        given = {one.stored for one in rows.columns}
        filled = dict(self.declared.fill(self.by, self.at)) if self.declared.fill is not None else {}
        found: dict[str, Any] = {}
        for one in self.declared.model._meta.concrete_fields:
            if one.primary_key or one.column in given:
                continue
            if one.name in filled:
                value = filled[one.name]
                value = value.pk if isinstance(value, models.Model) else value
            elif getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False):
                value = self.at
            elif one.default is not NOT_PROVIDED:
                value = one.get_default()
            else:
                value = None if one.null else "" if one.empty_strings_allowed else None
            found[str(one.column)] = None if value is None else one.get_db_prep_save(value, connection)
        return found

    def _refuse_unfinished(self, rows: Rows, staging: Staging) -> None:
        """Refuse new rows that lack a value which the file has no column for."""
        for one in self.declared.model._meta.concrete_fields:
            if one.primary_key or one.null or one.column in {each.stored for each in rows.columns}:
                continue
            column = next((c for c in self.declared.columns if c.field.split("__")[0] == one.name), None)
            empty = f"{quoted(str(one.column))} IS NULL"
            if (
                column is not None
                and not one.blank
                and one.default is NOT_PROVIDED
                and one.empty_strings_allowed
            ):
                empty += f" OR {quoted(str(one.column))}::text = ''"
            missing = [
                row
                for (row,) in staging.ask(
                    f"SELECT {quoted(ROW)} FROM {staging.stage} WHERE _new AND ({empty})"
                )
            ]
            name = column.name if column is not None else one.name
            sentence = f"it is new and needs a {name}, for which the file has no column; add the column."
            self._take_out(rows, staging, dict.fromkeys(missing, sentence), f"{name}.missing")

    def _refuse_foreign(self, rows: Rows, staging: Staging) -> None:
        """Refuse rows of organizations that the account may not change records of."""
        if self.by is None:
            return
        with entered(SYSTEM):
            hidden = staging.hidden_keys()
        sentence = (
            "it cannot be loaded with this key; choose another, or ask whoever answers for the whole state."
        )
        self._take_out(rows, staging, dict.fromkeys(hidden, sentence), "key.taken")
        path = self.declared.organization
        if path is None:
            return
        places = organizations_where(self.by, self.declared.change)
        first, _, rest = path.partition("__")
        owner: Any = self.declared.model._meta.get_field(first)
        if not rest:
            ids = places
        else:
            ids = list(
                owner.related_model._default_manager.filter(**{f"{rest}__in": places}).values_list(
                    "pk", flat=True
                )
            )
        # What belongs to no organization is for those who answer for the whole state, as on its page.
        statewide = allowed(self.by, self.declared.change)
        outside = staging.outside(str(owner.column), ids, nobodys=statewide)
        sentence = "it belongs to an organization whose records you may not change; leave it out, or ask for the role."
        self._take_out(rows, staging, dict.fromkeys(outside, sentence), "organization.outside")
        once = self.declared.seen_once
        # Where it hangs on another record, that one is out of reach as long as it is the office's own.
        if once is not None and "__" not in once[0] and not statewide:
            field: Any = self.declared.model._meta.get_field(once[0])
            own = staging.other_than(str(field.column), once[1])
            sentence = f"until it is {once[1]} it is the office's own; leave it to those who answer for the whole state."
            self._take_out(rows, staging, dict.fromkeys(own, sentence), "office.own")

    def _refuse_kept(self, rows: Rows, staging: Staging) -> None:
        """Refuse rows that would change what people did elsewhere, such as who confirmed a milestone."""
        for one in rows.columns:
            if one.kept:
                sentence = (
                    f"{one.name} follows from what people do on the record's own page; take what the export says, or leave the "
                    "column out."
                )
                self._take_out(
                    rows, staging, dict.fromkeys(staging.changed_in([one]), sentence), f"{one.name}.kept"
                )

    def _take_out(self, rows: Rows, staging: Staging, sentences: Mapping[int, str], code: str) -> None:
        if not sentences:
            return
        rows.refuse(sentences, code, lambda at: sentences[at])
        staging.remove(sentences)

    def _noted(self, rows: Rows, outcome: Outcome, counts: tuple[int, int, int]) -> None:
        """Write down what the import did: its counts, its refused rows, and one entry in the audit record."""
        running = self.running
        now = self.watch.now()
        running.read = rows.read
        running.inserted, running.updated = counts[0], counts[1]
        running.unchanged = counts[2] + rows.collapsed
        running.quarantined = len(outcome.refused)
        running.notes = rows.notes
        running.progress = ""
        running.state = ImportState.PREVIEW if self.dry_run else ImportState.DONE
        running.finished_at = running.heartbeat_at = now
        with entered(SYSTEM):
            kept = outcome.refused[: quarantine.PREVIEW_ROWS] if self.dry_run else outcome.refused
            quarantine.keep(kept, running)
            if self.dry_run:
                keep_changes(outcome, now)
            else:
                _mark_fixed(rows, running)
                audit.record(
                    "import", f"{running.dataset} {running.filename}", by=self.by, at=now, import_id=running.pk,
                    after={"read": running.read, "inserted": running.inserted, "updated": running.updated,
                           "unchanged": running.unchanged, "quarantined": running.quarantined},
                )  # fmt: skip
            running.save()


def _stored(rows: Rows, references: Mapping[str, Mapping[str, int]]) -> Any:
    """Return the good rows under the database's column names, references as ids."""
    import polars as pl

    columns = [pl.col(ROW)]
    for one in rows.columns:
        if one.kind != REFERENCE:
            columns.append(pl.col(one.name).alias(one.stored))
            continue
        if one.related is rows.declared.model:
            columns.append(pl.col(one.name).alias(code_column(one)))
            continue
        ids = references[one.name]
        columns.append(
            pl.col(one.name).replace_strict(ids, default=None, return_dtype=pl.Int64).alias(one.stored)
        )
    return rows.frame.select(columns)


def _mark_fixed(rows: Rows, running: Import) -> None:
    """Close refused rows of earlier files whose key this file has brought in order."""
    from stateworks.kernel.lake.models import QuarantinedRow
    from stateworks.kernel.records.rows import shown_keys

    waiting = (
        QuarantinedRow.objects.filter(
            dataset=running.dataset, source=running.source, dismissed_at=None, fixed_by=None
        )
        .exclude(made_by__state=ImportState.PREVIEW)
        .exclude(seen_in=running)
        .exclude(key="")
    )
    keys = {key: pk for pk, key in waiting.values_list("pk", "key")}
    if keys:
        loaded = keys.keys() & set(shown_keys(rows.frame, rows.declared.key))
        QuarantinedRow.objects.filter(pk__in=[keys[key] for key in loaded]).update(fixed_by=running)
