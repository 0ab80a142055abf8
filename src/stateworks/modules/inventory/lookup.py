"""What a name means: the thing that can fail under a code, a name or an alias, and the nearest where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Vendor
from stateworks.kernel.records.answers import Answers
from stateworks.modules.inventory.graph import KINDS
from stateworks.modules.inventory.models import Component, Site, System, SystemAlias, Technology

NEAREST = 5
ALIKE = 2
"""What comes near a text mostly has a word that begins with so many letters of one of its words."""

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
    kinds, answers = (kind,) if kind else KINDS, Answers(scope)
    for by in ("code", "name", "alias"):
        found = [thing for one in kinds for thing in answers.of(_named, one, wanted, by)]
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


def _named(scope: Scope, kind: str, wanted: str, by: str) -> list[Thing]:
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
    answers, asked = Answers(scope), tuple(kinds)
    for kind in asked:
        found += answers.of(_holding, kind, text, limit)
        if len(found) >= limit:
            return found[:limit]
    return found or answers.of(_near, asked, text, limit)


def _holding(scope: Scope, kind: str, text: str, limit: int) -> list[Thing]:
    """Return the first things of a kind that hold a text."""
    rows = _visible(kind, scope)
    holds = Q(code__icontains=text) | Q(name__icontains=text)
    if kind == "system":
        holds |= Q(pk__in=SystemAlias.objects.filter(alias__icontains=text).values("system"))
        rows = rows.order_by("criticality", "name")
    else:
        rows = rows.order_by("name", "code")
    return [Thing(kind, *row) for row in rows.filter(holds).values_list("pk", "code", "name")[:limit]]


def _near(scope: Scope, kinds: tuple[str, ...], text: str, limit: int) -> list[Thing]:
    """Return the things that come nearest to a text: among those with a word that begins alike, else among all."""
    words = re.findall(rf"[^\W_]{{{ALIKE},}}", text)
    alike = "|".join(sorted({word[:ALIKE] for word in words}))
    return (alike and _nearest(scope, kinds, text, limit, rf"\m({alike})")) or _nearest(
        scope, kinds, text, limit
    )


def _nearest(scope: Scope, kinds: tuple[str, ...], text: str, limit: int, begins: str = "") -> list[Thing]:
    from rapidfuzz import fuzz, process

    narrowed = Q(name__iregex=begins) | Q(code__iregex=begins) if begins else Q()
    near: list[tuple[float, Thing]] = []
    for kind in kinds:
        rows = list(_visible(kind, scope).filter(narrowed).order_by().values_list("pk", "code", "name"))
        names = [f"{name} {code}".lower() for _, code, name in rows]
        for _, score, at in process.extract(
            text.lower(), names, scorer=fuzz.WRatio, limit=limit, score_cutoff=60
        ):
            near.append((score, Thing(kind, *rows[at])))
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
