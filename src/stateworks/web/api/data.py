"""Datasets, their rows, imports, refused rows and organizations, each narrowed to what the account may see."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Router

from stateworks.kernel.access.permissions import RIGHTS, may_anywhere
from stateworks.kernel.lake.models import Import, ImportState, QuarantinedRow
from stateworks.kernel.org.models import Organization
from stateworks.web import asked
from stateworks.web.api.answers import (
    DatasetOut,
    ErrorOut,
    ImportOut,
    OrganizationOut,
    RefusedRowOut,
    RowsOut,
)
from stateworks.web.api.tokens import SIGNED_IN
from stateworks.web.data.catalogue import Entry, dataset_named, with_state
from stateworks.web.data.listing import listing_of

router = Router(tags=["data"], auth=SIGNED_IN)
AT_ONCE = 200


@router.get("datasets", response={200: list[DatasetOut], 401: ErrorOut})
def datasets(request: HttpRequest) -> list[dict[str, Any]]:
    """List every dataset with its rows, version and freshness."""
    return [
        {
            "dataset": one.name, "kind": one.kind, "title": one.title, "description": one.description,
            "rows": one.rows, "version": one.version, "fresh_at": one.fresh_at,
        }
        for one in with_state()
    ]  # fmt: skip


@router.get("datasets/{name}", response={200: dict[str, Any], 401: ErrorOut, 404: ErrorOut})
def describe(request: HttpRequest, name: str) -> dict[str, Any]:
    """Describe a dataset: key, columns, rules."""
    if entry(name).kind == "feed":
        from stateworks.kernel.lake.describe import described

        return described(name)
    from stateworks.kernel.records.fields import describe as record_described
    from stateworks.kernel.records.types import record_type

    return record_described(record_type(name))


@router.get("datasets/{name}/rows", response={200: RowsOut, 400: ErrorOut, 401: ErrorOut, 404: ErrorOut})
def rows(request: HttpRequest, name: str) -> dict[str, Any]:
    """List a dataset's rows, fifty a page.

    It takes the parameters of the dataset's page: `q`, a column's name, `sort`, `columns`, `page`.
    """
    with listing_of(entry(name), request.GET, asked.scope(request)) as listing:
        shown = listing.shown()
    return {
        "dataset": name, "version": shown.version, "total": shown.total, "hidden": shown.hidden, "page": shown.page,
        "pages": shown.pages, "rows": shown.values, "problems": list(shown.problems),
    }  # fmt: skip


@router.get("imports", response={200: list[ImportOut], 401: ErrorOut})
def imports(request: HttpRequest, dataset: str = "") -> list[Import]:
    """List the last imports, newest first: all to those who see refused rows, to others their own."""
    found = imports_of(request).exclude(state=ImportState.PREVIEW).order_by("-started_at", "-id")
    return list((found.filter(dataset=dataset) if dataset else found)[:AT_ONCE])


@router.get("imports/{import_id}", response={200: ImportOut, 401: ErrorOut, 404: ErrorOut})
def one_import(request: HttpRequest, import_id: int) -> Import:
    """Show one import with its counts."""
    found = imports_of(request).filter(pk=import_id).first() if import_id < 2**63 else None
    if found is None:
        raise Http404(f"There is no import {import_id}.")
    return found


@router.get("quarantine", response={200: list[RefusedRowOut], 401: ErrorOut, 403: ErrorOut})
def quarantine(request: HttpRequest, dataset: str = "", after: int = 0) -> list[QuarantinedRow]:
    """List refused rows that nobody has fixed or dismissed, by id; `after` gives those that follow an id."""
    if not may_anywhere(asked.account(request), RIGHTS["data.see_refused"].roles):
        raise PermissionDenied("Refused rows are shown to data stewards, administrators and auditors.")
    found = QuarantinedRow.objects.filter(dismissed_at=None, fixed_by=None, pk__gt=min(max(after, 0), 2**62))
    found = found.filter(dataset=dataset) if dataset else found
    return list(found.order_by("pk")[:AT_ONCE])


@router.get("organizations", response={200: list[OrganizationOut], 401: ErrorOut})
def organizations(request: HttpRequest) -> list[dict[str, Any]]:
    """List the state's organizations."""
    return [
        {
            "code": one.code, "name": one.name, "kind": one.kind, "parent": one.parent.code if one.parent else None,
            "executive_branch": one.executive_branch, "consolidated": one.consolidated,
        }
        for one in Organization.objects.select_related("parent").order_by("code")
    ]  # fmt: skip


def imports_of(request: HttpRequest) -> QuerySet[Import]:
    """Imports that the account may see; the name of a file and what was wrong in it tell of rows that not all may see."""
    found = Import.objects.all()
    return found if asked.can(request, "data.see_refused") else found.filter(by=asked.account(request))


def entry(name: str) -> Entry:
    """Return a declared dataset; another name is not found."""
    found = dataset_named(name)
    if found is None:
        raise Http404(f"There is no dataset {name}.")
    return found
