"""What the impact page draws: the systems hit in layers by hops, or groups of them where they are many."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse

from stateworks.modules.inventory.impact import Hit, Impact, Step
from stateworks.modules.inventory.models import Criticality


def drawing_of(found: Impact, most: int) -> dict[str, Any]:
    """Return nodes and edges for the script to lay out: systems up to `most`, groups by layer and agency beyond.

    Each system hangs on the last one before it that its shortest way shows; parts between are left out.
    """
    nodes: dict[str, dict[str, Any]] = {}
    edges: dict[tuple[str, str], bool] = {}
    source = _key(found.source.kind, found.source.pk)
    nodes[source] = {
        "id": source,
        "label": found.source.name,
        "layer": 0,
        "kind": found.source.kind,
        "url": "",
    }
    for hit in found.hits:
        at = _key("system", hit.pk)
        nodes[at] = _node(at, hit)
    for hit in found.hits:
        at = _key("system", hit.pk)
        path = hit.path if found.direction == "down" else hit.path[::-1]
        before = _before(path, source, nodes)
        edges[(before, at) if found.direction == "down" else (at, before)] = hit.stops
    drawn = {
        "direction": found.direction, "total": found.total, "grouped": len(found.hits) > most,
        "nodes": list(nodes.values()),
        "edges": [{"from": start, "to": end, "hard": hard} for (start, end), hard in edges.items()],
    }  # fmt: skip
    return _grouped(drawn, source) if drawn["grouped"] else drawn


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


def _grouped(drawn: dict[str, Any], source: str) -> dict[str, Any]:
    """Fold systems into groups by layer, agency and weight; the script folds them further as one asks."""
    group_of: dict[str, str] = {source: source}
    counts: Counter[tuple[int, str, str, bool]] = Counter()
    for node in drawn["nodes"]:
        if node["id"] == source:
            continue
        key = (node["layer"], node.get("agency", ""), node.get("weight", ""), bool(node.get("hard")))
        counts[key] += 1
        group_of[node["id"]] = _group(key)
    first = next(node for node in drawn["nodes"] if node["id"] == source)
    nodes = [first] + [
        {
            "id": _group(key), "label": key[1] or "No agency shown", "layer": key[0], "kind": "group", "agency": key[1],
            "weight": key[2], "hard": key[3], "count": n, "url": "",
        }
        for key, n in sorted(counts.items())
    ]  # fmt: skip
    edges: dict[tuple[str, str], bool] = {}
    for edge in drawn["edges"]:
        pair = (group_of[edge["from"]], group_of[edge["to"]])
        if pair[0] != pair[1]:
            edges[pair] = edges.get(pair, False) or edge["hard"]
    return drawn | {
        "nodes": nodes, "edges": [{"from": a, "to": b, "hard": hard} for (a, b), hard in edges.items()],
    }  # fmt: skip


def _group(key: tuple[int, str, str, bool]) -> str:
    return "|".join(str(part) for part in key)


def _key(kind: str, pk: int) -> str:
    return f"{kind}:{pk}"
