"""Opens a PDF safely and hands its pages to the pen: locked, cut off and harmful files are refused with what to do.

pypdf reads the file. How it decodes and measures the signs of a font is not part of its public interface; that one import
stands here alone.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from stateworks.kernel.plans.document import PlanImportError, Progress, untold
from stateworks.kernel.plans.importer.pdf.pen import IDENTITY, Face, Matrix, Page, Pen

if TYPE_CHECKING:
    from pypdf import PdfReader

Taken = TypeVar("Taken")

MOST_PAGES = 1_000
MOST_SIGNS = 20_000_000
LARGEST_STREAM = 25_000_000
"""Bytes that one packed part may unpack to; the content of a page takes a hundredth of it."""
SECONDS = 120.0
"""So much of a processor's time a file may take; what takes longer is refused, and nothing is kept of it."""
_SAVE_TEXT = "Save its text as .txt (in most readers: File, Save as text) and import that."
_DEEPEST_FORM = 8


def read_pages(
    data: bytes, filename: str, take: Callable[[Page], Taken], progress: Progress = untold
) -> list[Taken]:
    """Return what `take` makes of each page; raises PlanImportError for what cannot be opened or takes too long.

    One page's signs are held at a time: `take` keeps what is needed of them.
    """
    return [take(page) for page in _safe_pages(data, filename, progress)]


def count_pages(data: bytes, filename: str) -> int:
    """Return how many pages a PDF has, without reading them; raises PlanImportError for what cannot be opened."""
    with _safely(filename):
        return len(_opened(data, filename).pages)


def _safe_pages(data: bytes, filename: str, progress: Progress) -> Iterator[Page]:
    with _safely(filename):
        yield from _pages(_opened(data, filename), filename, progress)


@contextmanager
def _safely(filename: str) -> Iterator[None]:
    """Make one clear refusal of whatever pypdf stumbles over."""
    from pypdf import apply_configuration
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    limits = {
        f"{method}_maximum_output_length": LARGEST_STREAM
        for method in ("zlib", "lzw", "run_length", "brotli")
    }
    try:
        with apply_configuration(None, disable_legacy_handling=True, **limits):
            yield
    except DependencyError as error:
        raise PlanImportError(
            f"{filename} is encrypted in a way that is not known here. Print it to a new PDF and import that."
        ) from error
    except LimitReachedError as error:
        raise PlanImportError(
            f"{filename} unpacks to more than a plan can hold, as files do that are made to harm. {_SAVE_TEXT}"
        ) from error
    except (*_FAULTS, PyPdfError) as error:
        # A damaged file makes pypdf fail in as many ways as there are; to a person they are one.
        raise PlanImportError(
            f"{filename} is a PDF that is cut off or damaged. Open it in a reader, print it to a new PDF, and import that."
        ) from error


_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


def _opened(data: bytes, filename: str) -> PdfReader:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    # Many files are only protected against changes: they open without a password.
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise PlanImportError(f"{filename} is protected by a password. Save it without one, and import that.")
    count = len(reader.pages)
    if count == 0:
        raise PlanImportError(f"{filename} has no pages. Export it again.")
    if count > MOST_PAGES:
        raise PlanImportError(
            f"{filename} has {count:,} pages, and a plan may have {MOST_PAGES:,}. Import the plan without its attachments."
        )
    return reader


def _pages(reader: PdfReader, filename: str, progress: Progress) -> Iterator[Page]:
    ends = time.thread_time() + SECONDS
    drawn = unreadable = 0
    faces: dict[object, Face] = {}
    count = len(reader.pages)
    for number in range(count):
        if time.thread_time() > ends:
            raise PlanImportError(
                f"{filename} takes too long to read: {number:,} of its {count:,} pages in {SECONDS:.0f} seconds. {_SAVE_TEXT}"
            )
        progress("Reading the pages", number, count)
        page = _page(reader, number, faces)
        drawn += sum(len(run.text) for run in page.runs)
        unreadable += page.unreadable
        if drawn > MOST_SIGNS:
            raise PlanImportError(
                f"{filename} draws more than {MOST_SIGNS:,} signs, which no plan does. {_SAVE_TEXT}"
            )
        yield page
    if unreadable > drawn:
        raise PlanImportError(
            f"{filename} does not say which letters it draws, so its text cannot be taken. Export it again as PDF from the "
            "program it was written in, or run text recognition."
        )


def _page(reader: PdfReader, number: int, faces: dict[object, Face]) -> Page:
    source = reader.pages[number]
    wide, tall = float(source.mediabox.width), float(source.mediabox.height)
    turned = source.rotation % 360
    page = Page(number + 1, wide if turned in (90, 270) else tall)
    start: Matrix = {
        90: (0, -1, 1, 0, 0, wide),
        180: (-1, 0, 0, -1, wide, tall),
        270: (0, 1, -1, 0, tall, 0),
    }.get(turned, IDENTITY)
    contents = _got(source, "/Contents")
    if contents is not None:
        _draw(contents, _inherited(source, "/Resources"), reader, Pen(page, start), faces, 0)
    return page


def _draw(
    stream: Any, resources: Any, reader: PdfReader, pen: Pen, faces: dict[object, Face], depth: int
) -> None:
    """Let the pen follow a page's content, and that of the forms in it at their places."""
    from pypdf.generic import ContentStream

    names: dict[object, Face | None] = {}
    for operands, operator in ContentStream(stream, reader, "bytes").operations:
        if operator == b"Tf":
            name = operands[0] if operands else None
            if name not in names:
                names[name] = _face(resources, name, faces)
            pen.draw(operator, operands, names[name])
        elif operator in (b"BMC", b"BDC", b"EMC"):
            pen.mark(operator, _with_properties(operands, resources))
        elif operator == b"Do" and operands and depth < _DEEPEST_FORM:
            form = _got(_got(resources, "/XObject"), operands[0])
            if form is not None and form.get("/Subtype") == "/Form":
                pen.draw(b"q", [])
                pen.draw(b"cm", list(form.get("/Matrix") or [1, 0, 0, 1, 0, 0]))
                _draw(form, _got(form, "/Resources") or resources, reader, pen, faces, depth + 1)
                pen.draw(b"Q", [])
        elif isinstance(operands, list):
            pen.draw(operator, operands)


def _with_properties(operands: Any, resources: Any) -> list[Any]:
    """Return a mark's operands, with its properties looked up where only their name is given."""
    found = list(operands) if isinstance(operands, list) else []
    if len(found) > 1 and isinstance(found[1], str):
        found[1] = _got(_got(resources, "/Properties"), found[1])
    return found


def _face(resources: Any, name: Any, faces: dict[object, Face]) -> Face | None:
    """Return a font of a page; two pages may call different fonts by one name, and one font by two."""
    from pypdf.generic._font import Font

    table = _got(resources, "/Font")
    resource = _got(table, name)
    if resource is None:
        return None
    raw = table.raw_get(name)
    key: object = (raw.idnum, raw.generation) if hasattr(raw, "idnum") else (id(table), name)
    if key not in faces:
        faces[key] = Face(Font.from_font_resource(resource))
    return faces[key]


def _got(holder: Any, name: Any) -> Any:
    """Return the object that a dictionary holds under a name; none where there is no dictionary or no such name."""
    if holder is None or not hasattr(holder, "get"):
        return None
    value = holder.get(name)
    return None if value is None else value.get_object()


def _inherited(page: Any, name: str) -> Any:
    """Return an entry of a page, or of the nearest node above it that has one."""
    for _ in range(50):
        value = _got(page, name)
        if value is not None or page is None:
            return value
        page = _got(page, "/Parent")
    return None
