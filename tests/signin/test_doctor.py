"""What the doctor says about signing in."""

from __future__ import annotations

from typing import Any

import pytest

from stateworks.cli.doctor import sign_in
from stateworks.kernel.errors import Refused


def test_the_ways_in_are_named(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert sign_in() == "passwords; second factor where people set one up"
    monkeypatch.setenv("STATEWORKS_OIDC_ISSUER", "https://login.example.gov")
    settings.SECOND_FACTOR_ROLES = ["administrator", "data_steward"]
    assert sign_in() == "passwords and OpenID Connect; second factor for administrator, data steward"


def test_a_closed_house_and_a_blind_provider_are_told(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PASSWORDS_ALLOWED = False
    with pytest.raises(Refused, match="Nobody can sign in but by break glass"):
        sign_in()
    monkeypatch.setenv("STATEWORKS_SAML_METADATA", "/etc/idp.xml")
    with pytest.raises(Refused, match="set STATEWORKS_SIGNIN_DOMAINS"):
        sign_in()
    monkeypatch.setenv("STATEWORKS_SIGNIN_DOMAINS", "example.gov")
    assert sign_in().startswith("SAML;")
