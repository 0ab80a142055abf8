"""Sign-in with SAML: requests, responses and signatures are real; each thing that must fit is spoiled once."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client
from lxml import etree

from stateworks.config.signin.providers import providers
from stateworks.kernel.access.models import Account
from tests.signin.conftest import HOST, record, who
from tests.signin.saml_provider import SamlProvider, stamp

LOGIN, ACS = "/accounts/saml/saml/login/", "/accounts/saml/saml/acs/"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"


def response_of(client: Client, begin: str = LOGIN) -> str:
    """Go to the provider, and return the response that its form would post."""
    begun = client.get(begin)
    assert begun.status_code == 302, begun.content
    return requests.get(begun["Location"], timeout=10).text


def posted(client: Client, response: str) -> Any:
    """Post the response as the provider's page does, and go where that leads."""
    strict = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    strict.cookies = client.cookies
    taken = strict.post(ACS, {"SAMLResponse": response, "RelayState": ""})
    assert taken.status_code == 302, taken.content
    return client.get(taken["Location"])


def sign_in(client: Client, begin: str = LOGIN) -> Any:
    return posted(client, response_of(client, begin))


def test_an_account_is_found_by_its_address(client: Client, saml: SamlProvider, pat: Account) -> None:
    answer = sign_in(client, f"{LOGIN}?next=/work/")
    assert answer["Location"] == "/work/", answer.content
    assert who(client) == "pat@example.gov"
    assert record("sign in")[0]["with"] == "saml"
    assert record("tie identity")[0]["identity"] == "person-17"
    again = Client(HTTP_HOST=HOST)
    saml.email = "pat.new@elsewhere.example"
    sign_in(again)
    assert who(again) == "pat@example.gov", "the identity is known now"


def test_metadata_from_a_file(
    client: Client,
    saml: SamlProvider,
    pat: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    file = tmp_path / "idp metadata.xml"
    file.write_text(saml.metadata())
    monkeypatch.setenv("STATEWORKS_SAML_METADATA", str(file))
    settings.SOCIALACCOUNT_PROVIDERS = providers()
    sign_in(client)
    assert who(client) == "pat@example.gov"


def test_an_address_of_another_domain_opens_nothing(client: Client, saml: SamlProvider, pat: Account) -> None:
    Account.objects.create_user("lee@elsewhere.example")
    saml.email = "lee@elsewhere.example"
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (403, "")
    assert "is not confirmed" in answer.content.decode()


def test_without_an_account_the_page_says_what_to_do(
    client: Client, saml: SamlProvider, pat: Account
) -> None:
    saml.email = "lee@example.gov"
    answer = sign_in(client)
    assert answer.status_code == 403
    assert "There is no account for you here" in answer.content.decode()


LATER, EARLIER = datetime.now(UTC) + timedelta(hours=2), datetime.now(UTC) - timedelta(hours=2)
SPOILED = {
    "audience": {"audience": "https://somebody-else.example/"},
    "issuer": {"issuer": "https://evil.example"},
    "recipient": {"recipient": "https://evil.example/acs"},
    "destination": {"destination": "https://evil.example/acs"},
    "expired": {"since": stamp(EARLIER), "until": stamp(EARLIER + timedelta(minutes=5))},
    "not yet": {"since": stamp(LATER), "until": stamp(LATER + timedelta(minutes=5))},
    "asked by nobody": {"asked": "_never-asked"},
}


@pytest.mark.parametrize("how", SPOILED)
def test_an_answer_that_does_not_fit_is_refused(
    client: Client, saml: SamlProvider, pat: Account, how: str
) -> None:
    saml.spoil = SPOILED[how]
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (401, "")
    assert "The sign-in did not work" in answer.content.decode()
    assert record("fail to sign in")


def other_address(response: Any) -> None:
    response.find(f".//{ASSERTION[:-9]}AttributeValue").text = "boss@example.gov"


def wrapped(response: Any) -> None:
    """Put a second assertion before the signed one, as signature wrapping does."""
    signed = response.find(ASSERTION)
    forged = copy.deepcopy(signed)
    forged.set("ID", "_forged")
    forged.remove(forged.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    forged.find(f".//{ASSERTION[:-9]}AttributeValue").text = "boss@example.gov"
    response.insert(list(response).index(signed), forged)


@pytest.mark.parametrize("how", ["changed", "wrapped", "unsigned", "by another"])
def test_a_forged_assertion_is_refused(client: Client, saml: SamlProvider, pat: Account, how: str) -> None:
    Account.objects.create_user("boss@example.gov")
    saml.signs, saml.by_another = how != "unsigned", how == "by another"
    if how in {"changed", "wrapped"}:
        saml.forge = other_address if how == "changed" else wrapped
    answer = sign_in(client)
    assert (answer.status_code, who(client)) == (401, "")


@pytest.mark.parametrize(
    "rubbish", ["", "x", "PHg+", "PCFET0NUWVBFIHggWzwhRU5USVRZIGEgImIiPl0+PHg+JmE7PC94Pg=="]
)
def test_what_is_no_response_is_refused(
    client: Client, saml: SamlProvider, pat: Account, rubbish: str
) -> None:
    answer = posted(client, rubbish)
    assert (answer.status_code, who(client)) == (401, "")


def test_a_response_opens_once_and_for_the_same_browser(
    client: Client, saml: SamlProvider, pat: Account
) -> None:
    response = response_of(client)
    thief = Client(HTTP_HOST=HOST)
    assert posted(thief, response).status_code == 401
    assert who(thief) == ""
    assert posted(client, response).status_code == 302
    client.post("/accounts/logout/")
    assert posted(client, response).status_code == 401
    assert who(client) == ""


def test_the_site_describes_itself(client: Client, saml: SamlProvider, pat: Account) -> None:
    answer = client.get("/accounts/saml/saml/metadata/")
    told = etree.fromstring(answer.content)
    (where,) = told.iter("{urn:oasis:names:tc:SAML:2.0:metadata}AssertionConsumerService")
    assert where.get("Location") == f"http://{HOST}{ACS}"
    assert told.get("entityID") == f"http://{HOST}/accounts/saml/saml/metadata/"
    assert not list(told.iter("{urn:oasis:names:tc:SAML:2.0:metadata}SingleLogoutService"))
    assert client.get("/accounts/saml/saml/sls/").status_code == 404
    assert urlsplit(client.get(LOGIN)["Location"]).netloc == urlsplit(saml.entity).netloc
