"""allauth's pages where they need a little more than their templates."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.http import HttpResponse


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page, which also says whether passwords are used here."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Return what the page shows."""
        found: dict[str, Any] = super().get_context_data(**named)
        return {**found, "passwords": settings.PASSWORDS_ALLOWED, "provider_name": settings.SIGNIN_NAME}


class _JustProven:
    """Counts setting a second factor up as proof of having it: the recovery codes are shown without asking again."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        request = self.request  # type: ignore[attr-defined]
        record_authentication(request, request.user, "mfa", reauthenticated=True)
        return answer


class SetUpApp(_JustProven, ActivateTOTPView):  # type: ignore[misc]
    """The page that sets up an authenticator app."""


class AddPasskey(_JustProven, AddWebAuthnView):  # type: ignore[misc]
    """The page that adds a passkey."""


sign_in, set_up_app, add_passkey = SignIn.as_view(), SetUpApp.as_view(), AddPasskey.as_view()
