"""One system: its facts and whom to call, what it needs and what needs it, and everything else that is known of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.modules.inventory.attesting import (
    alive,
    answerable,
    needed_by,
    needing,
    state_of,
)
from stateworks.modules.inventory.models import (
    Attestation,
    Check,
    CheckItem,
    Component,
    Disposition,
    Environment,
    Finding,
    FindingState,
    Interface,
    Outage,
    OutageImpact,
    Rationalization,
    Stack,
    System,
    SystemAlias,
    Technology,
    Website,
)
from stateworks.modules.inventory.outage_reading import listed
from stateworks.modules.inventory.rationalizing import proposal
from stateworks.modules.inventory.uptime import uptimes
from stateworks.modules.inventory.watching import checklist_of, passed, watching
from stateworks.web import asked, words
from stateworks.web.sections import sections_of
from stateworks.web.verdict_words import Bucket, bucket_of

SHOWN = 20
"""How many rows of a kind the page shows; more are a click away."""


def system_or_404(request: HttpRequest, code: str) -> System:
    """The system of an address; one that may not be seen is not found, as if it did not exist."""
    rows = System.objects.select_related("organization", "capability", "vendor", "owner", "steward")
    found = visible(rows, asked.scope(request), "organization").filter(code=code).first()
    if found is None:
        raise Http404(f"There is no system {code} that you may see.")
    return found


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb inside the room."""
    return [("Inventory", reverse("inventory:overview")), *more]


def trail_to(system: System) -> list[tuple[str, str]]:
    """The breadcrumb to a page below a system's."""
    return trail(
        ("Systems", reverse("web:dataset", args=["inventory.system"])),
        (system.name, reverse("inventory:system", args=[system.code])),
    )


@dataclass(frozen=True)
class Group:
    """The first rows of a kind, how many there are, and where the others are listed."""

    rows: list[Any]
    total: int
    url: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


def listing(dataset: str, **filters: str) -> str:
    """The address of a list, filtered."""
    from urllib.parse import urlencode

    return reverse("web:dataset", args=[dataset]) + "?" + urlencode(filters)


def group(rows: Any, dataset: str, **filters: str) -> Group:
    """The first of some rows and their number: one query where few, two where many."""
    found = list(rows[: SHOWN + 1])
    total = rows.order_by().count() if len(found) > SHOWN else len(found)
    return Group(found[:SHOWN], total, listing(dataset, **filters))


@login_required
def system(request: HttpRequest, code: str) -> HttpResponse:
    """Everything known of a system, in a number of queries that does not grow with it."""
    own, scope, today = system_or_404(request, code), asked.scope(request), timezone.localdate()
    needs = needed_by([own], today, scope, limit=200).get(own.pk, [])
    dependants, seen, hidden = needing(own, today, scope, limit=SHOWN)
    state = state_of(own, bool(needs), today)
    can_answer = own.pk in answerable([own], asked.signed_in(request))
    context = {
        "system": own, "today": today, "state": state,
        "needs": needs[:SHOWN], "needs_more": len(needs) - SHOWN, "unseen": sum(one.other is None for one in needs),
        "needs_url": listing("inventory.dependency", system=code),
        "dependants": Group(dependants, seen, listing("inventory.dependency", provider=code)), "hidden": hidden,
        "can_answer": can_answer, "attested": bool(own.attested_until and own.attested_until >= today),
        **parts_of(own, today), **watched(own, today), **exchanged(own, scope),
        **judged(own, scope, today),
        "indicators": indicators_reading("inventory.system"),
        "sections": sections_of("inventory.system", request, own),
        "trail": trail(("Systems", reverse("web:dataset", args=["inventory.system"]))), "here": own.name,
    }  # fmt: skip
    return render(request, "inventory/system.html", context)


def parts_of(own: System, today: dt.date) -> dict[str, Any]:
    """What it consists of: components, environments, technology with the end of its support, aliases, websites."""
    stack = list(
        Stack.objects.filter(alive(today), system=own).select_related("technology").order_by(
            F("technology__ends_on").asc(nulls_last=True), "technology__code"
        )[:SHOWN]
    )  # fmt: skip
    components = (
        Component.objects.filter(alive(today), system=own)
        .annotate(
            library=Case(When(kind="library", then=Value(1)), default=Value(0), output_field=IntegerField())
        )
        .select_related("technology", "site")
        .order_by("library", "group", "code")
    )
    return {
        "components": group(components, "inventory.component", system=own.code),
        "environments": list(
            Environment.objects.filter(alive(today), system=own)
            .select_related("site")
            .order_by("kind", "name")[:SHOWN]
        ),
        "stack": [(row, ending(row.technology, today)) for row in stack],
        "aliases": list(SystemAlias.objects.filter(system=own)[:SHOWN]),
        "websites": group(Website.objects.filter(alive(today), system=own), "inventory.website", q=own.code),
    }


def ending(technology: Technology, today: dt.date) -> tuple[str, str]:
    """How near the end of a technology's support is: a verdict's icon, and words."""
    if technology.end_of_life == "ended":
        return "missed", "support has ended"
    if technology.ends_on is None:
        return (
            ("met", "no end announced") if technology.end_of_life == "none" else ("no_data", "end not known")
        )
    if technology.ends_on < today:
        return "missed", f"support ended {words.day(technology.ends_on)}"
    soon = technology.ends_on <= today + dt.timedelta(days=365)
    return ("at_risk" if soon else "met"), f"supported until {words.day(technology.ends_on)}"


def watched(own: System, today: dt.date) -> dict[str, Any]:
    """Who watches it, how it does on the observability checklist, and how long it was up."""
    items = list(CheckItem.objects.filter(alive(today)))
    lines = checklist_of(items, Check.objects.filter(system=own).select_related("checked_by"), today)
    monitors = list(watching(today).filter(system=own).select_related("tool")[:SHOWN])
    return {
        "monitors": monitors, "uptime": uptimes(own, monitors, today),
        "checklist": lines, "checklist_passed": passed(lines),
        "required": sum(line.item.required for line in lines),
        "in_place": sum(line.item.required and line.counts for line in lines),
    }  # fmt: skip


@dataclass(frozen=True)
class Exchange:
    """An interface as the page shows it: with whom, and which way data flows as seen from this system."""

    row: Interface
    other: System | None
    hidden: bool
    flows: str


def exchanged(own: System, scope: Scope) -> dict[str, Any]:
    """The interfaces at which it exchanges data, from either end."""
    today = timezone.localdate()
    rows = visible(Interface.objects.filter(alive(today)), scope, "system__organization").filter(
        Q(system=own) | Q(other_system=own)
    )
    found = list(rows.select_related("partner").order_by("name")[:SHOWN])
    total = rows.order_by().count()
    ends = {pk for row in found for pk in (row.system_id, row.other_system_id) if pk}
    others = visible(System.objects.all(), scope, "organization").in_bulk(ends)
    straight = {"sends": "sends", "receives": "receives", "both": "both ways"}
    turned = {"sends": "receives", "receives": "sends", "both": "both ways"}
    shown = []
    for row in found:
        theirs = row.other_system_id if row.system_id == own.pk else row.system_id
        shown.append(
            Exchange(
                row, others.get(theirs or 0), theirs is not None and theirs not in others,
                (straight if row.system_id == own.pk else turned)[row.direction],
            )
        )  # fmt: skip
    return {"interfaces": Group(shown, total, listing("inventory.interface", system=own.code))}


def judged(own: System, scope: Scope, today: dt.date) -> dict[str, Any]:
    """What is wrong with it, when it failed, what is to become of it, and who has vouched for it."""
    findings = list(
        Finding.objects.filter(system=own, state__in=[FindingState.OPEN, FindingState.EXCEPTED])
        .select_related("rule", "owner").order_by("state", "due_on", "pk")[: SHOWN + 1]
    )  # fmt: skip
    hit = OutageImpact.objects.filter(system=own, verdict="hit").values("outage")
    rows = Outage.objects.filter(Q(system=own) | Q(pk__in=hit), cancelled_at__isnull=True)
    outages = [one.row for one in listed(rows.order_by("-declared_at"), scope, SHOWN)]
    return {
        "findings": findings[:SHOWN], "findings_more": len(findings) > SHOWN,
        "outages": outages,
        "open_outages": [one for one in outages if one.restored_at is None and one.closed_at is None],
        "rationalization": (
            Rationalization.objects.filter(system=own).annotate(proposal=proposal()).order_by("-assessed_on").first()
        ),
        "dispositions": dict(Disposition.choices),
        "attestations": list(
            Attestation.objects.filter(system=own).select_related("person", "by", "campaign")[:SHOWN]
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class Reads:
    """An indicator that is made from systems: its figure for the whole state by the newest run, and how it stands."""

    indicator: Indicator
    figure: str
    bucket: Bucket


def indicators_reading(dataset: str) -> list[Reads]:
    """The indicators of current plans whose figures are made from a dataset, as they stand; two queries."""
    current = Plan.objects.filter(current__isnull=False, retired_on__isnull=True).values("current")
    found = list(
        Indicator.objects.filter(version__in=current, dataset__contains=[dataset])
        .select_related("version__plan").order_by("version", "order")[:SHOWN]
    )  # fmt: skip
    newest = (
        Run.objects.filter(finished_at__isnull=False)
        .order_by("plan", "-as_of", "-id")
        .distinct("plan")
        .values("pk")
    )
    rows = Verdict.objects.filter(run__in=newest, indicator__in={one.code for one in found}).select_related(
        "run"
    )
    verdicts = {(row.run.plan, row.indicator): row for row in rows}
    made = []
    for one in found:
        verdict = verdicts.get((one.version.plan.slug, one.code))
        bucket = bucket_of(verdict)
        shown = verdict is not None and bucket.key != "suppressed"
        made.append(Reads(one, words.figure(verdict.value, one.unit) if shown and verdict else "", bucket))
    return made
