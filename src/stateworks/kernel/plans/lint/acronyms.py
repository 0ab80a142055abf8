"""Checks of acronyms: expanded in two ways, or never."""

from __future__ import annotations

import re
from collections import defaultdict

from stateworks.kernel.plans.document import Finding, PlanDocument
from stateworks.kernel.plans.importer.noise import PAGE, PICTURE, RULE, TITLE_PAGE
from stateworks.kernel.plans.importer.source import COMMENT, DELETED, HIDDEN
from stateworks.kernel.plans.words import word_set

# What readers of a public plan know without being told.
_COMMON = word_set(
    "IT AI US USA UK ID PDF URL HTML XML CSV SQL API UI UX TV PC VPN CEO FAQ OK FY AM PM COVID KPI "
    "KPIS TBD NA HTTP HTTPS WWW ZIP GPS USB PIN AA AAA FTE LLC INC VS PO"
)
_ROMAN = re.compile(r"^[IVXLC]+$")
_STATES = word_set(
    "AL AK AZ AR CA CO CT DE FL GA HI IA IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV "
    "NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY DC PR"
)
_SMALL = frozenset({"of", "and", "for", "the", "in", "to", "on", "a", "an", "or", "with", "&"})
_USED = re.compile(r"(?<![\w.-])([A-Z]{2,5})(s)?(?![\w-]|\.\w)")
_IN_BRACKETS = re.compile(r"\(([A-Z][A-Za-z]*(?:[A-Z&][A-Za-z]*)*(?: [A-Z]{2,6})*?)\)")
_BEFORE_BRACKETS = re.compile(
    r"\b([A-Z]{2,6})s?\s+\(((?:[A-Z][\w’'-]*|of|and|for|the|,)(?:[\s,]+(?:[\w’'-]+)){1,8})\)"
)
_NOT_READ = frozenset({PICTURE, PAGE, RULE, TITLE_PAGE, COMMENT, DELETED, HIDDEN})
_WORD_IN_SMALL = re.compile(r"[a-z]{2}")
_MARKS = re.compile(r"\[bookmark:[^\]]*\]|\*\*|[#*`]|</?\w+>")


def _texts(document: PlanDocument) -> list[tuple[int, str]]:
    """Return the plan's lines without captions, footers and lines in capitals only."""
    left_out = {entry.line for entry in document.unplaced if entry.reason in _NOT_READ}
    texts: list[tuple[int, str]] = []
    for number, raw in enumerate(document.source, start=1):
        if number in left_out or not raw.strip():
            continue
        text = _MARKS.sub("", raw.replace("\u00a0", " ").replace("\u202f", " "))
        if _WORD_IN_SMALL.search(text):
            texts.append((number, text))
    return texts


def _initials(words: list[str], *, small: bool) -> str:
    return "".join(word[0].upper() for word in words if small or word.lower() not in _SMALL)


def _expansion(before: str, acronym: str) -> str | None:
    """Return the words before "(ABC)" that stand for it; letters in another order count: that is a slip to find."""
    letters = acronym.upper().replace("&", "")
    words = re.findall(r"[A-Za-z][\w’'-]*|&", before)[-(len(letters) * 2 + 3) :]
    for start in range(len(words) - 1, -1, -1):
        suffix = words[start:]
        if suffix[0].lower() in _SMALL:
            continue
        for small in (False, True):
            if (
                sorted(_initials(suffix, small=small)) == sorted(letters)
                and suffix[0][0].upper() == letters[0]
            ):
                return " ".join(suffix)
    return None


def _normal(expansion: str) -> str:
    words = [re.sub(r"(?:’s|'s|s)$", "", word.lower()) for word in re.findall(r"[\w’'-]+", expansion)]
    return " ".join(word for word in words if word not in _SMALL)


def _explained(texts: list[tuple[int, str]]) -> tuple[dict[str, dict[str, tuple[int, str]]], set[str]]:
    """Return each acronym's expansions with their first place, and all acronyms that are explained in some way."""
    expansions: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    explained: set[str] = set()
    for line, text in texts:
        for found in _IN_BRACKETS.finditer(text):
            before = text[max(0, found.start() - 160) : found.start()]
            for acronym in re.sub(r"(?<=[A-Z])s\b", "", found[1]).split():
                expansion = _expansion(before, acronym)
                words = [word[0].upper() for word in re.findall(r"[A-Za-z][\w’'-]*", before)[-10:]]
                if expansion:
                    expansions[acronym].setdefault(_normal(expansion), (line, expansion))
                if expansion or acronym[0] in words:
                    explained.add(acronym)
        for found in _BEFORE_BRACKETS.finditer(text):
            inside = re.findall(r"[A-Za-z][\w’'-]*", found[2])
            for small in (False, True):
                if found[1] in _initials(inside, small=small):
                    explained.add(found[1])
    return expansions, explained


def acronyms_two_ways(document: PlanDocument) -> list[Finding]:
    """Return acronyms that the plan expands with different words."""
    expansions, _ = _explained(_texts(document))
    findings: list[Finding] = []
    for acronym, ways in sorted(expansions.items()):
        if len(ways) < 2:
            continue
        places = sorted(ways.values())
        words = "; ".join(f'"{expansion}" on line {line}' for line, expansion in places)
        findings.append(
            Finding(
                "text.acronym-two-ways",
                "warning",
                places[1][0],
                f"{places[1][1]} ({acronym})",
                f"{acronym} is expanded in {len(ways)} ways: {words}. Readers may take them for two bodies.",
                "Use the official name in every place.",
            )
        )
    return findings


def acronyms_never_expanded(document: PlanDocument) -> list[Finding]:
    """Return acronyms that the plan uses and never expands; one that resembles an expanded one is a warning."""
    texts = _texts(document)
    _, explained = _explained(texts)
    used: dict[str, list[int]] = defaultdict(list)
    samples: dict[str, str] = {}
    for line, text in texts:
        for found in _USED.finditer(text):
            acronym = found[1]
            if acronym in _COMMON or acronym in _STATES or _ROMAN.match(acronym) or acronym in explained:
                continue
            used[acronym].append(line)
            samples.setdefault(acronym, text[max(0, found.start() - 60) : found.end() + 40].strip())
    phrases = _capitalised_initials(texts, set(used))
    findings: list[Finding] = []
    for acronym, lines in sorted(used.items(), key=lambda pair: pair[1][0]):
        if acronym in phrases:
            continue
        akin = sorted(
            other
            for other in explained
            if other != acronym and _is_within(acronym, other) and len(acronym) > 2
        )
        hint = f" {akin[0]} is expanded; perhaps the same is meant." if akin else ""
        times = "once" if len(lines) == 1 else f"{len(lines)} times"
        findings.append(
            Finding(
                "text.acronym-unexpanded",
                "warning" if akin else "info",
                lines[0],
                samples[acronym],
                f"{acronym} is used {times} and never expanded.{hint}",
                f'Write it out at first use, with "({acronym})" behind it, or add it to the glossary.',
            )
        )
    return findings


def _capitalised_initials(texts: list[tuple[int, str]], wanted: set[str]) -> set[str]:
    """Return the acronyms whose words stand somewhere in capitals, such as "Net Promoter Score"."""
    found: set[str] = set()
    for _, text in texts:
        for run in re.finditer(r"\b[A-Z][a-z]+(?:[\s-]+(?:(?:of|and|for)\s+)?[A-Z][a-z]+)+", text):
            words = re.findall(r"[A-Za-z]+", run[0])
            found |= {_initials(words, small=True), _initials(words, small=False)} & wanted
    return found


def _is_within(short: str, long: str) -> bool:
    """Return true where the letters of one acronym come in another in the same order, as EHS in EOHHS."""
    if len(long) <= len(short) or long[0] != short[0] or long[-1] != short[-1]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)
