"""What a name means: the thing that can fail under a code, a name or an alias, and the nearest where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Vendor
from stateworks.modules.inventory.graph import KINDS
from stateworks.modules.inventory.models import Component, Site, System, SystemAlias, Technology

NEAREST = 5

MODELS: dict[str, tuple[type[Model], str | None]] = {
    "system": (System, "organization"), "component": (Component, "system__organization"), "site": (Site, None),
    "technology": (Technology, None), "vendor": (Vendor, None),
}  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """Something that can fail: a system, component, site, technology or vendor."""

    kind: str
    pk: int
    code: str
    name: str


def find(name: str, *, kind: str | None = None, scope: Scope) -> Thing:
    """Return what a code, name or alias means; refuse an unknown or ambiguous one with the nearest names."""
    wanted = name.strip()
    if kind is not None and kind not in KINDS:
        raise Refused(f"“{kind}” is no kind of thing that fails; choose from {', '.join(KINDS)}.")
    kinds = (kind,) if kind else KINDS
    for by in ("code", "name", "alias"):
        found = [thing for one in kinds for thing in _named(one, wanted, by, scope)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(
                f"“{wanted}” means {len(found)} things; give the code, and the kind if need be.",
                [f"{thing.kind} {thing.code}: {thing.name}" for thing in found[: 2 * NEAREST]],
            )
    nearest = suggestions(wanted, kinds=kinds, scope=scope, limit=NEAREST)
    what = kind or "system, component, vendor, site or technology"
    raise Refused(
        f"There is no {what} “{wanted}” that you may see" + ("; the nearest are these." if nearest else "."),
        [f"{thing.kind} {thing.code}: {thing.name}" for thing in nearest],
    )


def _named(kind: str, wanted: str, by: str, scope: Scope) -> list[Thing]:
    if by == "alias":
        if kind != "system":
            return []
        ids = SystemAlias.objects.filter(alias__iexact=wanted).values("system")
        rows = _visible(kind, scope).filter(pk__in=ids)
    else:
        rows = _visible(kind, scope).filter(**{f"{by}__iexact" if by == "name" else by: wanted})
    return [Thing(kind, *row) for row in rows.order_by("code").values_list("pk", "code", "name")[:20]]


def suggestions(text: str, *, kinds: Iterable[str] = KINDS, scope: Scope, limit: int = 20) -> list[Thing]:
    """Return things whose code, name or alias holds the text, or comes near it; systems first, the most critical first."""
    found: list[Thing] = []
    for kind in kinds:
        rows = _visible(kind, scope)
        holds = Q(code__icontains=text) | Q(name__icontains=text)
        if kind == "system":
            holds |= Q(pk__in=SystemAlias.objects.filter(alias__icontains=text).values("system"))
            rows = rows.order_by("criticality", "name")
        else:
            rows = rows.order_by("name", "code")
        found += [Thing(kind, *row) for row in rows.filter(holds).values_list("pk", "code", "name")[:limit]]
        if len(found) >= limit:
            return found[:limit]
    if found:
        return found
    from rapidfuzz import fuzz, process

    near: list[tuple[float, Thing]] = []
    for kind in kinds:
        rows_of = [Thing(kind, *row) for row in _visible(kind, scope).values_list("pk", "code", "name")]
        names = {at: f"{thing.name} {thing.code}".lower() for at, thing in enumerate(rows_of)}
        for _, score, at in process.extract(
            text.lower(), names, scorer=fuzz.WRatio, limit=limit, score_cutoff=60
        ):
            near.append((score, rows_of[at]))
    near.sort(key=lambda one: (-one[0], one[1].kind, one[1].code))
    return [thing for _, thing in near[:limit]]


def _visible(kind: str, scope: Scope) -> QuerySet[Any]:
    """Return the live rows of a kind within a scope."""
    model, path = MODELS[kind]
    rows = visible(model._default_manager.all(), scope, path)
    if kind == "system":
        return rows.exclude(lifecycle="retired")
    if kind == "component":
        return rows.exclude(system__lifecycle="retired")
    return rows
