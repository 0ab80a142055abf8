"""From a file's bytes to its lines, or a clear refusal: what the file is instead, and what to do about it.

What a file is, its first bytes say; its name only helps where the bytes leave it open.
"""

from __future__ import annotations

import codecs
from pathlib import PurePath

from stateworks.kernel.plans.document import PlanImportError, Progress, untold
from stateworks.kernel.plans.importer.pdf import count_pages, pdf_lines
from stateworks.kernel.plans.importer.source import SourceLine, plain_lines
from stateworks.kernel.plans.importer.word import word_lines

MAX_BYTES = 50_000_000
_NO_TEXT = frozenset({"aside", "picture", "contents"})

_OCR = "A scanned page holds no text: run text recognition first and save its text."
_TEXT_FROM_WORD = "In Word choose Save as, Word document (.docx), and import that."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "is a rich text file, not plain text", _TEXT_FROM_WORD),
    (b"\x89PNG", "is a picture, not a text", _OCR),
    (b"\xff\xd8\xff", "is a picture, not a text", _OCR),
    (b"II*\x00", "is a picture, not a text", _OCR),
    (b"MM\x00*", "is a picture, not a text", _OCR),
    (b"\x1f\x8b", "is a compressed file", "Unpack it and import the text inside."),
)
_REMEDY_BY_ENDING = {
    ".doc": _TEXT_FROM_WORD,
    ".odt": "Save it as Word (.docx) or plain text (.txt, UTF-8) and import that.",
    ".rtf": "Save it as Word (.docx) or plain text (.txt, UTF-8) and import that.",
    ".html": "Save the page as text (.txt) and import that.",
    ".htm": "Save the page as text (.txt) and import that.",
    ".yaml": "A plan in YAML is loaded with `stateworks plan load`.",
    ".yml": "A plan in YAML is loaded with `stateworks plan load`.",
    ".xlsx": "Save the plan's text as .txt and import that.",
    ".csv": "A table of rows is imported with `stateworks data import`.",
}
_READABLE = frozenset({"", ".txt", ".md", ".markdown", ".text"})
ZIP, PDF, OLE = b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0"


def _refuse(filename: str, what: str, remedy: str) -> PlanImportError:
    return PlanImportError(f"{filename or 'The file'} {what}. {remedy}")


def source_of(source: str | bytes, filename: str = "", progress: Progress = untold) -> list[SourceLine]:
    """Return the file's lines, whatever kind of file it is; refuse what holds no readable text."""
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            raise _too_large(len(source), filename)
        name = filename or "The file"
        if source.startswith(ZIP):
            return _some(word_lines(source, name), filename)
        if _is_pdf(source):
            return _some(pdf_lines(source, name, progress), filename)
        if source.startswith(OLE):
            raise _old_or_locked(source, filename)
    ending = PurePath(filename).suffix.lower()
    if ending in {".docx", ".pdf"} and source.strip():
        kind = "Word document" if ending == ".docx" else "PDF"
        raise _refuse(
            filename,
            f"is no {kind}, though its name says so",
            "Export it again, or give it the ending of what it is (.txt for text).",
        )
    return plain_lines(lines_of(source, filename))


def pages_of(source: bytes, filename: str) -> int | None:
    """Return how many pages a PDF has, and None for any other file; raises PlanImportError where it cannot be opened."""
    return count_pages(source, filename) if _is_pdf(source) else None


def _is_pdf(source: bytes) -> bool:
    return PDF in source[:1024] and not source.startswith(ZIP)


def _some(lines: list[SourceLine], filename: str) -> list[SourceLine]:
    """Refuse a document in which no line is text of a plan."""
    if any(line.text.strip() and not (line.mark and line.mark.kind in _NO_TEXT) for line in lines):
        return lines
    raise _refuse(
        filename,
        "holds no text",
        "If its pages are pictures, run text recognition first; else export it again.",
    )


def _old_or_locked(source: bytes, filename: str) -> PlanImportError:
    """Say whether a file in the container of old Office files is one, or a new one under a password."""
    if "EncryptedPackage".encode("utf-16-le") in source:
        return _refuse(
            filename, "is protected by a password", "Save it in Word without one, and import that."
        )
    return _refuse(filename, "is an old Word or Excel file (.doc, .xls)", _TEXT_FROM_WORD)


def lines_of(source: str | bytes, filename: str = "") -> list[str]:
    """Return a text file's lines without their ends, as editors count them; refuse what is no readable text."""
    ending = PurePath(filename).suffix.lower()
    if isinstance(source, bytes):
        source = _decode(source, filename)
    elif len(source) > MAX_BYTES:
        raise _too_large(len(source), filename)
    if ending not in _READABLE:
        remedy = _REMEDY_BY_ENDING.get(
            ending, "Save the plan as Word (.docx), plain text (.txt) or Markdown (.md) and import that."
        )
        raise _refuse(filename, "is not a .docx, .pdf, .txt or .md file", remedy)
    if not source.strip():
        raise _refuse(
            filename,
            "is empty",
            "Check that the plan was exported; a scanned plan needs text recognition first.",
        )
    if source.lstrip()[:200].lower().startswith(("<?xml", "<!doctype html", "<html")):
        raise _refuse(
            filename,
            "holds markup (XML or HTML), not plain text",
            "Save the plan's text as .txt or .md; a plan in StratML has the ending .xml.",
        )
    where = source.find("\x00")
    if where >= 0:
        line = source.count("\n", 0, where) + 1
        raise _refuse(
            filename, f"is not text: line {line} holds a zero byte", "Save the plan as plain text (UTF-8)."
        )
    # Only real line ends count: splitlines() would also split at form feeds and shift every line number after them.
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _too_large(size: int, filename: str) -> PlanImportError:
    return _refuse(
        filename,
        f"is larger than a plan can be ({size / 1_000_000:.0f} MB, at most {MAX_BYTES // 1_000_000} MB)",
        "Import the plan without its attachments.",
    )


def _decode(data: bytes, filename: str) -> str:
    """Decode UTF-8, or UTF-16 and UTF-32 that say so in their first bytes; guess nothing."""
    if len(data) > MAX_BYTES:
        raise _too_large(len(data), filename)
    for signature, what, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise _refuse(filename, what, remedy)
    encoding = "utf-8-sig"
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            encoding = name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if b"\x00" in data[:4096]:
            raise _refuse(
                filename,
                f"is not text: it holds bytes of another kind from line {line} on",
                "Save the plan as plain text (UTF-8).",
            ) from error
        raise _refuse(
            filename,
            f"is not in UTF-8: byte {error.start + 1} on line {line} (0x{data[error.start]:02x}) cannot be read",
            "Save it again with the encoding UTF-8.",
        ) from error
