"""Plans on their way in: what was read of an upload and the draft made of it, kept for who uploaded it until it is loaded."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404

from stateworks.kernel.access.models import Account
from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.document import PlanDocument, Result
from stateworks.kernel.plans.files import Given, PlanFile
from stateworks.kernel.plans.yaml_format import read_plan, write_plan

#: Drafts that nobody loads are removed after so many days.
KEPT_DAYS = 30
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


@dataclass(frozen=True)
class Draft:
    """A draft's folder: the name of the upload, what was read of it, and the plan as YAML."""

    folder: Path
    token: str

    @property
    def filename(self) -> str:
        """The name of the uploaded file."""
        return (self.folder / "name").read_text(encoding="utf-8")

    @property
    def ready(self) -> bool:
        """Whether the upload has been read; a long one waits for a worker."""
        return (self.folder / "plan.yaml").exists()

    @cached_property
    def read(self) -> dict[str, Any]:
        """What was read of the upload: lines with their pages, where each thing stands, findings, values."""
        found: dict[str, Any] = json.loads((self.folder / "read.json").read_text(encoding="utf-8"))
        return found

    @property
    def results(self) -> list[Result]:
        """The values that the upload reports."""
        return [Result(**one) for one in self.read["results"]]

    @property
    def yaml(self) -> str:
        """The draft as it stands now."""
        return (self.folder / "plan.yaml").read_text(encoding="utf-8")

    def content(self) -> PlanContent:
        """The draft as a plan; refused with the line where it is no plan any more."""
        return read_plan(self.yaml)

    def write(self, content: PlanContent) -> None:
        """Keep a corrected draft."""
        self.write_text(write_plan(content))

    def write_text(self, text: str) -> None:
        """Keep a draft somebody corrected as YAML, in one step so that a crash leaves the old or the new one."""
        unfinished = self.folder / "plan.yaml.new"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self.folder / "plan.yaml")

    def fill(self, document: PlanDocument, content: PlanContent) -> None:
        """Keep what was read of the upload, and from now on be ready; the file itself is not needed any more."""
        (self.folder / "read.json").write_text(
            json.dumps(_seen(document), ensure_ascii=False), encoding="utf-8"
        )
        self.write(content)
        shutil.rmtree(self.folder / "upload", ignore_errors=True)

    def wait(self, files: Sequence[PlanFile]) -> None:
        """Keep the upload itself until it is read."""
        folder = self.folder / "upload"
        folder.mkdir(mode=0o700)
        for number, file in enumerate(files):
            (folder / str(number)).write_bytes(file.data)
        names = json.dumps([file.name for file in files], ensure_ascii=False)
        (folder / "names.json").write_text(names, encoding="utf-8")

    def files(self) -> list[PlanFile]:
        """The upload that waits to be read."""
        folder = self.folder / "upload"
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        return [PlanFile(name, (folder / str(number)).read_bytes()) for number, name in enumerate(names)]

    def remove(self) -> None:
        """Forget the draft."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "drafts"


def new_draft(filename: str, by: Account) -> Draft:
    """Begin a draft that is yet to be filled; old ones are swept on the way."""
    sweep()
    token = secrets.token_urlsafe(18)
    folder = _root() / f"{by.pk}-{token}"
    folder.mkdir(mode=0o700, parents=True)
    (folder / "name").write_text(filename[:255], encoding="utf-8")
    return Draft(folder, token)


def given_as_json(given: Given) -> dict[str, Any]:
    """What was said beside the files, as a job keeps it."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asdict(given).items()
    }


def given_from_json(kept: dict[str, Any]) -> Given:
    """What a job kept of what was said beside the files."""
    days = {name: dt.date.fromisoformat(kept[name]) for name in ("starts", "ends") if kept[name]}
    return Given(**(kept | days))


def _seen(document: PlanDocument) -> dict[str, Any]:
    """What the page shows of a document beside the draft; reading a long PDF again for each view would take too long."""
    places = {node.id: node.lines[0] for node in document.nodes}
    places |= {row.id: row.line for row in document.indicators}
    places |= {row.id: row.line for row in document.key_results}
    return {
        "source": list(document.source),
        "pages": list(document.pages),
        "places": places,
        "findings": document.to_json()["findings"],
        "unplaced": {one.line: one.reason for one in document.unplaced},
        "results": [asdict(one) for one in document.results],
    }


def draft_named(token: str, by: Account) -> Draft:
    """The draft of an address, if this person made it."""
    found = draft_kept(token, by)
    if found is None:
        raise Http404("There is no such draft of yours; it may have been loaded already.")
    return found


def draft_kept(token: str, by: Account) -> Draft | None:
    """The draft of a job, or none where it was discarded or swept away."""
    folder = _root() / f"{by.pk}-{token}"
    return Draft(folder, token) if _TOKEN.fullmatch(token) and folder.is_dir() else None


def drafts_of(by: Account) -> list[Draft]:
    """A person's drafts, newest first."""
    if not _root().is_dir():
        return []
    folders = sorted(_root().glob(f"{by.pk}-*"), key=lambda path: -path.stat().st_mtime)
    return [Draft(folder, folder.name.partition("-")[2]) for folder in folders if (folder / "name").exists()]


def sweep() -> None:
    """Remove drafts that nobody has touched for a month."""
    if not _root().is_dir():
        return
    for folder in _root().iterdir():
        if folder.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)
