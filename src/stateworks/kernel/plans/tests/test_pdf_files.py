"""What PDF files do to a plan's text: where words stand, how lines and rows are cut, what is drawn and not written."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, RectangleObject, StreamObject

from stateworks.kernel.errors import Cancelled
from stateworks.kernel.plans.files import PlanFile, read_files, takes_long
from stateworks.kernel.plans.importer import PlanImportError, import_plan
from stateworks.kernel.plans.importer.pdf import pdf_lines
from stateworks.kernel.plans.importer.source import FOOTNOTE, PAGE_EDGE, SIDEWAYS, SourceLine
from stateworks.kernel.plans.tests.pdf_files import pdf_file
from stateworks.kernel.plans.tests.plan_blocks import Block, heading, listed, text


def drawn(*pages: str, forms: dict[str, str] | None = None, rotate: int = 0, packed: bool = False) -> bytes:
    """Return a PDF whose pages have these drawing operators; F is Helvetica, B its bold; forms have their names."""
    writer = PdfWriter()
    fonts = DictionaryObject()
    for name, base in (("/F", "/Helvetica"), ("/B", "/Helvetica-Bold")):
        fonts[NameObject(name)] = writer._add_object(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Font"),
                    NameObject("/Subtype"): NameObject("/Type1"),
                    NameObject("/BaseFont"): NameObject(base),
                    NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
                }
            )
        )
    for content in pages:
        page = writer.add_blank_page(612, 792)
        resources = DictionaryObject({NameObject("/Font"): fonts})
        if forms:
            table = DictionaryObject()
            for name, operators in forms.items():
                form = StreamObject()
                form.set_data(operators.encode("cp1252"))
                form[NameObject("/Type")] = NameObject("/XObject")
                form[NameObject("/Subtype")] = NameObject("/Form")
                form[NameObject("/BBox")] = RectangleObject((0, 0, 612, 792))
                table[NameObject(f"/{name}")] = writer._add_object(form)
            resources[NameObject("/XObject")] = table
        page[NameObject("/Resources")] = resources
        stream = StreamObject()
        stream.set_data(content.encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode() if packed else stream)
        if rotate:
            page.rotate(rotate)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def at(x: float, y: float, words: str, font: str = "F", size: float = 10) -> str:
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n"


def paragraph(x: float, y: float, *lines: str) -> str:
    return "".join(at(x, y - 12 * number, line) for number, line in enumerate(lines))


FULL = "This line is as long as the lines of this page can be, so that the next word had no more"


def read(*pages: str, **more: object) -> list[SourceLine]:
    return [line for line in pdf_lines(drawn(*pages, **more), "plan.pdf") if line.text]  # type: ignore[arg-type]


def texts(lines: list[SourceLine]) -> list[str]:
    return [line.text for line in lines if not (line.mark and line.mark.kind == "aside")]


def test_lines_of_a_paragraph_are_joined_and_short_ones_are_not() -> None:
    page = paragraph(72, 700, FULL, "room on it.", "Another paragraph begins here.", FULL)
    assert texts(read(page)) == [f"{FULL} room on it.", "Another paragraph begins here.", FULL]


def test_a_pen_that_is_not_moved_goes_on_where_it_stands() -> None:
    """Two strings without a position between them, and kerning inside one word, are one line."""
    page = "BT /F 10 Tf 1 0 0 1 72 700 Tm (Objective 1: ) Tj (Sail ) Tj [(to) -600 (the) -300 (har) 40 (bor)] TJ ET"
    assert texts(read(page)) == ["Objective 1: Sail to the harbor"]


def test_words_cut_at_the_end_of_a_line_are_whole_again() -> None:
    """The hyphen goes where the plan writes the word without one elsewhere, and stays where it writes it with one."""
    whole = "Each customer is heard. Staff on the first-line desk answer. We look for measures in development plans."
    cut = [
        f"{FULL[:80]} custo-",
        f"mer waits, {FULL[11:76]} first-",
        f"line {FULL[5:72]} develop-",
        "ment goes on.",
    ]
    page = at(72, 740, whole, size=7) + paragraph(72, 700, *cut)
    joined = texts(read(page))[-1]
    assert " customer waits," in joined
    assert " first-line " in joined
    assert joined.endswith("development goes on.")


def test_a_row_keeps_its_cells_however_many_lines_they_have() -> None:
    page = (
        at(72, 700, "Indicator") + at(400, 700, "Goal")
        + paragraph(72, 676, "Share of calls that are solved", "at first contact by the desk")
        + paragraph(400, 676, "at least", "75 percent")
        + at(72, 640, "Share of bills sent in time") + at(400, 640, "95 percent")
        + at(72, 600, "The table ends above.")
    )  # fmt: skip
    rows = [line.mark.cells for line in read(page) if line.mark and line.mark.kind == "row"]
    assert rows == [
        ("Indicator", "Goal"),
        ("Share of calls that are solved at first contact by the desk", "at least 75 percent"),
        ("Share of bills sent in time", "95 percent"),
    ]


def test_a_row_that_a_page_end_cuts_is_whole_again() -> None:
    first = (
        at(72, 130, "Indicator")
        + at(400, 130, "Goal")
        + at(72, 110, "Share of calls solved")
        + at(400, 110, "75 percent of")
    )
    second = (
        at(72, 700, "at first contact")
        + at(400, 700, "all calls")
        + at(72, 680, "Bills sent")
        + at(400, 680, "95 percent")
    )
    rows = [line.mark.cells for line in read(first, second) if line.mark and line.mark.kind == "row"]
    assert rows == [
        ("Indicator", "Goal"),
        ("Share of calls solved at first contact", "75 percent of all calls"),
        ("Bills sent", "95 percent"),
    ]
    # Only the second column went on, and with a capital letter.
    second = at(400, 700, "Monday calls") + at(72, 680, "Bills sent") + at(400, 680, "95 percent")
    rows = [line.mark.cells for line in read(first, second) if line.mark and line.mark.kind == "row"]
    assert rows[1] == ("Share of calls solved", "75 percent of Monday calls")


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [f"left line {number} is as wide as its column" for number in range(10)]
    right = [f"right line {number} is as wide as it can be" for number in range(10)]
    joined = " ".join(texts(read(paragraph(72, 700, *left) + paragraph(320, 700, *right))))
    assert joined == " ".join([*left, *right])


def test_a_paragraph_goes_on_over_a_page_with_its_footnote_and_edges_beside_it() -> None:
    pages = [
        at(72, 760, "Strategic plan of the office")
        + paragraph(72, 700, *[f"{'abcd'[number - 1] * 4} {FULL[5:]}" for _ in range(number % 3 + 3)])
        + at(72, 80, f"1 See appendix {'abcd'[number - 1]}.", size=7)
        + at(300, 40, f"{number}")
        for number in range(1, 5)
    ]
    lines = read(*pages)
    assert len(texts(lines)) == 1
    assert texts(lines)[0].count("line is as long") == 4 + 5 + 3 + 4
    reasons = [line.mark.reason for line in lines if line.mark and line.mark.kind == "aside"]
    assert reasons == [FOOTNOTE, PAGE_EDGE, PAGE_EDGE] * 4
    assert [line.page for line in lines if line.text == "3"] == [3]


def test_edges_that_the_file_marks_itself_need_not_come_again() -> None:
    page = "/Artifact BMC " + at(72, 760, "A header once") + "EMC " + paragraph(72, 700, FULL, "room on it.")
    lines = read(page)
    assert texts(lines) == [f"{FULL} room on it."]
    assert [line.text for line in lines if line.mark and line.mark.reason == PAGE_EDGE] == ["A header once"]


def test_text_that_the_file_gives_for_what_it_draws() -> None:
    spoken = "/Span <</ActualText (ffi)>> BDC (xy) Tj (z) Tj EMC"
    page = f"BT /F 10 Tf 1 0 0 1 72 700 Tm (O) Tj {spoken} (ce of Sails and Harbors) Tj ET"
    assert texts(read(page)) == ["Office of Sails and Harbors"]


def test_dots_before_words_are_bullets_and_others_are_none() -> None:
    square = "{} {} 3 3 re f\n"
    page = at(72, 720, "We serve:") + square.format(80, 702) + at(92, 700, "harbors") + square.format(80, 682)
    page += at(92, 680, "forests") + square.format(300, 300) + "72 600 200 0.5 re f\n"
    assert texts(read(page)) == ["We serve:", "• harbors", "• forests"]


def test_forms_turned_pages_and_sideways_text() -> None:
    lines = read(
        "q 1 0 0 1 0 -100 cm /X0 Do Q" + at(72, 500, "Below the form."),
        forms={"X0": at(72, 700, "In the form.")},
    )
    assert texts(lines) == ["In the form.", "Below the form."]
    sideways = "BT /F 10 Tf 0 1 -1 0 40 300 Tm (Draft of May) Tj ET\n"
    lines = read(sideways + at(72, 700, "Objective 1: Sail to the harbor"))
    assert texts(lines) == ["Objective 1: Sail to the harbor"]
    assert [line.text for line in lines if line.mark and line.mark.reason == SIDEWAYS] == ["Draft of May"]
    turned = "BT /F 10 Tf 0 1 -1 0 300 72 Tm (Objective 1: Sail to the harbor) Tj ET\n"
    assert texts(read(turned, rotate=90)) == ["Objective 1: Sail to the harbor"]


def test_headings_are_known_by_size_and_by_weight() -> None:
    page = (
        at(72, 720, "Help and support", size=14)
        + at(72, 690, "Objective 1: Answer", "B")
        + paragraph(72, 660, FULL, "room.")
    )
    assert [line.mark.kind for line in read(page) if line.mark] == ["heading", "bold", "text"]


def test_headings_of_one_length_stay_apart() -> None:
    page = paragraph(72, 700, *[f"Objective {number}: Sail to harbor {number}" for number in range(1, 8)])
    assert len(texts(read(page))) == 7


def test_a_page_without_text_is_told() -> None:
    lines = read(paragraph(72, 700, FULL, "room on it."), "72 72 400 600 re f", paragraph(72, 700, FULL))
    assert [(line.page, line.text) for line in lines if line.mark and line.mark.kind == "picture"] == [
        (2, "[image: page 2 holds no text]")
    ]


# -- what cannot be read


def protected(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(drawn(at(72, 700, "Objective 1: Sail to the harbor"))))
    writer.encrypt(password, "the owner's", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_is_asked_for_only_where_one_is_needed(algorithm: str) -> None:
    with pytest.raises(PlanImportError, match=r"plan\.pdf is protected by a password\. Save it without one"):
        import_plan(protected("secret", algorithm), filename="plan.pdf")
    # Protected against changes only: anyone may read it.
    assert import_plan(protected("", algorithm), filename="plan.pdf").counts() == {"objective": 1}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: drawn(*["72 72 400 600 re f"] * 2), r"is a scan: its 2 pages are pictures without text\. Run text"),
        (lambda: drawn(at(72, 700, "7")), r"is a scan: its 1 page is a picture"),
        (lambda: drawn(at(72, 700, "Objective 1: Sail"))[:300], r"is a PDF that is cut off or damaged"),
        (lambda: b"%PDF-1.7\n" + b"\x00" * 500, r"is a PDF that is cut off or damaged"),
        (lambda: drawn(), r"has no pages"),
        (lambda: drawn(*["0 0 m"] * 1001), r"has 1,001 pages, and a plan may have 1,000"),
    ],
    ids=["scan", "stamped scan", "cut off", "zeros", "no pages", "too many pages"],
)  # fmt: skip
def test_what_is_no_plan_in_pdf_is_refused_with_a_remedy(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(PlanImportError, match=rf"plan\.pdf {says}"):
        import_plan(make(), filename="plan.pdf")


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    data = drawn(" " * 26_000_000 + at(72, 700, "Objective 1: Sail"), packed=True)
    assert len(data) < 1_000_000
    with pytest.raises(PlanImportError, match=r"plan\.pdf unpacks to more than a plan can hold"):
        import_plan(data, filename="plan.pdf")


def test_the_reading_says_how_far_it_is_and_stops_where_it_is_told_to() -> None:
    blocks = [heading(1, "Harbor Office"), text("Strategic Plan: FY 2027-2028 through FY 2031-2032")]
    blocks += [heading(2, f"Objective {n}: Sail to harbor {n}") for n in range(1, 27)]
    data, told = pdf_file(blocks), list[tuple[str, int, int]]()
    read_files([PlanFile("plan.pdf", data)], progress=lambda *said: told.append(said))
    assert told == [
        ("Reading the pages", 0, 2), ("Reading the pages", 1, 2), ("Reading the plan's parts", 0, 0),
        ("Reading the goals", 0, 0), ("Looking for doubts", 0, 0),
    ]  # fmt: skip

    def stops(doing: str, done: int, total: int) -> None:
        if done == 1:
            raise Cancelled("It was cancelled.")

    with pytest.raises(Cancelled):
        read_files([PlanFile("plan.pdf", data)], progress=stops)


def test_more_than_fifty_pages_or_a_million_bytes_take_long() -> None:
    pages = [PlanFile("plan.pdf", drawn(*["0 0 m"] * count)) for count in (50, 51)]
    texts = [PlanFile("plan.txt", b"x" * size) for size in (1_000_000, 1_000_001)]
    assert [takes_long([one]) for one in (*pages, *texts)] == [False, True, False, True]
    assert takes_long([pages[0], texts[1]])
    with pytest.raises(PlanImportError, match="has 1,001 pages, and a plan may have 1,000"):
        takes_long([PlanFile("plan.pdf", drawn(*["0 0 m"] * 1001))])


@pytest.mark.long
def test_five_hundred_pages_are_read(tmp_path: Path) -> None:
    blocks: list[Block] = [
        heading(1, "Office of Long Plans"),
        text("Strategic Plan: FY 2027-2028 through FY 2031-2032"),
    ]
    for number in range(1, 1_001):
        blocks += [
            heading(2, f"Objective {number}: Reach the mark numbered {number}"),
            heading(3, "Strategies"),
        ]
        blocks.append(listed("numbers", f"Take step {number}", f"Check step {number}"))
        blocks += [text("We measure what we do, and we say what we found, in every quarter. " * 20)]
        blocks += [heading(3, "Performance Indicators")]
        blocks.append(Block("table", rows=(("Indicator", "Goal"), (f"Share of marks {number}", "75%"))))
    data = pdf_file(blocks)
    assert len(PdfReader(io.BytesIO(data)).pages) > 500
    document = import_plan(data, filename="plan.pdf")
    assert len(document.indicators) == 1_000
    assert not [row.goal for row in document.indicators if not re.fullmatch("75%", row.goal)]
