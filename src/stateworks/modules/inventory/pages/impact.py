"""The impact page: who is hit when something fails, as a ranked list and, beside it, a graph in layers."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.drawing import drawing_of
from stateworks.modules.inventory.graph import KINDS
from stateworks.modules.inventory.impact import Direction, Impact, Narrow, impact_of
from stateworks.modules.inventory.lookup import find, suggestions
from stateworks.modules.inventory.models import Criticality
from stateworks.web import asked
from stateworks.web.csv_cells import safe

PAGE = 50
DRAWN = 500
"""With more systems than this, the graph draws groups of them."""
OFFERED = 12

KIND_WORDS = {
    "system": "System", "component": "Component", "vendor": "Vendor", "site": "Site", "technology": "Technology",
}  # fmt: skip


@login_required
def impact(request: HttpRequest) -> HttpResponse:
    """What fails with what one names, or what could have made it fail."""
    of, kind = request.GET.get("of", "").strip()[:200], request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    direction: Direction = "up" if request.GET.get("direction") == "up" else "down"
    scope = asked.scope(request)
    context: dict[str, Any] = {
        "of": of, "kind": kind, "direction": direction, "kinds": KIND_WORDS,
        "trail": [("Inventory", reverse("inventory:overview"))],
        "here": "Impact", "criticalities": Criticality.choices,
    }  # fmt: skip
    if not of:
        return render(request, "inventory/impact.html", context)
    try:
        source = find(of, kind=kind or None, scope=scope)
    except Refused as refused:
        kinds = (kind,) if kind else KINDS
        context |= {
            "problem": refused.sentence,
            "offers": suggestions(of, kinds=kinds, scope=scope, limit=OFFERED),
        }
        return render(request, "inventory/impact.html", context)
    narrow = Narrow(
        hard_only=request.GET.get("hard") == "1", criticality=request.GET.get("criticality", ""),
        agency=request.GET.get("agency", ""),
    )  # fmt: skip
    page = max(1, int(request.GET.get("page", "1"))) if request.GET.get("page", "1").isdigit() else 1
    try:
        if request.GET.get("format") == "csv":
            return as_csv(
                impact_of(source, direction=direction, scope=scope, today=timezone.localdate(), narrow=narrow)
            )
        found = impact_of(
            source, direction=direction, scope=scope, today=timezone.localdate(), limit=PAGE, offset=(page - 1) * PAGE,
            narrow=narrow, draw=DRAWN if page == 1 else 0,
        )  # fmt: skip
    except Refused as refused:
        return render(request, "inventory/impact.html", context | {"problem": refused.sentence})
    parameters = request.GET.copy()
    parameters.pop("page", None)
    last = max(1, -(-found.total // PAGE))
    context |= {
        "source": source, "found": found, "hits": found.hits[:PAGE], "narrow": narrow, "page": page, "last": last,
        "first_row": min(found.total, (page - 1) * PAGE + 1), "last_row": min(found.total, page * PAGE),
        "address": parameters.urlencode(), "sentence": sentence(found), "kind_word": KIND_WORDS[source.kind].lower(),
        "drawing": drawing_of(found) if page == 1 and found.hits else None, "here": source.name,
        "trail": [*context["trail"], ("Impact", reverse("inventory:impact"))],
        "can_declare": direction == "down" and any(asked.roles(request)),
    }  # fmt: skip
    return render(request, "inventory/impact.html", context)


def sentence(found: Impact) -> str:
    """Say the answer in one sentence."""
    stops, worse = found.hits_by_strength.get("hard", 0), found.hits_by_strength.get("soft", 0)
    name = found.source.name
    if found.direction == "up":
        if not stops and not worse:
            return f"Nothing is known that could make {name} fail."
        return f"{_systems(stops)} alone could stop {name}; {_systems(worse)} could make it worse or add to its failure."
    if not stops and not worse:
        return f"No system is known to be hit when {name} fails."
    stop, get = "stops" if stops == 1 else "stop", "gets" if worse == 1 else "get"
    return f"When {name} fails, {_systems(stops)} {stop} and {_systems(worse)} {get} worse."


def _systems(n: int) -> str:
    return "1 system" if n == 1 else f"{n:,} systems"


def as_csv(found: Impact) -> HttpResponse:
    """Return the ranked list as a file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="impact-{found.source.code}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "system",
            "name",
            "agency",
            "criticality",
            "critical_rank",
            "kind",
            "hops",
            "owner",
            "owner_email",
            "path",
        ]
    )
    for hit in found.hits:
        path = " > ".join(step.name for step in hit.path)
        writer.writerow(safe([
            hit.code, hit.name, hit.agency, hit.criticality, hit.rank, hit.strength, hit.hops, hit.owner, hit.owner_email,
            path,
        ]))  # fmt: skip
    return response
