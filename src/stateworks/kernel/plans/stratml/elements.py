"""XML as small elements: parsed without following anything that it points to, written the same way every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.saxutils import escape, quoteattr

from stateworks.kernel.plans.document import PlanImportError

LARGEST_BYTES = 20_000_000
MOST_ELEMENTS = 300_000
DEEPEST = 40
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Element:
    """An element: its name without prefix, attributes, text, children, and the line it begins on."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)
    line: int = 0
    namespace: str = ""

    def all(self, *names: str) -> list[Element]:
        """Return the children of these names, in order."""
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> Element | None:
        """Return the first child of these names."""
        return next(iter(self.all(*names)), None)

    def said(self, *names: str) -> str:
        """Return the text of the first child of these names that has any."""
        return next((child.text for child in self.all(*names) if child.text), "")

    def every(self) -> Iterator[Element]:
        """Yield the element and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.every()


def parse(data: bytes, filename: str) -> Element:
    """Return the root of an XML file; declared types and entities, and files too large or deep, are refused."""
    from xml.sax import SAXParseException

    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import make_parser

    if len(data) > LARGEST_BYTES:
        raise PlanImportError(
            f"{filename} has {len(data) / 1_000_000:,.0f} MB, and a StratML file may have {LARGEST_BYTES // 1_000_000} MB. "
            "Export the plan without its attachments."
        )
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    handler = _Handler(filename)
    parser.setContentHandler(handler)
    try:
        parser.parse(BytesIO(data))
    except DefusedXmlException as error:
        raise PlanImportError(
            f"{filename} declares a document type or entities of its own, which StratML does not need and which can be "
            "made to harm. Remove the declaration at the top of the file."
        ) from error
    except SAXParseException as error:
        raise PlanImportError(
            f"{filename}, line {error.getLineNumber()}: this is no complete XML ({error.getMessage()}). Export it again."
        ) from error
    except (LookupError, UnicodeError) as error:
        raise PlanImportError(f"{filename} is in an unknown encoding. Save it as UTF-8.") from error
    if handler.root is None:
        raise PlanImportError(f"{filename} is empty. Export it again.")
    return handler.root


class _Handler(ContentHandler):
    """Builds the elements as the parser meets them."""

    def __init__(self, filename: str) -> None:
        super().__init__()
        self.filename = filename
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - the library's name
        """Keep what knows the line."""
        self._locator = locator

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:  # noqa: N802
        """Open an element."""
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            what = (
                f"more than {MOST_ELEMENTS:,} elements"
                if self._count > MOST_ELEMENTS
                else "elements nested too deeply"
            )
            raise PlanImportError(f"{self.filename} holds {what}, which no plan does. Export it again.")
        attributes = {local: value for (_, local), value in attrs.items()}
        element = Element(name[1], attributes, line=self._locator.getLineNumber(), namespace=name[0] or "")
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """Close an element; blanks around its text mean nothing."""
        element = self._open.pop()
        element.text = element.text.strip()

    def characters(self, content: str) -> None:
        """Add text to the open element."""
        if self._open:
            self._open[-1].text += content


def write(root: Element, namespace: str) -> bytes:
    """Return an element as an XML file in UTF-8; the same element gives the same bytes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _lines(root, lines, 0, {"xmlns": namespace})
    return ("\n".join(lines) + "\n").encode()


def _lines(element: Element, lines: list[str], depth: int, more: dict[str, str]) -> None:
    attributes = "".join(
        f" {name}={quoteattr(clean(value))}" for name, value in (more | element.attributes).items()
    )
    indent = "  " * depth
    text = escape(clean(element.text))
    if element.children:
        lines.append(f"{indent}<{element.name}{attributes}>{text}")
        for child in element.children:
            _lines(child, lines, depth + 1, {})
        lines.append(f"{indent}</{element.name}>")
    elif text:
        lines.append(f"{indent}<{element.name}{attributes}>{text}</{element.name}>")
    else:
        lines.append(f"{indent}<{element.name}{attributes}/>")


def clean(text: str) -> str:
    """Return a text as XML can hold it: signs that it forbids as blanks, one kind of line end, no blanks around."""
    return _FORBIDDEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
