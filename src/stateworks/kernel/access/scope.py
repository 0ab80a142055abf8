"""Whose eyes a query is made with: the rows somebody may see, in the ORM, in the database and in the lake.

A scope is passed to whoever reads. Two walls keep it for records: `visible` narrows a queryset, and PostgreSQL's row
policies narrow every statement of the transaction that `entered` opens. Each holds without the other. Nothing set means
nothing seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Exists, Model, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from stateworks.kernel.access.models import Account, Role
from stateworks.kernel.org.aliases import UNASSIGNED
from stateworks.kernel.org.models import Organization, OrganizationClosure, OrganizationKind

if TYPE_CHECKING:
    import pyarrow as pa
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

    AnyAccount = Account | AnonymousUser | None

M = TypeVar("M", bound=Model)

_SETTINGS = ("stateworks.account", "stateworks.everything", "stateworks.zone")


@dataclass(frozen=True)
class Scope:
    """Whose rows are seen: one account's by its grants, everything, or (with neither) nothing but what is published."""

    account_id: int | None = None
    everything: bool = False
    every_organization: bool = field(default=False, compare=False)
    """Whether an account's grants reach all organizations, as the database found when the scope was entered."""

    def __post_init__(self) -> None:
        if self.everything and self.account_id is not None:
            raise ValueError("a scope is an account's or it is everything, never both")


SYSTEM = Scope(everything=True)
"""Jobs, imports, runs and the command line: every row."""

PUBLIC = Scope()
"""Somebody who is not signed in: no tenant's rows at all."""


def scope_of(account: AnyAccount) -> Scope:
    """Return the scope of a signed-in account; somebody signed out or deactivated has the public scope."""
    if account is None or account.pk is None or not account.is_active:
        return PUBLIC
    return Scope(account_id=account.pk)


@contextmanager
def entered(scope: Scope, *, using: str = "default") -> Iterator[Scope]:
    """Run a block in one transaction whose every statement the database narrows to the scope.

    Blocks nest: inside, the inner scope holds; after it the outer one again, and an error rolls the inner one back alone.
    Whatever is read lazily (streams, querysets) must be read inside the block: after it, nothing is visible. The scope
    that the block is given knows whether it reaches every organization.
    """
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        before = _read_settings(using) if nested else None
        if scope.account_id is None:
            _write_settings(using, _settings_of(scope))
            yield scope
        else:
            every = _write_settings(using, _settings_of(scope), "access_sees_every_organization()")
            yield replace(scope, every_organization=bool(every))
        if before is not None and not connection.needs_rollback:
            # Where the savepoint is rolled back, that restores the settings by itself.
            _write_settings(using, before)


def granted(account_id: int | None) -> Q:
    """Return the condition on Grant that it belongs to the account and holds today by the database's clock.

    The public role gives no tenant's rows, so it never widens a scope.
    """
    today = TruncDate(Now(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    lasting = Q(until__isnull=True) | Q(until__gte=today)
    return (
        Q(account_id=account_id, account__is_active=True, since__lte=today) & lasting & ~Q(role=Role.PUBLIC)
    )


def organizations(scope: Scope) -> QuerySet[OrganizationClosure, Any]:
    """Return the ids of the organizations a scope sees, as a query to nest, never as a list."""
    from stateworks.kernel.access.models import Grant

    held = Grant.objects.filter(granted(scope.account_id)).values("organization")
    return OrganizationClosure.objects.filter(ancestor__in=held).values("descendant")


def visible(
    queryset: QuerySet[M],
    scope: Scope,
    organization_path: str | None,
    seen_once: tuple[str, str] | None = None,
) -> QuerySet[M]:
    """Narrow a queryset to the rows a scope sees; `organization_path` leads from the row to its organization.

    A record without an organization (path None) is the office's own and open to everybody who may open its page. With
    `seen_once`, a path and a value, rows of another value are seen by those alone who answer for the whole state.
    """
    if scope.everything or organization_path is None:
        return queryset
    if scope.account_id is None:
        return queryset.none()
    if scope.every_organization and _always_has_one(queryset.model, organization_path):
        return queryset
    narrowed = queryset.filter(**{f"{organization_path}__in": organizations(scope)})
    if seen_once is None:
        return narrowed
    path, value = seen_once
    return narrowed.filter(Q(**{path: value}) | Q(Exists(_whole_state(scope))))


def _always_has_one(model: type[Model], organization_path: str) -> bool:
    """Tell whether each row leads to an organization: a row without one is not shown to who sees all of them, either."""
    for step in organization_path.split("__"):
        field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        if getattr(field, "null", True) or getattr(field, "many_to_many", False):
            return False
        model = field.related_model or model
    return model is Organization


def organization_codes(scope: Scope) -> QuerySet[Organization, Any]:
    """Return the codes of the organizations a scope sees, as a query of one column."""
    return visible(Organization.objects.order_by("code"), scope, "pk").values_list("code", flat=True)


def organization_code_table(scope: Scope) -> pa.Table | None:
    """Return the visible organization codes as an Arrow table `code` to join in the lake; None when everything is visible.

    Who holds a grant for the whole state also sees the rows whose organization is not known.
    """
    import pyarrow as pa

    if scope.everything:
        return None
    codes = list(organization_codes(scope))
    if sees_whole_state(scope):
        codes.append(UNASSIGNED)
    return pa.table({"code": pa.array(codes, pa.string())})


def sees_whole_state(scope: Scope) -> bool:
    """Tell whether a scope reaches every organization because it is everything or holds a grant at the state."""
    if scope.everything:
        return True
    if scope.account_id is None:
        return False
    return _whole_state(scope).exists()


def _whole_state(scope: Scope) -> QuerySet[OrganizationClosure, Any]:
    """Return a row where a scope reaches the state itself, as a query to nest."""
    return organizations(scope).filter(descendant__kind=OrganizationKind.STATE)


class ScopeMiddleware:
    """Runs each request in its account's scope, as one transaction that an unexpected error rolls back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its scope."""
        with entered(scope_of(getattr(request, "user", None))) as scope:
            request.scope = scope  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.status_code == 403 and scope.account_id is not None:
            from stateworks.kernel.access.signin import refused

            refused(request, request.user)  # type: ignore[arg-type]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what a failed view has written: Django turns its exception into a page before it reaches the block."""
        transaction.set_rollback(True)


def _settings_of(scope: Scope) -> tuple[str, ...]:
    account = "" if scope.account_id is None else str(scope.account_id)
    return account, "on" if scope.everything else "", settings.TIME_ZONE


def _read_settings(using: str) -> tuple[str, ...]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["coalesce(current_setting(%s, true), '')"] * len(_SETTINGS)), _SETTINGS
        )
        return tuple(cursor.fetchone())


def _write_settings(using: str, values: tuple[str, ...], asked: str = "NULL") -> Any:
    """Set the transaction's settings, and return what the database says to a question once they hold."""
    with connections[using].cursor() as cursor:
        pairs = [text for pair in zip(_SETTINGS, values, strict=True) for text in pair]
        # PostgreSQL works out the columns of an answer in their order.
        written = ", ".join(["set_config(%s, %s, true)"] * len(_SETTINGS))
        cursor.execute(f"SELECT {written}, {asked}", pairs)
        return cursor.fetchone()[-1]
