"""How people sign in to applications: by secretariat and stage, what is due, and the next wave with owners to call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.org.models import OrganizationClosure, OrganizationKind
from stateworks.modules.inventory.models import IdentityStage, Lifecycle, MfaState, System, SystemKind
from stateworks.modules.inventory.pages.system import trail
from stateworks.web import asked
from stateworks.web.paging import csv_answer, wants_csv

APPLICATIONS = (SystemKind.APPLICATION, SystemKind.WEBSITE, SystemKind.AI, SystemKind.PLATFORM)
RUNNING = (Lifecycle.PRODUCTION, Lifecycle.PHASE_OUT)
NEXT_SHOWN = 50
LIST = "inventory.system"
BASE = [("kind", str(one)) for one in APPLICATIONS] + [("lifecycle", str(one)) for one in RUNNING]
"""What makes a system an application here, as filters of its list: every number leads to its rows."""


def applications(scope: Scope) -> QuerySet[System]:
    """The applications that run, among those one may see."""
    rows = visible(System.objects.all(), scope, "organization").order_by()
    return rows.filter(kind__in=APPLICATIONS, lifecycle__in=RUNNING)


def address(*filters: tuple[str, str]) -> str:
    """The address of the list of applications, narrowed."""
    return reverse("web:dataset", args=[LIST]) + "?" + urlencode([*BASE, *filters])


@dataclass
class Secretariat:
    """One department's applications by stage, with the codes of its agencies for the address of each number."""

    name: str
    code: str
    agencies: list[str] = field(default_factory=list)
    stages: dict[str, int] = field(default_factory=dict)
    total: int = 0
    second: int = 0
    bypass: int = 0

    def _at(self, *filters: tuple[str, str]) -> str:
        return address(*[("agency", one) for one in self.agencies], *filters)

    @property
    def url(self) -> str:
        """The list of all its applications."""
        return self._at()

    @property
    def cells(self) -> list[tuple[str, int, str]]:
        """Its figures in the order of the stages: label, number, address."""
        return [
            (label, self.stages.get(value, 0), self._at(("single_sign_on", value)))
            for value, label in IdentityStage.choices
        ]

    @property
    def second_url(self) -> str:
        """The list of those where a second factor is enforced for all."""
        return self._at(("second_factor", MfaState.ENFORCED))

    @property
    def bypass_url(self) -> str:
        """The list of those that local accounts pass by."""
        return self._at(("local_accounts", "true"))


def by_secretariat(scope: Scope) -> list[Secretariat]:
    """Count applications by department and stage: one query over systems, one over the tree."""
    counted = list(
        applications(scope).values("organization", "organization__code", "single_sign_on").annotate(
            n=Count("pk"), second=Count("pk", filter=Q(second_factor=MfaState.ENFORCED)),
            bypass=Count("pk", filter=Q(local_accounts=True)),
        )
    )  # fmt: skip
    above = OrganizationClosure.objects.filter(
        descendant__in={row["organization"] for row in counted}, ancestor__kind=OrganizationKind.DEPARTMENT
    ).order_by("-depth")
    home = {
        row["descendant"]: (row["ancestor__code"], row["ancestor__name"])
        for row in above.values("descendant", "ancestor__code", "ancestor__name")
    }
    found: dict[str, Secretariat] = {}
    for row in counted:
        code, name = home.get(row["organization"], ("", "Outside the departments"))
        one = found.setdefault(code, Secretariat(name, code))
        if row["organization__code"] not in one.agencies:
            one.agencies.append(row["organization__code"])
        one.stages[row["single_sign_on"]] = one.stages.get(row["single_sign_on"], 0) + row["n"]
        one.total += row["n"]
        one.second += row["second"]
        one.bypass += row["bypass"]
    return sorted(found.values(), key=lambda one: (not one.code, one.name))


def summed(rows: list[Secretariat]) -> Secretariat:
    """All of them as one line."""
    whole = Secretariat("All", "")
    for row in rows:
        whole.total, whole.second, whole.bypass = (
            whole.total + row.total,
            whole.second + row.second,
            whole.bypass + row.bypass,
        )
        for stage, n in row.stages.items():
            whole.stages[stage] = whole.stages.get(stage, 0) + n
    return whole


DONE = Q(single_sign_on__in=[IdentityStage.ENFORCED, IdentityStage.NOT_APPLICABLE])


def waves(scope: Scope, today: dt.date) -> list[dict[str, Any]]:
    """The waves of the rollout with their day, how far each is, and what is late; in the order of their days.

    The last line, without a name, is of the applications that belong to none.
    """
    counted = (
        applications(scope)
        .values("identity_wave")
        .annotate(n=Count("pk"), done=Count("pk", filter=DONE), due=Min("identity_due_on"),
                  late=Count("pk", filter=Q(identity_due_on__lt=today) & ~DONE & ~_exempt(today)))
        .order_by(F("due").asc(nulls_last=True), "identity_wave")
    )  # fmt: skip
    found = [
        row | {"url": address(("identity_wave", row["identity_wave"])), "left": row["n"] - row["done"]}
        for row in counted
    ]
    return sorted(found, key=lambda row: not row["identity_wave"])


def first_exempt(scope: Scope) -> tuple[int, ...]:
    """The ids of the exempt applications whose exemption ends first."""
    exempt = Q(single_sign_on=IdentityStage.EXEMPT) | Q(second_factor=MfaState.EXEMPT)
    rows = applications(scope).filter(exempt).order_by("identity_exempt_until", "name")
    return tuple(rows.values_list("pk", flat=True)[:20])


def _exempt(today: dt.date) -> Q:
    return Q(single_sign_on=IdentityStage.EXEMPT, identity_exempt_until__gte=today)


HEADINGS = ("wave", "due", "system", "name", "agency", "single sign-on", "second factor", "owner", "e-mail")


@login_required
def identity(request: HttpRequest) -> HttpResponse:
    """The state of sign-in: every number leads to its list, and the next wave says whom to call."""
    today, answers = timezone.localdate(), asked.answers(request)
    rows = applications(asked.scope(request))
    every = answers.of(waves, today)
    stages = [one for one in every if one["identity_wave"]]
    ahead = next((one for one in stages if one["left"]), None)
    chosen = request.GET.get("wave", "") or (ahead["identity_wave"] if ahead else "")
    waiting = rows.filter(identity_wave=chosen).exclude(DONE) if chosen else rows.none()
    waiting = waiting.select_related("organization", "owner").order_by("criticality", "name", "pk")
    if wants_csv(request):
        return csv_answer("sign-in-wave", HEADINGS, waiting, _cells)
    secretariats = answers.of(by_secretariat)
    next_ones = answers.read(waiting.select_related(None).values_list("pk", flat=True)[:NEXT_SHOWN])
    context = {
        "secretariats": secretariats, "whole": summed(secretariats), "stages": IdentityStage.choices,
        "waves": stages, "chosen": chosen, "waiting": list(waiting.filter(pk__in=next_ones)),
        "waiting_total": sum(one["left"] for one in stages if one["identity_wave"] == chosen),
        "no_wave": sum(one["left"] for one in every if not one["identity_wave"]),
        "no_wave_url": address(("identity_wave", "none")),
        "exempt": list(
            rows.filter(pk__in=answers.of(first_exempt)).select_related("organization")
            .order_by("identity_exempt_until", "name")
        ),
        "today": today, "trail": trail(), "here": "Sign-in",
    }  # fmt: skip
    return render(request, "inventory/identity.html", context)


def _cells(row: System) -> tuple[Any, ...]:
    return (
        row.identity_wave, row.identity_due_on, row.code, row.name, row.organization.code, row.single_sign_on,
        row.second_factor, row.owner.name if row.owner else "", row.owner.email if row.owner else "",
    )  # fmt: skip
