"""Writes PDF files as offices print them: contents, running header, page numbers, hyphenated and justified paragraphs."""

from __future__ import annotations

import re

from stateworks.kernel.plans.tests.plan_blocks import Block

HEAD = """
#set page(paper: "us-letter", margin: 1in, header: [Strategic plan, working copy], footer: context align(center)[Page
  #counter(page).display() of #counter(page).final().first()])
#set text(size: 11pt, lang: "en", hyphenate: {hyphenate})
#set par(justify: {hyphenate})
"""


def pdf_file(
    blocks: list[Block], *, hyphenate: bool = True, contents: bool = True, notes: bool = False
) -> bytes:
    """Return the blocks as a PDF."""
    import typst

    parts = [HEAD.replace("{hyphenate}", "true" if hyphenate else "false")]
    for block in blocks:
        if block.kind == "contents":
            parts += ["#outline(depth: 5)\n#pagebreak()"] if contents else []
        elif block.kind == "heading":
            parts.append(f"{'=' * block.level} {_escaped(block.text)}")
        elif block.kind == "table":
            cells = ", ".join(f"[{_escaped(cell)}]" for row in block.rows for cell in row)
            parts.append(f"#table(columns: (3fr, 1fr), {cells})")
        elif block.kind == "text":
            note = "#footnote[See the appendix for sources.]" if notes and len(block.text) > 60 else ""
            parts.append(f"{_escaped(block.text)}{note}")
        else:
            parts += _list(block)
        parts.append("")
    return typst.compile("\n".join(parts).encode())


def _list(block: Block) -> list[str]:
    lines: list[str] = []
    for number, (item, after) in enumerate(block.items, start=1):
        lines.append(f"{f'{number}.' if block.kind == 'numbers' else '-'} {_escaped(item)}")
        lines += ["", _escaped(after), ""] if after else []
    return lines


def _escaped(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]~/=+])", r"\\\1", text)
