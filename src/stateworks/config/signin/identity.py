"""Which account an identity of the provider belongs to: by a known identity, else by a verified e-mail address."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.signin import provider_failed

#: What is kept of an answer: enough to tell identities apart, and nothing else about the person.
KEPT = ("iss", "sub", "email", "acr", "amr")
NO_ACCOUNT, UNVERIFIED, TAKEN, CLOSED = (
    "no account",
    "address not verified",
    "identity changed",
    "account closed",
)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's rules for identity providers, with ours for whom an identity belongs to."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account of an identity that was just proven, or turn it away with a page that says why."""
        request.way_in = sociallogin.account.provider  # type: ignore[attr-defined]
        sociallogin.state["process"] = "login"  # never ties an identity to whoever is signed in
        if sociallogin.is_existing:
            self._admit(request, sociallogin, sociallogin.user)
            return
        address = verified_address(sociallogin)
        if not address:
            raise turned_away(request, UNVERIFIED, shown_address(sociallogin))
        account = Account.objects.filter(email__iexact=address, is_service=False).first()
        if account is None and settings.SIGNIN_MAKES_ACCOUNTS:
            account = made(address, str(claims_of(sociallogin.account.extra_data).get("name") or ""))
        if account is None:
            raise turned_away(request, NO_ACCOUNT, address)
        # An address is given to a new colleague sooner or later: he is not whoever had it before.
        if SocialAccount.objects.filter(user=account, provider=sociallogin.account.provider).exists():
            raise turned_away(request, TAKEN, address)
        self._admit(request, sociallogin, account)
        sociallogin.user = account
        sociallogin.account.user = account
        sociallogin.account.save()
        with entered(SYSTEM):
            audit.record(
                "tie identity", f"account {account.email}", by=account, at=timezone.now(),
                after={"provider": sociallogin.account.provider, "identity": sociallogin.account.uid},
            )  # fmt: skip

    def _admit(self, request: HttpRequest, sociallogin: SocialLogin, account: Account) -> None:
        sociallogin.account.extra_data = kept(sociallogin.account.extra_data)
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])
        if not account.is_active:
            raise turned_away(request, CLOSED, account.email)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Put an answer of the provider that was not accepted on record."""
        reason = (
            (extra_context or {}).get("saml_last_error_reason")
            or exception
            or error
            or "no sign-in was begun"
        )
        provider_failed(request, f"{provider}: {reason}")


def verified_address(sociallogin: SocialLogin) -> str:
    """Return the e-mail address that the provider vouches for, or nothing."""
    found = [one.email for one in sociallogin.email_addresses if one.verified is True]
    return found[0].strip().lower() if found else ""


def shown_address(sociallogin: SocialLogin) -> str:
    """Return the address to name on a page, whether it is verified or not."""
    return next((one.email for one in sociallogin.email_addresses), "")


def kept(answer: Any) -> dict[str, Any]:
    """Return what is kept of an answer."""
    claims = claims_of(answer)
    return {name: claims[name] for name in KEPT if name in claims}


def claims_of(answer: Any) -> dict[str, Any]:
    """Return what an answer says about the person: allauth keeps an ID token's claims one level down."""
    found = answer.get("id_token", answer) if isinstance(answer, dict) else {}
    return found if isinstance(found, dict) else {}


def made(address: str, name: str) -> Account:
    """Make an account without a role for somebody whom the provider knows."""
    with entered(SYSTEM):
        account = Account.objects.create_user(address, name=name[:200])
        audit.record(
            "create account", f"account {address}", by=None, at=timezone.now(),
            reason="Signed in with the identity provider.", after={"name": account.name},
        )  # fmt: skip
    return account


def turned_away(request: HttpRequest, why: str, address: str) -> ImmediateHttpResponse:
    """Return the page for somebody whom the provider knows and we do not let in; it goes on record."""
    provider_failed(request, f"{why}: {address}" if address else why)
    return ImmediateHttpResponse(
        render(request, "socialaccount/turned_away.html", {"why": why, "address": address}, status=403)
    )
