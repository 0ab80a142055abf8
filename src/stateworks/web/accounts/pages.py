"""Accounts for an administrator: who can sign in, with which roles, when they last did, and what can be done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from stateworks.kernel.access import break_glass
from stateworks.kernel.access.models import Account, AuditEntry, Grant
from stateworks.kernel.access.sessions import end_sessions
from stateworks.kernel.access.verbs import (
    deactivate_account,
    forget_identity,
    forget_second_factor,
    reactivate_account,
)
from stateworks.kernel.errors import Refused
from stateworks.web import asked

PAGE, RECENT, LONGEST = 100, 20, 1000
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class Deed:
    """Something that can be done to an account: its button, what it does in words, and what is said afterwards."""

    button: str
    words: str
    done: str
    verb: Callable[..., Any]


DEEDS: dict[str, Deed] = {
    "close": Deed(
        "Close the account", "Nobody signs in to it any more, and its sessions end. What it did stays on record.",
        "The account is closed.", deactivate_account,
    ),
    "open": Deed(
        "Open the account again", "It signs in again, with the roles that it still holds.", "The account is open again.",
        reactivate_account,
    ),
    "end": Deed("End all sessions", "Whoever is signed in must sign in again.", "All sessions are ended.", end_sessions),
    "factor": Deed(
        "Remove the second factor", "For somebody who lost phone and passkey. Make sure that it is him who asks.",
        "The second factor is removed, and all sessions are ended.", forget_second_factor,
    ),
    "identity": Deed(
        "Forget the identity", "The next identity of the office's sign-in with this e-mail address is taken instead.",
        "The identity is forgotten, and all sessions are ended.", forget_identity,
    ),
}  # fmt: skip


@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    """List the people who can sign in, and the break-glass links of the last weeks."""
    asked.need(request, "accounts.manage")
    q = " ".join(request.GET.get("q", "").split())[:200]
    people = Account.objects.filter(is_service=False).order_by("-is_active", "email")
    if q:
        people = people.filter(Q(email__icontains=q) | Q(name__icontains=q))
    page = Paginator(with_what_they_have(people), PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page, "q": q, "people": [(one, lasting(one, today)) for one in page],
        "emergencies": break_glass.lately(timezone.now()), "trail": [], "here": "Accounts",
    }  # fmt: skip
    return render(request, "web/accounts.html", context)


@login_required
def account(request: HttpRequest, number: int) -> HttpResponse:
    """Show one account: its roles, what it signs in with, what happened lately, and what can be done."""
    asked.need(request, "accounts.manage")
    return shown(request, account_or_404(number))


@require_POST
def account_act(request: HttpRequest, number: int) -> HttpResponse:
    """Do one thing to an account, for a reason."""
    who = asked.need(request, "accounts.manage")
    one, deed = account_or_404(number), DEEDS.get(request.POST.get("what", ""))
    reason = " ".join(request.POST.get("reason", "").split())
    if deed is None:
        raise Http404("There is no such thing to do.")
    if not reason or len(reason) > LONGEST:
        return shown(
            request, one, f"Write why, in at most {LONGEST:,} characters; the audit record keeps it.", 400
        )
    try:
        deed.verb(one, reason=reason, by=who, at=timezone.now())
    except Refused as refused:
        return shown(request, one, refused.sentence, 400)
    messages.success(request, deed.done)
    return redirect("web:account", one.pk)


def shown(request: HttpRequest, one: Account, problem: str = "", status: int = 200) -> HttpResponse:
    """Render the page of an account."""
    factors = list(Authenticator.objects.filter(user=one).order_by("type", "id"))
    identities = list(SocialAccount.objects.filter(user=one).order_by("id"))
    possible = ["close" if one.is_active else "open", "end"]
    possible += ["factor"] if factors else []
    possible += ["identity"] if identities else []
    context = {
        "one": one, "factors": factors, "identities": identities, "problem": problem,
        "grants": one.grants.select_related("organization").order_by("role", "organization__name", "since"),
        "today": timezone.localdate(), "deeds": [(what, DEEDS[what]) for what in possible],
        "entries": AuditEntry.objects.select_related("actor").filter(
            Q(subject=f"account {one.email}") | Q(actor=one)
        )[:RECENT],
        "trail": [("Accounts", reverse("web:accounts"))], "here": str(one),
    }  # fmt: skip
    return render(request, "web/account.html", context, status=status)


def with_what_they_have(people: Any) -> Any:
    """Add roles and whether there is a second factor, in two queries for the page."""
    grants = Grant.objects.select_related("organization").order_by("role", "organization__name")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    return people.annotate(has_factor=Exists(factor)).prefetch_related(Prefetch("grants", grants))


def lasting(one: Account, today: dt.date) -> list[Grant]:
    """Return the roles that hold today, of those fetched before."""
    return [
        held
        for held in one.grants.all()
        if held.since <= today and (held.until is None or held.until >= today)
    ]


def account_or_404(number: int) -> Account:
    """A person's account; a program's is looked after with its token."""
    found = Account.objects.filter(pk=number, is_service=False).first() if number < 2**62 else None
    if found is None:
        raise Http404(f"There is no account {number}.")
    return found
