"""Service tokens for an administrator: which programs come to the API, as what, until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from stateworks.kernel.access.models import Account, Role, ServiceToken
from stateworks.kernel.access.tokens import DAYS, ROLES, issue, revoke_token
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.web import asked
from stateworks.web.data.catalogue import dataset_named

Errors = list[tuple[str, str]]


@never_cache
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens; a new one is shown on the answer to its form and never again."""
    who = asked.need(request, "accounts.manage")
    typed = {
        name: request.POST.get(name, "").strip()
        for name in ("name", "role", "organization", "datasets", "days")
    }
    typed["writes"] = "on" if request.POST.get("writes") else ""
    errors: Errors = []
    made, text = None, ""
    if request.method == "POST":
        made, text, errors = made_of(typed, who)
    else:
        typed |= {"role": str(Role.AUDITOR), "days": str(DAYS)}
    listed = ServiceToken.objects.select_related("account", "made_by").prefetch_related(
        "account__grants__organization"
    )
    context: dict[str, Any] = {
        "tokens": [(one, state_of(one)) for one in listed], "made": made, "text": text, "errors": errors, "typed": typed,
        "roles": [(str(role), role.label) for role in ROLES],
        "trail": [("Accounts", reverse("web:accounts"))], "here": "Tokens",
    }  # fmt: skip
    return render(request, "web/tokens.html", context, status=400 if errors else 200)


@require_POST
def token_revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Let a token open nothing any more, at once."""
    who = asked.need(request, "accounts.manage")
    token = ServiceToken.objects.filter(pk=number).first() if number < 2**62 else None
    if token is None:
        raise Http404(f"There is no token {number}.")
    try:
        revoke_token(token, reason=request.POST.get("reason", "").strip()[:1000], by=who, at=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("web:tokens")


def made_of(typed: dict[str, str], who: Account) -> tuple[ServiceToken | None, str, Errors]:
    """Make the token that a form asks for, or say what is wrong with the form."""
    errors: Errors = []
    place = Organization.objects.filter(code=typed["organization"]).first()
    if place is None:
        errors.append(
            ("organization", "Write the code of an organization, as the list of organizations shows it.")
        )
    names = [part for part in typed["datasets"].replace(",", " ").split() if part]
    unknown = [name for name in names if dataset_named(name) is None]
    if unknown:
        errors.append(("datasets", f"There is no dataset {unknown[0]}; write names such as desk.ticket."))
    if not (typed["days"].isascii() and typed["days"].isdigit() and len(typed["days"]) < 5):
        errors.append(("days", "Write how many days the token lasts, from 1 to 365."))
    if errors or place is None:
        return None, "", errors
    try:
        made, text = issue(
            typed["name"], typed["role"], place, writes=bool(typed["writes"]), datasets=names, days=int(typed["days"]),
            by=who, at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return None, "", [("", refused.sentence)]
    return made, text, []


def state_of(token: ServiceToken) -> str:
    """Say in a word whether a token still opens something."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= timezone.now() else "in use"
