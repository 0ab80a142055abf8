"""Writes Word files as offices leave them: real lists and tables, and everything that editing adds to them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from stateworks.kernel.plans.tests.plan_blocks import Block


@dataclass(frozen=True)
class Manner:
    """How a document is written, and what was done to it."""

    headings: str = "styles"
    """styles, bold (normal paragraphs in bold), or linked (normal paragraphs that the contents point to)."""
    contents: bool = True
    edges: bool = True
    cut_tables: bool = False
    """Each table is two, with a page's end between them."""
    tracked: bool = False
    footnotes: bool = False
    spaces: bool = False
    """Blanks that do not break, and soft hyphens inside words."""
    pictures: bool = False


def word_file(blocks: list[Block], manner: Manner = Manner()) -> bytes:
    """Return the blocks as a Word document."""
    document = Document()
    writer = _Writer(document, manner)
    if manner.edges:
        section = document.sections[0]
        section.header.paragraphs[0].text = "Strategic plan, working copy"
        section.footer.paragraphs[0].text = "Page "
        _field(section.footer.paragraphs[0], "PAGE", "7")
    for block in blocks:
        writer.write(block, blocks)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class _Writer:
    def __init__(self, document: Any, manner: Manner) -> None:
        self.document, self.manner = document, manner
        self.bookmarks = 0
        self.footnotes: list[str] = []
        self.numbering = document.part.numbering_part.element
        self.numbering.insert(0, _abstract_list())
        for number in range(1, 6):
            document.styles.add_style(f"toc {number}", WD_STYLE_TYPE.PARAGRAPH)

    def write(self, block: Block, all_blocks: list[Block]) -> None:
        if block.kind == "contents":
            self._contents(all_blocks)
        elif block.kind == "heading":
            self._heading(block)
        elif block.kind == "table":
            self._table(block.rows)
        elif block.kind in {"bullets", "numbers"}:
            instance = self._instance() if block.kind == "numbers" else 0
            for item, after in block.items:
                self._item(item, instance)
                if after:
                    self._words(self.document.add_paragraph(), after)
        else:
            self._words(self.document.add_paragraph(), block.text)
            if self.manner.pictures:
                self.document.add_paragraph("Figure 1. How it all fits together", style="Caption")

    def _contents(self, blocks: list[Block]) -> None:
        if not self.manner.contents:
            return
        self.document.add_paragraph("Table of Contents")
        for page, block in enumerate((one for one in blocks if one.kind == "heading"), start=2):
            self.document.add_paragraph(f"{block.text}\t{page}", style=f"toc {block.level}")

    def _heading(self, block: Block) -> None:
        if self.manner.headings == "styles":
            paragraph = self.document.add_heading(level=block.level)
            self._words(paragraph, block.text)
            return
        paragraph = self.document.add_paragraph()
        if self.manner.headings == "linked":
            self.bookmarks += 1
            for name in ("bookmarkStart", "bookmarkEnd"):
                mark = OxmlElement(f"w:{name}")
                mark.set(qn("w:id"), str(self.bookmarks))
                if name == "bookmarkStart":
                    mark.set(qn("w:name"), f"_Toc{227152000 + self.bookmarks}")
                paragraph._p.append(mark)
        self._words(paragraph, block.text)
        for run in paragraph.runs:
            run.bold = self.manner.headings == "bold"

    def _item(self, text: str, instance: int) -> None:
        paragraph = self.document.add_paragraph(style=None if instance else "List Bullet")
        self._words(paragraph, text)
        if instance:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{instance}"/></w:numPr>'
                )
            )

    def _instance(self) -> int:
        """Start a list anew, as Word does: another instance of the same list whose first number is 1."""
        number = 100 + len(self.numbering)
        self.numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="90"/><w:lvlOverride w:ilvl="0">'
                '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
        return number

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        parts = [rows]
        if self.manner.cut_tables and len(rows) > 2:
            parts = [rows[:2], rows[2:]]
        for position, part in enumerate(parts):
            if position:
                self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            table = self.document.add_table(rows=0, cols=len(part[0]))
            for row in part:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    self._words(cell.paragraphs[0], text)

    def _words(self, paragraph: Any, text: str) -> None:
        if self.manner.spaces:
            words = [
                f"{word[:4]}\u00ad{word[4:]}" if len(word) > 8 and word.isalpha() else word
                for word in text.split(" ")
            ]
            text = "\u00a0".join(words)
        if self.manner.tracked:
            paragraph._p.append(_change("del", "Formerly said otherwise. "))
            first, _, rest = text.partition(" ")
            paragraph.add_run(f"{first} " if rest else first)
            paragraph._p.append(_change("ins", rest))
        else:
            # Spelling marks and edits cut the words of a paragraph into many runs.
            middle = len(text) // 2
            paragraph.add_run(text[:middle])
            paragraph.add_run(text[middle:])
        if self.manner.footnotes and len(text) > 60:
            self._footnote(paragraph)

    def _footnote(self, paragraph: Any) -> None:
        self.footnotes.append("")
        run = OxmlElement("w:r")
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self.footnotes)))
        run.append(reference)
        paragraph._p.append(run)
        if len(self.footnotes) == 1:
            words = "<w:p><w:r><w:t>See the appendix for sources.</w:t></w:r></w:p>"
            note = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="1">{words}</w:footnote></w:footnotes>'
            part = Part(
                PackURI("/word/footnotes.xml"),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
                note.encode(),
                self.document.part.package,
            )
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _abstract_list() -> Any:
    return parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    )


def _change(kind: str, text: str) -> Any:
    element = "delText" if kind == "del" else "t"
    return parse_xml(
        f'<w:{kind} {nsdecls("w")} w:id="1" w:author="An editor" w:date="2026-01-01T00:00:00Z"><w:r>'
        f'<w:{element} xml:space="preserve">{_escaped(text)}</w:{element}></w:r></w:{kind}>'
    )


def _field(paragraph: Any, code: str, shown: str) -> None:
    for kind in ("begin", "separate", "end"):
        run = paragraph.add_run(shown if kind == "end" else "")
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.text = f" {code} "
            paragraph.add_run()._r.append(instruction)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
