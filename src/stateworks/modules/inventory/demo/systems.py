"""Fictional systems whose outcomes are drawn before their facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stateworks.kernel.demo import LAST_DAY, World
from stateworks.kernel.org.models import Organization, OrganizationKind, Person
from stateworks.modules.inventory.demo.words import (
    CAPABILITIES,
    PLATFORMS,
    SITES,
    SORTS,
    SUBJECTS,
    TECHNOLOGIES,
    TOOLS,
)


def slug(text: str) -> str:
    """Return a code from a name."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())


@dataclass
class Drawn:
    """One system: what was decided about it, and the facts that follow."""

    code: str
    name: str
    agency: str
    department: str
    owner: str
    steward: str
    platform: bool = False
    rank: int | None = None
    criticality: str = "3_supporting"
    lifecycle: str = "production"
    complete: bool = False
    attested: bool = False
    none_attested: bool = False
    ended: bool | None = None
    observed: bool = False
    watched: bool = False
    recovered: bool = False
    single_sign_on: str = "not_assessed"
    second_factor: str = "not_assessed"
    local_accounts: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def retired(self) -> bool:
        """Whether it no longer runs."""
        return self.lifecycle == "retired"

    @property
    def running(self) -> bool:
        """Whether it is in production or being phased out."""
        return self.lifecycle in ("production", "phase_out")


@dataclass
class Made:
    """All systems, and the rows of what belongs to them."""

    systems: list[Drawn]
    random: Random

    @property
    def monitored(self) -> int:
        """How many systems an approved tool watches."""
        return sum(one.watched for one in self.systems)

    def counted(
        self, hit: Callable[[Drawn], bool], *, among: Callable[[Drawn], bool]
    ) -> dict[str, tuple[int, int]]:
        """Count hits and population, statewide (under "") and by agency."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for one in self.systems:
            if among(one):
                for place in ("", one.agency):
                    found[place][0] += hit(one)
                    found[place][1] += 1
        return {place: (hits, n) for place, (hits, n) in found.items()}

    def shares(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Return what is true of the measures that are shares of systems."""
        signed_in = ("not_applicable", "exempt")
        return {
            "inventory.metadata_current": self.counted(
                lambda one: one.complete and one.attested, among=lambda one: one.running
            ),
            "inventory.baseline_observability": self.counted(
                lambda one: one.observed, among=lambda one: one.running
            ),
            "inventory.end_of_life_exposure": self.counted(
                lambda one: bool(one.ended), among=lambda one: one.running
            ),
            "inventory.single_sign_on": self.counted(
                lambda one: one.single_sign_on == "enforced" and not one.local_accounts,
                among=lambda one: one.running and one.single_sign_on not in signed_in,
            ),
            "inventory.second_factor": self.counted(
                lambda one: one.second_factor == "enforced",
                among=lambda one: one.running and one.second_factor not in signed_in,
            ),
            "inventory.recovery_test_coverage": self.counted(
                lambda one: one.recovered,
                among=lambda one: one.running and one.criticality in ("1_essential", "2_important"),
            ),
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Systems."""
        for one in self.systems:
            yield {
                "code": one.code, "name": one.name, "agency": one.agency, "owner": one.owner, "steward": one.steward,
                "kind": "platform" if one.platform else "application", "lifecycle": one.lifecycle,
                "criticality": one.criticality, "critical_rank": one.rank or "", "single_sign_on": one.single_sign_on,
                "second_factor": one.second_factor, "local_accounts": str(one.local_accounts).lower(), **one.facts,
            }  # fmt: skip

    def aliases(self) -> Iterator[dict[str, Any]]:
        """What the ticketing tool calls some of them."""
        for place, one in enumerate(self.systems):
            if place % 3 == 0:
                yield {"source": "meridian-desk", "alias": f"APP{place:05d}", "system": one.code}

    def environments(self) -> Iterator[dict[str, Any]]:
        """Where they run."""
        for one in self.systems:
            if not one.running:
                continue
            here = self.random.choice(SITES[:4])[0]
            yield {"system": one.code, "name": "prod", "kind": "production", "site": here}
            if one.criticality < "3":
                other = next(site[0] for site in SITES if site[0] != here)
                yield {"system": one.code, "name": "standby", "kind": "standby", "site": other}
            if self.random.random() < 0.5:
                yield {"system": one.code, "name": "test", "kind": "test", "site": here}

    def components(self) -> Iterator[dict[str, Any]]:
        """The parts of the more important ones: two servers that stand in for one another, and a database."""
        for one in self.systems:
            if one.running and one.criticality < "3":
                for place in (1, 2):
                    yield {
                        "code": f"{one.code}-web-{place}", "name": f"{one.name} server {place}", "kind": "server",
                        "system": one.code, "group": "web", "min_up": 1, "essential": "true",
                    }  # fmt: skip
                yield {
                    "code": f"{one.code}-db", "name": f"{one.name} database", "kind": "database", "system": one.code,
                    "group": "", "min_up": 1, "essential": "true",
                }  # fmt: skip

    def stacks(self) -> Iterator[dict[str, Any]]:
        """What they are built on; systems on ended technology have sound one beside it."""
        ended = [f"{product}-{cycle}" for product, cycle, _, _, last in TECHNOLOGIES if last < LAST_DAY]
        sound = [f"{product}-{cycle}" for product, cycle, _, _, last in TECHNOLOGIES if last >= LAST_DAY]
        role = {f"{product}-{cycle}": role for product, cycle, _, role, _ in TECHNOLOGIES}
        for one in self.systems:
            if one.ended is None:
                continue
            chosen = self.random.sample(sound, 2) + ([self.random.choice(ended)] if one.ended else [])
            for code in chosen:
                yield {"system": one.code, "technology": code, "role": role[code]}

    def monitors(self) -> Iterator[dict[str, Any]]:
        """What watches them: an approved tool, sometimes two; the others at best a home-made one."""
        for place, one in enumerate(self.systems):
            since = date(2025, 7, 1) + timedelta(days=self.random.randrange(480))
            tools = ["lookout"] if one.watched else ["pingbox"] if place % 5 == 0 else []
            tools += ["skywatch"] if one.watched and place % 7 == 0 else []
            for tool in tools:
                yield {
                    "tool": tool, "entity": f"{tool}:{place:06d}", "system": one.code, "name": one.name,
                    "onboarded_on": since.isoformat(),
                }  # fmt: skip

    def checks(self, baseline: Sequence[str]) -> Iterator[dict[str, Any]]:
        """What was found of the observability baseline, by code; the systems that fail miss at least one point."""
        for one in self.systems:
            if not one.running or (not one.observed and self.random.random() < 0.5):
                continue
            missing = self.random.randrange(len(baseline)) if not one.observed else None
            for place, code in enumerate(baseline):
                away = self.random.random() < 0.05
                state = "failed" if place == missing else "not_applicable" if away else "passed"
                yield {
                    "system": one.code, "item": code, "state": state, "checked_on": "2026-09-15",
                    "evidence": "It runs in the browser of the vendor alone." if state == "not_applicable" else "",
                }  # fmt: skip

    def rationalizations(self) -> Iterator[dict[str, Any]]:
        """How a third of them were judged."""
        for place, one in enumerate(self.systems):
            if place % 3 == 0 and one.running:
                value, fitness = self.random.randint(1, 5), self.random.randint(1, 5)
                yield {
                    "system": one.code, "assessed_on": "2026-06-30", "value": value, "fitness": fitness,
                    "risk": self.random.randint(1, 5), "annual_cost_cents": self.random.randrange(5_000, 900_000) * 100,
                }  # fmt: skip


def draw_systems(world: World, wanted: int) -> Made:
    """Draw platforms that many depend on, then the agencies' systems."""
    random = world.random("inventory.systems")
    places = list(
        Organization.objects.filter(
            kind__in=[OrganizationKind.DEPARTMENT, OrganizationKind.AGENCY], executive_branch=True
        )
        .select_related("parent")
        .order_by("code")
    )
    people: dict[str, list[str]] = defaultdict(list)
    for code, organization in Person.objects.order_by("code").values_list("code", "organization__code"):
        people[organization].append(code)
    systems: list[Drawn] = []
    taken: set[str] = set()
    shared = min(len(PLATFORMS), wanted // 10)
    # The ten most critical: three platforms, and seven systems of agencies.
    ranks = {place: rank for rank, place in enumerate([0, 1, 2, *range(shared, shared + 7)], start=1)}
    for place in range(wanted):
        platform = place < shared
        if platform:
            name, home = PLATFORMS[place], next(one for one in places if one.code == "mot")
        else:
            home = random.choice(places)
            name = f"{random.choice(SUBJECTS)} {random.choice(SORTS)}"
        code = slug(name) if platform else f"{home.code.split('-')[0]}-{slug(name)}"
        while code in taken:
            code = f"{code.rstrip('0123456789').rstrip('-')}-{random.randrange(10, 10**6)}"
        taken.add(code)
        staff = people[home.code] or people["mot"]
        owner = "owen-owner" if platform and place % 2 == 0 else random.choice(staff)
        department = home
        while department.kind != OrganizationKind.DEPARTMENT and department.parent is not None:
            department = department.parent
        one = Drawn(code, name, home.code, department.code, owner, random.choice(staff), platform)
        _decide(one, random, rank=ranks.get(place))
        systems.append(one)
    return Made(systems, random)


def _decide(one: Drawn, random: Random, *, rank: int | None) -> None:
    """Draw a system's outcomes, then the facts that make them so."""
    chance = random.random
    one.rank = rank
    one.criticality = (
        "1_essential" if rank or (one.platform and chance() < 0.5)
        else random.choices(["1_essential", "2_important", "3_supporting", "4_minor"], [4, 16, 45, 35])[0]
    )  # fmt: skip
    if not one.platform and not rank:
        one.lifecycle = random.choices(
            ["production", "phase_out", "planned", "development", "retired"], [82, 6, 3, 4, 5]
        )[0]
    better = 0.15 if one.department in ("dor", "dps", "doa") else 0.0
    one.complete, one.attested = chance() < 0.70 + better, chance() < 0.72 + better
    one.none_attested = not one.platform and chance() < 0.08
    one.ended = None if chance() < 0.2 else chance() < 0.22
    one.observed = one.running and chance() < 0.26 + better
    one.watched = one.running and chance() < (0.6 if one.criticality < "3" else 0.1)
    one.recovered = one.criticality < "3" and chance() < 0.45
    one.single_sign_on = random.choices(
        ["not_assessed", "planned", "offered", "enforced", "exempt", "not_applicable"], [18, 15, 17, 38, 4, 8]
    )[0]
    one.second_factor = random.choices(
        ["not_assessed", "none", "offered", "privileged", "enforced", "not_applicable"],
        [20, 14, 12, 16, 30, 8],
    )[0]
    one.local_accounts = one.single_sign_on == "enforced" and chance() < 0.15
    one.facts = _facts(one, random)


def _facts(one: Drawn, random: Random) -> dict[str, Any]:
    functions = [slug(name) for names in CAPABILITIES.values() for name in names]
    facts: dict[str, Any] = {
        "purpose": f"Staff use it for {one.name.lower()}.", "capability": random.choice(functions),
        "hosting": random.choices(["state", "agency", "iaas", "paas", "saas", "vendor"], [34, 10, 18, 8, 24, 6])[0],
        "classification": random.choice(["public", "internal", "confidential", "restricted"]),
        "vendor": random.choice(["", "", "harbor-systems", "bluepeak-cloud", "alder-software", "cobalt-records"]),
        "recovery_time_minutes": {"1": 60, "2": 240, "3": 1440, "4": 4320}[one.criticality[0]],
        "recovery_point_minutes": random.choice([0, 15, 60, 1440]),
        "availability_target": {"1": "99.9", "2": "99.5"}.get(one.criticality[0], ""),
        "started_on": (date(2008, 1, 1) + timedelta(days=random.randrange(6000))).isoformat(),
        "identity_wave": f"Wave {random.randint(1, 4)}", "identity_due_on": random.choice(["2026-12-31", "2027-06-30"]),
        "identity_exempt_until": "2027-06-30" if one.single_sign_on == "exempt" else "",
        "recovery_test": "never", "recovery_tested_on": "", "retired_on": "2026-03-31" if one.retired else "",
        "attested_on": "", "attested_until": "", "none_attested_on": "", "none_attested_until": "",
    }  # fmt: skip
    if not one.complete:
        # Each incomplete record lacks one to three key facts.
        for name in random.sample(["purpose", "capability", "recovery_point_minutes"], random.randint(1, 3)):
            facts[name] = ""
    said = LAST_DAY - timedelta(days=random.randrange(1, 360))
    if one.attested:
        facts |= {"attested_on": said.isoformat(), "attested_until": (said + timedelta(days=365)).isoformat()}
    elif random.random() < 0.5:
        # It was attested once; the word has run out.
        old = said - timedelta(days=366)
        facts |= {"attested_on": old.isoformat(), "attested_until": (old + timedelta(days=365)).isoformat()}
    if one.none_attested:
        facts |= {
            "none_attested_on": said.isoformat(),
            "none_attested_until": (said + timedelta(days=365)).isoformat(),
        }
    tested = LAST_DAY - timedelta(days=random.randrange(1, 360))
    if one.recovered:
        facts |= {"recovery_test": "verified", "recovery_tested_on": tested.isoformat()}
    elif one.criticality < "3" and random.random() < 0.6:
        facts |= {
            "recovery_test": random.choice(["job_succeeded", "failed"]),
            "recovery_tested_on": tested.isoformat(),
        }
    return facts


def owner_of_the_demo() -> None:
    """Let the demo's owner be somebody who answers for systems: the account and the person share an address."""
    Person.objects.get_or_create(
        code="owen-owner",
        defaults={
            "name": "Owen Owner", "email": "owner@meridian.example",
            "organization": Organization.objects.get(code="mot"),
        },
    )  # fmt: skip


def vendors() -> Sequence[dict[str, Any]]:
    """Makers of software beside the vendors that the office's part brings."""
    return [
        {"code": "alder-software", "name": "Alder Software"},
        {"code": "cobalt-records", "name": "Cobalt Records Systems"},
    ]


def capabilities() -> Iterator[dict[str, Any]]:
    """The capability map: those at the top first."""
    for top in CAPABILITIES:
        yield {"code": slug(top), "name": top, "parent": ""}
    for top, names in CAPABILITIES.items():
        for name in names:
            yield {"code": slug(name), "name": name, "parent": slug(top)}


def sites() -> Iterator[dict[str, Any]]:
    """Where things stand."""
    for code, name, kind, vendor, city in SITES:
        yield {"code": code, "name": name, "kind": kind, "vendor": vendor, "city": city}


def technologies() -> Iterator[dict[str, Any]]:
    """What things are built on."""
    for product, cycle, name, _, last in TECHNOLOGIES:
        yield {
            "code": f"{product}-{cycle}", "product": product, "cycle": cycle, "name": name, "end_of_life": "dated",
            "ends_on": last.isoformat(),
        }  # fmt: skip


def tools() -> Iterator[dict[str, Any]]:
    """What watches."""
    for code, name, approved in TOOLS:
        yield {"code": code, "name": name, "approved": str(approved).lower()}
