"""The capability map, and one business function with the systems that serve it side by side."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import visible
from stateworks.modules.inventory.attesting import live_systems
from stateworks.modules.inventory.capability_map import served, tree, walk
from stateworks.modules.inventory.models import Capability, Rationalization
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.rationalizing import latest, proposal
from stateworks.web import asked
from stateworks.web.paging import paged


@login_required
def capabilities(request: HttpRequest) -> HttpResponse:
    """The map as a table: each function with its systems, those served by several marked."""
    counted = asked.answers(request).of(served, timezone.localdate())
    nodes = list(walk(tree(counted, Capability.objects.all())))
    several = request.GET.get("show") == "several"
    context = {
        "rows": [(depth, "—" * depth, node) for depth, node in nodes if node.several or not several], "several": several,
        "all": len(nodes), "many": sum(node.several for _, node in nodes),
        "without": counted.get(None, (0, 0))[0],
        "without_url": reverse("web:dataset", args=["inventory.system"]) + "?capability=none",
        "trail": trail(), "here": "Capabilities",
    }  # fmt: skip
    return render(request, "inventory/capabilities.html", context)


@login_required
def capability(request: HttpRequest, code: str) -> HttpResponse:
    """One function: the systems that serve it, side by side, with what is known to choose between them."""
    found = Capability.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise Http404(f"There is no business function {code}.")
    scope = asked.scope(request)
    rows = visible(live_systems(timezone.localdate()), scope, "organization").filter(capability=found)
    rows = rows.select_related("organization", "owner", "vendor").order_by("criticality", "name", "pk")
    shown = paged(request, rows, size=20)
    judged = latest(Rationalization.objects.filter(system__in=shown.rows)).annotate(proposal=proposal())
    by_system = {row.system_id: row for row in judged}
    context = {
        "capability": found, "shown": shown, "rows": [(row, by_system.get(row.pk)) for row in shown.rows],
        "children": list(found.children.all()),
        "trail": trail(("Capabilities", reverse("inventory:capabilities"))), "here": found.name,
    }  # fmt: skip
    return render(request, "inventory/capability.html", context)
