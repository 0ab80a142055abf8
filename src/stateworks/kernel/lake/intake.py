"""The door for feeds: a file in, a new version of the dataset and of all that is derived from it out, or nothing at all.

The steps are: read and check the file (staging), take the datasets' locks, compare with what is there, write what is new
or changed, compute what is derived from it, and move all pointers in one transaction. A process that ends in between
leaves nothing that anybody can see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from stateworks.kernel import full_disk
from stateworks.kernel.access import audit
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import quarantine, store, tables
from stateworks.kernel.lake.agencies import agency_codes
from stateworks.kernel.lake.changes import Change, compare, write, writer_connection
from stateworks.kernel.lake.contracts import literal, quoted
from stateworks.kernel.lake.derivations import Derived, derive_all
from stateworks.kernel.lake.feeds import Feed, derivations, feed
from stateworks.kernel.lake.files import TabularFile, open_table
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.mappings import kept, mapping_named
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.lake.progress import Cancelled, Watch, give_up_dead_imports
from stateworks.kernel.lake.scratch import scratch_folder
from stateworks.kernel.lake.staging import Staged, Stager

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable

    from stateworks.kernel.access.models import Account


def import_feed(
    dataset: str,
    path: str | Path,
    *,
    mapping: str | MappingDocument,
    filename: str = "",
    dry_run: bool = False,
    by: Account | None,
    at: datetime,
    running: Import | None = None,
    progress: Callable[[str], None] | None = None,
) -> Import:
    """Load one file into a feed and return the import with its counts, which add up to the rows read.

    `running` is an import that was announced before (`announce`), for instance by a page that shows its progress;
    `progress` is told each step. With
    `dry_run` everything is counted and nothing is loaded. Call it outside a transaction, or nobody sees its progress.
    Raises Refused, with nothing changed.
    """
    declared = feed(dataset)
    document = mapping_named(mapping) if isinstance(mapping, str) else mapping
    if document.dataset != dataset:
        raise Refused(
            f"The mapping {document.name} is for {document.dataset}, not for {dataset}; "
            f"import into {document.dataset}, or choose another mapping."
        )
    if running is None:
        running = announce(document, path, filename=filename, dry_run=dry_run, by=by, at=at)
    work = _Work(declared, document, Path(path), running, Watch(running, at, progress), dry_run)
    try:
        return work.done()
    except Cancelled as cancelled:
        _close(running, ImportState.CANCELLED, cancelled.sentence, work.watch.now())
        raise
    except Refused as refused:
        _close(running, ImportState.REFUSED, refused.sentence, work.watch.now())
        raise
    except Exception as error:
        sentence = full_disk.words(error) or f"{type(error).__name__}: {error}"[:2000]
        _close(running, ImportState.FAILED, sentence, work.watch.now())
        raise


def announce(
    document: MappingDocument,
    path: str | Path,
    *,
    filename: str = "",
    dry_run: bool = False,
    by: Account | None,
    at: datetime,
    waits: bool = False,
) -> Import:
    """Note that a file is about to be loaded, so that its progress can be followed; also gives up on dead imports.

    One that `waits` for a worker has no heartbeat yet, so nobody takes it for dead.
    """
    path = Path(path)
    if not path.is_file():
        raise Refused(f"There is no file {path}; check its path.")
    with entered(SYSTEM):
        give_up_dead_imports(at)
        return Import.objects.create(
            dataset=document.dataset,
            mapping=kept(document, by=by),
            source=document.source[:80],
            filename=(filename or path.name)[:255],
            sha256=tables.sha256(path),
            state=ImportState.PREVIEW if dry_run else ImportState.RUNNING,
            progress="Waiting for its turn" if waits else "",
            started_at=at,
            heartbeat_at=None if waits else at,
            by=by,
        )


def cancel(running: Import) -> bool:
    """Ask a running import to stop; True if it was still running."""
    return bool(
        Import.objects.filter(pk=running.pk, state__in=[ImportState.RUNNING, ImportState.PREVIEW]).update(
            state=ImportState.CANCELLED
        )
    )


@dataclass
class _Work:
    """One import under way."""

    feed: Feed
    mapping: MappingDocument
    path: Path
    running: Import
    watch: Watch
    dry_run: bool

    def done(self) -> Import:
        with scratch_folder(f"import-{self.running.pk}") as folder:
            table = self._table(folder)
            connection = writer_connection(str(folder / "spill"))
            try:
                with entered(SYSTEM):
                    agencies = agency_codes(self.mapping.source)
                stager = Stager(
                    self.feed, self.mapping, agencies, connection, folder, self.running.pk, self.watch
                )
                staged = stager.stage(table)
                names = [self.feed.name, *(derivation.target for derivation in derivations(self.feed.name))]
                with store.locked(
                    names, waiting=lambda: self.watch.step("Waiting for another import to end")
                ):
                    return self._locked(connection, folder, staged, stager)
            finally:
                connection.close()

    def _table(self, folder: Path) -> TabularFile:
        table = open_table(
            self.path,
            filename=self.running.filename,
            encoding=self.mapping.encoding,
            delimiter=self.mapping.delimiter,
            sheet=self.mapping.sheet,
            header_line=self.mapping.header_line,
        )
        if self.feed.prepare is None:
            return table
        self.watch.step("Reading the file as a whole", always=True)
        return self.feed.prepare(table, self.mapping, folder)

    def _locked(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, staged: Staged, stager: Stager
    ) -> Import:
        declared = self.feed.contract()
        settled = {} if self.dry_run else self._settled()
        self.watch.step(f"Comparing {staged.read:,} rows with what is there", always=True)
        change = compare(
            declared,
            connection,
            staged.relation,
            gone_where=self._gone(staged),
            updated_column=self.feed.updated,
            complete=None if staged.whole else stager.completer(),
            files=staged.files,
        )
        self.watch.step("Computing what follows from them", always=True)
        derived = derive_all(self.feed, change, self.mapping, connection, folder, self.running.pk)
        if not self.dry_run:
            self.watch.step(
                f"Writing {change.inserted:,} new and {change.updated:,} changed rows", always=True
            )
            change = write(
                change, connection, settled[declared.dataset], import_id=self.running.pk, at=self.watch.now()
            )
            for one in derived:
                self.watch.step(f"Writing {one.target}", always=True)
                one.change = write(
                    one.change,
                    connection,
                    settled[one.target],
                    import_id=self.running.pk,
                    at=self.watch.now(),
                )
            self.watch.step("Publishing", always=True)
        return self._published(connection, staged, change, derived)

    def _settled(self) -> dict[str, DeltaTable]:
        names = [self.feed.name, *(derivation.target for derivation in derivations(self.feed.name))]
        found = {}
        for name in names:
            found[name] = store.settle(feed(name).contract())
            store.remove_orphans(name)
        return found

    def _gone(self, staged: Staged) -> str | None:
        """Return which rows a snapshot speaks for: those of its source that were not merely refused."""
        if self.mapping.load != "snapshot":
            return None
        if staged.held is None:
            staged.notes.append("Rows without a readable key were refused, so nothing was taken as removed.")
            return None
        return (
            f"c.{quoted(self.feed.source_column)} = {literal(self.mapping.source)} "
            f"AND c._key NOT IN (SELECT _key FROM {staged.held})"
        )

    def _published(
        self, connection: duckdb.DuckDBPyConnection, staged: Staged, change: Change, derived: list[Derived]
    ) -> Import:
        running = self.running
        now = self.watch.now()
        refused = staged.refused
        if change.older:
            staged.notes.append(
                f"{change.older:,} rows are older than what is known and were left as they are."
            )
        with entered(SYSTEM), transaction.atomic():
            quarantine.keep(islice(refused, quarantine.PREVIEW_ROWS if self.dry_run else None), running)
            if not self.dry_run:
                for one in derived:
                    quarantine.keep(one.refused, running, dataset=one.target)
                quarantine.mark_fixed(connection, staged.relation, self.feed.contract(), running)
                ready = [one for one in (change.prepared, *(each.change.prepared for each in derived)) if one]
                store.publish(ready, made_by=running, at=now)
                store.mark_fresh([change.declared.dataset, *(one.target for one in derived)], at=now)
            running.read = staged.read
            running.inserted, running.updated = change.inserted, change.updated
            running.unchanged = change.unchanged + staged.collapsed
            running.quarantined = len(refused)
            running.removed = change.removed
            running.unassigned = staged.unassigned
            running.derived = {one.target: asdict(one.counts()) for one in derived}
            running.notes = staged.notes
            running.progress = ""
            running.finished_at = running.heartbeat_at = now
            if not self.dry_run:
                if not Import.objects.filter(pk=running.pk, state=ImportState.RUNNING).exists():
                    raise Cancelled("The import was cancelled; nothing was loaded.")
                running.state = ImportState.DONE
                audit.record(
                    "import", f"{running.dataset} {running.filename}"[:200], by=running.by, at=now, import_id=running.pk,
                    after={"read": running.read, "inserted": running.inserted, "updated": running.updated,
                           "unchanged": running.unchanged, "quarantined": running.quarantined, "removed": running.removed},
                )  # fmt: skip
            running.save()
        return running


def _close(running: Import, state: ImportState, error: str, at: datetime) -> None:
    """Note how an import ended that loaded nothing; where the database is gone, the next import notes it."""
    from django.db import Error

    try:
        with entered(SYSTEM):
            Import.objects.filter(pk=running.pk).update(state=state, error=error, progress="", finished_at=at)
    except Error:
        return
    running.state, running.error = state, error
