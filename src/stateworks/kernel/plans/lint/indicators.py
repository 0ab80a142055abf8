"""Checks of indicators: who answers for them, what they count, and whether name and goal speak of the same thing."""

from __future__ import annotations

import re

from stateworks.kernel.indicators.targets import COUNT, PERCENT, POINTS, Target
from stateworks.kernel.plans.document import Finding, IndicatorRow, PlanDocument
from stateworks.kernel.plans.goal_names import read_name

_OUTPUT = re.compile(
    r"^(?:the\s+)?(?:total\s+)?number\s+of\b.*?\b(?:meetings?|sessions?|trainings?|workshops?|houses|events?|newsletters?|"
    r"reports?|records?|documents?|surveys?|webinars?|campaigns?|communications?|publications?|briefings?|visits?|adrs?|"
    r"guides?|articles?|audits?|reviews?)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:held|conducted|delivered|hosted|sent|offered|produced|issued|published|distributed|organi[sz]ed|given)\b",
    re.IGNORECASE,
)
_PASSED = re.compile(
    r"\b(?:pass(?:es|ed|ing)?|compliant|compl(?:y|ies|iance)|conform\w*|resolved|certified|accepted)\b",
    re.IGNORECASE,
)
_CHECKED = re.compile(
    r"\b(?:audited|tested|reviewed|scanned|assessed|inspected|evaluated|checked|surveyed|monitored)\b",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\([^()]*\)")
_DATE_WORDS = re.compile(
    r"\b(?:FY\s?\d+|Q[1-4]|by|in|of|the|end|start|and|or|to|for|a|an|production|place|year|quarter|month|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


def objectives_without_indicator(document: PlanDocument) -> list[Finding]:
    """Return objectives under which nothing is measured: no indicator, and no key result with a figure or a date."""
    parents = {node.id: node.parent for node in document.nodes}
    measured: set[str] = set()
    for place in [row.node for row in document.indicators] + [row.node for row in document.key_results]:
        above: str | None = place
        while above is not None and above not in measured:
            measured.add(above)
            above = parents.get(above)
    findings: list[Finding] = []
    for node in document.of_level("objective"):
        if node.id in measured:
            continue
        findings.append(
            Finding(
                "objective.no-indicator",
                "warning",
                node.lines[0],
                node.title,
                "No indicator and no figured or dated key result stands under this objective; nobody can tell "
                "whether it is reached.",
                "Add one indicator with a figure, a unit and a date, or name the milestone that ends it.",
            )
        )
    return findings


def indicators_without_owner_or_source(document: PlanDocument) -> list[Finding]:
    """Return one remark for the whole plan where no indicator names its owner or data source, else one each."""
    findings: list[Finding] = []
    for code, field, why, suggestion in (
        (
            "indicator.no-owner",
            "owner",
            "names anybody who answers for it; a missed goal has no one to explain it.",
            "Add a column Owner with a person or a role.",
        ),
        (
            "indicator.no-source",
            "source",
            "names the system or list its number comes from; two people would count differently.",
            "Add a column Data source with the system or list.",
        ),
    ):
        without = [row for row in document.indicators if not getattr(row, field)]
        if not without:
            continue
        if len(without) == len(document.indicators):
            text = f"All {len(without)} indicators"
            findings.append(
                Finding(code, "info", without[0].line, text, f"No indicator of the plan {why}", suggestion)
            )
            continue
        single = f"Other indicators have one. {suggestion}"
        findings.extend(
            Finding(code, "info", row.line, row.name, f"The indicator has no {field}.", single)
            for row in without
        )
    return findings


def outputs_for_outcomes(document: PlanDocument) -> list[Finding]:
    """Return indicators that count what the office does where the objective claims what it changes."""
    titles = {node.id: node.title for node in document.nodes}
    findings: list[Finding] = []
    for row in document.indicators:
        name = _PARENTHESES.sub("", row.name)
        if _OUTPUT.search(name) and _DONE.search(name):
            findings.append(
                Finding(
                    "indicator.output-not-outcome",
                    "info",
                    row.line,
                    row.name,
                    f'It counts activity, which can rise while "{titles.get(row.node, "")}" comes no nearer.',
                    "Keep it as a supporting indicator and add one that shows what changed for the people served.",
                )
            )
    return findings


def names_and_goals(document: PlanDocument) -> list[Finding]:
    """Return indicators whose name holds a goal of its own, or counts another thing than the goal."""
    findings: list[Finding] = []
    for row in document.indicators:
        findings.extend(_repeats(row))
        difference = _difference(row)
        if difference:
            findings.append(
                Finding(
                    "indicator.name-differs-from-goal",
                    "warning",
                    row.line,
                    f"{row.name} | {row.goal}",
                    f"Name and goal count different things: {difference}.",
                    "Decide which of the two is meant and use its words in both places.",
                )
            )
    return findings


def _repeats(row: IndicatorRow) -> list[Finding]:
    own = read_name(row.name).own_figure
    if own:
        return [
            Finding(
                "indicator.name-repeats-goal",
                "warning",
                row.line,
                f"{row.name} | {row.goal}",
                f'The name already sets a goal ("{own}"); a new goal would change the name and break the history.',
                "Name only what is counted, and leave the figure to the goal.",
            )
        ]
    shared = set(re.findall(r"\d+(?:\.\d+)?\s?%", row.name)) & set(re.findall(r"\d+(?:\.\d+)?\s?%", row.goal))
    if shared:
        return [
            Finding(
                "indicator.name-repeats-goal",
                "info",
                row.line,
                f"{row.name} | {row.goal}",
                f"The figure {min(shared)} stands in the name and in the goal; it may be one rule or two.",
                "Say in the definition what the figure in the name is for.",
            )
        ]
    words = re.sub(r"\W+", " ", row.name.lower()).strip()
    if words and words == re.sub(r"\W+", " ", row.goal.lower()).strip():
        return [
            Finding(
                "indicator.name-repeats-goal",
                "warning",
                row.line,
                row.name,
                "Name and goal are the same words; the goal sets nothing to reach.",
                "Name what is counted, and write the figure and date to reach as the goal.",
            )
        ]
    return []


def _difference(row: IndicatorRow) -> str:
    """Return in words how name and goal differ in what they count; empty where they agree."""
    name = _PARENTHESES.sub("", row.name)
    goal = _PARENTHESES.sub("", row.goal)
    hints = read_name(name)
    scored = [t for t in row.targets if t.is_scored and t.value is not None]
    if not scored:
        return _milestone_difference(row, name, goal)
    target = scored[0]
    if _PASSED.search(name) and not _PASSED.search(goal) and _CHECKED.search(goal):
        passed, checked = _PASSED.search(name), _CHECKED.search(goal)
        return (
            f"the name what {passed[0] if passed else ''}, the goal what is {checked[0] if checked else ''}"
        )
    if hints.own_figure or target.change is not None:
        return ""
    if hints.is_number and target.unit == PERCENT:
        return "the name a number, the goal a share"
    if hints.is_percent and target.unit not in {PERCENT, POINTS, "score"}:
        return f"the name a share, the goal a number of {target.unit}"
    if re.match(r"(?:the\s+)?frequency\b", name, re.IGNORECASE) and target.unit == PERCENT:
        return "the name a frequency, the goal a share"
    if re.search(r"\bsatisfaction\b", name, re.IGNORECASE) and "survey" in str(target.unit):
        return "the name how satisfied people are, the goal how many surveys are held"
    return _population_difference(name, target)


def _population_difference(name: str, target: Target) -> str:
    """Compare the things counted: the last word of the goal's population or unit must come in the name, or its stem."""
    thing = target.of if target.unit == PERCENT else target.unit
    if (
        not thing
        or thing in {COUNT, "score"}
        or not re.match(r"(?:percent|percentage|number|share)\b", name, re.IGNORECASE)
    ):
        return ""
    words = thing.split()
    if target.unit == PERCENT and not (words[-1].endswith("s") or words[-1] == "staff"):
        return ""
    known = [_stem(word) for word in re.findall(r"[A-Za-z]+", name)]
    if any(word.isupper() for word in words):
        return ""
    heads = [_stem(words[-1])] if target.unit == PERCENT else [_stem(word) for word in words]
    for head in heads:
        if any(word and (word.startswith(head) or head.startswith(word)) and len(word) > 2 for word in known):
            return ""
    counted = re.sub(
        r"^(?:the\s+)?(?:percent(?:age)?|number|share)\s+of\s+", "", name, flags=re.IGNORECASE
    ).strip(" .")
    return f'the name "{counted[:80]}", the goal {thing}'


def _milestone_difference(row: IndicatorRow, name: str, goal: str) -> str:
    """Return a difference where a milestone's goal names a thing that its indicator does not."""
    if not any(target.is_milestone for target in row.targets):
        return ""
    words = re.findall(r"[A-Za-z]{4,}", _DATE_WORDS.sub(" ", goal))
    things = [word for word in words if not re.search(r"(?:ed|ing|live|operational|complete)$", word.lower())]
    stems = [_stem(word) for word in re.findall(r"[A-Za-z]+", name)]
    if things and not any(
        stem[:5] == _stem(thing)[:5] for thing in things for stem in stems if len(stem) > 3
    ):
        return f'the goal is about "{things[0].lower()}", which the name does not mention'
    return ""


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|y)$", "", word.lower())
