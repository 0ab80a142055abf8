"""The nouns of a goal: the thing counted after a number, the population after "of", and their singular."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stateworks.kernel.plans.goal_grammar import Piece
from stateworks.kernel.plans.words import word_set

_STOP = word_set(
    "a an the and or in on at to by with from that which who are is be been will have has had having "
    "meet meets show shows generate generates complete completes uses using identified identify so "
    "such tied than as when where we they out across between into onto within before after their its "
    "our this these including conducted held per"
)
_FILLER_ADJECTIVES = frozenset(
    {"additional", "different", "unique", "distinct", "separate", "total", "more", "new"}
)

_PLURALS = {"people": "person", "children": "child", "staff": "staff", "personnel": "personnel"}


def _is_plural(word: str) -> bool:
    lowered = word.lower()
    return lowered in _PLURALS or (
        len(word) > 3 and lowered.endswith("s") and not lowered.endswith(("ss", "us", "is", "ous"))
    )


def singular(noun: str) -> str:
    """Return the singular of an English noun phrase's last word, well enough for a unit."""
    words = noun.split()
    if not words:
        return noun
    last = words[-1]
    lowered = last.lower()
    if lowered in _PLURALS:
        last = _PLURALS[lowered]
    elif lowered.endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif lowered.endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif _is_plural(last) and not last.isupper():
        last = last[:-1]
    return " ".join([*words[:-1], last])


def noun_after(pieces: Sequence[Piece]) -> tuple[str | None, Sequence[Piece]]:
    """Return the thing counted, in the singular, from the words after a number, and the pieces that follow it."""
    words: list[str] = []
    for index, piece in enumerate(pieces):
        if piece.kind not in {"word", "milestone"} or piece.text.lower().strip(".") in _STOP:
            break
        word = piece.text.rstrip(".,")
        if re.match(r"[^A-Za-z]", word):
            break
        words.append(word)
        if (
            word.lower() in {"staff", "personnel"}
            and len(pieces) > index + 1
            and pieces[index + 1].kind == "word"
        ):
            # "one staff survey": the word may stand before the thing counted.
            continue
        if _is_plural(word) or (word.isupper() and len(word) > 1):
            return _clean_noun(words), pieces[index + 1 :]
        if len(words) == 5:
            break
    return (
        (_clean_noun(words), pieces[len(words) :]) if words and pieces[0].kind == "word" else (None, pieces)
    )


def _clean_noun(words: list[str]) -> str | None:
    while len(words) > 1 and words[0].lower() in _FILLER_ADJECTIVES:
        words = words[1:]
    return singular(" ".join(words)) or None


def noun_phrase(pieces: Sequence[Piece]) -> str | None:
    """Return the noun phrase at the head of some pieces: up to its first plural, or to a word that starts a clause."""
    words: list[str] = []
    for piece in pieces:
        if piece.kind in {"due", "per", "within", "open", "close", "comma", "across", "and", "baseline"}:
            break
        word = piece.text.rstrip(".,;:")
        if word.lower() in {"the", "all", "our", "these", "identified"} and not words:
            if word.lower() == "identified":
                words.append(word)
            continue
        if word.lower() in _STOP - {"and", "or"} and words:
            break
        words.append(word)
        if _is_plural(word) or piece.text.endswith("."):
            break
        if len(words) == 10:
            break
    return " ".join(words) or None


def population_after(after: Sequence[Piece], *, reads_for: bool = True) -> str | None:
    """Return the population that follows "of" at once, or "for" later on."""
    for index, piece in enumerate(after):
        is_for = piece.text.lower() == "for"
        if piece.kind == "of" and (reads_for if is_for else index == 0):
            return noun_phrase(after[index + 1 :])
        if piece.kind not in {"word", "milestone", "change", "top"}:
            return None
        if piece.text.lower() in _STOP:
            return None
    return None
