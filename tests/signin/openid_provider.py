"""A small OpenID Connect provider on loopback: code flow with PKCE, keys, signed tokens; a test may spoil what it answers.

It signs with another library than the product checks with, so that the two do not share a mistake.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "stateworks", "the client's secret"
Claims = dict[str, Any]


@dataclass
class OpenIDProvider:
    """Answers for one person; `spoil` may change claims before they are signed, `forge` the finished token."""

    person: Claims = field(
        default_factory=lambda: {"sub": "17", "email": "pat@example.gov", "email_verified": True}
    )
    userinfo: Claims | None = None
    spoil: Callable[[Claims], Any] = lambda claims: None
    forge: Callable[[str], str] = lambda token: token
    cancelled: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reset(self) -> None:
        self.person = {"sub": "17", "email": "pat@example.gov", "email_verified": True}
        self.userinfo, self.cancelled = None, False
        self.spoil, self.forge = (lambda claims: None), (lambda token: token)
        self.asked.clear()
        self.codes.clear()

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser is sent after the person agreed, as everybody does at once."""
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        if self.cancelled:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], basic: str) -> Claims | None:
        """Return the tokens for a code, which works once; None where client, address or proof are wrong."""
        asked = self.codes.pop(sent.get("code", ""), None)
        proof = base64.urlsafe_b64encode(
            hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        ).decode()
        client = (sent.get("client_id"), sent.get("client_secret"))
        if basic:
            client = tuple(base64.b64decode(basic).decode().split(":", 1))  # type: ignore[assignment]
        if asked is None or client != (CLIENT, SECRET) or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        if proof.rstrip("=") != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **self.person,
        }
        self.spoil(claims)
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = self.forge(jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.key))
        return {"access_token": "for-userinfo", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def signed_by_another(self, token: str) -> str:
        """Sign the same claims with a key that the provider does not publish."""
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims_of(token), self.other_key)

    def signed_with_the_public_key(self, token: str) -> str:
        """Sign with what everybody knows, as if it were a shared secret."""
        head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').decode().rstrip("=")
        text = f"{head}.{token.split('.')[1]}"
        proof = hmac.digest(self.key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"

    def unsigned(self, token: str) -> str:
        """Say that there is no signature, and leave it out."""
        head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"first"}').decode().rstrip("=")
        return f"{head}.{token.split('.')[1]}."


def claims_of(token: str) -> Claims:
    """Read a token's claims without a check."""
    part = token.split(".")[1]
    found: Claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def handler_of(provider: OpenIDProvider) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers for a provider."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            base = provider.issuer
            if parts.path == "/.well-known/openid-configuration":
                self.told({"issuer": base, "authorization_endpoint": f"{base}/authorize", "jwks_uri": f"{base}/keys",
                           "token_endpoint": f"{base}/token", "userinfo_endpoint": f"{base}/userinfo"})  # fmt: skip
            elif parts.path == "/keys":
                self.told({"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/userinfo":
                assert self.headers["Authorization"] == "Bearer for-userinfo"
                self.told(provider.userinfo or provider.person)
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header(
                    "Location",
                    provider.authorize({name: one[0] for name, one in parse_qs(parts.query).items()}),
                )
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            basic = self.headers.get("Authorization", "").removeprefix("Basic ")
            answer = provider.token({name: one[0] for name, one in parse_qs(body).items()}, basic)
            self.told(answer or {"error": "invalid_grant"}, 200 if answer else 400)

        def told(self, answer: Any, status: int = 200) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
