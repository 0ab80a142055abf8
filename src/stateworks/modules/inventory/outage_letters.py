"""The letters that go out when an outage is declared: to owners and IT liaisons, each about his own systems."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q

from stateworks.kernel.access.models import Grant
from stateworks.kernel.org.models import Appointment, AppointmentRole, OrganizationClosure
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.models import Outage, OutageImpact, System

LISTED = 40
"""A letter lists this many systems and counts the rest."""

_log = logging.getLogger(__name__)
_sending: set[threading.Thread] = set()


def people_of(systems: Iterable[System], on: date) -> dict[str, list[System]]:
    """Return by e-mail address whose word is needed on which systems: owners (stewards where there is none) and liaisons."""
    systems = list(systems)
    found: dict[str, dict[int, System]] = defaultdict(dict)
    liaisons: dict[int, set[str]] = defaultdict(set)
    serving = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), role=AppointmentRole.IT_LIAISON, since__lte=on, person__left_on__isnull=True,
        organization__in={system.organization_id for system in systems},
    )  # fmt: skip
    for organization, address in serving.values_list("organization", "person__email"):
        liaisons[organization].add(address)
    for system in systems:
        person = system.owner or system.steward
        addresses = set(liaisons[system.organization_id])
        if person is not None:
            addresses.add(person.email)
        for address in addresses - {""}:
            found[address.lower()][system.pk] = system
    return {address: list(own.values()) for address, own in found.items()}


def send_after_commit(outage: Outage, *, at: datetime) -> None:
    """Send the letters once the declaration stands, beside the request: nobody waits for a slow mail server."""
    rows = OutageImpact.objects.filter(outage=outage).select_related(
        "system__owner", "system__steward", "system__organization"
    )
    letters = [
        _letter(outage, address, systems)
        for address, systems in sorted(people_of((row.system for row in rows), local_day(at)).items())
    ]
    told = _who_may_know(outage, [letter.to[0] for letter in letters])
    for letter in letters:
        what = outage.title if letter.to[0] in told else "Something that your systems depend on is down"
        kind = "Drill" if outage.drill else "Outage"
        letter.subject = f"{kind} {outage.code}: {' '.join(what.split())}"
    if letters:
        transaction.on_commit(lambda: _start(letters))


def wait_for_letters() -> None:
    """Wait until every letter is on its way or has failed."""
    for thread in list(_sending):
        thread.join()


def _start(letters: list[EmailMessage]) -> None:
    thread = threading.Thread(target=_send, args=(letters,), name="outage letters")
    _sending.add(thread)
    thread.start()


def _send(letters: list[EmailMessage]) -> None:
    try:
        post = get_connection()
        for letter in letters:
            letter.connection = post
            try:
                letter.send()
            except OSError as error:
                # One address that is refused does not keep the others from their letters.
                # Whom it was for stays out of the log, which people read who need not know.
                _log.warning("A letter about an outage was not sent: %s", error)
    finally:
        _sending.discard(threading.current_thread())


def _letter(outage: Outage, address: str, systems: list[System]) -> EmailMessage:
    site = settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/") if settings.CSRF_TRUSTED_ORIGINS else ""
    many = "this system" if len(systems) == 1 else f"these {len(systems):,} systems"
    lines = [
        "Hello,", "",
        "This is a drill." if outage.drill else "An outage was declared.",
        f"By what the inventory knows, it may affect {many}:", "",
        *(f"- {system.name} ({system.code})" for system in systems[:LISTED]),
    ]  # fmt: skip
    if len(systems) > LISTED:
        lines.append(f"- and {len(systems) - LISTED:,} more")
    lines += [
        "",
        "Please say which are affected and which are not:",
        f"{site}/inventory/outages/{outage.code}/",
        "",
    ]
    return EmailMessage("", "\n".join(lines), to=[address])


def _who_may_know(outage: Outage, addresses: list[str]) -> set[str]:
    """Return the addresses of those who may see what failed; a place, product or vendor is no secret."""
    if not (outage.system_id or outage.component_id):
        return set(addresses)
    of = Q(pk=outage.system_id) if outage.system_id else Q(components=outage.component_id)
    above = OrganizationClosure.objects.filter(
        descendant__in=System.objects.filter(of).values("organization")
    ).values("ancestor")
    on = local_day(outage.declared_at)
    holding = Grant.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on),
        since__lte=on,
        organization__in=above,
        account__is_active=True,
    )
    known: set[str] = set()
    for account, person in holding.values_list("account__email", "account__person__email"):
        known |= {account.lower(), (person or "").lower()}
    return known & set(addresses)
