"""What every answer carries, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from stateworks.config import health


@pytest.mark.django_db
def test_a_load_balancer_learns_that_all_is_well() -> None:
    assert Client().get("/health/live").json() == {"status": "ok"}
    assert Client().get("/health/ready", headers={"host": "10.1.2.3"}).json() == {
        "status": "ok", "database": "ok", "migrations": "ok", "lake": "ok", "worker": "none",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_load_balancer_learns_in_words_what_is_missing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_known", lambda: {("org", "0001_initial"), ("org", "9999_later")})
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "1 changes wait for `stateworks init`"
    monkeypatch.undo()
    settings.STATEWORKS_HOME = settings.LAKE_ROOT.parent
    (settings.STATEWORKS_HOME / "restoring.json").write_text("{}")
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["lake"]) == (503, "is being restored")


def test_without_a_database_it_lives_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise OperationalError("the server went away")

    monkeypatch.setattr(health.connection, "cursor", broken)
    assert Client().get("/health/live").status_code == 200
    assert Client().get("/health/ready").status_code == 503


@pytest.mark.django_db
def test_nothing_from_elsewhere_may_load_run_or_frame_a_page() -> None:
    answer = Client().get("/accounts/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_nobody_makes_an_account_of_his_own() -> None:
    answer = Client().get("/accounts/signup/")
    assert b"<form" not in answer.content or b"password1" not in answer.content
    Client().post(
        "/accounts/signup/", {"email": "a@example.gov", "password1": "x" * 20, "password2": "x" * 20}
    )
    from stateworks.kernel.access.models import Account

    assert not Account.objects.filter(email="a@example.gov").exists()


@pytest.mark.django_db
def test_guessing_a_password_is_stopped() -> None:
    from stateworks.kernel.access.models import Account

    Account.objects.create_user("clerk@example.gov", "a long enough password")
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "clerk@example.gov", "password": "wrong"})
    answer = client.post(
        "/accounts/login/", {"login": "clerk@example.gov", "password": "a long enough password"}
    )
    assert "_auth_user_id" not in client.session, "the right password comes too late after five wrong ones"
    assert answer.status_code in {200, 429}


@pytest.mark.django_db
def test_behind_a_proxy_one_client_does_not_lock_the_others_out(settings: Any) -> None:
    from stateworks.kernel.access.models import Account

    Account.objects.create_user("clerk@example.gov", "a long enough password")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    right = {"login": "clerk@example.gov", "password": "a long enough password"}
    outcomes = {}
    for number in range(12):
        guess = {"login": f"nobody{number}@example.gov", "password": "wrong"}
        Client(headers={"x-forwarded-for": "203.0.113.7"}).post("/accounts/login/", guess)
    for address in ("203.0.113.7", "198.51.100.9"):
        client = Client(headers={"x-forwarded-for": address})
        client.post("/accounts/login/", right)
        outcomes[address] = "_auth_user_id" in client.session
    assert outcomes == {"203.0.113.7": False, "198.51.100.9": True}


@pytest.mark.django_db
def test_the_right_password_signs_in() -> None:
    from stateworks.kernel.access.models import Account

    account = Account.objects.create_user("clerk@example.gov", "a long enough password")
    client = Client()
    client.post("/accounts/login/", {"login": "clerk@example.gov", "password": "a long enough password"})
    assert client.session["_auth_user_id"] == str(account.pk)


@pytest.mark.django_db  # the end of any answer looks after the connections
def test_the_style_sheet_is_served_compressed() -> None:
    answer = Client().get("/static/stateworks/dist/stateworks.css", headers={"accept-encoding": "br, gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    answer.close()


@pytest.mark.django_db
def test_a_character_that_no_text_holds_is_refused_in_words() -> None:
    for path in ("/inventory/impact/", "/search/", "/no\0where/"):
        answer = Client().get(path, {"q": "a\0b"})
        assert answer.status_code == (404 if "where" in path else 400)
    asked = Client().get("/api/v1/plans", {"q": "\0"})
    assert asked.status_code == 400 and "number zero" in asked.json()["error"]
    sent = Client().post("/accounts/login/", {"login": "a\0b@example.gov", "password": "x"})
    assert sent.status_code == 400
