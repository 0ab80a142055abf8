"""Files on their way in: kept for the person who uploaded them, from the choice of columns to the load.

An import is a job of a worker: its progress is seen while it runs, leaving the page does not stop it, and neither does a
restart of the site.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from stateworks.kernel import full_disk
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs.queue import enqueue, latest
from stateworks.kernel.lake.mapping import MappingDocument, mapping_from
from stateworks.kernel.lake.models import Import
from stateworks.kernel.records.types import record_type
from stateworks.web.data.catalogue import Entry, dataset_named
from stateworks.web.jobs import LOAD, PREVIEW

KEPT_DAYS = 7
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


@dataclass(frozen=True)
class Upload:
    """An uploaded file with its dataset and, once chosen, the way its columns are read."""

    folder: Path
    token: str
    account: Account

    @property
    def facts(self) -> dict[str, Any]:
        """Filename, dataset, and what was chosen so far."""
        found: dict[str, Any] = json.loads((self.folder / "facts.json").read_text(encoding="utf-8"))
        return found

    def note(self, **facts: Any) -> None:
        """Keep what was chosen."""
        unfinished = self.folder / "facts.json.new"
        unfinished.write_text(json.dumps(self.facts | facts, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self.folder / "facts.json")

    @property
    def path(self) -> Path:
        """The file itself; its ending says what it is."""
        return self.folder / f"file{self.facts['ending']}"

    @property
    def filename(self) -> str:
        """The name under which it was uploaded."""
        return str(self.facts["filename"])

    @property
    def entry(self) -> Entry:
        """The dataset it is for."""
        found = dataset_named(str(self.facts["dataset"]))
        if found is None:
            raise Http404("The dataset is gone.")
        return found

    def remove(self) -> None:
        """Forget the file."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *, dry_run: bool, at: datetime) -> int:
        """Announce the import, put it into the queue, and return its number.

        Raises Refused where the import is turned down before it begins.
        """
        before = self.facts.get("load")
        if before and not dry_run and (job := latest(f"import {before}")) and job.under_way:
            return int(before)  # the button was pressed twice
        running = self._announced(dry_run, at)
        enqueue(
            PREVIEW if dry_run else LOAD, f"import {running.pk}", {"import": running.pk, "upload": self.token},
            by=self.account, at=at,
        )  # fmt: skip
        self.note(**{"preview" if dry_run else "load": running.pk})
        return running.pk

    def _announced(self, dry_run: bool, at: datetime) -> Import:
        if self.entry.kind == "feed":
            from stateworks.kernel.lake.intake import announce

            return announce(
                self._mapping(), self.path, filename=self.filename, dry_run=dry_run, by=self.account, at=at, waits=True
            )  # fmt: skip
        if connector := self.facts.get("connector"):
            from stateworks.kernel.records.connected import connector_named
            from stateworks.kernel.records.connecting import announce as announce_connected

            return announce_connected(
                connector_named(connector), self.path, dataset=self.entry.name, filename=self.filename, dry_run=dry_run,
                by=self.account, at=at, waits=True,
            )  # fmt: skip
        from stateworks.kernel.records.announcing import announce as announce_records

        return announce_records(
            record_type(self.entry.name), self.path, filename=self.filename, dry_run=dry_run, by=self.account, at=at,
            waits=True,
        )  # fmt: skip

    def _mapping(self) -> MappingDocument:
        from stateworks.kernel.lake.mappings import mapping_named

        facts = self.facts
        with entered(SYSTEM):
            if facts.get("mapping"):
                return mapping_named(facts["mapping"])
            return mapping_from(facts["document"], facts["document"].get("name") or "mapping")

    def load(
        self, running: Import, *, dry_run: bool, at: datetime, progress: Callable[[str], None]
    ) -> Import:
        """Do the import that was announced; outside a transaction, so that its progress is seen."""
        if self.entry.kind == "feed":
            from stateworks.kernel.lake.intake import import_feed
            from stateworks.kernel.lake.summaries import keep_ready

            done = import_feed(
                self.entry.name, self.path, mapping=self._mapping(), filename=self.filename, dry_run=dry_run,
                by=self.account, at=at, running=running, progress=progress,
            )  # fmt: skip
            keep_ready(self.entry.name)
            return done
        if connector := self.facts.get("connector"):
            from stateworks.kernel.records.connecting import import_connected

            return import_connected(
                connector, self.path, dataset=self.entry.name, options=self.facts.get("options") or {}, filename=self.filename,
                dry_run=dry_run, by=self.account, at=at, running=running, progress=progress,
            )  # fmt: skip
        from stateworks.kernel.records.intake import import_records

        return import_records(
            self.entry.name, self.path, mapping=self.facts.get("columns") or None, filename=self.filename, dry_run=dry_run,
            dates=self.facts.get("dates") or "iso", by=self.account, at=at, running=running, progress=progress,
        )  # fmt: skip


def new_upload(file: UploadedFile[Any], dataset: str, by: Account) -> Upload:
    """Keep an uploaded file; too large a one is refused with the limit."""
    limit = int(settings.UPLOAD_LIMIT_BYTES)
    if (file.size or 0) > limit:
        raise Refused(
            f"The file is larger than {limit // 1024**2} MB; split it, or load it with `stateworks data import`."
        )
    sweep()
    token = secrets.token_urlsafe(18)
    folder = _root() / f"{by.pk}-{token}"
    name = (file.name or "file").replace("\\", "/").rsplit("/", 1)[-1][:200]
    ending = Path(name).suffix.lower()[:12]
    facts = {"filename": name, "ending": ending, "dataset": dataset}
    try:
        folder.mkdir(mode=0o700, parents=True)
        (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        with (folder / f"file{ending}").open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if full := full_disk.words(error):
            raise Refused(full) from error
        raise
    return Upload(folder, token, by)


def upload_named(token: str, by: Account) -> Upload:
    """The upload of an address, if this person made it."""
    folder = _root() / f"{by.pk}-{token}"
    if not _TOKEN.fullmatch(token) or not (folder / "facts.json").is_file():
        raise Http404("There is no such upload of yours; it may have been loaded already.")
    return Upload(folder, token, by)


def upload_kept(token: str, by: Account) -> Upload | None:
    """The upload of a job, or none where its file has been loaded or swept away."""
    folder = _root() / f"{by.pk}-{token}"
    return Upload(folder, token, by) if (folder / "facts.json").is_file() else None


def forget(token: str, by: Account) -> None:
    """Remove the file of a job that has loaded it, or what a killed removal left of it."""
    shutil.rmtree(_root() / f"{by.pk}-{token}", ignore_errors=True)


def upload_of(running: Import, by: Account) -> Upload | None:
    """The upload that a preview was made of, if it is still here and this person's."""
    if not _root().is_dir():
        return None
    for folder in _root().glob(f"{by.pk}-*"):
        upload = Upload(folder, folder.name.partition("-")[2], by)
        if (folder / "facts.json").is_file() and upload.facts.get("preview") == running.pk:
            return upload
    return None


def sweep() -> None:
    """Remove files that nobody loaded within a week."""
    if not _root().is_dir():
        return
    for folder in _root().iterdir():
        if folder.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)
