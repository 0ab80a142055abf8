"""A plan in a file of any kind: text, Word, PDF, our YAML, StratML, or the files of a system that a connector knows.

A document is read for its text and becomes a draft. A file that holds a whole plan as data gives the plan itself, and the
values that it reports. The kernel knows no other system; connectors register what they can read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.document import PlanDocument, PlanImportError, Progress, untold

YAML_ENDINGS = (".yaml", ".yml")
FISCAL_YEAR_START = 7
LARGEST_FILE = 50_000_000
"""Bytes of one file; so much and no more may be sent to the upload page, too."""
MOST_FILES = 5
READ_AT_ONCE_PAGES, READ_AT_ONCE = 50, 1_000_000
"""Pages of a PDF, and bytes of any other file, that are read within seconds."""


@dataclass(frozen=True)
class PlanFile:
    """A file as it was given: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Given:
    """What a person says beside the files, where these leave it open."""

    slug: str = ""
    starts: date | None = None
    ends: date | None = None
    fiscal_year_start_month: int | None = None


@dataclass(frozen=True)
class PlanRead:
    """What was read: the document with its tree, findings and unplaced lines, and the plan where the files hold one."""

    document: PlanDocument
    content: PlanContent | None = None

    def plan(self, given: Given) -> PlanContent:
        """Return the plan: as the files hold it, else the draft made of the document."""
        from stateworks.kernel.plans.draft import draft_of

        if self.content is not None:
            return self.content
        return draft_of(self.document, slug=given.slug, starts=given.starts, ends=given.ends)


@dataclass(frozen=True)
class PlanSource:
    """A system whose files hold a plan as data: how they are recognised, and how they are read."""

    name: str
    title: str
    reads: str
    recognise: Callable[[Sequence[PlanFile]], str | None]
    """Says why these files are the system's; none where they are not."""
    read: Callable[[Sequence[PlanFile], Given], PlanRead]


_SOURCES: dict[str, PlanSource] = {}


def register(source: PlanSource) -> PlanSource:
    """Make a system's files known."""
    _SOURCES[source.name] = source
    return source


def every_source() -> list[PlanSource]:
    """Return what is known, by name."""
    return [_SOURCES[name] for name in sorted(_SOURCES)]


def takes_long(files: Sequence[PlanFile]) -> bool:
    """Tell whether reading them takes longer than somebody should wait for an answer; a PDF that cannot be opened is refused."""
    from stateworks.kernel.plans.importer import pages_of

    def long(file: PlanFile) -> bool:
        pages = pages_of(file.data, file.name)
        return len(file.data) > READ_AT_ONCE if pages is None else pages > READ_AT_ONCE_PAGES

    return any(long(file) for file in files)


def read_files(files: Sequence[PlanFile], given: Given = Given(), progress: Progress = untold) -> PlanRead:
    """Read a plan from its file, or from the files that hold it together; refused with what is wrong and what to do."""
    if not files:
        raise PlanImportError("No file was given. Choose the plan's file.")
    if len(files) > MOST_FILES:
        raise PlanImportError(
            f"{len(files)} files were given, and a plan has {MOST_FILES} at most. Choose its own files."
        )
    for file in files:
        if len(file.data) > LARGEST_FILE:
            raise PlanImportError(
                f"{file.name} is larger than a plan can be ({len(file.data) / 1_000_000:.0f} MB, at most "
                f"{LARGEST_FILE // 1_000_000} MB). Import the plan without its attachments."
            )
    source = next((one for one in every_source() if one.recognise(files)), None)
    if source is not None:
        return _whole(source.read(files, given), source.title)
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        known = "; ".join(one.reads for one in every_source()) or "none"
        raise PlanImportError(
            f"{names} are several files that do not make one plan. Import them one by one; together are read: {known}"
        )
    (file,) = files
    if file.name.lower().endswith(YAML_ENDINGS):
        return _own(file)
    if _is_xml(file):
        from stateworks.kernel.plans.stratml.reading import read_stratml

        found = read_stratml(
            file.data, file.name, slug=given.slug, starts=given.starts, ends=given.ends,
            fiscal_year_start_month=given.fiscal_year_start_month,
        )  # fmt: skip
        return _whole(PlanRead(found.document, found.content), file.name)
    from stateworks.kernel.plans.importer import import_plan

    month = given.fiscal_year_start_month or FISCAL_YEAR_START
    return PlanRead(
        import_plan(file.data, filename=file.name, fiscal_year_start_month=month, progress=progress)
    )


def _whole(read: PlanRead, name: str) -> PlanRead:
    """Return what was read if it is a plan by the rules of our own format, else refuse with every fault."""
    from stateworks.kernel.plans.yaml_format import document_of, read_document

    if read.content is not None:
        read_document(document_of(read.content), name=name)
    return read


def _own(file: PlanFile) -> PlanRead:
    """Read our own YAML, with its lint."""
    from stateworks.kernel.plans.lint import lint_plan
    from stateworks.kernel.plans.review import document_from
    from stateworks.kernel.plans.yaml_format import read_plan

    content = read_plan(file.data, name=file.name)
    document = document_from(content, file.data.decode("utf-8-sig"))
    document.findings = lint_plan(document)
    return PlanRead(document, content)


def _is_xml(file: PlanFile) -> bool:
    """Return true for XML by its name or its first bytes; HTML is a page and no plan as data."""
    begins = file.data[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if begins.startswith((b"<!doctype html", b"<html")):
        return False
    return file.name.lower().endswith(".xml") or begins.startswith(b"<?xml")
