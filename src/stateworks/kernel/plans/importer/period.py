"""Title, office and period of a plan, from its first lines and the fiscal years that it names most."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import PurePath

from stateworks.kernel.plans.goal_dates import fiscal_year
from stateworks.kernel.plans.importer.lines import Line

_FISCAL_SPAN = re.compile(
    r"\b(?:FY|fiscal years?)\s?(?P<a>(?:20)?\d{2})(?:\s?[-/–]\s?(?P<b>(?:20)?\d{2}))?"
    r"\s*(?:through|to|until|thru|[-–—])\s*(?:(?:FY|fiscal year)\s?)?(?P<c>(?:20)?\d{2})"
    r"(?:\s?[-/–]\s?(?P<d>(?:20)?\d{2}))?\b",
    re.IGNORECASE,
)
_CALENDAR_SPAN = re.compile(r"\b(?P<a>20\d{2})\s*(?:[-–—]|to|through)\s*(?P<c>20\d{2}|\d{2})\b")
_TITLE = re.compile(
    r"\b(?:strategic|strategy|business|operational|master|action)\s+plan\b|\bplan\b.*20\d\d|\broadmap\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"^(?:the\s+)?(?:(?:[A-Z][\w&'’.-]*|of|for|and|the)\s+){0,5}"
    r"(?:Office|Department|Division|Agency|Bureau|Commission|Authority|Board|Ministry|Secretariat|Administration)\b"
    r"(?:\s+(?:of|for|on)\b)?[\w\s,&'’-]*(?:\([A-Z&]{2,10}\))?$"
)


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) == 2 else int(text)


def _fiscal_span(text: str) -> tuple[int, int] | None:
    for found in _FISCAL_SPAN.finditer(text):
        first = _year(found["b"] or found["a"])
        last = _year(found["d"] or found["c"])
        # "FY 2026-27" alone is one year written in two numbers.
        if (
            found["b"] is None
            and found["d"] is None
            and last == first + 1
            and "FY" not in found[0][3:].upper()
        ):
            return last, last
        if first <= last <= first + 20:
            return first, last
    return None


def find_title(lines: list[Line], filename: str) -> tuple[str, Line | None]:
    """Return the plan's title and the line it stands on; the file's name where no line says it."""
    for line in lines[:600]:
        if line.kind in {"heading", "text"} and len(line.text) <= 200 and _TITLE.search(line.text):
            found = _TITLE.search(line.text)
            is_name = line.text[-1] not in ".:;,?!" and (
                line.kind == "heading" or re.search(r"20\d\d", line.text)
            )
            if found and is_name:
                title = re.sub(
                    r"^(?:executive summary|introduction|foreword)\s*[:–—-]\s*",
                    "",
                    line.text,
                    flags=re.IGNORECASE,
                )
                return title.strip(), line
    heading = next((line.text for line in lines[:200] if line.kind == "heading"), "")
    return heading or PurePath(filename).stem or "Plan", None


def find_office(lines: list[Line]) -> str:
    """Return the first line that is the name of an organization; empty where there is none."""
    for line in lines[:600]:
        text = re.sub(r"\s*[–—:-]?\s*(?:strategic|business)\s+plan\b.*$", "", line.text, flags=re.IGNORECASE)
        if line.kind in {"heading", "text"} and 6 <= len(text) <= 100 and _OFFICE.match(text):
            return re.sub(r"\s*\([A-Z&]+\)$", "", text).strip()
    return ""


def find_period(lines: list[Line], title: str, start_month: int) -> tuple[date | None, date | None]:
    """Return the plan's first and last day: the title's fiscal years, or its calendar years read as fiscal ones.

    "2026-2028" in the title means fiscal years where the text counts in them ("FY26 to FY28").
    """
    span = _fiscal_span(title)
    calendar = _CALENDAR_SPAN.search(title)
    spans: Counter[tuple[int, int]] = Counter()
    fiscal = False
    for line in lines:
        if "FY" in line.text or "iscal" in line.text:
            fiscal = True
            found = _fiscal_span(line.text)
            if found and found[0] < found[1]:
                spans[found] += 1
    if span is None and calendar:
        years = (_year(calendar["a"]), _year(calendar["c"]))
        matching = [found for found in spans if found[1] == years[1] or found[0] == years[0]]
        if matching:
            span = max(matching, key=lambda found: spans[found])
        elif years[0] <= years[1] <= years[0] + 20:
            if not fiscal:
                return date(years[0], 1, 1), date(years[1], 12, 31)
            span = years
    if span is None and spans:
        span = spans.most_common(1)[0][0]
    if span is None:
        return None, None
    return fiscal_year(span[0], start_month).start, fiscal_year(span[1], start_month).end
