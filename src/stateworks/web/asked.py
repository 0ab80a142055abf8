"""Who asks: the account, its scope and its rights, for one request."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.permissions import RIGHTS
from stateworks.kernel.access.scope import PUBLIC, Scope, granted
from stateworks.kernel.org.models import OrganizationKind
from stateworks.kernel.records.answers import Answers


def scope(request: HttpRequest) -> Scope:
    """The scope the middleware entered; without it, the public's."""
    found: Scope = getattr(request, "scope", PUBLIC)
    return found


def answers(request: HttpRequest) -> Answers:
    """What is remembered for whoever asks; a request that may change something looks at the clocks each time."""
    known: Answers | None = getattr(request, "_answers", None)
    if known is None or request.method not in ("GET", "HEAD"):
        known = request._answers = Answers(scope(request))  # type: ignore[attr-defined]
    return known


def account(request: HttpRequest) -> Account | None:
    """The signed-in account; none for a visitor."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Account) and user.is_active else None


def signed_in(request: HttpRequest) -> Account:
    """The signed-in account; a visitor is turned away."""
    who = account(request)
    if who is None:
        raise PermissionDenied("Sign in first.")
    return who


def roles(request: HttpRequest) -> frozenset[str]:
    """The roles the account holds for the whole state today; one query a request."""
    known: frozenset[str] | None = getattr(request, "_roles", None)
    if known is not None:
        return known
    who = account(request)
    found: frozenset[str] = frozenset()
    if who is not None:
        held = Grant.objects.filter(granted(who.pk), organization__kind=OrganizationKind.STATE)
        found = frozenset(held.values_list("role", flat=True))
    request._roles = found  # type: ignore[attr-defined]
    return found


def can(request: HttpRequest, right: str) -> bool:
    """Whether the account has a right for the whole state: for what a page offers, not for what a verb allows."""
    return any(role in roles(request) for role in RIGHTS[right].roles)


def need(request: HttpRequest, right: str) -> Account:
    """The account, if it has the right; otherwise it is turned away with a sentence."""
    who = signed_in(request)
    if not can(request, right):
        names = " or ".join(role.label.lower() for role in RIGHTS[right].roles)
        raise PermissionDenied(f"You may not {RIGHTS[right].words}; that takes the role {names}.")
    return who
