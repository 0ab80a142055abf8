"""The pages of a rate card: what it would have made of the last closed months, and what its prices rest on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.building import building_of
from stateworks.modules.billing.models import RateCard
from stateworks.modules.billing.pages.seen import trail
from stateworks.modules.billing.rehearsal import rehearse
from stateworks.modules.billing.verbs import building as verbs
from stateworks.web import asked
from stateworks.web.paging import csv_answer, wants_csv


@login_required
def rehearsal(request: HttpRequest, code: str) -> HttpResponse:
    """Winners and losers under a card, by agency and by service; for those with a role in the whole state."""
    card = RateCard.objects.filter(code=code).first()
    if card is None or not asked.roles(request):
        raise Http404(f"There is no rate card {code} that you may try.")
    told, refused = None, ""
    try:
        told = rehearse(code)
    except Refused as why:
        refused = why.sentence
    if told is not None and wants_csv(request):
        heads = ("agency", "name", "before_cents", "after_cents", "difference_cents")
        return csv_answer(
            f"rehearsal-{code}", heads, told.agencies,
            lambda one: (one.code, one.name, one.before, one.after, one.difference),
        )  # fmt: skip
    context = {
        "card": card, "told": told, "refused": refused,
        "more": sum(one.difference > 0 for one in told.agencies) if told else 0,
        "less": sum(one.difference < 0 for one in told.agencies) if told else 0,
        "cards": list(RateCard.objects.order_by("-fiscal_year", "code")),
        "trail": trail(("Rate cards", reverse("web:dataset", args=["billing.rate_card"]))), "here": f"Rehearsal of {card}",
    }  # fmt: skip
    return render(request, "billing/rehearsal.html", context)


@login_required
def build(request: HttpRequest, code: str) -> HttpResponse:
    """What each SKU cost and earned, the price at which it breaks even, and the form that takes it over into a draft card."""
    card = RateCard.objects.filter(code=code).first()
    if card is None or not asked.roles(request):
        raise Http404(f"There is no rate card {code} that you may build.")
    told, refused = None, ""
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _built(request, code))
            return redirect("billing:build", code=code)
        except Refused as why:
            errors.append(("", why.sentence))
    try:
        with entered(SYSTEM):
            told = building_of(code)
    except Refused as why:
        refused = why.sentence
    if told is not None and wants_csv(request):
        rows = [one.as_json() for one in told.skus]
        heads = list(rows[0]) if rows else ["sku"]
        return csv_answer(f"build-{code}", heads, rows, lambda one: [one[name] for name in heads])
    context = {
        "card": card, "told": told, "refused": refused, "errors": errors, "given": request.POST,
        "may_build": asked.can(request, "billing.build") and not card.approved,
        "unknown": sum(one.pool is None for one in told.skus) if told else 0,
        "trail": trail(("Rate cards", reverse("web:dataset", args=["billing.rate_card"]))),
        "here": f"{card}: prices that break even",
    }  # fmt: skip
    return render(request, "billing/build.html", context, status=400 if errors else 200)


def _built(request: HttpRequest, code: str) -> str:
    """Do what the pressed button says; return what to tell."""
    who, post = asked.signed_in(request), request.POST
    what, sku = post.get("do", ""), post.get("sku", "")
    if what not in ("keep", "adopt"):
        raise Refused("Press one of the buttons.")
    made = verbs.build(
        code, sku, units=post.get("units", ""), reason=post.get("reason", ""), adopt=what == "adopt", by=who, at=timezone.now()
    )  # fmt: skip
    price = f"${made.break_even.normalize():f}"
    return (
        f"{sku} costs {price} on {code} now."
        if what == "adopt"
        else f"{sku} breaks even at {price}; that is kept."
    )
