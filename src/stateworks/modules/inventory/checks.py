"""The checks that rules run: each returns what breaks it as rows (system, subject, other, text), made by the database.

A check is a function of what it is asked about (`Asked`) that returns a query, or rows where SQL is not the tool. A text
never names another system, which not everybody may see: `other` points to it. Register a check with `@check(...)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Lower, Replace

from stateworks.modules.inventory.attesting import alive, documented, live_systems, none_attested
from stateworks.modules.inventory.checking import CHECKS, Asked, Found, Hit, check, day, duration, findings
from stateworks.modules.inventory.models import (
    Classification,
    Criticality,
    Dependency,
    EndOfLife,
    IdentityStage,
    Lifecycle,
    MfaState,
    Monitor,
    RecoveryTest,
    Stack,
    Strength,
    System,
    SystemAlias,
)

# Who runs the checks takes them from here, so that those of this file are among them.
__all__ = ["CHECKS"]

CRITICAL = (Criticality.ESSENTIAL, Criticality.IMPORTANT)


def _critical(asked: Asked) -> QuerySet[System]:
    """Systems in production that matter; `levels` 1 asks for the mission essential alone."""
    levels = CRITICAL[: asked.number("levels", 2)]
    return asked.systems().filter(lifecycle=Lifecycle.PRODUCTION, criticality__in=levels)


LEVELS = "How many levels of criticality count: 1 the mission essential alone, 2 the important too."


@check("slower_provider", "A provider may be down longer than a system that stops without it")
def slower_provider(asked: Asked) -> Found:
    """Hard dependencies without a stand-in whose provider's recovery objective is longer than the dependant's."""
    rows = asked.dependencies().filter(
        strength=Strength.HARD,
        group="",
        provider__recovery_time_minutes__gt=F("system__recovery_time_minutes"),
    )
    text = Concat(
        Value("It must be back within "), duration("system__recovery_time_minutes"),
        Value(", but a system it cannot work without may be down for "), duration("provider__recovery_time_minutes"),
        Value("."), output_field=CharField(),
    )  # fmt: skip
    return findings(rows, "system", text, subject=F("provider__code"), other="provider")


def _built_on(asked: Asked) -> QuerySet[Stack]:
    rows = Stack.objects.filter(alive(asked.today), system__lifecycle=Lifecycle.PRODUCTION).order_by()
    return rows if asked.system is None else rows.filter(system=asked.system)


def _product(prefix: str = "technology__") -> Coalesce:
    from django.db.models.functions import NullIf

    return Coalesce(NullIf(F(f"{prefix}name"), Value("")), F(f"{prefix}code"))


@check("end_of_life", "A system in production is built on technology whose maker has ended support")
def end_of_life(asked: Asked) -> Found:
    """Technology whose last day is past, or known to be over without a day."""
    over = Q(technology__end_of_life=EndOfLife.ENDED) | Q(technology__ends_on__lt=asked.today)
    when = Case(
        When(technology__ends_on__isnull=False, then=Concat(Value(" ended on "), day("technology__ends_on"))),
        default=Value(" has ended"), output_field=CharField(),
    )  # fmt: skip
    text = Concat(
        Value("It runs in production on "), _product(), Value(", whose support"), when, Value("."),
        output_field=CharField(),
    )  # fmt: skip
    return findings(_built_on(asked).filter(over), "system", text, subject=F("technology__code"))


@check("ending_soon", "A system in production is built on technology whose support ends soon",
       days="How many days ahead to look; 365 where none is given.")  # fmt: skip
def ending_soon(asked: Asked) -> Found:
    """Technology whose last day comes within the days the rule names."""
    last = asked.today + timedelta(days=asked.number("days", 365))
    rows = _built_on(asked).filter(technology__ends_on__gte=asked.today, technology__ends_on__lte=last)
    text = Concat(
        Value("It runs in production on "), _product(), Value(", whose support ends on "),
        day("technology__ends_on"), Value("."), output_field=CharField(),
    )  # fmt: skip
    return findings(rows, "system", text, subject=F("technology__code"))


@check("no_owner", "A critical system has no owner who is still here", levels=LEVELS)
def no_owner(asked: Asked) -> Found:
    """Critical systems without an owner, or whose owner has left."""
    gone = Q(owner__left_on__isnull=False, owner__left_on__lte=asked.today)
    text = Case(
        When(owner__isnull=True, then=Value("It is critical and nobody is named as its owner.")),
        default=Value("It is critical and its owner has left; name another."), output_field=CharField(),
    )  # fmt: skip
    return findings(_critical(asked).filter(Q(owner__isnull=True) | gone), "pk", text)


@check("no_monitoring", "A critical system is watched by no approved monitoring tool", levels=LEVELS)
def no_monitoring(asked: Asked) -> Found:
    """Critical systems without a monitor of an approved tool that is still on."""
    watched = Monitor.objects.filter(
        Q(offboarded_on__isnull=True) | Q(offboarded_on__gt=asked.today),
        system=OuterRef("pk"),
        tool__approved=True,
    )
    rows = _critical(asked).filter(~Exists(watched))
    return findings(rows, "pk", "It is critical and no approved monitoring tool watches it.")


@check("no_recovery_test", "A critical system's recovery was not verified lately",
       levels=LEVELS, days="How old a test may be; 365 days where none is given.")  # fmt: skip
def no_recovery_test(asked: Asked) -> Found:
    """Critical systems without a restore that was verified within the days; a job that succeeded is no restore."""
    since = asked.today - timedelta(days=asked.number("days", 365))
    fine = Q(recovery_test=RecoveryTest.VERIFIED, recovery_tested_on__gte=since)
    text = Case(
        When(recovery_test=RecoveryTest.VERIFIED, recovery_tested_on__isnull=False, then=Concat(
            Value("It is critical and its last verified recovery test was on "), day("recovery_tested_on"), Value("."),
        )),
        When(recovery_test=RecoveryTest.FAILED, then=Value("It is critical and its last recovery test failed.")),
        When(recovery_test=RecoveryTest.JOB_SUCCEEDED, then=Value(
            "It is critical and nobody has restored it: a backup job that ended well shows no recovery."
        )),
        default=Value("It is critical and its recovery was never tested."), output_field=CharField(),
    )  # fmt: skip
    return findings(_critical(asked).exclude(fine), "pk", text)


@check("orphan", "A system depends on nothing and nothing depends on it, and nobody has said that this is so")
def orphan(asked: Asked) -> Found:
    """Systems without any dependency, either way, for which “depends on nothing” is not attested."""
    needed = Dependency.objects.filter(alive(asked.today), provider=OuterRef("pk"))
    rows = asked.systems().exclude(lifecycle=Lifecycle.PLANNED)
    rows = rows.filter(~documented(asked.today), ~Exists(needed)).exclude(none_attested(asked.today))
    return findings(
        rows, "pk", "It stands alone: no dependency in either direction, and nobody has said that this is so."
    )


def _bare(name: str) -> Lower:
    """A name without case, blanks, dots and dashes."""
    found: Any = F(name)
    for sign in (" ", "-", "_", ".", ","):
        found = Replace(found, Value(sign), Value(""))
    return Lower(found)


@check("duplicate", "Two systems of one agency bear the same name")
def duplicate(asked: Asked) -> Found:
    """Systems of one agency whose names are the same but for case and signs, or where one's name is another's alias."""
    # Asked of all even for one system: its twin is another one.
    every = live_systems(asked.today).order_by().annotate(bare=_bare("name"))
    twins = (
        every.values("organization", "bare")
        .annotate(n=Count("pk"), first=Min("pk"), last=Max("pk"))
        .filter(n__gt=1)
    )
    groups = {(row["organization"], row["bare"]): (row["first"], row["last"]) for row in twins}
    found: dict[tuple[int, int], str] = {}
    if groups:
        bares = {bare for _, bare in groups}
        for pk, organization, bare in every.filter(bare__in=bares).values_list("pk", "organization", "bare"):
            pair = groups.get((organization, bare))
            if pair:
                other = pair[1] if pair[0] == pk else pair[0]
                found[pk, other] = (
                    "Another system of the same agency bears the same name; merge them or tell them apart."
                )
    named = every.filter(organization=OuterRef("system__organization"), bare=OuterRef("bare_alias"))
    aliased = (
        SystemAlias.objects.exclude(system__lifecycle=Lifecycle.RETIRED)
        .annotate(bare_alias=_bare("alias"))
        .annotate(twin=Subquery(named.exclude(pk=OuterRef("system")).values("pk")[:1]))
        .filter(twin__isnull=False)
        .order_by()
    )
    for pk, twin in aliased.values_list("system", "twin"):
        found.setdefault(
            (pk, twin),
            "Another system of the same agency bears one of its aliases as its name; merge them or tell them apart.",
        )
    return [
        (pk, str(other), other, text) for (pk, other), text in found.items() if asked.system in (None, pk)
    ]


@check("stale", "Nobody has vouched for a system's facts, or that has run out",
       days="Days after the last one ended; 0 where none is given.")  # fmt: skip
def stale(asked: Asked) -> Found:
    """Systems in production whose facts were never attested, or whose attestation ended before the days began."""
    limit = asked.today - timedelta(days=asked.number("days", 0))
    rows = asked.systems().filter(lifecycle=Lifecycle.PRODUCTION)
    rows = rows.filter(Q(attested_until__isnull=True) | Q(attested_until__lt=limit))
    text = Case(
        When(attested_until__isnull=True, then=Value("Nobody has ever vouched for its facts.")),
        default=Concat(Value("What its owner said of it counted until "), day("attested_until"), Value(".")),
        output_field=CharField(),
    )  # fmt: skip
    return findings(rows, "pk", text)


@check("needs_retired", "A system depends on a retired one")
def needs_retired(asked: Asked) -> Found:
    """Dependencies that hold on a provider that no longer runs."""
    rows = asked.dependencies().filter(
        Q(provider__lifecycle=Lifecycle.RETIRED) | Q(provider__retired_on__lte=asked.today)
    )
    text = "It depends on a system that is retired; end the dependency or name what took over."
    return findings(rows, "system", text, subject=F("provider__code"), other="provider")


@check("none_but_some", "A system is said to depend on nothing, and dependencies are documented")
def none_but_some(asked: Asked) -> Found:
    """Systems whose “depends on nothing” still counts although something is listed, by an import for example."""
    rows = asked.systems().filter(none_attested(asked.today), documented(asked.today))
    return findings(
        rows,
        "pk",
        "Its owner said that it depends on nothing, yet dependencies are documented; one is wrong.",
    )


@check("hard_cycle", "Systems cannot work without each other, in a circle")
def hard_cycle(asked: Asked) -> Found:
    """Systems in a circle of hard dependencies without a stand-in; the smallest id of a circle is its subject."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    whole = Asked(asked.today, asked.parameters)
    rows = whole.dependencies().filter(strength=Strength.HARD, group="").exclude(system=F("provider"))
    pairs = np.array(list(rows.values_list("system", "provider")), dtype=np.int64).reshape(-1, 2)
    if not len(pairs):
        return []
    ids, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(places), dtype=np.int8), (places[:, 0], places[:, 1])), shape=(len(ids), len(ids))
    )
    _, circle = connected_components(graph.tocsr(), directed=True, connection="strong")
    size = np.bincount(circle)
    return list(_circles(ids, circle, size, asked.system))


def _circles(ids: Any, circle: Any, size: Any, only: int | None) -> Iterator[Hit]:
    import numpy as np

    inside = np.flatnonzero(size[circle] > 1)
    first: dict[int, int] = {}
    for place in inside:
        first.setdefault(int(circle[place]), int(ids[place]))
    for place in inside:
        pk, head = int(ids[place]), first[int(circle[place])]
        if only in (None, pk):
            many = int(size[circle[place]])
            text = (
                f"It stands in a circle of {many} systems that cannot work without each other; "
                "say in which order they are started."
            )
            yield pk, f"circle {head}", None if head == pk else head, text


@check("exemption_over", "An exemption from single sign-on or a second factor has run out")
def exemption_over(asked: Asked) -> Found:
    """Exempt systems whose last day is past."""
    exempt = Q(single_sign_on=IdentityStage.EXEMPT) | Q(second_factor=MfaState.EXEMPT)
    rows = asked.systems().filter(exempt, identity_exempt_until__lt=asked.today)
    text = Concat(
        Value("Its exemption from the sign-in rules ran out on "), day("identity_exempt_until"), Value("."),
        output_field=CharField(),
    )  # fmt: skip
    return findings(rows, "pk", text)


@check("local_bypass", "Local accounts pass by the single sign-on of a system with confidential data")
def local_bypass(asked: Asked) -> Found:
    """Systems with confidential or restricted data where single sign-on is there and a local account still works."""
    rows = asked.systems().filter(
        local_accounts=True, classification__in=[Classification.CONFIDENTIAL, Classification.RESTRICTED],
        single_sign_on__in=[IdentityStage.OFFERED, IdentityStage.ENFORCED],
    )  # fmt: skip
    return findings(rows, "pk", "It holds confidential data, and local accounts pass by the single sign-on.")
