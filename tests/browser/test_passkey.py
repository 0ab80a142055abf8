"""A second factor in a real browser: the app's pages without script, and a passkey of Chromium's virtual authenticator."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.browser.conftest import Site, follow
from tests.browser.test_accessible import complaints

pytestmark = pytest.mark.browser
#: Nobody else in these tests signs in with it, so that its second factors disturb nobody.
ROLE = "auditor"


@pytest.fixture
def page(site: Site, chromium: Any) -> Iterator[Any]:
    """A telephone's window with an authenticator in it, at the host name that passkeys are bound to."""
    context = chromium.new_context(viewport={"width": 375, "height": 800})
    made = context.new_page()
    session = context.new_cdp_session(made)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield made
    context.close()


def at(site: Site, path: str) -> str:
    """Return an address at `localhost`: a passkey is bound to a name, never to a number."""
    return site.url.replace("127.0.0.1", "localhost") + path


def fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert complaints(page) == []


def sign_in(page: Any, site: Site) -> None:
    account = site.accounts[ROLE]
    page.goto(at(site, "/accounts/login/"))
    page.get_by_label("Email").fill(account["email"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    follow(page, page.get_by_role("button", name="Sign in", exact=True))


def sign_out(page: Any, site: Site) -> None:
    page.goto(at(site, "/access/you/"))
    follow(page, page.get_by_role("button", name="Sign out", exact=True))


def test_a_passkey_is_added_used_alone_as_second_step_and_removed(page: Any, site: Site) -> None:
    sign_in(page, site)
    page.goto(at(site, "/access/you/"))
    fits(page)
    follow(page, page.get_by_role("link", name="Set one up"))
    fits(page)
    follow(page, page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Password", exact=True).fill(site.accounts[ROLE]["password"])
    fits(page)
    follow(page, page.get_by_role("button", name="Go on"))
    page.get_by_label("What do you call it?").fill("Work laptop")
    fits(page)
    follow(page, page.get_by_role("button", name="Add the passkey"))
    assert len(re.findall(r"<code>\d{8}</code>", page.content())) == 10
    fits(page)
    sign_out(page, site)

    page.goto(at(site, "/accounts/login/"))
    assert not page.locator("#passkey-problem").is_visible(), "said only when something went wrong"
    fits(page)
    follow(page, page.get_by_role("button", name="Sign in with a passkey"))
    assert page.goto(at(site, "/work/")).status == 200
    sign_out(page, site)

    sign_in(page, site)
    assert page.get_by_role("heading", name="Second step").is_visible()
    fits(page)
    follow(page, page.get_by_role("button", name="Use a passkey instead"))
    page.goto(at(site, "/accounts/2fa/"))
    assert "Work laptop" in page.content()
    follow(page, page.get_by_role("link", name="Remove Work laptop"))
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill(site.accounts[ROLE]["password"])
        follow(page, page.get_by_role("button", name="Go on"))
    fits(page)
    follow(page, page.get_by_role("button", name="Remove it"))
    sign_out(page, site)
    sign_in(page, site)
    assert page.goto(at(site, "/work/")).status == 200, "and the password is enough again"


def test_the_app_is_set_up_and_used_without_script(site: Site, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = context.new_page()
    password = site.accounts[ROLE]["password"]
    sign_in(page, site)
    page.goto(at(site, "/accounts/2fa/totp/activate/"))
    page.get_by_label("Password", exact=True).fill(password)
    follow(page, page.get_by_role("button", name="Go on"))
    key = page.locator("#totp-key code").inner_text()
    page.get_by_label("Authenticator code").fill(shown(key))
    follow(page, page.get_by_role("button", name="Use this app"))
    codes = re.findall(r"<code>(\d{8})</code>", page.content())
    assert len(codes) == 10
    sign_out(page, site)
    sign_in(page, site)
    page.get_by_label("Code", exact=True).fill(codes[0])
    follow(page, page.get_by_role("button", name="Sign in", exact=True))
    assert page.goto(at(site, "/work/")).status == 200
    page.goto(at(site, "/accounts/2fa/totp/deactivate/"))
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill(password)
        follow(page, page.get_by_role("button", name="Go on"))
    follow(page, page.get_by_role("button", name="Stop using it"))
    sign_out(page, site)
    sign_in(page, site)
    assert page.goto(at(site, "/work/")).status == 200
    context.close()


def shown(key: str) -> str:
    """Return what the app shows, at a time when it will not change before it is sent."""
    while time.time() % 30 > 25:
        time.sleep(0.5)
    return (
        TOTP(base64.b32decode(key), 6, SHA1(), 30, enforce_key_length=False)
        .generate(int(time.time()))
        .decode()
    )
