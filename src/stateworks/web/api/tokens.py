"""Programs at the API: `Authorization: Bearer` stands for signing in, at the API alone and never at a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja.security import HttpBearer, django_auth

from stateworks.kernel.access.models import Account, ServiceToken
from stateworks.kernel.access.signin import address_of, refused, token_failed
from stateworks.kernel.access.tokens import token_of

PREFIX = "/api/"
_DATASET = re.compile(r"^/api/v1/datasets/([^/]+)(/|$)")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ServiceTokens:
    """Lets a request with a token act as the token's account; a wrong token is refused, whatever else is sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as the token's account where there is one."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not request.path.startswith(PREFIX):
            return self.get_response(request)
        token = token_of(text.strip(), address=address_of(request), at=timezone.now())
        if token is None:
            if not ratelimit.consume(request, app="allauth.account", action="token_failed", limit_get=True):
                return _told(429, "Too many wrong tokens came from your address; wait a minute.")
            token_failed(request)
            answer = _told(401, "The token is wrong, expired or revoked; ask an administrator for a new one.")
            answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return answer
        words = out_of_reach(token, request)
        if words:
            refused(request, token.account)
            return _told(403, words)
        request.user = token.account
        request.service_token = token  # type: ignore[attr-defined]
        # A token is not sent by a browser on its own, so that no other site can make it do so.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self.get_response(request)


def out_of_reach(token: ServiceToken, request: HttpRequest) -> str:
    """Say why a token does not reach what is asked, or nothing; its role is asked afterwards, as everybody's."""
    if token.reads_only and request.method not in _READING:
        return f"The token “{token.name}” reads alone; make one that may write."
    if token.datasets:
        found = _DATASET.match(request.path)
        if found is None or found.group(1) not in token.datasets:
            return f"The token “{token.name}” reaches only {', '.join(token.datasets)}."
    return ""


class Bearer(HttpBearer):
    """How the API's description names a service token; the middleware has judged it already."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token's account."""
        account = request.user
        return account if isinstance(account, Account) and hasattr(request, "service_token") else None


SIGNED_IN = [django_auth, Bearer()]
"""Whoever is signed in, and programs with a token."""


def _told(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence, "details": [], "fields": {}}, status=status)
