"""Points each priority at the nodes it speaks of, by the words that their titles share."""

from __future__ import annotations

import re

from stateworks.kernel.plans.document import PlanDocument
from stateworks.kernel.plans.words import word_set

_STOP = word_set(
    "a an the and or of for to in on our we with by from their its all into more most as at through "
    "across that provide provides improve improving mature maturing strengthen"
)
_ENOUGH = 0.6


def words_of(text: str) -> frozenset[str]:
    """Return a title's words without endings and small words."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(re.sub(r"(?:ies|es|s|ing|ed|e|y)$", "", word) for word in found if word not in _STOP)


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Return how much of the shorter title's words the longer one shares, 0 to 1; one shared word proves nothing."""
    shared = len(a & b)
    smaller = min(len(a), len(b))
    return shared / smaller if smaller and (shared > 1 or smaller == 1) else 0.0


def link_priorities(document: PlanDocument) -> None:
    """Add to each priority the pillars, objectives and initiatives whose titles say the same."""
    candidates = [
        (node, words_of(node.title))
        for node in document.nodes
        if node.level in {"pillar", "activity", "objective", "initiative", "strategy"}
    ]
    for priority in document.priorities:
        own = words_of(priority.title)
        scope = priority.nodes[0] + "." if priority.nodes else ""
        scored = [
            (likeness(own, words), node.id)
            for node, words in candidates
            if (not scope or node.id.startswith(scope)) and words
        ]
        best = sorted((pair for pair in scored if pair[0] >= _ENOUGH), key=lambda pair: (-pair[0], pair[1]))
        priority.nodes = priority.nodes + tuple(node for _, node in best[:4] if node not in priority.nodes)
