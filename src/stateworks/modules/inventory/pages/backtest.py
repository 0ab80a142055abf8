"""The back-test page: how well the graph foretold what closed outages hit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.permissions import organizations_where
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.backtest import back_test
from stateworks.modules.inventory.models import Confidence, DependencySource
from stateworks.modules.inventory.verbs.missing import add_dependency
from stateworks.web import asked

SHOWN = 50


@login_required
def backtest(request: HttpRequest) -> HttpResponse:
    """Precision and recall, the dependencies that were missing, and the edges that never held."""
    who, scope = asked.signed_in(request), asked.scope(request)
    problem = ""
    if request.method == "POST":
        try:
            made = add_dependency(
                request.POST.get("outage", ""), request.POST.get("system", ""), by=who, at=timezone.now()
            )
            messages.success(request, f"{made.system.name} now depends on {made.provider.name}.")
            return redirect("inventory:backtest")
        except Refused as refused:
            problem = refused.sentence
    done = back_test(scope)
    may_change = set(organizations_where(who, "records.change"))
    rows: list[dict[str, Any]] = [
        {"shown": outage, "score": score} for outage, score in done.by_outage
        if score.foretold_hit + score.foretold_spared + score.missed + score.unjudged
    ]  # fmt: skip
    context = {
        "done": done, "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "problem": problem,
        "sources": [(DependencySource(name).label, score) for name, score in done.by_source.items()],
        "confidences": [(Confidence(name).label, score) for name, score in done.by_confidence.items()],
        "missing": [(one, one.system.organization_id in may_change and one.provider is not None) for one in done.missing[:SHOWN]],
        "never_held": done.never_held[:SHOWN],
        "trail": [("Inventory", reverse("inventory:overview")), ("Outages", reverse("inventory:outages"))],
        "here": "Back-test",
    }  # fmt: skip
    return render(request, "inventory/backtest.html", context, status=400 if problem else 200)
