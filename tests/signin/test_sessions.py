"""How long a session lasts, what ends it, and a site without passwords."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from stateworks.kernel.access import break_glass as glass
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.sessions import BEGAN, SEEN
from stateworks.kernel.access.verbs import create_account, deactivate_account, grant, reactivate_account
from stateworks.kernel.errors import Refused
from tests.signin.conftest import AT, HOST, PASSWORD, record, who
from tests.signin.openid_provider import OpenIDProvider
from tests.signin.test_openid import sign_in as sign_in_with_provider

WORK = "/work/"


def inside(client: Client) -> bool:
    return bool(client.get(WORK).status_code == 200)


def signed_in(account: Account) -> Client:
    client = Client(HTTP_HOST=HOST)
    client.force_login(Account.objects.get(pk=account.pk))
    return client


def age(client: Client, mark: str, seconds: int) -> None:
    """Move a session's mark into the past."""
    session = client.session
    session[mark] -= seconds
    session.save()


@pytest.mark.parametrize(
    ("mark", "seconds", "stays"),
    [(SEEN, 3590, True), (SEEN, 3600, False), (BEGAN, 12 * 3600 - 10, True), (BEGAN, 12 * 3600, False)],
)
def test_a_session_ends_by_itself(client: Client, pat: Account, mark: str, seconds: int, stays: bool) -> None:
    browser = signed_in(pat)
    age(browser, mark, seconds)
    assert inside(browser) == stays
    if not stays:
        assert "You were signed out" in browser.get("/accounts/login/").content.decode()
        assert record("sign out")[0]["subject"] == "account pat@example.gov"


def test_a_request_keeps_a_session_awake_but_not_for_ever(client: Client, pat: Account) -> None:
    browser = signed_in(pat)
    for _ in range(3):
        age(browser, SEEN, 3000)
        assert inside(browser)
    age(browser, BEGAN, 12 * 3600)
    assert not inside(browser)


def test_signing_out_everywhere(client: Client, pat: Account) -> None:
    here, there = signed_in(pat), signed_in(pat)
    assert here.post("/access/you/sign-out/").status_code == 302
    assert not inside(here) and not inside(there)
    assert inside(signed_in(pat))
    assert record("end sessions")[0]["by"] == pat.pk


def test_an_administrator_ends_the_sessions_of_others_and_nobody_else_does(
    client: Client, pat: Account
) -> None:
    lee = Account.objects.create_user("lee@example.gov")
    browser = signed_in(lee)
    administrator = signed_in(pat)
    page = f"/access/accounts/{lee.pk}/"
    assert administrator.post(f"{page}act/", {"what": "end"}).status_code == 400
    assert inside(browser), "not without a reason"
    administrator.post(f"{page}act/", {"what": "end", "reason": "Lost laptop"})
    assert not inside(browser)
    assert (
        signed_in(lee).post(f"/access/accounts/{pat.pk}/act/", {"what": "end", "reason": "x"}).status_code
        == 403
    )
    assert inside(administrator)


def test_a_new_password_ends_the_sessions_elsewhere(client: Client, pat: Account) -> None:
    pat.set_password(PASSWORD)
    pat.save()
    here, there = signed_in(pat), signed_in(pat)
    new = "another long enough phrase"
    done = here.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert done.status_code == 302
    assert inside(here) and not inside(there)


def test_a_session_of_a_closed_account_does_not_wake_up(client: Client, pat: Account) -> None:
    with entered(SYSTEM):
        lee = create_account("lee@example.gov", by=None, at=AT)
    browser = signed_in(lee)
    with entered(SYSTEM):
        deactivate_account(lee, reason="Left", by=None, at=AT)
    assert not inside(browser)
    with entered(SYSTEM):
        reactivate_account(lee, reason="Came back", by=None, at=AT)
    assert not inside(browser)


def test_without_passwords(client: Client, openid: OpenIDProvider, pat: Account, settings: Any) -> None:
    pat.set_password(PASSWORD)
    pat.save()
    settings.PASSWORDS_ALLOWED = False
    page = client.get("/accounts/login/").content.decode()
    assert 'type="password"' not in page and "/accounts/password/reset/" not in page
    client.post("/accounts/login/", {"login": pat.email, "password": PASSWORD})
    assert who(client) == ""
    for path in ("reset/", "reset/done/", "reset/key/1-x/", "change/", "set/"):
        assert signed_in(pat).get(f"/accounts/password/{path}").status_code == 404
    sign_in_with_provider(client)
    assert who(client) == pat.email
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200, (
        "there is no password to confirm with"
    )


# -- break glass


def link(account: Account, at: Any = None) -> str:
    from django.utils import timezone

    with entered(SYSTEM):
        _, secret = glass.break_glass(
            account, reason="The provider is down", made_by="root", at=at or timezone.now()
        )
    return f"/accounts/break-glass/{secret}/"


def test_break_glass_opens_once_and_everybody_is_told(client: Client, pat: Account, settings: Any) -> None:
    settings.PASSWORDS_ALLOWED, settings.SECOND_FACTOR_ROLES = False, ["administrator"]
    with entered(SYSTEM):
        lee = create_account("lee@example.gov", by=None, at=AT)
        state = pat.grants.get().organization
        grant(lee, "administrator", state, by=None, at=AT)
    opens = link(pat)
    for _ in range(2):
        page = client.get(opens).content.decode()
        assert "pat@example.gov" in page and "The provider is down" in page and who(client) == ""
    assert client.post(opens)["Location"] == "/access/accounts/"
    assert who(client) == pat.email and inside(client)
    assert mail.outbox[0].to == ["lee@example.gov", "pat@example.gov"]
    secret = opens.split("/")[-2]
    assert secret not in mail.outbox[0].body
    other = Client(HTTP_HOST=HOST)
    assert other.post(opens).status_code == 404 and who(other) == ""
    for path in ("/access/accounts/", "/work/"):
        assert "The provider is down" in signed_in_past(lee).get(path).content.decode()
    made, used = record("break glass", "use break glass")
    assert (made["made by"], used["address"]) == ("root", "127.0.0.1")
    assert record("sign in")[0]["with"] == "break glass"
    age(client, "access_ends", 3600)
    assert not inside(client), "its session lasts an hour"


def signed_in_past(account: Account) -> Client:
    """Sign somebody in who has a second factor already."""
    client = signed_in(account)
    session = client.session
    session["access_second_factor"] = True
    session.save()
    return client


def test_a_link_is_soon_too_old_and_a_newer_one_replaces_it(client: Client, pat: Account) -> None:
    from django.utils import timezone

    old = link(pat, at=timezone.now() - glass.LASTS)
    assert client.get(old).status_code == 404
    first, second = link(pat), link(pat)
    assert client.post(first).status_code == 404
    assert client.post(second).status_code == 302
    assert client.get("/accounts/break-glass/x/").status_code == 404


def test_guessing_links_is_slowed_down(client: Client, pat: Account) -> None:
    for guess in range(10):
        client.get(f"/accounts/break-glass/{guess}/")
    assert client.post(link(pat)).status_code == 429


def test_break_glass_is_for_administrators(client: Client, pat: Account) -> None:
    lee = Account.objects.create_user("lee@example.gov")
    with pytest.raises(Refused, match="is no administrator"):
        link(lee)
    with entered(SYSTEM), pytest.raises(Refused, match="Say why"):
        glass.break_glass(pat, reason=" ", made_by="root", at=AT)
    pat.is_active = False
    with pytest.raises(Refused, match="is closed"):
        link(pat)


# -- the pages of accounts


def test_the_pages_show_and_do_what_an_administrator_needs(client: Client, pat: Account) -> None:
    with entered(SYSTEM):
        lee = create_account("lee@example.gov", name="Lee", by=None, at=AT)
        grant(lee, "auditor", pat.grants.get().organization, by=None, at=AT)
    browser = signed_in(pat)
    listed = browser.get("/access/accounts/?q=LEE").content.decode()
    assert (
        "lee@example.gov" in listed and "Auditor for Meridian" in listed and "pat@example.gov" not in listed
    )
    act = f"/access/accounts/{lee.pk}/act/"
    assert browser.post(act, {"what": "close", "reason": "Left"}).status_code == 302
    lee.refresh_from_db()
    assert not lee.is_active
    page = browser.get(f"/access/accounts/{lee.pk}/").content.decode()
    assert "deactivate account" in page and "Left" in page and "Open the account again" in page
    browser.post(act, {"what": "open", "reason": "Came back"})
    lee.refresh_from_db()
    assert lee.is_active
    own = f"/access/accounts/{pat.pk}/act/"
    refused = browser.post(own, {"what": "close", "reason": "By mistake"})
    assert refused.status_code == 400 and "last administrator" in refused.content.decode()
    assert browser.post(act, {"what": "promote", "reason": "x"}).status_code == 404
    assert browser.get("/access/accounts/99999/").status_code == 404
