"""What the impact page draws: the systems hit in layers by hops, or groups of them where they are many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from stateworks.modules.inventory.folding import Folded, Group
from stateworks.modules.inventory.impact import Hit, Impact, Step
from stateworks.modules.inventory.models import Criticality


def drawing_of(found: Impact) -> dict[str, Any]:
    """Return nodes and edges for the script to lay out: the systems one by one, or in groups where they were folded.

    Each system hangs on the last one before it that its shortest way shows; parts between are left out.
    """
    edges: dict[tuple[str, str], bool] = {}
    source = _key(found.source.kind, found.source.pk)
    first = {"id": source, "label": found.source.name, "layer": 0, "kind": found.source.kind, "url": ""}
    if found.folded is not None:
        return _drawn(found, [first, *_groups(found.folded)], _between(found.folded, source))
    nodes: dict[str, dict[str, Any]] = {source: first}
    for hit in found.hits:
        at = _key("system", hit.pk)
        nodes[at] = _node(at, hit)
    for hit in found.hits:
        at = _key("system", hit.pk)
        path = hit.path if found.direction == "down" else hit.path[::-1]
        before = _before(path, source, nodes)
        edges[(before, at) if found.direction == "down" else (at, before)] = hit.stops
    return _drawn(found, list(nodes.values()), edges)


def _drawn(
    found: Impact, nodes: list[dict[str, Any]], edges: Mapping[tuple[str, str], bool]
) -> dict[str, Any]:
    return {
        "direction": found.direction, "total": found.total, "grouped": found.folded is not None, "nodes": nodes,
        "edges": [{"from": start, "to": end, "hard": hard} for (start, end), hard in edges.items()],
    }  # fmt: skip


def _before(path: tuple[Step, ...], source: str, nodes: dict[str, dict[str, Any]]) -> str:
    """Return the node that the last stop of a path hangs on; a hidden one gets a node of its own that says no more."""
    for place in range(len(path) - 2, 0, -1):
        step = path[place]
        if step.hidden:
            behind = path[place - 1]
            key = f"hidden:{_key(behind.kind, behind.pk)}"
            nodes.setdefault(
                key, {"id": key, "label": step.name, "layer": place, "kind": "hidden", "url": ""}
            )
            return key
        if step.kind != "component":
            key = _key(step.kind, step.pk)
            if key in nodes:
                return key
            if step.kind != "system":
                nodes[key] = {"id": key, "label": step.name, "layer": place, "kind": step.kind, "url": ""}
                return key
    return source


def _node(key: str, hit: Hit) -> dict[str, Any]:
    return {
        "id": key, "label": hit.name, "layer": hit.hops, "kind": "system", "hard": hit.stops, "agency": hit.agency_name,
        "weight": Criticality(hit.criticality).label, "url": reverse("inventory:system", args=[hit.code]),
    }  # fmt: skip


def _groups(folded: Folded) -> list[dict[str, Any]]:
    """Return the groups as nodes; the script folds them further as one asks."""
    return [
        {
            "id": _group(one), "label": one.agency or "No agency shown", "layer": one.layer, "kind": "group",
            "agency": one.agency, "weight": one.weight, "hard": one.hard, "count": n, "url": "",
        }
        for one, n in sorted(folded.counts.items())
    ]  # fmt: skip


def _between(folded: Folded, source: str) -> dict[tuple[str, str], bool]:
    def key(one: Group | None) -> str:
        return source if one is None else _group(one)

    return {(key(start), key(end)): hard for (start, end), hard in folded.edges.items()}


def _group(one: Group) -> str:
    return "|".join(str(part) for part in one)


def _key(kind: str, pk: int) -> str:
    return f"{kind}:{pk}"
