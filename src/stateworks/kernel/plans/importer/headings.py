"""What a heading, or the sentence before a list, announces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stateworks.kernel.plans.words import word_set

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_NUMBER = r"(?:" + "|".join(NUMBER_WORDS) + r"|\d{1,3})"

# Rank in the tree: a node hangs on the nearest open node of a lower rank.
RANKS = {
    "program": 0,
    "activity": 1,
    "pillar": 1,
    "goal": 1,
    "focus_area": 1,
    "theme": 1,
    "objective": 2,
    "strategy": 3,
    "initiative": 3,
    "action": 4,
}
_LEVEL_HEADING = re.compile(
    r"^(?:strategic\s+)?(program|activity|pillar|goal|focus area|theme|objective|strategy|initiative|action)\s+"
    r"(?:#\s*)?([A-Z]|\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})\s*(?:[:.\-–—]\s*|\s)(?=\S)(.+)$",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}

_NAMED: tuple[tuple[str, str], ...] = (
    ("slogan", r"^(?:our\s+)?(?:slogan|motto|tagline)$"),
    ("appendix", r"^appendi(?:x|ces)\b"),
    ("glossary", r"\bglossary\b|^definitions(?:\s+of\b.*)?$|\bterms\s+and\s+definitions\b"),
    ("vision", r"^(?:the\s+|our\s+)?vision\b"),
    ("mission", r"^(?:the\s+|our\s+)?mission\b"),
    ("values", r"^(?:the\s+|our\s+)?(?:core\s+)?(?:values|guiding\s+principles)$"),
    (
        "customers",
        r"^(?:our\s+)?(?:principal\s+|primary\s+|main\s+|key\s+)?(?:customers|clients|stakeholders)"
        r"(?:\s+(?:and|&)\s+\w+)?$",
    ),
    ("factors", r"\bexternal\s+(?:factors|environment|influences)\b|^factors\s+(?:beyond|outside)\b"),
    ("goals", r"^(?:program\s+|agency\s+|strategic\s+|our\s+|key\s+|department\s+)*goals$"),
    ("duplication", r"^(?:avoid\w*\s+|statement\s+on\s+)?duplication\b"),
    ("strategies", r"^(?:key\s+|our\s+)?strateg(?:y|ies)$|^strategies\b.{0,30}$"),
    ("actions", r"^(?:key\s+)?actions?(?:\s+steps)?$"),
    (
        "indicators",
        r"^(?:key\s+)?(?:performance\s+)?(?:indicators|measures|metrics)(?:\s+and\s+(?:goals|targets))?$|^kpis?$",
    ),
    ("questions", r"^(?:open\s+)?questions\b"),
    ("initiatives", r"^(?:key\s+|our\s+)?initiatives$"),
    ("opportunities", r"\bopportunit(?:y|ies)\s+for\s+growth\b|^growth\s+(?:opportunities|areas)\b"),
    ("objectives", r"^(?:our\s+)?(?:strategic\s+)?objectives$|\bthrough\s+" + _NUMBER + r"\s+objectives?\b"),
    ("pillars", r"^(?:our\s+)?(?:" + _NUMBER + r"\s+)?(?:strategic\s+)?(?:pillars|focus\s+areas|themes)$"),
    ("priorities", r"\bpriorities\b"),
)
_NAMED_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _NAMED)

# What the plural noun of an announcing sentence makes of the list that follows.
_LIST_NOUNS = {
    "initiatives": "initiatives",
    "pillars": "pillars",
    "objectives": "objectives",
    "priorities": "priorities",
    "levels": "levels",
    "opportunities": "opportunities",
    "terms": "terms",
    "initiative": "initiatives",
    "pillar": "pillars",
    "objective": "objectives",
    "priority": "priorities",
}
_OTHER_NOUNS = word_set(
    "levers drivers principles values goals strategies customers factors documents components steps "
    "groups themes questions areas activities measures indicators standards services teams"
)


@dataclass(frozen=True, slots=True)
class LevelHeading:
    """A heading such as "Objective 2: …": its level, printed number and title."""

    level: str
    number: int | None
    title: str


def level_heading(text: str) -> LevelHeading | None:
    """Read "Objective 2: …", "Activity 1 - …", "Pillar III: …"; None for any other text."""
    found = _LEVEL_HEADING.match(text)
    if not found or len(text) > 600:
        return None
    # "Goal 3 of the plan is …" is a sentence; a heading has a mark after its number or a capital letter.
    separated = bool(re.match(r".*?" + re.escape(found[2]) + r"\s*[:.\-–—]", text))
    if not separated and not found[3][:1].isupper():
        return None
    word = found[2].split(".")[-1]
    number = int(word) if word.isdigit() else _ROMAN.get(word.lower())
    if number is None and len(word) == 1:
        number = ord(word.upper()) - ord("A") + 1
    return LevelHeading(found[1].lower().replace(" ", "_"), number, found[3].strip(" *"))


def named_heading(text: str) -> str | None:
    """Return what a heading announces ("customers", "strategies", "glossary" …), or None."""
    plain = re.sub(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+", "", text).strip(" :*.")
    if len(plain) > 200:
        return None
    return next((name for name, pattern in _NAMED_COMPILED if pattern.search(plain)), None)


def sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences, well enough to find the one that announces a list."""
    return [part for part in re.split(r"(?<=[.!?:])\s+(?=[A-Z“\"(])", text) if part]


def announced_list(text: str) -> str | None:
    """Return the kind of list that a paragraph announces, "plain" for a list of anything else, None for no list."""
    parts = sentences(text)
    last = parts[-1].rstrip()
    if last.endswith(":"):
        return _noun_of(last) or "plain"
    for part in parts[:2]:
        if re.search(r"\b(?:list|below|following)\b|\borganized into\b|\bsummarizes\b", part, re.IGNORECASE):
            noun = _noun_of(part)
            if noun:
                return noun
    return None


def _noun_of(sentence: str) -> str | None:
    following = re.search(r"\bfollowing\s+((?:[\w-]+\s+){0,4}?)(\w+s)\b", sentence, re.IGNORECASE)
    if following:
        noun = following[2].lower()
        if noun in _LIST_NOUNS or noun in _OTHER_NOUNS:
            return _LIST_NOUNS.get(noun)
    numbered = re.search(
        rf"(?<!our )\b{_NUMBER}\s+(?:[a-z-]+\s+){{0,2}}?({'|'.join(_LIST_NOUNS)})\b", sentence, re.IGNORECASE
    )
    if numbered:
        return _LIST_NOUNS[numbered[1].lower()]
    for found in re.finditer(r"\b([a-z]+s)\b", sentence, re.IGNORECASE):
        # One thing is announced with its number only ("one initiative:"), which was looked for above.
        noun = found[1].lower()
        if noun not in _LIST_NOUNS:
            if noun in _OTHER_NOUNS and re.search(
                _NUMBER + r"\s+(?:\w+\s+)?$", sentence[: found.start()], re.IGNORECASE
            ):
                return None
            continue
        before = sentence[: found.start()].lower()
        # "across our seven pillars" and "each of our objectives" speak of another list.
        if re.search(
            r"\b(?:across|each|all|these|multiple|span|every|supporting)\b(?:\s+[\w-]+){0,3}\s*$", before
        ):
            continue
        return _LIST_NOUNS[noun]
    return None


def counted_nouns(text: str) -> list[tuple[int, str]]:
    """Return the counts a sentence states of listed things: "our top three priorities" gives (3, "priorities")."""
    found: list[tuple[int, str]] = []
    nouns = "|".join([*_LIST_NOUNS, *sorted(_OTHER_NOUNS)])
    for match in re.finditer(
        rf"(?<!first )(?<!last )(?<!\w)({_NUMBER})\s+(?:(?!of\b|in\b|the\b)[a-z-]+\s+){{0,3}}?({nouns})\b",
        text,
        re.IGNORECASE,
    ):
        word = match[1].lower()
        found.append((NUMBER_WORDS[word] if word in NUMBER_WORDS else int(word), match[2].lower()))
    return found


def split_title(text: str) -> tuple[str, str]:
    """Cut "Title: description" at its first colon; a text without one is all title."""
    found = re.match(r"^(.{2,160}?)(?::|\s[–—])\s+(\S.*)$", text)
    if not found or re.search(r"\b(?:e\.g|i\.e|such as|including)$", found[1]):
        return text.strip().rstrip(":"), ""
    return found[1].strip(), found[2].strip()
