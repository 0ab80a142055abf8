"""Sign-in with OpenID Connect: redirects, codes and tokens are real; each claim of the token is spoiled once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from stateworks.config.signin.providers import providers
from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from tests.signin.conftest import HOST, record, who
from tests.signin.openid_provider import OpenIDProvider

LOGIN = "/accounts/oidc/oidc/login/"


def sent(client: Client, begin: str = LOGIN) -> str:
    """Go to the provider, and return the address that it sends the browser back to."""
    begun = client.get(begin)
    assert begun.status_code == 302, begun.content
    back = requests.get(begun["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    assert parts.netloc == HOST
    return f"{parts.path}?{parts.query}"


def sign_in(client: Client, begin: str = LOGIN) -> Any:
    return client.get(sent(client, begin))


def test_the_page_offers_the_provider(client: Client, openid: OpenIDProvider, pat: Account) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert f'href="{LOGIN}' in page
    assert "Sign in with your work account" in page
    assert 'type="password"' in page


def test_an_account_is_found_by_its_verified_address(
    client: Client, openid: OpenIDProvider, pat: Account
) -> None:
    answer = sign_in(client, f"{LOGIN}?next=/work/")
    assert answer["Location"] == "/work/"
    assert who(client) == "pat@example.gov"
    (entry,) = record("sign in")
    assert (entry["subject"], entry["by"], entry["with"], entry["address"]) == (
        "account pat@example.gov", pat.pk, "oidc", "127.0.0.1",
    )  # fmt: skip
    assert record("tie identity")[0]["identity"] == "17"
    asked = openid.asked[0]
    assert asked["nonce"] and asked["code_challenge"]


def test_a_known_identity_outlives_its_address(client: Client, openid: OpenIDProvider, pat: Account) -> None:
    sign_in(client)
    openid.person = {"sub": "17", "email": "pat.new@example.gov", "email_verified": False}
    again = Client(HTTP_HOST=HOST)
    sign_in(again)
    assert who(again) == "pat@example.gov"


def test_an_address_that_went_to_somebody_else_opens_nothing(
    client: Client, openid: OpenIDProvider, pat: Account
) -> None:
    sign_in(client)
    openid.person["sub"] = "18"
    other = Client(HTTP_HOST=HOST)
    answer = sign_in(other)
    assert answer.status_code == 403
    assert "belongs to another identity" in answer.content.decode()
    assert who(other) == ""


@pytest.mark.parametrize("verified", [False, None, "no", 1])
def test_an_address_that_is_not_verified_opens_nothing(
    client: Client, openid: OpenIDProvider, pat: Account, verified: Any
) -> None:
    openid.person["email_verified"] = verified
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (403, "")
    assert "is not confirmed" in answer.content.decode()


def test_a_domain_of_ours_is_vouched_for(
    client: Client, openid: OpenIDProvider, pat: Account, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("STATEWORKS_SIGNIN_DOMAINS", "example.gov")
    settings.SOCIALACCOUNT_PROVIDERS = providers()
    del openid.person["email_verified"]
    sign_in(client)
    assert who(client) == "pat@example.gov"
    openid.person = {"sub": "19", "email": "pat@example.gov.attacker.example"}
    other = Client(HTTP_HOST=HOST)
    assert sign_in(other).status_code == 403


def test_without_an_account_the_page_says_what_to_do(
    client: Client, openid: OpenIDProvider, pat: Account
) -> None:
    openid.person = {"sub": "20", "email": "lee@example.gov", "email_verified": True}
    answer = sign_in(client)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "There is no account for you here" in page and "lee@example.gov" in page
    assert not Account.objects.filter(email="lee@example.gov").exists()
    assert record("fail to sign in")[0]["why"] == "no account: lee@example.gov"


def test_where_the_setting_says_so_an_account_is_made_and_may_nothing(
    client: Client, openid: OpenIDProvider, pat: Account, settings: Any
) -> None:
    settings.SIGNIN_MAKES_ACCOUNTS = True
    openid.person = {"sub": "20", "email": "Lee@Example.gov", "email_verified": True, "name": "Lee"}
    sign_in(client)
    assert who(client) == "lee@example.gov"
    lee = Account.objects.get(email="lee@example.gov")
    assert (lee.name, lee.has_usable_password()) == ("Lee", False)
    with entered(SYSTEM):
        assert not Grant.objects.filter(account=lee).exists()
    assert client.get("/data/quarantine/").status_code == 403
    openid.person = {"sub": "21", "email": "kim@example.gov", "email_verified": False}
    other = Client(HTTP_HOST=HOST)
    assert sign_in(other).status_code == 403, "not for an address that nobody vouches for"


def test_a_closed_account_stays_closed(client: Client, openid: OpenIDProvider, pat: Account) -> None:
    sign_in(client)
    Account.objects.filter(pk=pat.pk).update(is_active=False)
    other = Client(HTTP_HOST=HOST)
    assert "This account is closed" in sign_in(other).content.decode()
    assert client.get("/work/").status_code in (302, 403), "and its session is over"


def test_address_from_the_user_info(client: Client, openid: OpenIDProvider, pat: Account) -> None:
    openid.person = {"sub": "17"}
    openid.userinfo = {"sub": "17", "email": "pat@example.gov", "email_verified": True}
    sign_in(client)
    assert who(client) == "pat@example.gov"
    openid.userinfo = {"sub": "99", "email": "pat@example.gov", "email_verified": True}
    other = Client(HTTP_HOST=HOST)
    assert sign_in(other).status_code == 401


def put(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(changed)


NOW = int(time.time())
SPOILED = {
    "wrong audience": (put(aud="somebody-else"), "Audience doesn't match"),
    "several audiences and not the one it was made for": (
        put(aud=["stateworks", "other"], azp="other"),
        "another client",
    ),
    "wrong issuer": (put(iss="https://evil.example"), "Invalid issuer"),
    "wrong nonce": (put(nonce="replayed"), "nonce"),
    "no nonce": (put(nonce=None), "nonce"),
    "expired": (put(exp=NOW - 3600, iat=NOW - 3700), "expired"),
    "not made yet": (put(iat=NOW + 86400, exp=NOW + 90000), "not yet valid"),
    "made long ago": (put(iat=NOW - 86400), "too long ago"),
    "no end": (put(exp=None), "exp"),
    "no subject": (put(sub=None), "sub"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_token_that_does_not_fit_is_refused(
    client: Client, openid: OpenIDProvider, pat: Account, how: str
) -> None:
    openid.spoil, words = SPOILED[how]
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (401, "")
    assert "The sign-in did not work" in answer.content.decode()
    assert words in record("fail to sign in")[0]["why"]


@pytest.mark.parametrize("how", ["signed_by_another", "signed_with_the_public_key", "unsigned"])
def test_a_forged_signature_is_refused(
    client: Client, openid: OpenIDProvider, pat: Account, how: str
) -> None:
    openid.forge = getattr(openid, how)
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (401, "")
    assert "ID token refused" in record("fail to sign in")[0]["why"]


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c", "e30.e30.e30"])
def test_what_is_no_token_is_refused(
    client: Client, openid: OpenIDProvider, pat: Account, rubbish: str
) -> None:
    openid.forge = lambda _: rubbish
    assert sign_in(client).status_code == 401


def test_the_way_back_opens_once_and_for_the_same_browser(
    client: Client, openid: OpenIDProvider, pat: Account
) -> None:
    back = sent(client)
    thief = Client(HTTP_HOST=HOST)
    assert thief.get(back).status_code == 401
    assert who(thief) == ""
    back = sent(client)
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 401
    assert who(client) == ""


def test_left_before_the_end(client: Client, openid: OpenIDProvider, pat: Account) -> None:
    openid.cancelled = True
    answer = sign_in(client)
    assert answer["Location"] == "/accounts/provider/cancelled/"
    assert "was left before its end" in client.get(answer["Location"]).content.decode()


def test_nothing_of_the_address_reaches_the_provider(
    client: Client, openid: OpenIDProvider, pat: Account
) -> None:
    begun = client.get(
        f"{LOGIN}?auth_params=nonce%3Dmine%26prompt%3Dnone&scope=admin&process=connect&next=//evil.example/"
    )
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert asked["nonce"] != ["mine"] and "prompt" not in asked and "admin" not in asked["scope"][0]
    answer = sign_in(client, f"{LOGIN}?process=connect&next=https://evil.example/")
    assert answer["Location"] == "/"


def test_a_provider_that_is_away_is_told(
    client: Client, pat: Account, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("STATEWORKS_OIDC_ISSUER", "http://127.0.0.1:1")
    monkeypatch.setenv("STATEWORKS_OIDC_CLIENT_ID", "x")
    settings.SOCIALACCOUNT_PROVIDERS = providers()
    answer = client.get(LOGIN)
    assert answer.status_code == 401
    assert "The sign-in did not work" in answer.content.decode()


def test_without_a_provider_there_is_nothing(client: Client, pat: Account) -> None:
    assert client.get(LOGIN).status_code == 404
    assert client.get("/accounts/saml/saml/login/").status_code == 404
    assert "Sign in with" not in client.get("/accounts/login/").content.decode().replace(
        "Sign in with a passkey", ""
    )


@pytest.mark.parametrize(
    ("issuer", "client_id", "words"),
    [
        ("https://login.example.gov", "", "STATEWORKS_OIDC_CLIENT_ID"),
        ("http://login.example.gov", "x", "https://"),
        ("login.example.gov", "x", "https://"),
    ],
)
def test_a_provider_named_by_half_is_refused(
    monkeypatch: pytest.MonkeyPatch, issuer: str, client_id: str, words: str
) -> None:
    monkeypatch.setenv("STATEWORKS_OIDC_ISSUER", issuer)
    monkeypatch.setenv("STATEWORKS_OIDC_CLIENT_ID", client_id)
    with pytest.raises(ImproperlyConfigured, match=words):
        providers()
