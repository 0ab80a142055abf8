"""What the inventory asks of people by a day: attestations of campaigns, and findings to mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Count, F, Min, Q
from django.urls import reverse

from stateworks.kernel.obligations import Obligation, register
from stateworks.kernel.org.models import Person
from stateworks.modules.inventory import outage_work

KINDS = {"attestation": "Confirm your systems", "finding": "Mend findings"}


def owed(as_of: date, owner: str | None) -> Iterator[Obligation]:
    """Return one obligation for each person and campaign, and one for each person and rule."""
    yield from _attestations(as_of, owner)
    yield from _findings(as_of, owner)


def _of(owner: str | None, person: str) -> Q:
    """The condition on rows that they are somebody's; an empty text means nobody's."""
    if owner is None:
        return Q()
    if not owner:
        return Q(**{f"{person}__isnull": True})
    return Q(**{f"{person}__in": Person.objects.filter(email__iexact=owner).values("pk")})


def _attestations(as_of: date, owner: str | None) -> Iterator[Obligation]:
    from stateworks.modules.inventory.attesting import open_request, people, responsible
    from stateworks.modules.inventory.models import AttestationRequest

    groups = list(
        AttestationRequest.objects.filter(open_request())
        .annotate(whose=responsible(as_of, "system__"))
        .filter(_of(owner, "whose"))
        .values("whose", "campaign__code", "campaign__title", "campaign__due_on")
        .annotate(systems=Count("system", distinct=True))
        .order_by("campaign__due_on", "whose")
    )
    names = people(group["whose"] for group in groups)
    for group in groups:
        many = group["systems"]
        title = group["campaign__title"]
        yield Obligation(
            "attestation", "", group["campaign__code"], title, _mail(names, group["whose"]), group["campaign__due_on"],
            f"Confirm {'1 system' if many == 1 else f'{many} systems'} for “{title}”.",
            url=reverse("inventory:attest"),
        )  # fmt: skip


def _findings(as_of: date, owner: str | None) -> Iterator[Obligation]:
    from stateworks.modules.inventory.attesting import people
    from stateworks.modules.inventory.models import Finding, FindingState

    groups = list(
        Finding.objects.filter(_of(owner, "owner"), state=FindingState.OPEN)
        .values("owner", rule_code=F("rule__code"), title=F("rule__title"))
        .annotate(many=Count("pk"), due=Min("due_on"))
        .order_by("due", "owner")
    )
    names = people(group["owner"] for group in groups)
    for group in groups:
        things = "1 finding" if group["many"] == 1 else f"{group['many']} findings"
        person = names.get(group["owner"])
        yield Obligation(
            "finding", "", group["rule_code"], group["title"], _mail(names, group["owner"]), group["due"],
            f"Mend {things}: {group['title']}.",
            url=reverse("inventory:findings") + f"?rule={group['rule_code']}&owner={person.code if person else 'none'}",
        )  # fmt: skip


def _mail(names: dict[int, Person], pk: int | None) -> str:
    found = names.get(pk or 0)
    return found.email.lower() if found else ""


def note_reminder(told: Obligation, at: datetime) -> None:
    """Note at the requests that somebody was reminded of them."""
    from stateworks.kernel.plans.load import local_day
    from stateworks.modules.inventory.attesting import open_request, responsible
    from stateworks.modules.inventory.models import AttestationRequest

    if told.kind != "attestation":
        return
    mine = Person.objects.filter(email__iexact=told.owner).values("pk")
    waiting = (
        AttestationRequest.objects.filter(open_request(), campaign__code=told.code)
        .annotate(whose=responsible(local_day(at), "system__"))
        .filter(whose__in=mine)
    )
    AttestationRequest.objects.filter(pk__in=waiting.values("pk")).update(reminded_at=at)


register(KINDS, owed, told=note_reminder)
register(outage_work.KINDS, outage_work.owed)
