"""Accounts to sign in to, and the providers that tests sign in with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from stateworks.config.signin.providers import providers
from stateworks.kernel.access.models import Account, AuditEntry, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization
from tests.signin.openid_provider import CLIENT, SECRET, OpenIDProvider
from tests.signin.saml_provider import SamlProvider

HOST = "office.example.gov"
PASSWORD = "correct horse battery staple"
AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def state(db: None) -> Organization:
    """A state."""
    cache.clear()
    with entered(SYSTEM):
        return Organization.objects.create(code="meridian", name="Meridian", kind="state")


@pytest.fixture
def pat(state: Organization) -> Account:
    """An administrator who can sign in with the provider alone: her account has no password."""
    with entered(SYSTEM):
        account = Account.objects.create_user("pat@example.gov", name="Pat")
        Grant.objects.create(
            account=account, role=Role.ADMINISTRATOR, organization=state, since=date(2020, 1, 1)
        )
    return account


@pytest.fixture
def client(settings: Any) -> Client:
    """A browser at the site's own host name."""
    settings.ALLOWED_HOSTS = [HOST]
    return Client(HTTP_HOST=HOST)


@pytest.fixture(scope="session")
def openid_server() -> Iterator[OpenIDProvider]:
    """One provider for all tests: a key pair is slow to make."""
    made = OpenIDProvider()
    yield made
    made.stop()


@pytest.fixture
def openid(openid_server: OpenIDProvider, monkeypatch: pytest.MonkeyPatch, settings: Any) -> OpenIDProvider:
    """The provider as the environment names it."""
    openid_server.reset()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("STATEWORKS_OIDC_ISSUER", openid_server.issuer)
    monkeypatch.setenv("STATEWORKS_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("STATEWORKS_OIDC_CLIENT_SECRET", SECRET)
    settings.SOCIALACCOUNT_PROVIDERS = providers()
    return openid_server


def who(client: Client) -> str:
    """Return the e-mail address of whoever is signed in, or nothing."""
    number = client.session.get("_auth_user_id")
    return Account.objects.get(pk=number).email if number else ""


def record(*verbs: str) -> list[dict[str, Any]]:
    """Return what the audit record says about verbs, oldest first."""
    with entered(SYSTEM):
        rows = AuditEntry.objects.filter(verb__in=verbs).order_by("id")
        return [
            {"verb": one.verb, "subject": one.subject, "by": one.actor_id, **(one.after or {})}
            for one in rows
        ]


@pytest.fixture(scope="session")
def saml_server() -> Iterator[SamlProvider]:
    """One provider for all tests: a key pair is slow to make."""
    made = SamlProvider()
    yield made
    made.stop()


@pytest.fixture
def saml(saml_server: SamlProvider, monkeypatch: pytest.MonkeyPatch, settings: Any) -> SamlProvider:
    """The provider as the environment names it."""
    saml_server.reset()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("STATEWORKS_SAML_METADATA", f"{saml_server.entity}/metadata")
    monkeypatch.setenv("STATEWORKS_SIGNIN_DOMAINS", "example.gov")
    settings.SOCIALACCOUNT_PROVIDERS = providers()
    return saml_server
