"""Key results: the figured or dated promises inside outcome paragraphs, each with its kind and targets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from stateworks.kernel.indicators.targets import MILESTONE, PERCENT, Target
from stateworks.kernel.plans.document import KeyResult, Kind, Node
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.importer.items import is_pointer

_PERIOD = re.compile(
    r"\b(?:(?:in|over|during|throughout)\s+)?the\s+FY\s?\d{2,4}\s*(?:to|through|[-–])\s*FY\s?\d{2,4}\s+period,?\s*",
    re.IGNORECASE,
)
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d[\d,]*(?:\.\d+)?)"
_FIGURE = re.compile(
    rf"\b{_NUMBER}\s*(?:[-–]\s*{_NUMBER}\s*)?(?:%|percent\b)"
    rf"|\bat least\s+{_NUMBER}\b|\btop\s+{_NUMBER}\b"
    rf"|(?<![-\w])(?<!Phase\s){_NUMBER}(?:\s*[-–]\s*{_NUMBER})?\s+(?!of\b|months?\b|years?\b|and\b|in\b|or\b|to\b)(?:[a-z][\w-]*\s+){{0,3}}?[a-z]+s\b"
    rf"|\b[Pp]hases?\s+\d\s*[-–]\s*\d",
)
_EVERY = re.compile(
    r"\b(?:all|every|full|entire)\s+(?!of\s+(?:this|these|which))(?:(?:of|our|the)\s+)?[A-Za-z]",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:in|by|for|during|until)\s+(?:the\s+end\s+of\s+)?(?:Q[1-4]\s+)?(?:FY\s?\d{2,4}|20\d\d)\b",
    re.IGNORECASE,
)
_STRETCH = re.compile(r"\[stretch|\bstretch\s+(?:goal|target|key result)", re.IGNORECASE)
_LEARNING = re.compile(
    r"\[learning|\blearning\s+goal|\bpilot(?:ing)?\b(?!\s+activit)|\btest\s+and\s+evaluate|\btest\s+out\b",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"\b(?:to|and|will)\s+baseline\b|^baseline\b|\bestablish\w*\s+(?:a\s+)?baseline", re.IGNORECASE
)
# An estimate or an example is not a promise.
_ESTIMATE = re.compile(r"^.*?\bestimat\w+\b[^.;]*?,\s*so\s+", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"\((?:e\.g\.|i\.e\.|for example|such as|including)[^)]*\)|,\s+for example\s.*$", re.IGNORECASE
)
_VERB = (
    r"(?:(?:adopt|add|aim|allow|answer|assess|automat|begin|bring|(?:re)?build|catalogu?|clos|complet|conduct|consolidat|creat|defin|deliver|deploy|"
    r"deprecat|design|determin|develop|disseminat|distribut|enabl|enact|enforc|engag|ensur|establish|evaluat|expand|explor|"
    r"finaliz|formaliz|hir|hold|identify|implement|improv|increas|integrat|launch|matur|migrat|moderniz|monitor|operationaliz|"
    r"pilot|prepar|provid|publish|rationaliz|recommend|recruit|reduc|refresh|releas|replac|report|retir|review|roll|scal|set|"
    r"shar|standardiz|start|support|test|track|train|transition|updat|upgrad|us)(?:e|es|ing|ting|d|ed)?)"
)
_CUT = re.compile(
    rf"(?:,\s+(?:and\s+)?(?:then\s+|later\s+)?|\s+and\s+(?:then\s+|later\s+)?)(?={_VERB}\b)"
    r"|,?\s+(?:aiming to|allowing us to|such that|so that|followed by|with the (?:goal|aim) of|as well as)\s+",
    re.IGNORECASE,
)
_ENDS_IN_VERB = re.compile(rf"\b{_VERB}$", re.IGNORECASE)


def key_results(
    node: Node, lines: list[str], plan_start: date | None, plan_end: date | None, start_month: int
) -> list[KeyResult]:
    """Return the promises of a node's outcome that carry a figure, a date of their own, or are stretch or learning."""
    found: list[KeyResult] = []
    for paragraph in node.outcome.split("\n"):
        line = _line_of(paragraph, node, lines)
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", paragraph):
            if is_pointer(sentence):
                continue
            for promise in _promises(sentence):
                found.append(
                    _key_result(
                        promise, sentence, node, line, plan_start, plan_end, start_month, len(found) + 1
                    )
                )
    return found


def _line_of(paragraph: str, node: Node, lines: list[str]) -> int:
    """Return the line that a paragraph of an outcome stands on."""
    start = re.sub(r"\W+", "", paragraph[:60])
    for number in range(node.lines[0], node.lines[1] + 1):
        if start and start in re.sub(r"\W+", "", lines[number - 1]):
            return number
    return node.lines[1]


def _promises(sentence: str) -> list[str]:
    """Return the parts of a sentence that promise something: cut at its verbs where several parts carry figures."""
    body = _ESTIMATE.sub("", _PERIOD.sub("", sentence)).strip()
    if _STRETCH.search(body):
        return [body]
    parts = [part.strip(" ,.;") for part in _cut(body)]
    carrying = [part for part in parts if part and _carries(part)]
    if carrying:
        return carrying
    return [body] if _LEARNING.search(_EXAMPLE.sub("", body)) else []


def _cut(body: str) -> list[str]:
    """Cut before the verbs of a sentence, never inside brackets and never between two verbs of one object."""
    # Masking keeps every position, so that the parts stay the plan's own words.
    masked = re.sub(r"\([^()]*\)", lambda found: "(" + "#" * (len(found[0]) - 2) + ")", body)
    parts: list[str] = []
    start = 0
    for cut in _CUT.finditer(masked):
        if _ENDS_IN_VERB.search(masked[start : cut.start()].rstrip()):
            continue
        parts.append(body[start : cut.start()])
        start = cut.end()
    return [*parts, body[start:]]


def _carries(part: str) -> bool:
    """Return true for words that carry a figure, a share of all, a date, a baseline or a pilot."""
    plain = _EXAMPLE.sub("", part)
    return any(pattern.search(plain) for pattern in (_FIGURE, _EVERY, _DATE, _LEARNING, _BASELINE))


def _kind(promise: str) -> Kind:
    if _STRETCH.search(promise):
        return "stretch"
    return "learning" if _LEARNING.search(_EXAMPLE.sub("", promise)) else "committed"


def _key_result(
    promise: str,
    sentence: str,
    node: Node,
    line: int,
    start: date | None,
    end: date | None,
    start_month: int,
    number: int,
) -> KeyResult:
    kind = _kind(promise)
    readable = _EXAMPLE.sub("", promise)
    reading = read_goal(
        readable, fiscal_year_start_month=start_month, plan_start=start, plan_end=end, line=line
    )
    targets = tuple(_dated(_levelled(target, kind), end) for target in reading.targets)
    if not targets:
        targets = (_dated(Target(level=kind, unit=None if kind == "learning" else MILESTONE), end),)
    kept = tuple(
        finding
        for finding in reading.findings
        if finding.code not in {"goal.unparsed", "goal.several-targets"}
    )
    return KeyResult(f"{node.id}.k{number}", node.id, promise, kind, targets, line, kept)


def _levelled(target: Target, kind: Kind) -> Target:
    return replace(target, level=kind) if kind != "committed" and target.level == "committed" else target


def _dated(target: Target, end: date | None) -> Target:
    """Date an undated promise with the plan's last day: the paragraph speaks of the plan's whole period."""
    if target.by is not None or target.per is not None or (target.unit == PERCENT and target.within):
        return target
    return replace(target, by=end)
