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


def test_a_token_is_printed_once_listed_and_revoked(
    state: None, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    made = [
        "account",
        "token",
        "create",
        "Warehouse",
        "agency_liaison",
        "--at",
        "roads",
        "--dataset",
        "office.person",
    ]
    assert main([*made, "--days", "30", "--format", "json"]) == 0
    text = json.loads(capsys.readouterr().out)["token"]
    people = "/api/v1/datasets/office.person/rows"
    assert client.get(people, headers={"Authorization": f"Bearer {text}"}).status_code == 200
    assert main(["account", "token", "list", "--format", "json"]) == 0
    printed = capsys.readouterr().out
    (listed,) = json.loads(printed)
    assert (listed["role"], listed["writes"]) == ("agency_liaison at roads", False)
    assert text not in printed
    assert main(["account", "token", "revoke", "Warehouse", "--reason", "replaced"]) == 0
    assert client.get(people, headers={"Authorization": f"Bearer {text}"}).status_code == 401
    assert main(["account", "token", "revoke", "Warehouse", "--reason", "again"]) == 2
    assert main(["account", "token", "create", "X", "auditor", "--dataset", "no.such"]) == 2
    assert "There is no dataset no.such" in capsys.readouterr().err
    main(["account", "list", "--format", "json"])
    assert "service.invalid" not in capsys.readouterr().out, "a program is no person"


def test_break_glass_gives_a_path_that_opens(
    state: None, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    main(["account", "create", "only@example.org", "--role", "administrator"])
    main(["account", "create", "lee@example.org"])
    capsys.readouterr()
    assert main(["account", "break-glass", "lee@example.org", "--reason", "x"]) == 2
    assert (
        main(["account", "break-glass", "only@example.org", "--reason", "Lost phone", "--format", "json"])
        == 0
    )
    path = json.loads(capsys.readouterr().out)["path"]
    assert client.post(path).status_code == 302
    assert client.get("/access/accounts/").status_code == 200


def test_what_people_lost_is_taken_away(state: None, client: Client) -> None:
    main(["account", "create", "kim@example.org"])
    kim = Account.objects.get(email="kim@example.org")
    for command in ("end-sessions", "forget-second-factor", "forget-identity"):
        client.force_login(Account.objects.get(pk=kim.pk))
        assert client.get("/access/you/").status_code == 200
        assert main(["account", command, "kim@example.org", "--reason", "lost"]) == 0
        assert client.get("/access/you/").status_code == 302
    main(["account", "deactivate", "kim@example.org", "--reason", "left"])
    assert main(["account", "reactivate", "kim@example.org", "--reason", "came back"]) == 0
    kim.refresh_from_db()
    assert kim.is_active
