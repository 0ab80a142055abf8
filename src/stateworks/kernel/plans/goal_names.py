"""What an indicator's name says about its goal: a change, a unit, a mean, a figure of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stateworks.kernel.indicators.targets import Direction, Period

_NOMINAL = re.compile(
    r"^(?:percent(?:age)?\s+)?(?:(?P<down>reductions?|decreases?|decline|drop)|(?P<up>increases?|growth|improvements?|rise))"
    r"\s+(?:in|of)\b",
    re.IGNORECASE,
)
_VERBAL = re.compile(
    r"^(?:(?P<down>reduce|decrease|lower|cut|shorten|lessen)|(?P<up>increase|improve|raise|grow|boost|expand))\b",
    re.IGNORECASE,
)
_OWN_FIGURE = re.compile(
    r"(?P<sign>[≥≤⩾⩽<>]=?|\b(?:at least|at most|no more than|no less than|more than|less than|up to|under|over)\b)"
    r"\s*\$?\d[\d.,]*\s*(?:%|percent|per cent|points?|minutes?|hours?|days?|weeks?|months?)?",
    re.IGNORECASE,
)
_BAD = (
    r"(?:errors?|defects?|complaints?|outages?|downtime|backlog|costs?|turnover|vacanc(?:y|ies)|abandonments?|failures?|"
    r"rework|escalations?|delays?|breach(?:es)?|vulnerabilit(?:y|ies)|findings|incidents)"
)
# "Vacancies reclassified" or "incidents resolved" count something done about the bad thing: more of it is better.
_LOWER_IS_BETTER = re.compile(
    rf"\b{_BAD}\s+rates?\b|^(?:(?:the\s+)?(?:total\s+)?(?:number|count|percent(?:age)?|rate|share|average|cost)\s+"
    rf"(?:number\s+)?(?:of\s+|per\s+)?)?(?:\w+[\s-]){{0,2}}{_BAD}(?!\s+(?:\w+ly\s+)?(?:\w+(?:ed|en)|that|with)\b)\W*(?:$|\s(?:per|in|due|by|on|from|for)\b)",
    re.IGNORECASE,
)
_PERIODS: dict[str, Period] = {
    "annual": "year",
    "year": "year",
    "fy": "year",
    "fiscal": "year",
    "quarter": "quarter",
    "month": "month",
    "week": "week",
    "dai": "day",
    "day": "day",
    "yr": "year",
    "qtr": "quarter",
    "mo": "month",
    "wk": "week",
}


def read_period(text: str) -> Period | None:
    """Return the period in words such as "per quarter", "each FY", "annually" or "/ month"."""
    lowered = text.lower()
    return next((period for stem, period in _PERIODS.items() if re.search(rf"\b{stem}", lowered)), None)


@dataclass(frozen=True, slots=True)
class NameHints:
    """What the name of an indicator says beside what it counts."""

    change: Direction | None = None
    change_is_counted: bool = False
    per: Period | None = None
    is_percent: bool = False
    is_number: bool = False
    is_score: bool = False
    is_time: bool = False
    mean: str | None = None
    lower_is_better: bool = False
    own_figure: str | None = None
    measured_each: Period | None = None


def read_name(name: str) -> NameHints:
    """Read an indicator's name; an empty one says nothing."""
    name = name.strip()
    nominal = _NOMINAL.match(name)
    change = nominal or _VERBAL.match(name)
    direction: Direction | None = ("down" if change["down"] else "up") if change else None
    per = re.search(
        r"\b(?:per|each|every)\s+(?:fiscal year|FY|year|quarter|month|week|day)\b", name, re.IGNORECASE
    )
    measured = re.search(
        r"\b(?:measured|reported|assessed)\s+(monthly|quarterly|weekly|daily|annually|yearly)",
        name,
        re.IGNORECASE,
    )
    mean = re.search(r"\b(average|avg|mean|median)\b", name, re.IGNORECASE)
    own = _OWN_FIGURE.search(name)
    is_percent = bool(re.search(r"\b(?:percent|percentage|share|proportion|rate)\b|%", name, re.IGNORECASE))
    is_number = bool(re.match(r"(?:the\s+)?(?:total\s+)?(?:number|count)\s+of\b", name, re.IGNORECASE))
    return NameHints(
        change=direction,
        change_is_counted=nominal is not None,
        per=read_period(per[0]) if per else None,
        is_percent=is_percent and not is_number,
        is_number=is_number,
        is_score=bool(re.search(r"\b(?:score|rating|NPS)\b", name, re.IGNORECASE)) and not is_number,
        is_time=bool(re.search(r"\b(?:time|duration|turnaround|days|hours|minutes)\b", name, re.IGNORECASE))
        and not is_percent,
        mean=mean[1].lower() if mean else None,
        lower_is_better=bool(_LOWER_IS_BETTER.search(name)),
        own_figure=own[0].strip() if own else None,
        measured_each=read_period(measured[1]) if measured else None,
    )
