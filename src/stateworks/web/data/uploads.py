"""Files on their way in: kept for the person who uploaded them, from the choice of columns to the load.

An import runs in a thread of its own, outside the request's transaction: so that its progress is seen while it runs, and
so that leaving the page does not stop it.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connections
from django.http import Http404
from django.utils import timezone

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import Import
from stateworks.web.data.catalogue import Entry, dataset_named

KEPT_DAYS = 7
#: How long the page waits for the import's number; the import itself may take as long as it takes.
PATIENCE_SECONDS = 20.0
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

    def start(self, *, dry_run: bool) -> int:
        """Start the import in a thread and return its number as soon as there is one.

        Raises Refused where the import is turned down before it begins.
        """
        told = threading.Event()
        outcome: dict[str, Any] = {}
        thread = threading.Thread(
            target=self._work, args=(dry_run, told, outcome), name=f"import-{self.token[:6]}", daemon=True
        )
        thread.start()
        told.wait(PATIENCE_SECONDS)
        if "error" in outcome:
            raise outcome["error"]
        if "number" not in outcome:
            raise Refused(
                "The import did not begin within 20 seconds; the machine may be busy. Try again in a minute."
            )
        return int(outcome["number"])

    def _work(self, dry_run: bool, told: threading.Event, outcome: dict[str, Any]) -> None:
        try:
            if self.entry.kind == "feed":
                self._load_feed(dry_run, told, outcome)
            else:
                self._load_records(dry_run, told, outcome)
        except Refused as refused:
            outcome.setdefault("error", refused)
        except Exception as error:  # noqa: BLE001 - the import's row holds it; a thread has nobody else to tell
            outcome.setdefault("error", Refused(f"The import failed: {error}"))
        finally:
            told.set()
            connections.close_all()

    def _load_feed(self, dry_run: bool, told: threading.Event, outcome: dict[str, Any]) -> None:
        from stateworks.kernel.lake.intake import announce, import_feed
        from stateworks.kernel.lake.mapping import mapping_from
        from stateworks.kernel.lake.mappings import mapping_named

        facts, at = self.facts, timezone.now()
        with entered(SYSTEM):
            if facts.get("mapping"):
                mapping = mapping_named(facts["mapping"])
            else:
                mapping = mapping_from(facts["document"], facts["document"].get("name") or "mapping")
            running = announce(
                mapping, self.path, filename=self.filename, dry_run=dry_run, by=self.account, at=at
            )
        self._known(running, dry_run, told, outcome)
        import_feed(
            self.entry.name, self.path, mapping=mapping, filename=self.filename, dry_run=dry_run, by=self.account, at=at,
            running=running,
        )  # fmt: skip
        if not dry_run:
            self.remove()

    def _load_records(self, dry_run: bool, told: threading.Event, outcome: dict[str, Any]) -> None:
        from stateworks.kernel.access.scope import scope_of
        from stateworks.kernel.records.intake import import_records

        with entered(scope_of(self.account)):
            made = import_records(
                self.entry.name, self.path, mapping=self.facts.get("columns") or None, filename=self.filename, dry_run=dry_run,
                dates=self.facts.get("dates") or "iso", by=self.account, at=timezone.now(),
            )  # fmt: skip
        self._known(made, dry_run, told, outcome)
        if not dry_run:
            self.remove()

    def _known(self, running: Import, dry_run: bool, told: threading.Event, outcome: dict[str, Any]) -> None:
        if dry_run:
            self.note(preview=running.pk)
        outcome["number"] = running.pk
        told.set()


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
    folder.mkdir(mode=0o700, parents=True)
    name = (file.name or "file").replace("\\", "/").rsplit("/", 1)[-1][:200]
    ending = Path(name).suffix.lower()[:12]
    facts = {"filename": name, "ending": ending, "dataset": dataset}
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    with (folder / f"file{ending}").open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return Upload(folder, token, by)


def upload_named(token: str, by: Account) -> Upload:
    """The upload of an address, if this person made it."""
    folder = _root() / f"{by.pk}-{token}"
    if not _TOKEN.fullmatch(token) or not (folder / "facts.json").is_file():
        raise Http404("There is no such upload of yours; it may have been loaded already.")
    return Upload(folder, token, by)


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
