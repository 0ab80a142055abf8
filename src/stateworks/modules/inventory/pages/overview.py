"""The inventory's front page: what there is, and where to go."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.access.scope import visible
from stateworks.modules.inventory.models import System
from stateworks.web import asked


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """How many systems there are, and the ways into them."""
    systems = visible(System.objects.all(), asked.scope(request), "organization")
    context = {"systems": systems.count(), "trail": [], "here": "Inventory"}
    return render(request, "inventory/overview.html", context)
