"""Sign-in with OpenID Connect: the code flow with PKCE, and an ID token of which everything is checked.

allauth leaves out signature and nonce when the token comes straight from the provider; here they are always checked
(OpenID Connect Core 1.0, 3.1.3.7), so that a provider mixed up by a proxy or by an attacker on the way is found out.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

#: Asymmetric signatures alone: a token signed with a shared secret would prove nothing.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60
"""Seconds that the provider's clock may differ."""
OLDEST = 600
"""Seconds after which a token is too old to sign in with, whatever its own end says."""


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to the provider, and reads its answer."""

    nonce = ""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return the identity that the answer proves."""
        text = kwargs["response"].get("id_token")
        if not isinstance(text, str):
            raise OAuth2Error("the answer holds no ID token")
        claims = self._decode_id_token(app, text)
        if not {"email", "email_verified"} <= claims.keys() and self.openid_config.get("userinfo_endpoint"):
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("the user info is about somebody else")
            if "email" in more:  # the address and whether it is verified belong together
                claims["email"], claims["email_verified"] = more["email"], more.get("email_verified", False)
            claims.setdefault("name", more.get("name", ""))
        said = claims.get("email_verified")
        claims["email_verified"] = said is True or said == "true"  # some providers write the word
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        if self.openid_config.get("issuer", "").rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("the provider calls itself by another name than the settings")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token, self._key(id_token), algorithms=ALGORITHMS, audience=app.client_id,
                issuer=self.openid_config["issuer"], leeway=LEEWAY,
                options={"require": ["iss", "aud", "sub", "exp", "iat"]},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError, KeyError) as wrong:
            raise OAuth2Error(f"ID token refused: {wrong}") from wrong
        if claims["iat"] < _now() - OLDEST - LEEWAY:
            raise OAuth2Error("ID token refused: it was made too long ago")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("ID token refused: it was made for another client")
        if not self.nonce or not hmac.compare_digest(
            str(claims.get("nonce", "")).encode(), self.nonce.encode()
        ):
            raise OAuth2Error("ID token refused: its nonce is not the one that was sent")
        return claims

    def _key(self, id_token: str) -> Any:
        """Return the provider's key that the token names, for the token's own algorithm."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        name = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if key.public_key_use in (None, "sig") and name in (None, key.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error("ID token refused: the provider has no such key")
        return fitting[0]


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider, asked with a nonce, and for nothing that a visitor writes into the address."""

    oauth2_adapter_class = Adapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Return what to ask for; of the request's own words only the page to go on to."""
        from allauth.account.utils import get_next_redirect_url

        following = get_next_redirect_url(request)
        return {"process": "login", **({"next_url": following} if following else {})}

    def redirect(self, request: HttpRequest, process: str, **kwargs: Any) -> HttpResponse:
        """Send the browser to the provider, and keep the nonce until it comes back."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, nonce=nonce, **kwargs)
        return answer


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Takes the browser back from the provider, once for each time it was sent."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce") or ""
        return state, answer


def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send a visitor to the provider."""
    return _answered(request, provider_id, OAuth2LoginView)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the visitor back and sign him in."""
    return _answered(request, provider_id, Callback)


def _answered(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    adapter = Adapter(request, provider_id)
    try:
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404("Nobody signs in with OpenID Connect here.") from None
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)
    except (requests.RequestException, PermissionDenied, KeyError, ValueError, TypeError) as wrong:
        # What the provider sends is not ours to trust, in its form either.
        answer = render_authentication_error(request, provider, exception=wrong)
    return answer


def _now() -> float:
    from django.utils import timezone

    return timezone.now().timestamp()
