"""The sign-in page: what it offers depends on the settings."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings


class SignIn(LoginView):  # type: ignore[misc]
    """allauth's sign-in page, which also says whether passwords are used here."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Return what the page shows."""
        found: dict[str, Any] = super().get_context_data(**named)
        return {**found, "passwords": settings.PASSWORDS_ALLOWED, "provider_name": settings.SIGNIN_NAME}


sign_in = SignIn.as_view()
