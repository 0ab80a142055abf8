"""What a Word document's styles say of a paragraph: heading, contents, caption, list, bold; inherited as Word does it.

Source of the rules: ISO/IEC 29500-1, 17.7 (styles): a style inherits from the one it is based on, a paragraph from its
style. A heading is what has an outline level, whatever its style is called in the writer's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})


def on(element: Any | None) -> bool | None:
    """Return what a switch such as bold says; none where it says nothing."""
    if element is None:
        return None
    return (element.get(f"{W}val") or "1") not in _OFF


@dataclass(frozen=True, slots=True)
class Look:
    """What a paragraph is by its styles and its own settings."""

    heading: bool = False
    contents: bool = False
    caption: bool = False
    bold: bool = False
    instance: str = ""
    """The list it belongs to; empty for none."""
    level: int = 0


class Styles:
    """The document's styles by id."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, Any] = {}
        self._default = ""
        for style in () if root is None else root.iterchildren(f"{W}style"):
            name = style.get(f"{W}styleId") or ""
            self._styles[name] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true", "on"}:
                self._default = name

    def look(self, paragraph: Any) -> Look:
        """Return what a paragraph is."""
        properties = paragraph.find(f"{W}pPr")
        style = "" if properties is None else _named(properties.find(f"{W}pStyle"))
        chain = list(self._chain(style or self._default))
        names = [_named(one.find(f"{W}name")).lower() for one in chain]
        settings = [properties, *(one.find(f"{W}pPr") for one in chain)]
        outline = _first(settings, "outlineLvl")
        instance = _first(settings, "numPr", "numId")
        level = _first(settings, "numPr", "ilvl") or "0"
        return Look(
            heading=(outline.isdigit() and int(outline) < 9) or "title" in names[:1],
            contents=any(
                name.startswith(("toc ", "toc heading")) or name == "table of figures" for name in names
            ),
            caption="caption" in names,
            bold=self._bold(chain) is True,
            instance="" if instance == "0" else instance,
            level=int(level) if level.isdigit() else 0,
        )

    def is_bold(self, run: Any, paragraph: Look) -> bool:
        """Return whether a run is shown bold."""
        properties = run.find(f"{W}rPr")
        if properties is not None:
            own = on(properties.find(f"{W}b"))
            if own is not None:
                return own
            style = _named(properties.find(f"{W}rStyle"))
            if style and (inherited := self._bold(list(self._chain(style)))) is not None:
                return inherited
        return paragraph.bold

    def _chain(self, name: str) -> Iterator[Any]:
        """Yield a style and what it is based on; a circle of styles ends where it closes."""
        seen: set[str] = set()
        while name and name not in seen and (style := self._styles.get(name)) is not None:
            seen.add(name)
            yield style
            name = _named(style.find(f"{W}basedOn"))

    def _bold(self, chain: list[Any]) -> bool | None:
        for style in chain:
            properties = style.find(f"{W}rPr")
            if properties is not None and (said := on(properties.find(f"{W}b"))) is not None:
                return said
        return None


def _named(element: Any | None) -> str:
    return "" if element is None else element.get(f"{W}val") or ""


def _first(settings: list[Any | None], *path: str) -> str:
    """Return what the nearest of the settings says: the paragraph's own, else its style's, else what that is based on."""
    for one in settings:
        if one is not None and (found := one.find("/".join(f"{W}{name}" for name in path))) is not None:
            return _named(found)
    return ""
