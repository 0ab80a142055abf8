"""Opens a Word file safely: what is none, is locked, cut off or blown up is refused before anything is parsed."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from stateworks.kernel.plans.document import PlanImportError

if TYPE_CHECKING:
    from docx.document import Document

LARGEST_PART = 40_000_000
"""Bytes of one unpacked XML part: about a thousand pages; the tree built of it takes several times as much."""
LARGEST_WHOLE = 200_000_000
MOST_PARTS = 10_000
_PLAIN_TEXT = "In Word choose Save as, Plain text (.txt, UTF-8), and import that."
_KINDS = (
    ("xl/", "is a spreadsheet, not a plan's text", "Save the plan's text as .docx or .txt and import that."),
    (
        "ppt/",
        "is a presentation, not a plan's text",
        "Save the plan's text as .docx or .txt and import that.",
    ),
    ("content.xml", "is an OpenDocument file", "Save it as Word (.docx) or plain text and import that."),
)
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))


def open_document(data: bytes, filename: str) -> Document:
    """Return the document; raises PlanImportError with what is wrong with the file and what to do about it."""
    import docx
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, filename)
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile) as error:
        raise _damaged(filename) from error
    except NotImplementedError as error:
        raise PlanImportError(
            f"{filename} is packed in a way that Word does not use. {_PLAIN_TEXT}"
        ) from error
    try:
        return docx.Document(io.BytesIO(data))
    except ValueError as error:
        raise PlanImportError(
            f"{filename} is a template or holds macros, not a plain Word document. Save it as Word document (.docx)."
        ) from error
    except (KeyError, AttributeError, LxmlError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise _damaged(filename) from error


def _damaged(filename: str) -> PlanImportError:
    return PlanImportError(
        f"{filename} is a Word document that is cut off or damaged. Open it in Word, save it again, and import that."
    )


def _check(archive: zipfile.ZipFile, filename: str) -> None:
    """Refuse what is no Word document or would not stay small; sizes are those that unpacking stops at."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise PlanImportError(
            f"{filename} is protected by a password. Save it in Word without one, and import that."
        )
    if "word/document.xml" not in names and "[Content_Types].xml" not in names | {"word/"}:
        for start, what, remedy in _KINDS:
            if any(name.startswith(start) for name in names):
                raise PlanImportError(f"{filename} {what}. {remedy}")
        raise PlanImportError(
            f"{filename} is an archive, not a Word document. Unpack it and import the plan inside."
        )
    for start, what, remedy in _KINDS[:2]:
        if "word/document.xml" not in names and any(name.startswith(start) for name in names):
            raise PlanImportError(f"{filename} {what}. {remedy}")
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > LARGEST_WHOLE:
        raise PlanImportError(
            f"{filename} grows to {whole / 1_000_000:,.0f} MB in {len(parts):,} parts when it is unpacked, which no "
            f"plan does (at most {LARGEST_WHOLE // 1_000_000} MB). Save its text as .txt and import that."
        )
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        if part.file_size > LARGEST_PART:
            raise PlanImportError(
                f"{filename}: its part {part.filename} grows to {part.file_size / 1_000_000:,.0f} MB when it is "
                f"unpacked, and a plan may have {LARGEST_PART // 1_000_000} MB. {_PLAIN_TEXT}"
            )
        content = archive.read(part)
        if any(mark in content for mark in _DOCTYPES):
            raise PlanImportError(
                f"{filename}: its part {part.filename} declares a document type, which Word never writes. {_PLAIN_TEXT}"
            )


def part_of(document: Document, ending: str) -> list[Any]:
    """Return the roots of the parts that the text refers to, by the ending of their relation, such as footnotes."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    found = []
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(f"/{ending}"):
            continue
        part = relation.target_part
        root = getattr(part, "element", None)
        found.append(etree.fromstring(part.blob, parser) if root is None else root)
    return found
