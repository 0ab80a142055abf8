"""What somebody may see of billing, and what the portal notes of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered, visible
from stateworks.kernel.org.models import LineOfService, Organization
from stateworks.modules.billing.models import Invoice, InvoiceState, PortalEvent
from stateworks.web import asked


def invoices_seen(request: HttpRequest) -> QuerySet[Invoice]:
    """The invoices one may see: who does not work for the whole state sees what is issued."""
    rows = visible(Invoice.objects.all(), asked.scope(request), "organization")
    return rows if asked.roles(request) else rows.filter(state=InvoiceState.ISSUED)


def note_visit(request: HttpRequest, agency: Organization, page: str) -> None:
    """Note that somebody of an agency opened one of its pages: once a day and person, and nobody of the whole state."""
    who = asked.account(request)
    if who is None or asked.roles(request):
        return
    today = timezone.localdate()
    event = PortalEvent(
        code=f"{agency.code}-{who.pk}-{page}-{today}",
        organization=agency,
        page=page,
        happened_on=today,
        account=who,
    )
    PortalEvent.objects.bulk_create([event], ignore_conflicts=True)


def note_agencies(request: HttpRequest, page: str) -> None:
    """Note that somebody opened a page that is of each agency he acts for, not of one row."""
    if asked.account(request) is None or asked.roles(request):
        return
    for agency in agencies_seen(request):
        note_visit(request, agency, page)


def agencies_seen(request: HttpRequest) -> QuerySet[Organization]:
    """The agencies with invoices that one may see."""
    return Organization.objects.filter(
        pk__in=invoices_seen(request).order_by().values("organization")
    ).order_by("name")


def owners(services: Iterable[int]) -> dict[str, tuple[str, str]]:
    """Whom to ask about lines of service, by their names: name and address of each owner who is still there.

    An agency does not see the office's people; whoever is billed for a service is told whose it is.
    """
    with entered(SYSTEM):
        rows = LineOfService.objects.filter(pk__in=services, owner__isnull=False, owner__left_on__isnull=True)
        return {
            name: (owner, email)
            for name, owner, email in rows.values_list("name", "owner__name", "owner__email")
        }


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the front page of the room to a page."""
    return [("Billing", reverse("billing:overview")), *more]
