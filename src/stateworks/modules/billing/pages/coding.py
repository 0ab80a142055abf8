"""The page of wrong codings: suggestions that wait, by count and dollars, with what one may do about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.coding import Coding
from stateworks.modules.billing.models import CodingFinding, CodingState
from stateworks.modules.billing.pages.seen import trail
from stateworks.modules.billing.verbs import coding
from stateworks.web import asked
from stateworks.web.words import count_of

SHOWN, LINES, DECIDED = 20, 50, 20
"""Groups of suggestions that the page lists, lines of each, and decisions of late."""


@dataclass(frozen=True)
class Group:
    """Lines that are coded alike and should be coded alike."""

    number: int
    wrong: Coding
    right: Coding
    lines: list[CodingFinding]

    @property
    def cents(self) -> int:
        """What they come to, whatever their signs."""
        return sum(abs(one.cents) for one in self.lines)


@login_required
def codings(request: HttpRequest) -> HttpResponse:
    """Suggested codings, grouped by what they have and should have, most dollars first; correct or dismiss what is chosen."""
    if not asked.roles(request):
        raise Http404("Codings of the ledger are for those who work for the whole state.")
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _decided(request))
            return redirect("billing:coding")
        except Refused as refused:
            errors.append(("", refused.sentence))
    waiting = CodingFinding.objects.filter(state=CodingState.SUGGESTED).select_related("suggested")
    groups = _grouped(list(waiting.order_by("-posted_on", "journal", "line")))
    decided = CodingFinding.objects.filter(decided_on__isnull=False).select_related(
        "decided_by", "entry__period"
    )
    context: dict[str, Any] = {
        "groups": groups[:SHOWN], "more": max(0, len(groups) - SHOWN), "lines_shown": LINES,
        "n": sum(len(one.lines) for one in groups), "cents": sum(one.cents for one in groups),
        "decided": list(decided.order_by("-decided_on", "code")[:DECIDED]), "may": asked.can(request, "billing.recode"),
        "errors": errors, "given": request.POST, "trail": trail(), "here": "Wrong codings",
    }  # fmt: skip
    return render(request, "billing/coding.html", context, status=400 if errors else 200)


def _decided(request: HttpRequest) -> str:
    """Do what the pressed button says with the lines that are ticked; return what to tell."""
    who, at, post = asked.signed_in(request), timezone.now(), request.POST
    chosen, why = post.getlist("line"), post.get("why", "")
    if post.get("do") == "accept":
        n = coding.accept(chosen, why, by=who, at=at)
        return f"{count_of(n, 'coding is', 'codings are')} corrected. The pools follow with the next draft."
    if post.get("do") == "dismiss":
        n = coding.dismiss(chosen, why, by=who, at=at)
        return f"{count_of(n, 'suggestion is', 'suggestions are')} dismissed."
    raise Refused("Press one of the buttons.")


def _grouped(waiting: list[CodingFinding]) -> list[Group]:
    groups: dict[tuple[Coding, Coding], list[CodingFinding]] = defaultdict(list)
    for one in waiting:
        wrong = Coding(one.cost_center, one.object_code, one.fund)
        groups[wrong, Coding(one.right_cost_center, one.right_object_code, one.right_fund)].append(one)
    ordered = sorted(groups.items(), key=lambda item: (-sum(abs(one.cents) for one in item[1]), item[0]))
    return [Group(number, wrong, right, lines) for number, ((wrong, right), lines) in enumerate(ordered, 1)]
