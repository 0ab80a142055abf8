"""Measures that the prose promises and no indicator keeps."""

from __future__ import annotations

import re
from collections import defaultdict

from stateworks.kernel.plans.document import Finding, IndicatorRow, Node, PlanDocument
from stateworks.kernel.plans.words import word_set

_LISTED = re.compile(
    r"\b(?:indicators?|metrics|measures)\b(?:\s+(?:that|which))?(?:\s+will)?\s+(?:reflect|track|measure|cover|monitor|show)s?\s+"
    r"(?P<items>[^.;:]+)",
    re.IGNORECASE,
)
_GENERIC = word_set(
    "service services quality level levels effectiveness performance process processes key system "
    "systems technology financial activity activities the our of and to its their overall "
    "infrastructure"
)
# A quality that offices promise in prose: how the promise reads, and how an indicator that keeps it reads.
_QUALITIES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (name, re.compile(promise, re.IGNORECASE), re.compile(kept, re.IGNORECASE))
    for name, promise, kept in (
        ("availability", r"\b(?:availability|uptime)\b", r"\b(?:availability|uptime|downtime)\b"),
        (
            "collection",
            r"\b(?:bill\w*|invoic\w*|charg\w*)\b[^.]*\bcollect(?:s|ion|ions)\b|\bcollection\s+of\s+(?:payments?|fees|charges)\b",
            r"\b(?:collect\w*|recover\w*|receivables?|paid|payments?|overdue)\b",
        ),
    )
)
_ON_TIME = re.compile(
    r"\b(?P<thing>[a-z]+s)\s+(?:are|is|be)\s+(?P<verb>issued|delivered|paid|sent|processed|completed|published|resolved)\b[^.;]*?"
    r"\b(?:on time|timely|within the (?:\w+ )?(?:timelines?|timeframes?|deadlines?|schedules?))\b",
    re.IGNORECASE,
)
_LATE = re.compile(r"\b(?:issued|on time|timel\w*|late|overdue|by the \w+ day|days to)\b", re.IGNORECASE)
_SYNONYMS = {
    "accuracy": r"accura|error|mis-?cod|correct",
    "timeliness": r"on time|timel|late\b|within (?:\w+ )?\d* ?(?:business )?days|days\b",
    "transparency": r"transparen|portal|access|publish",
    "adherence": r"adheren|service level|\bsla\b|within target",
    "collaboration": r"collaborat|partner|steering",
    "resolution": r"resol|respond",
}
_AREAS = frozenset({"program", "activity", "pillar", "goal", "objective"})


def promises_without_indicator(document: PlanDocument) -> list[Finding]:
    """Return sentences that promise to measure something for which the plan has no indicator."""
    if not document.indicators:
        return []
    rows_below = _rows_below(document)
    findings: list[Finding] = []
    told: set[tuple[str, str]] = set()
    for node in document.nodes:
        if node.level not in _AREAS:
            continue
        rows = rows_below.get(node.id)
        if not rows:
            continue
        names = [re.sub(r"\([^()]*\)", "", row.name) for row in rows]
        for line, sentence in _sentences(node, document):
            missing = _missing(sentence, names)
            fresh = [thing for thing in missing if (node.id.split(".")[0], thing) not in told]
            told |= {(node.id.split(".")[0], thing) for thing in fresh}
            if fresh:
                findings.append(_finding(line, sentence, fresh))
    return findings


def _finding(line: int, sentence: str, missing: list[str]) -> Finding:
    things = ", ".join(missing)
    return Finding(
        "text.promise-without-indicator",
        "warning",
        line,
        sentence[:500],
        f"The text promises {things}, and no indicator below it measures {'that' if len(missing) == 1 else 'them'}.",
        "Add an indicator, or take the promise out of the text.",
    )


def _rows_below(document: PlanDocument) -> dict[str, list[IndicatorRow]]:
    """Return the indicators on and below each node."""
    parents = {node.id: node.parent for node in document.nodes}
    below: dict[str, list[IndicatorRow]] = defaultdict(list)
    for row in document.indicators:
        place: str | None = row.node
        while place is not None:
            below[place].append(row)
            place = parents.get(place)
    return below


def _sentences(node: Node, document: PlanDocument) -> list[tuple[int, str]]:
    """Return the sentences of a node's title and text with the line of their paragraph."""
    found = [(node.lines[0], node.title)]
    position = node.lines[0] - 1
    for paragraph in node.text.split("\n"):
        start = paragraph[:40]
        for number in range(position, node.lines[1]):
            if start and start in document.source[number].replace("\u00a0", " "):
                position = number
                break
        found += [(position + 1, part) for part in re.split(r"(?<=[.!?])\s+", paragraph) if part]
    return found


def _missing(sentence: str, names: list[str]) -> list[str]:
    missing: list[str] = []
    for name, promise, kept in _QUALITIES:
        if promise.search(sentence) and not any(kept.search(row) for row in names):
            missing.append(name)
    late = _ON_TIME.search(sentence)
    if late and not any(late["thing"].lower()[:-1] in row.lower() and _LATE.search(row) for row in names):
        missing.append(f"{late['thing'].lower()} {late['verb'].lower()} on time")
    listed = _LISTED.search(sentence)
    if listed:
        items = re.split(r"\b(?:across|of\s+\w+[’']s?|through|so that|in order)\b", listed["items"])[0]
        for item in re.split(r",\s*(?:and\s+)?|\s+and\s+", items):
            thing = re.sub(r"^(?:the|our|its)\s+", "", item.strip())
            if thing and not _is_kept(thing, names) and not any(known in thing for known in missing):
                missing.append(thing)
    return missing


def _is_kept(thing: str, names: list[str]) -> bool:
    """Return true where an indicator's name shares a telling word with the thing promised, or a word like it."""
    words = [word for word in re.findall(r"[a-z]+", thing.lower()) if word not in _GENERIC]
    for word in words:
        pattern = _SYNONYMS.get(word) or rf"\b{re.escape(re.sub(r's$', '', word))}s?\b"
        if any(re.search(pattern, name, re.IGNORECASE) for name in names):
            return True
    return not words
