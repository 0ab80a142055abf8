"""Who asks: the account, its scope and what its roles let it do, for one request."""

from __future__ import annotations

from django.http import HttpRequest

from stateworks.kernel.access.models import Account, Role
from stateworks.kernel.access.scope import PUBLIC, Scope


def scope(request: HttpRequest) -> Scope:
    """The scope the middleware entered; without it, the public's."""
    found: Scope = getattr(request, "scope", PUBLIC)
    return found


def account(request: HttpRequest) -> Account | None:
    """The signed-in account; none for a visitor."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Account) and user.is_active else None


def roles(request: HttpRequest) -> frozenset[str]:
    """The roles the account holds anywhere today; one query a request."""
    known: frozenset[str] | None = getattr(request, "_roles", None)
    if known is not None:
        return known
    who = account(request)
    if who is None:
        found: frozenset[str] = frozenset()
    else:
        from stateworks.kernel.access.models import Grant
        from stateworks.kernel.access.scope import granted

        found = frozenset(Grant.objects.filter(granted(who.pk)).values_list("role", flat=True).distinct())
    request._roles = found  # type: ignore[attr-defined]
    return found


def has_role(request: HttpRequest, *wanted: Role) -> bool:
    """Whether the account holds one of these roles anywhere; an administrator holds all."""
    held = roles(request)
    return bool(held) and (Role.ADMINISTRATOR in held or any(role in held for role in wanted))
