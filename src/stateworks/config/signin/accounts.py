"""Accounts as allauth sees them: made by an administrator, nobody makes his own; passwords only where they are allowed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from stateworks.kernel.access.models import Account


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's check of a password, which says no where passwords are turned off."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        """Return the account that a password opens, if any."""
        if not settings.PASSWORDS_ALLOWED:
            return None
        found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return found

    def user_can_authenticate(self, user: Any) -> bool:
        """Say no to what stands for a program, and to a closed account."""
        return not user.is_service and bool(super().user_can_authenticate(user))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account rules, with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: an account needs a role at an organization, which only an administrator can give."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse | None:
        """Let nobody sign in to a closed account, nor to one that stands for a program."""
        if isinstance(user, Account) and user.is_service:
            user.is_active = False
        found: HttpResponse | None = super().pre_login(request, user, **how)
        return found

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Ask to confirm who it is before a second factor changes, if there is anything to confirm it with."""
        from allauth.mfa.utils import is_mfa_enabled

        if not settings.PASSWORDS_ALLOWED and not is_mfa_enabled(context.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **more))
