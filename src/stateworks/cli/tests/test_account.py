"""Accounts from the command line: made, given roles, and able to sign in."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from stateworks.cli.main import main
from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.access.permissions import may
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def state() -> None:
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="The State", kind="state")
        Organization.objects.create(code="roads", name="Roads", kind="agency", parent=state)


def test_the_printed_password_signs_in(state: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "create", "ada@example.org", "--role", "administrator", "--format", "json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert Client().login(email="ada@example.org", password=made["password"])
    with entered(SYSTEM):
        assert may(Account.objects.get(email="ada@example.org"), "administrator")
        assert AuditEntry.objects.filter(subject="account ada@example.org").count() >= 2


def test_a_role_reaches_the_organization_it_is_given_at(state: None) -> None:
    main(["account", "create", "lee@example.org"])
    assert main(["account", "grant", "lee@example.org", "agency_liaison", "--at", "roads"]) == 0
    with entered(SYSTEM):
        lee = Account.objects.get(email="lee@example.org")
        assert may(lee, "agency_liaison", Organization.objects.get(code="roads"))
        assert not may(lee, "agency_liaison")


def test_a_new_password_replaces_the_old_one(state: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["account", "create", "kim@example.org", "--format", "json"])
    old = json.loads(capsys.readouterr().out)["password"]
    assert main(["account", "password", "kim@example.org", "--format", "json"]) == 0
    new = json.loads(capsys.readouterr().out)["password"]
    assert Client().login(email="kim@example.org", password=new)
    assert not Client().login(email="kim@example.org", password=old)


def test_a_role_taken_back_reaches_nothing(state: None) -> None:
    main(["account", "create", "lee@example.org", "--role", "agency_liaison", "--at", "roads"])
    assert (
        main(["account", "revoke", "lee@example.org", "agency_liaison", "--at", "roads", "--reason", "left"])
        == 0
    )
    with entered(SYSTEM):
        lee = Account.objects.get(email="lee@example.org")
        assert not may(lee, "agency_liaison", Organization.objects.get(code="roads"))
    assert main(["account", "revoke", "lee@example.org", "agency_liaison", "--at", "roads"]) == 2


def test_nobody_signs_in_to_a_deactivated_account_and_one_administrator_stays(
    state: None, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["account", "create", "only@example.org", "--role", "administrator"])
    main(["account", "create", "gone@example.org", "--format", "json"])
    password = json.loads("{" + capsys.readouterr().out.rpartition("{")[2])["password"]
    assert main(["account", "deactivate", "gone@example.org", "--reason", "left the office"]) == 0
    assert not Client().login(email="gone@example.org", password=password)
    assert main(["account", "deactivate", "only@example.org", "--reason", "mistake"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grant", "no@example.org", "auditor"], "There is no account no@example.org"),
        (["create", "a@example.org", "--role", "king"], "There is no role king; the roles are administrator"),
        (["create", "b@example.org", "--role", "auditor", "--at", "mars"], "There is no organization mars"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_remedy(
    state: None, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["account", *words]) == 2
    assert said in capsys.readouterr().err
    assert not Account.objects.filter(email__in=["a@example.org", "b@example.org"]).exists()


def test_without_organizations_the_refusal_says_what_to_load(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "create", "c@example.org", "--role", "administrator"]) == 2
    assert "data import office.organization" in capsys.readouterr().err
