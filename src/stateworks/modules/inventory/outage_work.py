"""What an outage asks of people: owners, and the liaisons of their agencies, say whether their systems are affected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.obligations import Obligation
from stateworks.kernel.org.models import Appointment, AppointmentRole
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.models import Outage, OutageImpact, Verdict

KINDS = {"outage": "Say what an outage hits"}


def owed(as_of: date, owner: str | None) -> Iterator[Obligation]:
    """Return one obligation for each open outage and each person with candidates to judge."""
    from stateworks.modules.inventory.outage_letters import people_of

    # What failed may be kept from whose system it may hit: of the outage its code and time are told, and no more.
    with entered(SYSTEM):
        running = Outage.objects.filter(
            closed_at__isnull=True, cancelled_at__isnull=True, restored_at__isnull=True
        ).in_bulk()
    waiting = (
        OutageImpact.objects.filter(verdict=Verdict.CANDIDATE, outage__in=running)
        .select_related("system__owner", "system__steward")
        .order_by("outage_id", "pk")
    )
    if owner:
        # My work asks for one person's: the rest is not read.
        serving = Appointment.objects.filter(role=AppointmentRole.IT_LIAISON, person__email__iexact=owner)
        waiting = waiting.filter(
            Q(system__owner__email__iexact=owner) | Q(system__owner__isnull=True, system__steward__email__iexact=owner)
            | Q(system__organization__in=serving.values("organization"))
        )  # fmt: skip
    by_outage: dict[int, list[OutageImpact]] = {}
    for row in waiting:
        by_outage.setdefault(row.outage_id, []).append(row)
    for key, rows in by_outage.items():
        outage = running[key]
        kind = "The drill" if outage.drill else "The outage"
        for address, systems in sorted(people_of((row.system for row in rows), as_of).items()):
            if owner is not None and address != owner.lower():
                continue
            many = "1 system of yours" if len(systems) == 1 else f"{len(systems):,} systems of yours"
            yield Obligation(
                "outage", "", outage.code, outage.code, owner if owner is not None else address,
                local_day(outage.declared_at), f"{kind} {outage.code} may hit {many}: say which are affected.",
                url=reverse("inventory:outage", args=[outage.code]),
            )  # fmt: skip
