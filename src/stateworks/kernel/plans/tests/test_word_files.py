"""What Word files say in their own way: list numbers, tracked changes, fields, boxes, merged cells."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from stateworks.kernel.plans.importer import PlanImportError, import_plan
from stateworks.kernel.plans.importer.source import COMMENT, DELETED, HIDDEN, SourceLine
from stateworks.kernel.plans.importer.word import word_lines
from stateworks.kernel.plans.importer.word.numbering import Numbering

W = nsdecls("w")


def level(number: int, form: str, pattern: str, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{pattern}"/></w:lvl>'


def numbering(
    *levels: str, instances: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
) -> Numbering:
    return Numbering(
        parse_xml(
            f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{instances}</w:numbering>'
        )
    )


def shown(list_: Numbering, *steps: tuple[str, int]) -> list[str]:
    labels = [list_.label(instance, level) for instance, level in steps]
    return [label.text if label else "" for label in labels]


def test_numbers_of_several_levels_count_and_start_again() -> None:
    list_ = numbering(
        level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."), level(2, "lowerLetter", "(%3)")
    )
    steps = [("1", 0), ("1", 1), ("1", 1), ("1", 2), ("1", 0), ("1", 1), ("1", 2), ("1", 2)]
    assert shown(list_, *steps) == ["1.", "1.1.", "1.2.", "(a)", "2.", "2.1.", "(a)", "(b)"]


def test_a_list_goes_on_until_an_instance_starts_it_anew() -> None:
    anew = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{{}}</w:num>' for number in (1, 2, 3)
    )
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    anew = anew.format("", "", start)
    list_ = numbering(level(0, "decimal", "%1)"), instances=anew)
    assert shown(list_, ("1", 0), ("1", 0), ("2", 0), ("3", 0), ("3", 0)) == ["1)", "2)", "3)", "1)", "2)"]


@pytest.mark.parametrize(
    ("form", "third"),
    [
        ("upperRoman", "III"), ("lowerRoman", "iii"), ("upperLetter", "C"), ("decimalZero", "03"), ("ordinal", "3rd"),
        ("cardinalText", "Three"), ("chicago", "3"),
    ],
)  # fmt: skip
def test_forms_of_numbers(form: str, third: str) -> None:
    assert shown(numbering(level(0, form, "%1")), *[("1", 0)] * 3)[2] == third


def test_a_level_may_go_on_counting_or_be_shown_in_digits() -> None:
    list_ = numbering(
        level(0, "upperRoman", "%1."),
        level(1, "decimal", "%1-%2", '<w:lvlRestart w:val="0"/><w:isLgl/>'),
    )
    steps = [("1", 0), ("1", 1), ("1", 0), ("1", 1)]
    assert shown(list_, *steps) == ["I.", "1-1", "II.", "2-2"]


def test_what_no_list_knows_has_no_label() -> None:
    list_ = numbering(level(0, "decimal", "%1."), level(1, "none", ""))
    assert shown(list_, ("9", 0), ("1", 7), ("1", 12), ("1", 1)) == ["", "", "", ""]
    assert shown(Numbering(None), ("1", 0)) == [""]


def written(*blocks: str) -> bytes:
    """Return a Word file whose body holds these blocks."""
    document = Document()
    body = document.element.body
    for position, block in enumerate(blocks):
        body.insert(
            position, parse_xml(block.replace("<w:p>", f"<w:p {W}>", 1).replace("<w:tbl>", f"<w:tbl {W}>", 1))
        )
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(*blocks: str) -> list[SourceLine]:
    return [line for line in word_lines(written(*blocks), "plan.docx") if line.text]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    ended = "<w:pPr><w:rPr><w:del w:id='1' w:author='E'/></w:rPr></w:pPr>"
    lines = read(
        f"<w:p>{ended}{run('Objective 1: ')}</w:p>",
        f"<w:p>{run('Sail')}</w:p>",
        f"<w:p>{ended}{run('End')}</w:p>",
    )
    assert [line.text for line in lines] == ["Objective 1: Sail", "End"]


def test_changes_are_read_as_accepted_and_what_they_delete_is_listed() -> None:
    inserted = "<w:ins w:id='1' w:author='E'>" + run("Reach ") + "</w:ins>"
    deleted = "<w:del w:id='2' w:author='E'><w:r><w:delText>75</w:delText></w:r></w:del>"
    moved = "<w:moveFrom w:id='3' w:author='E'>" + run("soon") + "</w:moveFrom>"
    lines = read(f"<w:p>{inserted}{deleted}{moved}{run('80 percent')}</w:p>")
    assert [(line.text, line.mark.reason if line.mark else "") for line in lines] == [
        ("Reach 80 percent", ""),
        ("75", DELETED),
        ("soon", DELETED),
    ]


def test_signs_from_symbol_fonts_hidden_text_and_hyphens() -> None:
    lines = read(
        '<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t xml:space="preserve"> 75 percent of first</w:t>'
        "<w:noBreakHyphen/><w:t>con</w:t><w:softHyphen/><w:t>tact calls</w:t></w:r>"
        + run(" draft", "<w:vanish/>")
        + "</w:p>"
    )
    assert [(line.text, line.mark.reason if line.mark else "") for line in lines] == [
        ("≥ 75 percent of first-contact calls", ""),
        ("draft", HIDDEN),
    ]


def test_fields_show_their_result_and_not_their_code() -> None:
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    code = '<w:r><w:instrText xml:space="preserve"> REF _Ref1 \\h </w:instrText></w:r>'
    (line,) = read(f"<w:p>{run('See objective ')}{begin}{code}{separate}{run('1.2')}{end}{run('.')}</w:p>")
    assert line.text == "See objective 1.2."


def test_a_table_of_contents_in_a_field_is_marked_through_its_last_paragraph() -> None:
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    code = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h </w:instrText></w:r>'
    lines = read(
        f"<w:p>{begin}{code}{separate}{run('Goals')}<w:r><w:tab/></w:r>{run('2')}</w:p>",
        f"<w:p>{run('Strategies')}<w:r><w:tab/></w:r>{run('3')}</w:p>",
        f"<w:p>{end}</w:p>",
        f"<w:p>{run('Goals')}</w:p>",
    )
    assert [(line.text, line.mark.kind if line.mark else "") for line in lines] == [
        ("Goals\t2", "contents"),
        ("Strategies\t3", "contents"),
        ("Goals", "text"),
    ]


def test_merged_cells_keep_their_columns() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text) if text else ''}</w:p></w:tc>"

    rows = [
        cell("Indicator", '<w:gridSpan w:val="2"/>') + cell("Goal") + cell("Owner"),
        cell("Calls") + cell("first contact") + cell("75 %") + cell("Desk", '<w:vMerge w:val="restart"/>'),
        cell("Calls") + cell("in time") + cell("90 %") + cell("", "<w:vMerge/>"),
    ]
    lines = read("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>")
    assert [line.mark.cells if line.mark else () for line in lines] == [
        ("Indicator", "", "Goal", "Owner"),
        ("Calls", "first contact", "75 %", "Desk"),
        ("Calls", "in time", "90 %", "Desk"),
    ]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent><w:p>{run('Three pillars hold us up.')}</w:p></w:txbxContent>"
    lines = read(
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert [line.text for line in lines] == ["Three pillars hold us up."]


def test_comments_stand_beside_the_text() -> None:
    document = Document()
    paragraph = document.add_paragraph("Objective 1: Sail")
    document.add_comment(paragraph.runs, "Say it shorter.", author="E", initials="E")
    file = io.BytesIO()
    document.save(file)
    lines = word_lines(file.getvalue(), "plan.docx")
    assert [line.text for line in lines if line.mark and line.mark.reason == COMMENT] == ["Say it shorter."]


def test_pages_are_those_that_word_wrote_down() -> None:
    broken = "<w:r><w:lastRenderedPageBreak/></w:r>"
    lines = read(
        f"<w:p>{run('First')}</w:p>",
        f"<w:p>{broken}{run('Second, ')}{broken}{run('ending on the third')}</w:p>",
        f"<w:p>{run('Third')}</w:p>",
    )
    assert [(line.text, line.page) for line in lines] == [
        ("First", 1),
        ("Second, ending on the third", 2),
        ("Third", 3),
    ]


# -- what is no Word document


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def changed(name: str, content: bytes) -> bytes:
    """Return a Word file in which one part is another."""
    source, file = io.BytesIO(written(f"<w:p>{run('Objective 1: Sail')}</w:p>")), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part))
    return file.getvalue()


def locked() -> bytes:
    """Return a zip whose entries say that they are encrypted."""
    data = bytearray(written(f"<w:p>{run('Objective 1: Sail')}</w:p>"))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


BOMB = b"<w:document>" + b" " * 41_000_000
ENTITIES = b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><d>&b;</d>"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: written(f"<w:p>{run('x')}</w:p>")[:4000], r"cut off or damaged\. Open it in Word"),
        (lambda: zipped(readme=b"hello"), r"is an archive, not a Word document\. Unpack it"),
        (lambda: zipped(xl__workbook_xml=b"<x/>"), r"is a spreadsheet"),
        (lambda: zipped(ppt__presentation_xml=b"<x/>"), r"is a presentation"),
        (lambda: zipped(content_xml=b"<x/>", mimetype=b"application/vnd.oasis"), r"OpenDocument"),
        (locked, r"protected by a password"),
        (lambda: changed("word/document.xml", BOMB), r"word/document\.xml grows to 41 MB"),
        (lambda: changed("word/document.xml", ENTITIES), r"declares a document type"),
        (lambda: changed("word/styles.xml", ENTITIES.decode().encode("utf-16")), r"declares a document type"),
        (lambda: changed("word/document.xml", b"<w:document"), r"cut off or damaged"),
        (lambda: changed("word/document.xml", b""), r"cut off or damaged"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), r"protected by a password"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), r"old Word.*Save as, Word document"),
        (lambda: written(f"<w:p>{run(' ')}</w:p>"), r"holds no text"),
    ],
    ids=[
        "cut off", "archive", "spreadsheet", "presentation", "open document", "locked zip", "bomb", "entities",
        "entities in UTF-16", "broken XML", "empty part", "locked Office file", "old Word file", "no text",
    ],
)  # fmt: skip
def test_what_is_no_word_document_is_refused_with_a_remedy(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(PlanImportError, match=rf"plan\.docx.*{says}") as caught:
        import_plan(make(), filename="plan.docx")
    assert caught.value.sentence.endswith(".")


def test_a_wrong_ending_does_not_keep_a_file_from_being_read() -> None:
    data = written(f"<w:p>{run('Objective 1: Sail')}</w:p>", f"<w:p>{run('We sail.')}</w:p>")
    assert import_plan(data, filename="plan.txt").counts() == {"objective": 1}
