"""Sets of words, written as text: a list of a hundred words reads best as words."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that spaces part."""
    return frozenset(text.split())
