"""Second factors without a script: set up, asked for, refused, recovered, and forced where a role says so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from stateworks.config.signin.second_factor import connect
from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.verbs import forget_second_factor
from stateworks.kernel.org.models import Organization
from tests.signin.conftest import AT, HOST, PASSWORD, record, who
from tests.signin.openid_provider import OpenIDProvider
from tests.signin.test_openid import sign_in as sign_in_with_provider

LOGIN, INDEX, APP, CODE = (
    "/accounts/login/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/authenticate/",
)
Commits = Callable[..., Any]


@pytest.fixture(autouse=True)
def lenient_clock(settings: Any) -> None:
    """A code of the half minute before still counts: a test must not fail at its turn."""
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def forced(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["administrator", "approver"]


def code_of(secret: str, later: int = 0) -> str:
    """Return what the app on the phone shows now, or some half minutes later."""
    import base64

    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return app.generate(int(time.time()) + 30 * later).decode()


def set_up(client: Client, commits: Commits) -> tuple[str, list[str]]:
    """Set an app up as a person does, and return its key and the recovery codes."""
    page = client.get(APP).content.decode()
    found = re.search(r"Key: <code>([A-Z2-7]+)</code>", page)
    assert found, page
    with commits(execute=True):
        done = client.post(APP, {"code": code_of(found.group(1))})
    assert done.status_code == 302, done.content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", client.get(done["Location"]).content.decode())
    return found.group(1), codes


def with_password(account: Account) -> None:
    account.set_password(PASSWORD)
    account.save()


def test_a_role_that_needs_one_leads_to_it_and_nowhere_else(
    client: Client, pat: Account, forced: None, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    for path in ("/", "/work/", "/data/", "/access/accounts/", "/access/you/", "/accounts/password/change/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, INDEX), path
    told = client.get("/api/v1/datasets")
    assert told.status_code == 403 and "second factor" in told.json()["error"]
    assert client.post("/access/you/sign-out/")["Location"] == INDEX
    assert "set one up here first" in client.get(INDEX).content.decode()
    secret, codes = set_up(client, django_capture_on_commit_callbacks)
    assert len(codes) == 10
    assert client.get("/work/").status_code == 200
    added = {entry["factor"] for entry in record("add second factor")}
    assert added == {"totp", "recovery_codes"}
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept, "a copy of the database does not give the key away"
    with entered(SYSTEM):
        assert secret not in str(record("add second factor"))


def test_recovery_codes_are_shown_once(
    client: Client, pat: Account, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    _, codes = set_up(client, django_capture_on_commit_callbacks)
    client.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})
    again = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert codes[1] not in again and "9 of 10 are left" in again


def test_other_roles_are_not_asked(client: Client, state: Organization, forced: None) -> None:
    lee = Account.objects.create_user("lee@example.gov")
    with entered(SYSTEM):
        Grant.objects.create(account=lee, role=Role.AUDITOR, organization=state, since=date(2020, 1, 1))
    client.force_login(lee)
    assert client.get("/work/").status_code == 200
    with entered(SYSTEM):
        Grant.objects.create(account=lee, role=Role.APPROVER, organization=state, since=date(2020, 1, 1))
    assert client.get("/work/")["Location"] == INDEX, "and at once when a role is given that needs one"


def test_the_second_step(client: Client, pat: Account, django_capture_on_commit_callbacks: Commits) -> None:
    with_password(pat)
    client.force_login(pat)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret, codes = set_up(client, django_capture_on_commit_callbacks)
    other = Client(HTTP_HOST=HOST)
    assert other.post(LOGIN, {"login": pat.email, "password": PASSWORD})["Location"] == CODE
    assert who(other) == ""
    assert other.get("/work/").status_code == 302, "half a sign-in opens nothing"
    assert "Incorrect code" in other.post(CODE, {"code": "000000"}).content.decode()
    assert record("fail second factor")[0]["subject"] == "account pat@example.gov"
    right = code_of(secret, later=1)
    assert other.post(CODE, {"code": right}).status_code == 302
    assert who(other) == pat.email
    assert record("use second factor")[-1]["factor"] == "totp"
    replayed = Client(HTTP_HOST=HOST)
    replayed.post(LOGIN, {"login": pat.email, "password": PASSWORD})
    assert replayed.post(CODE, {"code": right}).status_code == 200, "a code counts once"
    assert replayed.post(CODE, {"code": codes[0]}).status_code == 302
    assert who(replayed) == pat.email
    third = Client(HTTP_HOST=HOST)
    third.post(LOGIN, {"login": pat.email, "password": PASSWORD})
    assert third.post(CODE, {"code": codes[0]}).status_code == 200, "and a recovery code, too"


def test_guessing_codes_is_slowed_down(
    client: Client, pat: Account, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    secret, _ = set_up(client, django_capture_on_commit_callbacks)
    with_password(pat)
    other = Client(HTTP_HOST=HOST)
    other.post(LOGIN, {"login": pat.email, "password": PASSWORD})
    for guess in range(5):
        other.post(CODE, {"code": f"00000{guess}"})
    other.post(CODE, {"code": code_of(secret, later=1)})
    assert who(other) == ""


def test_after_the_provider_the_second_step_is_asked(
    client: Client, openid: OpenIDProvider, pat: Account, django_capture_on_commit_callbacks: Commits
) -> None:
    sign_in_with_provider(client)
    set_up(client, django_capture_on_commit_callbacks)
    other = Client(HTTP_HOST=HOST)
    assert sign_in_with_provider(other)["Location"] == CODE
    assert who(other) == ""


def test_who_needs_one_cannot_give_it_up_and_a_lost_one_is_removed(
    client: Client, pat: Account, forced: None, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    _, codes = set_up(client, django_capture_on_commit_callbacks)
    client.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=pat, type="totp").exists()
    with entered(SYSTEM):
        assert forget_second_factor(pat, reason="Lost the phone", by=None, at=AT) == 2
    assert client.get("/access/you/").status_code == 302 and who(Client(HTTP_HOST=HOST)) == ""
    client.force_login(Account.objects.get(pk=pat.pk))
    assert client.get("/work/")["Location"] == INDEX


def test_a_new_key_of_the_site_is_told_and_the_old_one_may_stay(
    client: Client, pat: Account, settings: Any, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    secret, _ = set_up(client, django_capture_on_commit_callbacks)
    factor = Authenticator.objects.get(user=pat, type="totp").wrap()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key of the site, long enough to be one"
    with pytest.raises(Exception, match="the site's key is new"):
        factor.validate_code(code_of(secret, later=1))
    settings.SECRET_KEY_FALLBACKS = [old]
    assert factor.validate_code(code_of(secret, later=1))


def test_a_role_that_is_none_stops_the_start(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["king"]
    with pytest.raises(ImproperlyConfigured, match="'king', which is no role; the roles are administrator"):
        connect()


def test_no_page_of_it_needs_a_script_of_its_own(
    client: Client, pat: Account, django_capture_on_commit_callbacks: Commits
) -> None:
    client.force_login(pat)
    for path in (INDEX, APP, "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/"):
        page = client.get(path).content.decode()
        assert page.count("<h1") == 1 and '<main id="main"' in page
        assert not re.search(r"<script(?![^>]*(src=|application/json))|\sstyle=|\son[a-z]+=", page), path
