"""Signing in with a password, through the real page: what works, what is refused, what slows a guesser down."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.tests.conftest import PASSWORD, World

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_tries_so_far(db: None) -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str, address: str = "192.0.2.1") -> int:
    answer = client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def record() -> list[tuple[str, str, str]]:
    with entered(SYSTEM):
        rows = AuditEntry.objects.order_by("id").values_list("verb", "subject", "after__address")
        return [(str(verb), str(subject), str(address)) for verb, subject, address in rows]


def test_in_and_out(client: Client, world: World) -> None:
    assert sign_in(client, "Liaison@example.gov", PASSWORD) == 302
    assert signed_in(client)
    client.post("/accounts/logout/", REMOTE_ADDR="192.0.2.1")
    assert not signed_in(client)
    assert record() == [
        ("sign in", "account liaison@example.gov", "192.0.2.1"),
        ("sign out", "account liaison@example.gov", "192.0.2.1"),
    ]


def test_wrong_passwords_are_slowed_down(client: Client, world: World) -> None:
    for _ in range(5):
        assert sign_in(client, "liaison@example.gov", "wrong wrong wrong") == 200
    assert record() == [("fail to sign in", "account liaison@example.gov", "192.0.2.1")] * 5
    # From now on not even the right password helps, from whatever address.
    sign_in(client, "liaison@example.gov", PASSWORD)
    assert not signed_in(client)
    sign_in(client, "liaison@example.gov", PASSWORD, address="198.51.100.7")
    assert not signed_in(client)
    # Others are not kept out by it.
    other = Client()
    assert sign_in(other, "auditor@example.gov", PASSWORD, address="198.51.100.7") == 302
    assert signed_in(other)


def test_guessing_many_accounts_from_one_address_is_slowed_down(client: Client, world: World) -> None:
    for number in range(10):
        sign_in(client, f"guess{number}@example.gov", "wrong wrong wrong")
    sign_in(client, "auditor@example.gov", PASSWORD)
    assert not signed_in(client)
    other = Client()
    sign_in(other, "auditor@example.gov", PASSWORD, address="198.51.100.7")
    assert signed_in(other)


def test_what_was_typed_into_the_wrong_field_is_not_kept(client: Client, world: World) -> None:
    sign_in(client, "my-secret-password@example.gov", "x")
    assert record() == [("fail to sign in", "account unknown", "192.0.2.1")]


def test_a_deactivated_account_does_not_get_in(client: Client, world: World) -> None:
    account = world.accounts["liaison"]
    account.is_active = False
    account.save()
    sign_in(client, "liaison@example.gov", PASSWORD)
    assert not signed_in(client)


def test_nobody_signs_up(client: Client, world: World) -> None:
    answer = client.post(
        "/accounts/signup/", {"email": "new@example.gov", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 405
    assert not signed_in(client)
