"""The page of a rate card's rehearsal: what it would have made of the last closed months."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.models import RateCard
from stateworks.modules.billing.pages.seen import trail
from stateworks.modules.billing.rehearsal import rehearse
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
