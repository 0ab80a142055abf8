"""What changed between two versions of a plan, thing by thing and field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.structure import plain

Kind = Literal["added", "removed", "changed"]
_NESTED = frozenset({"nodes", "indicators", "key_results", "milestones", "pilots", "opportunities"})


@dataclass(frozen=True)
class Change:
    """One difference: something added, removed, or a field that reads differently."""

    kind: Kind
    what: str
    code: str
    title: str
    field: str = ""
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        name = f"{self.what} {self.code}".strip()
        if self.kind == "changed":
            return f"{name}: {self.field} was {_shown(self.before)}, is {_shown(self.after)}"
        return f"{name} {self.kind}: {self.title}"


def diff(before: PlanContent, after: PlanContent) -> list[Change]:
    """Compare two versions; things are matched by kind and code, so an edited text is a change and not a new thing."""
    old, new = _things(before), _things(after)
    changes: list[Change] = []
    for key in [*new, *(key for key in old if key not in new)]:
        what, code = key
        if key not in old:
            changes.append(Change("added", what, code, _title(new[key])))
        elif key not in new:
            changes.append(Change("removed", what, code, _title(old[key])))
        else:
            changes += _fields(what, code, old[key], new[key])
    return changes


def _fields(what: str, code: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    names = [*new, *(name for name in old if name not in new)]
    return [
        Change("changed", what, code, _title(new), name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _things(content: PlanContent) -> dict[tuple[str, str], dict[str, Any]]:
    """List everything with a code of its own, without what hangs below it; where it hangs is a field."""
    found: dict[tuple[str, str], dict[str, Any]] = {("plan", ""): _own(content, drop=_LISTS)}
    for node, parent in content.every_node():
        found[node.level, node.code] = _own(node) | ({"under": parent.code} if parent else {})
        for pilot in node.pilots:
            found["pilot", pilot.key] = _own(pilot) | {"under": node.code}
    for indicator, kind, node_code in content.every_indicator():
        found[kind.replace("_", " "), indicator.code] = _own(indicator) | {"under": node_code}
    for milestone, code in content.every_milestone():
        found["milestone", milestone.key] = _own(milestone) | {"under": code}
    for what, listed in (
        ("customer", content.customers),
        ("external factor", content.external_factors),
        ("goal", content.goals),
        ("priority", content.priorities),
        ("tag", content.tags),
    ):
        found |= {(what, each.code): _own(each) for each in listed}
    found |= {("term", each.term): _own(each) for each in content.glossary}
    if content.maturity is not None:
        found["maturity model", ""] = _own(content.maturity)
        found |= {("growth opportunity", each.code): _own(each) for each in content.maturity.opportunities}
    return found


_LISTS = frozenset({"customers", "external_factors", "goals", "priorities", "tags", "glossary", "maturity"})


def _own(record: Any, drop: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {name: value for name, value in plain(record).items() if name not in _NESTED and name not in drop}


def _title(thing: Mapping[str, Any]) -> str:
    return str(thing.get("title") or thing.get("name") or thing.get("text") or "")


def _shown(value: Any) -> str:
    if value in (None, "", [], {}):
        return "empty"
    return f"“{value}”"
