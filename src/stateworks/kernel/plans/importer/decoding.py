"""From a file's bytes to its lines, or a clear refusal: what the file is instead, and what to do about it."""

from __future__ import annotations

import codecs
from pathlib import PurePath

from stateworks.kernel.plans.document import PlanImportError

MAX_BYTES = 50_000_000

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "Save its text as .txt (in most readers: File, Save as text) and import that."),
    (
        b"PK\x03\x04",
        "a Word document, spreadsheet or archive",
        "In Word choose Save as, Plain text (.txt, UTF-8).",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", "In Word choose Save as, Plain text (.txt, UTF-8)."),
    (b"{\\rtf", "a rich text file", "In Word choose Save as, Plain text (.txt, UTF-8)."),
    (b"\x89PNG", "a picture", "A scanned page holds no text: run text recognition first and save its text."),
    (
        b"\xff\xd8\xff",
        "a picture",
        "A scanned page holds no text: run text recognition first and save its text.",
    ),
    (b"II*\x00", "a picture", "A scanned page holds no text: run text recognition first and save its text."),
    (b"MM\x00*", "a picture", "A scanned page holds no text: run text recognition first and save its text."),
    (b"\x1f\x8b", "a compressed file", "Unpack it and import the text inside."),
)
_REMEDY_BY_ENDING = {
    ".docx": "In Word choose Save as, Plain text (.txt, UTF-8), and import that.",
    ".doc": "In Word choose Save as, Plain text (.txt, UTF-8), and import that.",
    ".odt": "Save it as plain text (.txt, UTF-8) and import that.",
    ".rtf": "Save it as plain text (.txt, UTF-8) and import that.",
    ".pdf": "Save its text as .txt (in most readers: File, Save as text) and import that.",
    ".xml": "StratML is not read by this command; save the plan as .txt or .md.",
    ".html": "Save the page as text (.txt) and import that.",
    ".htm": "Save the page as text (.txt) and import that.",
    ".yaml": "A plan in YAML is loaded with `stateworks plan load`.",
    ".yml": "A plan in YAML is loaded with `stateworks plan load`.",
    ".xlsx": "Save the plan's text as .txt and import that.",
    ".csv": "A table of rows is imported with `stateworks data import`.",
}
_READABLE = frozenset({"", ".txt", ".md", ".markdown", ".text"})


def _refuse(filename: str, what: str, remedy: str) -> PlanImportError:
    return PlanImportError(f"{filename or 'The file'} {what}. {remedy}")


def lines_of(source: str | bytes, filename: str = "") -> list[str]:
    """Return the file's lines without their ends, as editors count them; refuse what is no readable text."""
    ending = PurePath(filename).suffix.lower()
    if isinstance(source, bytes):
        source = _decode(source, filename)
    elif len(source) > MAX_BYTES:
        raise _too_large(len(source), filename)
    if ending not in _READABLE:
        remedy = _REMEDY_BY_ENDING.get(
            ending, "Save the plan as plain text (.txt) or Markdown (.md) and import that."
        )
        raise _refuse(filename, "is not a .txt or .md file", remedy)
    if not source.strip():
        raise _refuse(
            filename,
            "is empty",
            "Check that the plan was exported; a scanned plan needs text recognition first.",
        )
    if (
        source.lstrip()[:200]
        .lower()
        .startswith(("<?xml", "<!doctype html", "<html", "<strategicplan", "<performanceplan"))
    ):
        raise _refuse(
            filename, "holds markup (XML or HTML), not plain text", "Save the plan's text as .txt or .md."
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
            raise _refuse(filename, f"is {what}, not plain text", remedy)
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
