"""Sign-ins, sign-outs, failed tries and refused pages go on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered

if TYPE_CHECKING:
    from django.http import HttpRequest


def connect() -> None:
    """Listen to Django's own sign-in signals; called once when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="stateworks.access.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="stateworks.access.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="stateworks.access.failed")


def _signed_in(request: HttpRequest | None, user: Account, **_: Any) -> None:
    _record("sign in", user.email, user, request)


def _signed_out(request: HttpRequest | None, user: Account | None, **_: Any) -> None:
    if user is not None:
        _record("sign out", user.email, user, request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    # People type their password into the wrong field: only an address that has an account is kept.
    known = Account.objects.filter(email=typed).exists()
    _record("fail to sign in", typed if known else "unknown", None, request)


def refused(request: HttpRequest, account: Account) -> None:
    """Put a page that was refused to a signed-in account on record."""
    _record("be refused", account.email, account, request, page=request.path[:500])


def _record(
    verb: str, email: str, account: Account | None, request: HttpRequest | None, **facts: str
) -> None:
    address = "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
    with entered(SYSTEM):
        audit.record(
            verb, f"account {email}", by=account, at=timezone.now(), after={"address": address, **facts}
        )
