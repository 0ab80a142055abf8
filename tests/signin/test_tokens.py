"""Service tokens: what a program reaches with one, what it does not, and what is kept of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from stateworks.kernel.access.models import Account, Grant, Role, ServiceToken
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.access.tokens import issue, revoke_token
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization, Person
from tests.signin.conftest import AT, HOST, record, who

PEOPLE, ORGANIZATIONS = "/api/v1/datasets/office.person/rows", "/api/v1/datasets/office.organization/rows"


@pytest.fixture
def agencies(state: Organization) -> list[Organization]:
    """Two agencies, each with one person."""
    made = []
    with entered(SYSTEM):
        for code in ("harbor", "lagoon"):
            made.append(
                Organization.objects.create(code=code, name=code.title(), kind="agency", parent=state)
            )
            Person.objects.create(code=f"p-{code}", name=code, organization=made[-1])
    return made


def token(
    place: Organization, role: str = "auditor", name: str = "Warehouse", **more: Any
) -> tuple[ServiceToken, str]:
    with entered(SYSTEM):
        return issue(name, role, place, by=None, at=more.pop("at", None) or timezone.now(), **more)


def asked(text: str, path: str = PEOPLE, method: str = "get", **more: Any) -> Any:
    client = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    return getattr(client, method)(path, headers={"Authorization": f"Bearer {text}"}, **more)


def test_a_program_sees_what_its_role_reaches(client: Client, agencies: list[Organization]) -> None:
    made, text = token(agencies[0], "agency_liaison")
    answer = asked(text)
    assert [row["code"] for row in answer.json()["rows"]] == ["p-harbor"]
    assert asked(text, "/api/v1/quarantine").status_code == 403
    with entered(SYSTEM):
        made.refresh_from_db()
    assert made.last_used_at is not None
    assert [(entry["subject"], entry["address"]) for entry in record("use token")] == [
        ("token Warehouse", "127.0.0.1")
    ]
    asked(text)
    assert len(record("use token")) == 1, "the first use of a day"


def test_a_token_opens_no_page(client: Client, agencies: list[Organization]) -> None:
    _, text = token(agencies[0])
    for path in ("/work/", "/data/office.person/", "/access/you/", "/accounts/2fa/"):
        answer = asked(text, path)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), path
    assert "Sign out" not in asked(text, "/").content.decode()
    assert asked(text).cookies == {}, "and begins no session"


def test_what_is_no_token_is_refused_whoever_else_asks(
    client: Client, agencies: list[Organization], pat: Account
) -> None:
    made, text = token(agencies[0])
    _, public, secret = text.split("_", 2)
    for wrong in ("", "x", f"sw_{public}_", f"sw_{public}_{secret[:-1]}", f"sw_{public}_{secret}x", f"xx_{public}_{secret}",
                  f"sw_{public[:-1]}_{secret}", f"sw_{made.digest}", "sw__", "ü"):  # fmt: skip
        answer = asked(wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer"), wrong
    client.force_login(pat)
    assert client.get(PEOPLE, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get(PEOPLE).status_code == 200
    tries = record("fail to sign in")
    assert [(one["with"], one["by"], one["address"]) for one in tries] == [("token", None, "127.0.0.1")] * 11
    assert secret not in str(tries), "what was shown is kept nowhere"


def test_the_secret_is_kept_nowhere(client: Client, agencies: list[Organization]) -> None:
    made, text = token(agencies[0])
    asked(text)
    secret = text.split("_", 2)[2]
    with entered(SYSTEM):
        kept = str(ServiceToken.objects.filter(pk=made.pk).values().get()) + str(
            record("make token", "use token")
        )
        kept += str(Account.objects.filter(pk=made.account_id).values().get())
    assert secret not in kept and text not in kept


def test_revoked_and_expired(client: Client, agencies: list[Organization]) -> None:
    made, text = token(agencies[0])
    assert asked(text).status_code == 200
    with entered(SYSTEM):
        revoke_token(made, reason="Left", by=None, at=AT)
        with pytest.raises(Refused, match="already"):
            revoke_token(made, by=None, at=AT)
    assert asked(text).status_code == 401
    _, short = token(agencies[0], name="Short", days=1, at=timezone.now() - timedelta(days=1))
    assert asked(short).status_code == 401


def test_a_token_that_reads_alone_changes_nothing(client: Client, agencies: list[Organization]) -> None:
    _, reads = token(agencies[0], "data_steward")
    _, writes = token(agencies[0], "data_steward", "Loader", writes=True)
    row = {"code": "new", "name": "New", "organization": "harbor"}
    answer = asked(reads, PEOPLE, "post", data=row, content_type="application/json")
    assert answer.status_code == 403 and "reads alone" in answer.json()["error"]
    assert record("be refused")[0]["page"] == PEOPLE
    answer = asked(writes, PEOPLE, "post", data=row, content_type="application/json")
    assert answer.status_code not in (401, 403), answer.content
    other = asked(
        writes, PEOPLE, "post", data={**row, "organization": "lagoon"}, content_type="application/json"
    )
    assert other.status_code >= 400, "as far as its role may"


def test_a_token_for_some_datasets_reaches_no_other(client: Client, agencies: list[Organization]) -> None:
    _, text = token(agencies[0], datasets=["office.person"])
    assert asked(text).status_code == 200
    assert asked(text, "/api/v1/datasets/office.person").status_code == 200
    for path in (ORGANIZATIONS, "/api/v1/datasets", "/api/v1/search?q=x", "/api/v1/datasets/office.person2",
                 "/api/v1/imports", "/api/v1/organizations"):  # fmt: skip
        assert asked(text, path).status_code == 403, path


def test_guessing_tokens_is_slowed_down(client: Client, agencies: list[Organization]) -> None:
    answers = [asked(f"sw_{guess}_x").status_code for guess in range(32)]
    assert answers == [401] * 30 + [429] * 2


@pytest.mark.parametrize(
    ("more", "words"),
    [({"role": "administrator"}, "cannot hold"), ({"role": "approver"}, "cannot hold"), ({"role": "king"}, "cannot hold"),
     ({"days": 0}, "1 to 365"), ({"days": 366}, "1 to 365"), ({"name": " "}, "name"), ({"name": "x" * 121}, "name")],
)  # fmt: skip
def test_what_a_token_cannot_be(state: Organization, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        token(state, **more)
    assert not Account.objects.filter(is_service=True).exists()


def test_a_name_is_used_once_and_the_database_keeps_the_year(state: Organization) -> None:
    made, _ = token(state)
    with pytest.raises(Refused, match="revoke it first"):
        token(state, name="WAREHOUSE")
    with entered(SYSTEM), pytest.raises(IntegrityError), transaction.atomic():
        ServiceToken.objects.filter(pk=made.pk).update(expires_at=timezone.now() + timedelta(days=400))


def test_nobody_signs_in_as_a_program(client: Client, state: Organization) -> None:
    made, _ = token(state)
    account = made.account
    account.set_password("correct horse battery staple")
    account.save()
    client.post("/accounts/login/", {"login": account.email, "password": "correct horse battery staple"})
    assert who(client) == ""


def test_others_do_not_see_tokens(state: Organization, agencies: list[Organization], pat: Account) -> None:
    token(state)
    lee = Account.objects.create_user("lee@example.gov")
    with entered(SYSTEM):
        Grant.objects.create(account=lee, role=Role.PLANNER, organization=state, since=date(2020, 1, 1))
    seen = {}
    for one in (pat, lee):
        with entered(scope_of(one)):
            seen[one.email] = ServiceToken.objects.count()
    assert seen == {"pat@example.gov": 1, "lee@example.gov": 0}


def test_the_page_makes_shows_once_and_revokes(
    client: Client, agencies: list[Organization], pat: Account
) -> None:
    client.force_login(pat)
    form = {
        "name": "Warehouse",
        "role": "agency_liaison",
        "organization": "harbor",
        "datasets": "office.person",
        "days": "30",
    }
    answer = client.post("/access/tokens/", form)
    found = re.search(r"<code>(sw_[0-9a-f]{12}_[\w-]{43})</code>", answer.content.decode())
    assert found and "no-store" in answer["Cache-Control"]
    assert asked(found.group(1)).status_code == 200
    again = client.get("/access/tokens/").content.decode()
    assert found.group(1) not in again and "Warehouse" in again
    with entered(SYSTEM):
        made = ServiceToken.objects.get()
    assert (made.made_by, made.datasets, made.reads_only) == (pat, ["office.person"], True)
    client.post(f"/access/tokens/{made.pk}/revoke/")
    assert asked(found.group(1)).status_code == 401
    wrong = client.post(
        "/access/tokens/", {**form, "organization": "mars", "datasets": "no.such", "days": "many"}
    )
    page = wrong.content.decode()
    assert wrong.status_code == 400 and "no dataset no.such" in page and 'value="mars"' in page
