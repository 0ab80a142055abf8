"""Sign-ins, sign-outs, failed tries, second factors and refused pages go on record; a sign-in begins a session's time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.sessions import begin

if TYPE_CHECKING:
    from django.http import HttpRequest


def connect() -> None:
    """Listen to Django's own sign-in signals; called once when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="stateworks.access.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="stateworks.access.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="stateworks.access.failed")


def _signed_in(request: HttpRequest | None, user: Account, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        begin(request, at=timezone.now())
    way = getattr(request, "way_in", "")
    _record("sign in", user.email, user, request, **({"with": way} if way else {}))


def _signed_out(request: HttpRequest | None, user: Account | None, **_: Any) -> None:
    if user is not None:
        _record("sign out", user.email, user, request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    # People type their password into the wrong field: only an address that has an account is kept.
    known = Account.objects.filter(email=typed).exists()
    _record("fail to sign in", typed if known else "unknown", None, request)


def provider_failed(request: HttpRequest, why: str) -> None:
    """Put a sign-in that the identity provider's answer did not allow on record; `why` holds no secret."""
    _record("fail to sign in", "unknown", None, request, **{"with": "provider", "why": why[:200]})


def token_failed(request: HttpRequest) -> None:
    """Put a program's try with what opens nothing on record; what it showed may be somebody's secret and is not kept."""
    _record("fail to sign in", "unknown", None, request, **{"with": "token"})


def second_factor(request: HttpRequest | None, verb: str, account: Account, kind: str) -> None:
    """Put what happened to somebody's second factor on record, by its kind and never its secret."""
    _record(verb, account.email, account, request, factor=kind)


def refused(request: HttpRequest, account: Account) -> None:
    """Put a page that was refused to a signed-in account on record."""
    _record("be refused", account.email, account, request, page=request.path[:500])


def _record(
    verb: str, email: str, account: Account | None, request: HttpRequest | None, **facts: str
) -> None:
    with entered(SYSTEM):
        audit.record(
            verb, f"account {email}", by=account, at=timezone.now(),
            after={"address": "" if request is None else address_of(request), **facts},
        )  # fmt: skip


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from; behind proxies, the one that the outermost trusted one saw."""
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import ImproperlyConfigured, PermissionDenied

    try:
        return str(get_adapter(request).get_client_ip(request))
    except (
        ImproperlyConfigured,
        PermissionDenied,
    ):  # the header holds fewer addresses than there are proxies
        return str(request.META.get("REMOTE_ADDR", ""))
