"""Checks of a plan's text against itself: orders, counts and headings that differ between two places."""

from __future__ import annotations

import re
from collections import defaultdict

from stateworks.kernel.plans.document import Finding, PlanDocument, ReadList
from stateworks.kernel.plans.importer.headings import counted_nouns, sentences
from stateworks.kernel.plans.importer.links import likeness, words_of
from stateworks.kernel.plans.importer.noise import CONTENTS

_INLINE = re.compile(r"\((\d{1,2})\)\s*((?:(?!\(\d{1,2}\)).)+)")
_SHORT = 60
_ANNOUNCES = re.compile(
    r"\b(?:list|lists|below|following|organized|outlines|highlights|include|includes|we have|are)\b|:$",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def orders_that_differ(document: PlanDocument) -> list[Finding]:
    """Return ordered lists that name the same things in another order than a list before them."""
    ordered = [
        (found.line, found.titles) for found in document.lists if found.numbered and len(found.titles) >= 3
    ]
    ordered += _inline_lists(document)
    ordered.sort(key=lambda pair: pair[0])
    first_seen: dict[frozenset[str], tuple[int, list[str], tuple[str, ...]]] = {}
    findings: list[Finding] = []
    for line, titles in ordered:
        plain = [_plain(title) for title in titles]
        members = frozenset(plain)
        if len(members) < 3 or len(members) != len(plain):
            continue
        before = first_seen.setdefault(members, (line, plain, titles))
        if before[1] == plain:
            continue
        places = [
            f"{number} is {earlier} there and {later} here"
            for number, (earlier, later) in enumerate(zip(before[1], plain, strict=True), start=1)
            if earlier != later
        ]
        findings.append(
            Finding(
                "text.order-differs",
                "error"
                if any(level.order for level in document.maturity.levels if _plain(level.name) in members)
                else "warning",
                line,
                ", ".join(f"({number}) {title}" for number, title in enumerate(titles, start=1))[:500],
                f"The same {len(plain)} things stand in another order on line {before[0]}: {'; '.join(places)}. "
                "Whatever refers to a place in the order means two things.",
                f"Use one order in both places, for instance that of line {before[0]}: {', '.join(before[2])}.",
            )
        )
    return findings


def _inline_lists(document: PlanDocument) -> list[tuple[int, tuple[str, ...]]]:
    """Return lists inside a sentence: "(1) ad hoc, (2) developing, and (3) scaling"."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, text in enumerate(document.source, start=1):
        if "(1)" not in text or "(3)" not in text:
            continue
        items = _INLINE.findall(text)
        if [int(position) for position, _ in items] != list(range(1, len(items) + 1)) or len(items) < 3:
            continue
        titles = tuple(re.sub(r"(?:,|;|\band\b|\bor\b|\s)+$", "", title).strip(" .") for _, title in items)
        titles = (*titles[:-1], re.split(r"[.;]\s", titles[-1])[0])
        if all(0 < len(title) <= _SHORT for title in titles):
            found.append((number, titles))
    return found


def counts_that_differ(document: PlanDocument) -> list[Finding]:
    """Return stated counts ("our top three priorities") that differ from the list they announce."""
    findings: list[Finding] = []
    for found in document.lists:
        mismatch = _miscounted(found)
        if mismatch is None:
            continue
        line, text, stated, noun = mismatch
        findings.append(
            Finding(
                "text.count-differs",
                "warning",
                line,
                text[:500],
                f"The text announces {stated} {noun} and the list from line {found.line} on has {len(found.titles)}.",
                f'Write "{len(found.titles)}", or add what is missing.',
            )
        )
    return findings


def _miscounted(found: ReadList) -> tuple[int, str, int, str] | None:
    """Return the statement that miscounts a list; a list that any statement counts right is right."""
    size = len(found.titles)
    wrong: tuple[int, str, int, str] | None = None
    for position, (line, text) in enumerate(reversed(found.statements)):
        if "(1)" in text:
            # The sentence holds its own list, "four levels: (1) …", and announces no other.
            continue
        parts = sentences(text)
        near = [part for part in {parts[0], parts[-1]} if position == 0 or _ANNOUNCES.search(part)]
        for part in near:
            counted = counted_nouns(part)
            if any(number == size for number, _ in counted):
                return None
            if counted and _ANNOUNCES.search(part) and wrong is None and len(counted) == 1:
                wrong = (line, part, *counted[0])
    return wrong


def headings_that_differ(document: PlanDocument) -> list[Finding]:
    """Return headings that the plan words in two ways: overview and section, body and appendix, contents and text."""
    findings: list[Finding] = []
    for repeat in document.repeats:
        first = re.sub(r"^\[[^\]]*\]\s*", "", repeat.title)
        again = re.sub(r"^\[[^\]]*\]\s*", "", repeat.again)
        if _plain(first) == _plain(again):
            continue
        findings.append(_two_wordings(repeat.what, first, repeat.line, again, repeat.again_line))
    findings.extend(_contents_that_differ(document))
    findings.extend(_growth_that_differs(document))
    return findings


def _two_wordings(what: str, first: str, first_line: int, again: str, line: int) -> Finding:
    return Finding(
        "text.heading-differs",
        "warning" if likeness(words_of(first), words_of(again)) < 0.8 else "info",
        line,
        again,
        f'The same {what} reads "{first}" on line {first_line}; readers cannot be sure that both are one.',
        "Use one wording in both places.",
    )


def _contents_that_differ(document: PlanDocument) -> list[Finding]:
    """Compare the table of contents with the headings: an entry that comes nowhere, though one much like it does."""
    entries = [entry for entry in document.unplaced if entry.reason == CONTENTS]
    headings = [(node.title, node.lines[0]) for node in document.nodes if node.title]
    known = {_plain(title) for title, _ in headings} | {
        _plain(entry.text) for entry in document.unplaced if entry.reason != CONTENTS
    }
    findings: list[Finding] = []
    if not entries:
        return findings
    by_word: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for other, line in headings:
        for word in words_of(other):
            by_word[word].append((other, line))
    for entry in entries:
        title = re.sub(r"^\w+\s+\d+\s*[:.]\s+", "", re.sub(r"[\s.…]+\d+$", "", entry.text))
        if len(title) < 12 or _plain(title) in known:
            continue
        own = words_of(title)
        rarest = min((by_word[word] for word in own if word in by_word), key=len, default=[])
        close = [
            (likeness(own, words_of(other)), other, line) for other, line in rarest[:50] if line > entry.line
        ]
        best = max(close, default=(0.0, "", 0))
        if best[0] >= 0.75 and len(own) >= 3:
            findings.append(_two_wordings("heading", title, entry.line, best[1], best[2]))
    return findings


def _growth_that_differs(document: PlanDocument) -> list[Finding]:
    """Compare the growth opportunities' names with those of their moves in the maturity model, once for the list."""
    names = [node.title for node in document.of_level("growth_opportunity")]
    moves = document.maturity.opportunities
    if len(names) != len(moves) or not moves:
        return []
    pairs = [
        (name, move.name)
        for name, move in zip(names, moves, strict=True)
        if _plain(name) != _plain(move.name)
    ]
    if not pairs:
        return []
    return [
        Finding(
            "text.heading-differs",
            "info",
            moves[0].lines[0],
            "; ".join(again for _, again in pairs)[:500],
            f"{len(pairs)} of {len(moves)} growth opportunities have another name where they are described, "
            f'such as "{pairs[0][0]}".',
            "Give each opportunity one name.",
        )
    ]
