"""How people sign in: accounts are made by an administrator, nobody makes his own."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account rules, with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: an account needs a role at an organization, which only an administrator can give."""
        return False
