"""What exports do to a plan: the same tree must come out of every damaged copy, or a clear refusal."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.document import PlanDocument
from stateworks.kernel.plans.importer import PlanImportError, import_plan, missing_lines
from stateworks.kernel.plans.tests.plan_texts import digital, infrastructure

TREE = {
    "program": 1,
    "activity": 2,
    "objective": 3,
    "strategy": 8,
    "customer": 4,
    "external_factor": 2,
    "goal": 3,
}
PILLARS = {
    "pillar": 3,
    "objective": 4,
    "initiative": 6,
    "priority": 9,
    "maturity_level": 4,
    "growth_opportunity": 2,
}


def without_marks(text: str) -> str:
    return re.sub(r"(?m)^#+ ", "", text).replace("**", "")


def with_pipes(text: str) -> str:
    rows = []
    for line in text.split("\n"):
        if "\t" in line and not re.search(r"\t\d$", line) and not re.match(r"\d", line):
            rows.append("| " + " | ".join(line.split("\t")) + " |")
            if line.startswith("Indicator"):
                rows.append("|---|---|")
        else:
            rows.append(line)
    return "\n".join(rows)


def with_pages(text: str) -> str:
    pages = []
    for number, line in enumerate(text.split("\n"), start=1):
        pages.append(line)
        if number % 20 == 0:
            pages += ["", f"Page {number // 20} of 9", ""]
    return "\n".join(pages)


def wrapped(text: str) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        whole = "\t" in line or line.startswith(("#", "[", "**")) or len(line) < 80
        lines += [line] if whole else textwrap.wrap(line, 80, break_on_hyphens=False)
    return "\n".join(lines)


DAMAGES: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "headings lost": without_marks,
    "bookmarks lost": lambda text: re.sub(r"\[bookmark:[^\]]*\]", "", text),
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "old line ends": lambda text: text.replace("\n", "\r"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "zero-width spaces": lambda text: text.replace(" ", " \u200b"),
    "pages": with_pages,
    "pipe tables": with_pipes,
    "escaped numbers": lambda text: re.sub(r"(?m)^(\d)\. ", r"\1\\. ", text),
    "brackets after numbers": lambda text: re.sub(r"(?m)^(\d)\. ", r"\1) ", text),
    "every number restarted": lambda text: re.sub(r"(?m)^\d+\. ", "1. ", text),
    "stars for bullets": lambda text: re.sub(r"(?m)^(?:- |· )", "* ", text),
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
    "no blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", text),
    "contents without pages": lambda text: re.sub(r"(?m)\t\d$", "", text),
    "broken at 80 columns": wrapped,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    ("source", "expected"), [(infrastructure, TREE), (digital, PILLARS)], ids=["tables", "pillars"]
)
def test_a_damaged_copy_gives_the_same_tree(
    damage: str, source: Callable[[], str], expected: dict[str, int]
) -> None:
    document = import_plan(DAMAGES[damage](source()), filename="plan.txt")
    counts = document.counts()
    assert {level: counts.get(level, 0) for level in expected} == expected
    assert missing_lines(document) == []
    if expected is TREE:
        assert len(document.indicators) == 13
        assert all(row.goal for row in document.indicators)
    else:
        assert all(node.outcome for node in document.of_level("initiative"))
        assert len(document.maturity.opportunities) == 2
        assert len(document.glossary) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_what_they_are(encoding: str) -> None:
    document = import_plan(infrastructure().encode(encoding), filename="plan.txt")
    assert len(document.indicators) == 13
    assert document.indicators[1].goal == "≤ 30 minutes"


@pytest.mark.parametrize(
    ("content", "filename", "says"),
    [
        (b"", "plan.txt", r"plan\.txt is empty\. Check that the plan was exported"),
        (b" \n\t\n", "plan.txt", r"is empty"),
        (
            b"%PDF-1.7 ...",
            "plan.pdf",
            r"plan\.pdf is a PDF that is cut off or damaged\. .*print it to a new PDF",
        ),
        (b"PK\x03\x04....", "plan.docx", r"is a Word document that is cut off or damaged"),
        (b"\xd0\xcf\x11\xe0....", "plan.doc", r"old Word"),
        (b"\x89PNG....", "scan.png", r"picture.*text recognition"),
        (b"Objective 1: Sail", "plan.docx", r"plan\.docx is no Word document, though its name says so"),
        (b"Objective 1: Sail", "plan.pdf", r"plan\.pdf is no PDF, though its name says so"),
        (b"Objective 1: Sail", "plan.odt", r"is not a \.docx, \.pdf, \.txt or \.md file\. Save it as Word"),
        (b"slug: x", "plan.yaml", r"stateworks plan load"),
        (b"<?xml version='1.0'?><StrategicPlan/>", "plan.txt", r"holds markup"),
        (
            "Objective 1: Caf\u00e9".encode("latin-1"),
            "plan.txt",
            r"not in UTF-8: byte 17 on line 1 \(0xe9\).*encoding UTF-8",
        ),
        (b"Objective 1: A\nB\x00C\n", "plan.txt", r"line 2 holds a zero byte"),
        (b"\xff\xfe\x00", "plan.txt", r"cannot be read|not text"),
        (b"Dear diary,\nit rained.\n", "diary.txt", r"nothing that looks like a plan.*Objective 1"),
        (b"a,b\n1,2\n", "rows.txt", r"nothing that looks like a plan"),
    ],
)
def test_what_is_no_plan_is_refused_with_a_remedy(content: bytes, filename: str, says: str) -> None:
    with pytest.raises(PlanImportError, match=says) as caught:
        import_plan(content, filename=filename)
    assert isinstance(caught.value, Refused)
    assert filename in caught.value.sentence


def test_a_file_larger_than_any_plan_is_refused() -> None:
    with pytest.raises(PlanImportError, match=r"larger than a plan can be \(60 MB, at most 50 MB\)"):
        import_plan(b"x" * 60_000_000, filename="plan.txt")


def test_a_truncated_file_gives_what_it_holds() -> None:
    text = infrastructure()
    document = import_plan(text[: text.index("Survey dashboard created.")])
    assert missing_lines(document) == []
    assert len(document.indicators) == 5


def long_plan(objectives: int) -> str:
    parts = [
        "# Office of Long Plans",
        "Strategic Plan: FY 2027-2028 through FY 2031-2032",
        "# Activity 1: Everything",
    ]
    for number in range(1, objectives + 1):
        parts.append(f"## Objective {number}: Reach the mark numbered {number}")
        parts.append("We measure what we do, and we say what we found, in every quarter of the year.")
        parts += [
            "### Strategies",
            f"1. Take step {number}",
            f"2. Check step {number}",
            "### Performance Indicators",
        ]
        parts += ["Indicator\tGoal", f"Percentage of marks of kind {number} reached\t{number % 100}%", "", ""]
    return "\n".join(parts)


def test_time_grows_in_proportion_up_to_a_hundred_thousand_lines() -> None:
    """Four times the lines may take six times as long at most; a quadratic reader would take sixteen times."""

    def seconds(objectives: int) -> float:
        text = long_plan(objectives)
        started = time.process_time()
        document = import_plan(text)
        assert len(document.indicators) == objectives
        return time.process_time() - started

    import_plan(long_plan(5))
    quarter, whole = seconds(2_500), seconds(10_000)
    assert len(long_plan(10_000).split("\n")) > 100_000
    assert whole < 6 * quarter


def test_one_endless_line_is_read_in_time() -> None:
    """Four times the length may take eight times as long at most; a reader that looks back would take sixteen times."""

    def seconds(words: int) -> float:
        text = "Objective 1: Sail\n\n" + "wind and weather " * words + "\n\n" + "(" * words + "\n"
        started = time.process_time()
        document = import_plan(text)
        took = time.process_time() - started
        assert missing_lines(document) == []
        return took

    import_plan("Objective 1: Sail\n")
    quarter, whole = (min(seconds(words) for _ in range(3)) for words in (25_000, 100_000))
    assert whole < 8 * quarter


PIECES = st.sampled_from(
    [
        "# Objective 1: Sail",
        "**Objective 2: Row**",
        "Activity 1: Sea",
        "### Strategies",
        "Performance Indicators",
        "Indicator\tGoal",
        "Number of boats\t5 by FY28",
        "| a | b |",
        "|---|---|",
        "- 1. Track",
        "1. Rig: set the sails",
        "· Port: a harbor",
        "Our three pillars are:",
        "Under this objective, we have two initiatives:",
        "In the FY27 to FY29 period, we will pilot one boat.",
        "Top priorities for Sea in FY28",
        "Appendix I. Glossary of terms",
        "Table of Contents",
        "Sea\t3",
        "[bookmark: _x]Sea",
        "[image: a boat",
        "]",
        "3",
        "",
        "1. Planning: Move from low to high.",
        "(1) low, (2) high, (3) higher",
        "======",
    ]
)


def read_or_refuse(text: str) -> PlanDocument | None:
    """Return the plan, or None where it is refused with a sentence that names the file."""
    try:
        return import_plan(text, filename="plan.txt")
    except PlanImportError as refused:
        if not refused.sentence.startswith("plan.txt"):
            raise AssertionError(refused.sentence) from refused
        return None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=40))
def test_any_text_is_read_completely_or_refused(parts: list[str]) -> None:
    document = read_or_refuse("\n".join(parts))
    if document is None:
        return
    assert missing_lines(document) == []
    ids = [node.id for node in document.nodes] + [row.id for row in document.indicators]
    assert len(ids) == len(set(ids))
