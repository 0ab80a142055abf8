"""Second factors: who must have one, where they are kept, and what goes on record."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from stateworks.kernel.access.models import Account, Role
from stateworks.kernel.access.permissions import may_anywhere
from stateworks.kernel.access.signin import second_factor

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
HAS_ONE, EMERGENCY = "access_second_factor", "access_break_glass"
#: All that somebody reaches who must set up a second factor first.
OPEN = ("/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/", "/static/")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's rules for second factors, with secrets that a copy of the database does not give away."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database, with a key made from the site's."""
        return str(_cipher(settings.SECRET_KEY).encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret of the database, also where the site's key has an older sibling."""
        from cryptography.fernet import InvalidToken

        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return str(_cipher(str(key)).decrypt(encrypted_text.encode()).decode())
            except InvalidToken:
                continue
        raise PermissionDenied(
            "Your second factor cannot be read any more, since the site's key is new. Ask an administrator to remove it."
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say no to giving up the last factor of somebody whose role asks for one."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists() or not must(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        """Return the name a new passkey has until its holder gives one."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Passkey" if not count else f"Passkey {count + 1}"


class SecondFactor:
    """Leads somebody whose role asks for a second factor to setting one up, before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or lead away."""
        if lacks(request):
            if request.path.startswith("/api/"):
                words = "Set up a second factor first; your role asks for one. Sign in on the site to do so."
                return JsonResponse({"error": words, "details": [], "fields": {}}, status=403)
            if not request.path.startswith(OPEN):
                return redirect("mfa_index")
        return self.get_response(request)


def lacks(request: HttpRequest) -> bool:
    """Tell whether the one who asks must have a second factor and has none."""
    account = request.user
    if not settings.SECOND_FACTOR_ROLES or not isinstance(account, Account) or account.is_service:
        return False
    if request.session.get(HAS_ONE) or request.session.get(EMERGENCY):
        return False
    if Authenticator.objects.filter(user=account, type__in=FACTORS).exists():
        request.session[HAS_ONE] = True
        return False
    return must(account)


def must(account: Account) -> bool:
    """Tell whether a role of the account asks for a second factor."""
    return bool(settings.SECOND_FACTOR_ROLES) and may_anywhere(account, settings.SECOND_FACTOR_ROLES)


def connect() -> None:
    """Check the roles that are asked for, and listen to what happens to second factors; called once at the start."""
    unknown = [role for role in settings.SECOND_FACTOR_ROLES if role not in Role.values]
    if unknown:
        raise ImproperlyConfigured(
            f"STATEWORKS_SECOND_FACTOR names {unknown[0]!r}, which is no role; the roles are {', '.join(Role.values)}."
        )
    for signal, verb in (
        (signals.authenticator_added, "add second factor"),
        (signals.authenticator_removed, "remove second factor"),
        (signals.authenticator_reset, "renew second factor"),
        (signals.authenticator_used, "use second factor"),
        (signals.authentication_failed, "fail second factor"),
    ):
        signal.connect(_recorder(verb), weak=False, dispatch_uid=f"stateworks.signin.{verb}")


def _recorder(verb: str) -> Callable[..., None]:
    def record(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
        if verb == "remove second factor":
            request.session.pop(HAS_ONE, None)
        second_factor(request, verb, user, str(authenticator.type))

    return record


def _cipher(key: str) -> Any:
    from cryptography.fernet import Fernet

    made = hashlib.sha256(b"stateworks second factor:" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(made))
