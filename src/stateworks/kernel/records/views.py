"""Views of lists that people come back to: save, change, share, forget."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import QueryDict

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Role
from stateworks.kernel.access.permissions import may_anywhere
from stateworks.kernel.access.scope import scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.models import SavedView
from stateworks.kernel.records.query import asked
from stateworks.kernel.records.types import RecordType, record_type

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

LONGEST = 80
MOST = 200
LONGEST_QUERY = 4000
SHARERS = (Role.DATA_STEWARD, Role.ADMINISTRATOR)


def views_of(declared: RecordType, account: Account) -> list[SavedView]:
    """Return an account's own views of a list and those shared with everybody, by name."""
    found = SavedView.objects.filter(Q(owner=account) | Q(shared=True), dataset=declared.name)
    return list(found.select_related("owner").order_by("name", "pk"))


def may_share(account: Account) -> bool:
    """Tell whether an account may show its views to everybody."""
    return may_anywhere(account, SHARERS)


def normal_query(declared: RecordType, text: str, by: Account) -> str:
    """Return a list's address in its fixed order, without its page and without what it cannot mean."""
    if len(text) > LONGEST_QUERY:
        raise Refused("These filters are too long to keep; choose fewer values.")
    return asked(declared, QueryDict(text), scope_of(by)).parameters(page=None)


def save_view(
    declared: RecordType,
    name: str,
    query: str,
    *,
    shared: bool = False,
    view: SavedView | None = None,
    by: Account,
    at: datetime,
) -> SavedView:
    """Keep a list's address under a name, or give one's own view another name, address or audience.

    Raises Refused where the name is empty, too long or taken, and PermissionDenied where the view is not one's own or may
    not be shared.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused("Write a name for the view.")
    if len(name) > LONGEST:
        raise Refused(f"The name has {len(name)} characters; write at most {LONGEST}.")
    if view is not None and view.owner_id != by.pk:
        raise PermissionDenied("Only whoever saved a view changes it; save it under your own name.")
    if shared and not may_share(by):
        raise PermissionDenied("Only data stewards and administrators share views with everybody.")
    if view is None and SavedView.objects.filter(owner=by, dataset=declared.name).count() >= MOST:
        raise Refused(f"You have {MOST} views of this list; forget one first.")
    kept = view or SavedView(dataset=declared.name, owner=by)
    was_shared = view is not None and view.shared
    kept.name, kept.query, kept.shared, kept.saved_at = name, normal_query(declared, query, by), shared, at
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Refused(f"You have a view “{name}” of this list already; choose another name.") from error
    if shared or was_shared:
        audit.record(
            "share view" if shared else "unshare view", f"{declared.name} {name}", by=by, at=at, after={"query": kept.query}
        )  # fmt: skip
    return kept


def forget_view(view: SavedView, *, by: Account, at: datetime) -> None:
    """Forget one's own view."""
    if view.owner_id != by.pk:
        raise PermissionDenied("Only whoever saved a view forgets it.")
    declared = record_type(view.dataset)
    if view.shared:
        audit.record(
            "unshare view", f"{declared.name} {view.name}", by=by, at=at, before={"query": view.query}
        )
    view.delete()
