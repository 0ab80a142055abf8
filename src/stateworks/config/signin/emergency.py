"""The address that a break-glass link leads to: one page, one button, one use."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stateworks.config.signin.second_factor import EMERGENCY
from stateworks.kernel.access import break_glass, sessions
from stateworks.kernel.access.signin import address_of, provider_failed


@never_cache
@require_http_methods(["GET", "POST"])
def break_glass_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the button (a mail scanner that opens links uses nothing up), and sign in when it is pressed."""
    limited = ratelimit.consume_or_429(request, app="allauth.account", action="break_glass", limit_get=True)
    if limited is not None:
        answer: HttpResponse = limited
        return answer
    at = timezone.now()
    if request.method == "POST":
        account = break_glass.use(secret, address=address_of(request), at=at)
        if account is not None:
            request.way_in = "break glass"  # type: ignore[attr-defined]
            login(request, account, backend="stateworks.config.signin.accounts.AccountBackend")
            sessions.begin(request, at=at, seconds=int(break_glass.SESSION.total_seconds()))
            request.session[EMERGENCY] = True
            tell(f"{account.email} signed in with a break-glass link from {address_of(request)}.")
            messages.warning(request, "You signed in with a break-glass link. The session ends in an hour.")
            return redirect("web:accounts")
    found = break_glass.waiting(secret, at=at)
    if found is None:
        provider_failed(request, "a break-glass link that does not open")
    return render(request, "account/break_glass.html", {"found": found}, status=200 if found else 404)


def tell(words: str) -> None:
    """Tell all administrators by e-mail; a mail server that is away stops nobody in an emergency."""
    at = timezone.now()
    text = (
        f"{words}\n\nIf you know nothing of it, look into the audit record and end the account's sessions.\n"
    )
    send_mail(
        "Stateworks: break-glass sign-in", text, None, break_glass.administrators(at), fail_silently=True
    )
