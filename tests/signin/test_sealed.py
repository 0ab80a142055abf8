"""Whatever way somebody came in, or did not: it stands in the audit record's sealed chain."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from stateworks.kernel.access.models import Account, AuditEntry, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.seals import seal_entries, verify
from stateworks.kernel.org.models import Organization
from tests.signin.conftest import HOST, PASSWORD
from tests.signin.openid_provider import OpenIDProvider
from tests.signin.saml_provider import SamlProvider
from tests.signin.test_openid import sign_in as with_openid
from tests.signin.test_saml import sign_in as with_saml
from tests.signin.test_sessions import link
from tests.signin.test_tokens import asked, token

LOGIN = "/accounts/login/"


def liaison(state: Organization) -> Account:
    """Somebody who signs in with a password and may not look after accounts."""
    with entered(SYSTEM):
        account = Account.objects.create_user("lee@example.gov", PASSWORD)
        Grant.objects.create(
            account=account, role=Role.AGENCY_LIAISON, organization=state, since=date(2020, 1, 1)
        )
    return account


def came_in() -> set[tuple[str, str]]:
    """What the record says was done, and by which way."""
    with entered(SYSTEM):
        return {(one.verb, (one.after or {}).get("with", "")) for one in AuditEntry.objects.all()}


def test_every_way_in_every_refusal_and_every_failed_try_is_sealed(
    client: Client, pat: Account, state: Organization
) -> None:
    lee = liaison(state)
    client.post(LOGIN, {"login": lee.email, "password": "not that"})
    client.post(LOGIN, {"login": lee.email, "password": PASSWORD})
    assert client.get("/access/accounts/").status_code == 403
    client.post("/accounts/logout/")
    _, text = token(state, "agency_liaison")
    assert asked(text).status_code == 200
    assert asked(text, "/api/v1/quarantine").status_code == 403
    assert asked("sw_x_x").status_code == 401
    assert client.get("/accounts/break-glass/x/").status_code == 404
    assert client.post(link(pat)).status_code == 302
    assert came_in() == {
        ("fail to sign in", ""), ("sign in", ""), ("be refused", ""), ("sign out", ""), ("make token", ""),
        ("use token", ""), ("fail to sign in", "token"), ("fail to sign in", "provider"), ("break glass", ""),
        ("use break glass", ""), ("sign in", "break glass"), ("export personal data", ""),
    }  # fmt: skip
    with entered(SYSTEM):
        assert AuditEntry.objects.filter(verb="be refused").count() == 2, "by session, and by token"
    all_is_sealed()


def test_a_sign_in_with_the_identity_provider_is_sealed(
    client: Client, openid: OpenIDProvider, saml: SamlProvider, pat: Account, settings: Any
) -> None:
    from stateworks.config.signin.providers import providers

    settings.SOCIALACCOUNT_PROVIDERS = providers()
    with_openid(client)
    with_saml(Client(HTTP_HOST=HOST))
    assert {("sign in", "oidc"), ("sign in", "saml"), ("tie identity", "")} <= came_in()
    all_is_sealed()


def all_is_sealed() -> None:
    """Seal, and hold the chain to the record."""
    with entered(SYSTEM):
        there = AuditEntry.objects.count()
    assert sum(seal.count for seal in seal_entries(at=timezone.now())) == there > 0
    found = verify()
    assert (found.entries, found.unsealed, found.broken) == (there, 0, ())
