"""The pages of the documentation, and the code blocks in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TOP = tuple(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))
_BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the mark in a comment above it, such as `run status=1`."""

    page: Path
    mark: str
    language: str
    text: str

    @property
    def status(self) -> int:
        """The exit status that the page promises."""
        found = re.search(r"status=(\d)", self.mark)
        return int(found[1]) if found else 0


def pages() -> list[Path]:
    """Every page that people wrote."""
    return sorted([*TOP, *DOCS.rglob("*.md")])


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    return [Block(page, one["mark"] or "", one["language"], one["text"]) for one in _BLOCK.finditer(text)]
