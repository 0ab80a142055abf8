"""The capability map: what the state can do, as a tree, with the systems that serve each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from stateworks.kernel.access.scope import Scope, visible
from stateworks.modules.inventory.attesting import live_systems
from stateworks.modules.inventory.models import Capability


@dataclass
class Node:
    """One capability with those below it; `own` systems serve it directly, `total` it or what is below it."""

    capability: Capability
    children: list[Node] = field(default_factory=list)
    own: int = 0
    agencies: int = 0
    total: int = 0

    @property
    def several(self) -> bool:
        """Whether two or more systems serve it: a hint, no more, that one would do."""
        return self.own > 1


def served(scope: Scope, today: date) -> dict[int | None, tuple[int, int]]:
    """Return how many live systems serve each capability, and of how many agencies; of those that serve none under None."""
    rows = visible(live_systems(today), scope, "organization").order_by()
    counted = rows.values_list("capability").annotate(
        n=Count("pk"), agencies=Count("organization", distinct=True)
    )
    return {capability: (n, agencies) for capability, n, agencies in counted}


def tree(served: Mapping[int | None, tuple[int, int]], capabilities: Iterable[Capability]) -> list[Node]:
    """Return the roots of the map with the number of systems at each; no query of its own.

    Whatever stands in a circle (the database allows one through two steps) is hung at the top, so that nothing is lost.
    """
    nodes = {one.pk: Node(one) for one in capabilities}
    for pk, node in nodes.items():
        node.own, node.agencies = served.get(pk, (0, 0))
    roots = []
    for node in nodes.values():
        parent = nodes.get(node.capability.parent_id or 0)
        if parent is None or _in_a_circle(node, nodes):
            roots.append(node)
        else:
            parent.children.append(node)
    for root in roots:
        _sum(root)
    return roots


def _in_a_circle(node: Node, nodes: dict[int, Node]) -> bool:
    seen = {node.capability.pk}
    above = node.capability.parent_id
    while above in nodes:
        if above in seen:
            return above == node.capability.pk
        seen.add(above)
        above = nodes[above].capability.parent_id
    return False


def _sum(node: Node) -> int:
    node.total = node.own + sum(_sum(child) for child in node.children)
    return node.total


def walk(roots: Iterable[Node], depth: int = 0) -> Iterable[tuple[int, Node]]:
    """Return every node with its depth, each before those below it."""
    for node in roots:
        yield depth, node
        yield from walk(node.children, depth + 1)
