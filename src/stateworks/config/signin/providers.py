"""The identity providers that the environment names, as allauth reads them; at most one of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from stateworks.config import environment

OIDC, SAML = "oidc", "saml"
"""The names under which the providers' addresses and identities are kept; never change them."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def providers() -> dict[str, dict[str, Any]]:
    """Return allauth's setting; a provider that is named by half is refused."""
    return {
        "openid_connect": {
            "provider_class": "stateworks.config.signin.oidc.Provider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": oidc(),
        },
        "saml": {"provider_class": "stateworks.config.signin.saml.Provider", "APPS": saml()},
    }


def oidc() -> list[dict[str, Any]]:
    """Return the OpenID Connect provider, or nothing where none is named."""
    if not environment.OIDC_ISSUER.is_set():
        return []
    if not environment.OIDC_CLIENT_ID.is_set():
        raise ImproperlyConfigured(
            "STATEWORKS_OIDC_ISSUER is set without STATEWORKS_OIDC_CLIENT_ID; register the site with the provider, "
            "which gives an ID and a secret."
        )
    issuer = safe(environment.OIDC_ISSUER)
    return [
        {
            "provider_id": OIDC,
            "name": environment.SIGNIN_NAME.read(),
            "client_id": environment.OIDC_CLIENT_ID.read(),
            "secret": environment.OIDC_CLIENT_SECRET.read(),
            "settings": {"server_url": issuer, **domains()},
        }
    ]


def saml() -> list[dict[str, Any]]:
    """Return the SAML provider, or nothing where none is named."""
    if not environment.SAML_METADATA.is_set():
        return []
    where = environment.SAML_METADATA.read()
    where = safe(environment.SAML_METADATA) if "://" in where else Path(where).absolute().as_uri()
    return [
        {
            "provider_id": SAML,
            "name": environment.SIGNIN_NAME.read(),
            "client_id": SAML,
            "settings": {
                "idp": {"entity_id": environment.SAML_ENTITY.read() or None, "metadata_url": where},
                "advanced": {"strict": True, "want_assertion_signed": True, "reject_idp_initiated_sso": True},
                "attribute_mapping": ATTRIBUTES,
                **domains(),
            },
        }
    ]


#: Names that the common providers (Entra ID, AD FS, Okta, Shibboleth, Keycloak) give the attributes.
ATTRIBUTES: dict[str, list[str]] = {
    "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
    "email": [
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3",
        "email", "mail",
    ],
    "name": [
        "http://schemas.microsoft.com/identity/claims/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "displayName",
    ],
}  # fmt: skip


def domains() -> dict[str, Any]:
    """Return which addresses count as verified although the provider does not say so."""
    return {"verified_email": environment.words(environment.SIGNIN_DOMAINS)}


def safe(variable: environment.Variable) -> str:
    """Return an address that nobody on the way can change: https, or on this machine."""
    text = variable.read()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise ImproperlyConfigured(
            f"{variable.name} is {text!r}; write an address that begins with https://."
        )
    return text.rstrip("/")
