"""The inventory's measures, each figure worked out by hand from a few systems."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.adhoc import compute
from stateworks.kernel.indicators.measures import all_measures
from stateworks.kernel.org.models import Organization, OrganizationKind, Person
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.modules.inventory import models

AS_OF = date(2026, 10, 31)
AT = datetime(2026, 11, 1, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organization:
    with entered(SYSTEM):
        state = Organization.objects.create(code="meridian", name="Meridian", kind=OrganizationKind.STATE)
        return Organization.objects.create(
            code="harbor", name="Harbor", kind=OrganizationKind.AGENCY, parent=state
        )


class Inventory:
    """A few systems of one agency; each is complete, critical and in production unless said otherwise."""

    def __init__(self, agency: Organization) -> None:
        self.agency = agency
        with entered(SYSTEM):
            self.person = Person.objects.create(code="ada", name="Ada", organization=agency)
            self.capability = models.Capability.objects.create(code="pay", name="Pay")

    def system(self, code: str, **other: Any) -> models.System:
        facts: dict[str, Any] = {
            "name": code, "purpose": "Pays.", "organization": self.agency, "capability": self.capability, "owner": self.person,
            "steward": self.person, "criticality": "2_important", "hosting": "saas", "classification": "internal",
            "recovery_time_minutes": 60, "recovery_point_minutes": 0, "attested_on": date(2026, 1, 1),
            "attested_until": date(2026, 12, 31), "single_sign_on": "enforced", "second_factor": "enforced",
        }  # fmt: skip
        with entered(SYSTEM):
            return models.System.objects.create(code=code, **(facts | other))


@pytest.fixture
def inventory(agency: Organization) -> Inventory:
    return Inventory(agency)


def figures(name: str, as_of: date = AS_OF, **parameters: Any) -> list[dict[str, Any]]:
    """Return a measure's figures from the records as they stand."""
    snapshot_changed(at=AT)
    return compute(name, as_of=as_of, parameters=parameters)


def parts(name: str, as_of: date = AS_OF, **parameters: Any) -> tuple[int | None, int | None]:
    """Return numerator and denominator."""
    found = figures(name, as_of, **parameters)[0]
    return found["numerator"], found["n"]


def test_metadata_is_complete_and_current(inventory: Inventory) -> None:
    inventory.system("complete")
    inventory.system("no-owner", owner=None)
    inventory.system("no-purpose", purpose="")
    inventory.system("not-assessed", criticality="9_unknown")
    inventory.system("run-out", attested_on=date(2025, 1, 1), attested_until=date(2026, 10, 30))
    inventory.system("never-attested", attested_on=None, attested_until=None)
    inventory.system("last-day", attested_until=AS_OF)
    inventory.system("planned", lifecycle="planned")
    inventory.system("retired", lifecycle="retired", retired_on=date(2026, 1, 1))
    inventory.system("not-begun", started_on=date(2026, 11, 1))
    inventory.system("phase-out", lifecycle="phase_out", retired_on=date(2026, 12, 1))
    # Of ten, three do not run: complete, last-day and phase-out are complete and current among the eight that do.
    assert parts("inventory.metadata_current") == (3, 8)
    # A day later the attestation that ended on its last day no longer counts, and one more system runs.
    assert parts("inventory.metadata_current", date(2026, 11, 1)) == (3, 9)


def test_unknown_dependencies_stay_in_the_denominator(inventory: Inventory) -> None:
    one, two = inventory.system("one"), inventory.system("two")
    three = inventory.system("three", none_attested_on=date(2026, 1, 1), none_attested_until=AS_OF)
    inventory.system("four", none_attested_on=date(2025, 1, 1), none_attested_until=date(2026, 1, 1))
    inventory.system("gone", lifecycle="retired", retired_on=date(2026, 1, 1))
    with entered(SYSTEM):
        models.Dependency.objects.create(system=one, provider=two)
        models.Dependency.objects.create(system=one, provider=three)
        models.Dependency.objects.create(system=two, provider=three, retired_on=AS_OF)
    # One has two documented ones and weighs one; two's ended on the day; three's owner said none; four's word ran out.
    found = figures("inventory.dependencies_documented")[0]
    assert (found["numerator"], found["n"]) == (2, 4)
    assert parts("inventory.dependencies_documented", date(2026, 10, 30)) == (3, 4)


def outage(code: str, declared: str, minutes: int | None, system: models.System, **other: Any) -> None:
    at = datetime.fromisoformat(f"2026-{declared}:00+00:00")
    with entered(SYSTEM):
        models.Outage.objects.create(
            code=code, title=code, source="system", system=system, declared_at=at,
            identified_at=None if minutes is None else at + timedelta(minutes=minutes), **({"critical": True} | other),
        )  # fmt: skip


def test_time_to_identify_counts_real_outages_of_critical_systems(
    inventory: Inventory, settings: Any
) -> None:
    settings.TIME_ZONE = "America/Chicago"
    pay = inventory.system("pay")
    outage("a", "10-05 15:00", 30, pay)
    outage("b", "10-06 15:00", 90, pay)
    outage("drill", "10-07 15:00", 5, pay, drill=True)
    outage("minor", "10-08 15:00", 600, pay, critical=False)
    outage("mistake", "10-09 15:00", None, pay, cancelled_at=AT)
    outage("open", "10-10 15:00", None, pay)
    # Still the evening of 31 October in Chicago, and declared on the day itself.
    outage("late", "11-01 02:00", 60, pay)
    mean, within, median, p90 = figures("inventory.time_to_identify")
    # 30, 90 and 60 minutes; the open one has no length yet.
    assert mean["value"] == 1.0
    # Within the hour: 30 and 60 of 30, 90, 60 and the open one, which is past its hour already.
    assert (within["figure"], within["value"]) == ("within", 0.5)
    # Of four at risk one ended after 30 minutes and one after 60: half are left. The open one may be the slowest of all.
    assert (median["figure"], median["value"], median["n"]) == ("median", 1.0, 4)
    assert (p90["value"], p90["n"]) == (None, 4)
    drills = figures("inventory.time_to_identify", drills=True)[0]
    assert drills["value"] == pytest.approx(5 / 60, abs=0.001)
    everything = figures("inventory.time_to_identify", critical_only=False)[0]
    assert everything["value"] == pytest.approx((30 + 90 + 600 + 60) / 4 / 60, abs=0.001)
    assert figures("inventory.drills")[0]["value"] == 1


def test_observability_needs_every_required_point_in_date(inventory: Inventory) -> None:
    with entered(SYSTEM):
        alert, log, nice, old = (
            models.CheckItem.objects.create(code=code, name=code, required=required, retired_on=retired)
            for code, required, retired in (
                ("alert", True, None), ("log", True, None), ("nice", False, None), ("old", True, date(2026, 1, 1)),
            )
        )  # fmt: skip

    def checked(system: models.System, *states: tuple[models.CheckItem, str, date | None]) -> None:
        with entered(SYSTEM):
            for item, state, until in states:
                models.Check.objects.create(
                    system=system, item=item, state=state, checked_on=date(2026, 9, 1), valid_until=until,
                    evidence="It is a file.",
                )  # fmt: skip

    checked(inventory.system("good"), (alert, "passed", None), (log, "passed", AS_OF), (nice, "failed", None))
    checked(inventory.system("excused"), (alert, "passed", None), (log, "not_applicable", None))
    checked(inventory.system("grown-old"), (alert, "passed", None), (log, "passed", date(2026, 10, 30)))
    checked(inventory.system("half"), (alert, "passed", None), (nice, "passed", None), (old, "passed", None))
    inventory.system("never-looked-at")
    assert parts("inventory.baseline_observability") == (2, 5)


def test_without_a_baseline_nothing_passes(inventory: Inventory) -> None:
    inventory.system("one")
    assert parts("inventory.baseline_observability") == (0, 1)


def test_a_system_watched_twice_is_one(inventory: Inventory) -> None:
    one, two, three = (inventory.system(code) for code in ("one", "two", "three"))
    with entered(SYSTEM):
        good = models.MonitoringTool.objects.create(code="good", name="Good", approved=True)
        other = models.MonitoringTool.objects.create(code="other", name="Other", approved=False)
        since = date(2026, 9, 1)
        for tool, entity, system, until in (
            (good, "1", one, None), (good, "2", one, None), (good, "3", two, AS_OF), (other, "4", three, None),
        ):  # fmt: skip
            models.Monitor.objects.create(
                tool=tool, entity=entity, system=system, onboarded_on=since, offboarded_on=until
            )
    assert figures("inventory.monitored_systems")[0]["value"] == 1
    assert figures("inventory.monitored_systems", date(2026, 10, 30))[0]["value"] == 2


def test_ended_technology_counts_wherever_it_is(inventory: Inventory) -> None:
    with entered(SYSTEM):
        ended, soon, sound = (
            models.Technology.objects.create(
                code=code, product=code, cycle="1", end_of_life=state, ends_on=day
            )
            for code, state, day in (
                ("ended", "dated", date(2026, 10, 30)),
                ("soon", "dated", date(2026, 12, 1)),
                ("sound", "none", None),
            )
        )
        by_stack, by_part, fine, left = (
            inventory.system(code) for code in ("by-stack", "by-part", "fine", "left")
        )
        inventory.system("nothing-known")
        models.Stack.objects.create(system=by_stack, technology=ended)
        models.Stack.objects.create(system=by_stack, technology=sound)
        models.Component.objects.create(code="db", name="DB", system=by_part, technology=ended)
        models.Stack.objects.create(system=fine, technology=soon)
        models.Stack.objects.create(system=left, technology=ended, retired_on=date(2026, 1, 1))
        models.Stack.objects.create(system=left, technology=sound)
    found = figures("inventory.end_of_life_exposure")[0]
    assert (found["numerator"], found["n"]) == (2, 5)
    assert parts("inventory.end_of_life_exposure", within_days=60) == (3, 5)
    # On its last day the maker still mends it.
    assert parts("inventory.end_of_life_exposure", date(2026, 10, 30)) == (0, 5)


def test_single_sign_on_is_enforced_where_no_way_around_is_left(inventory: Inventory) -> None:
    inventory.system("enforced")
    inventory.system("by-passed", local_accounts=True)
    inventory.system("offered", single_sign_on="offered")
    inventory.system("unknown", single_sign_on="not_assessed")
    inventory.system("nobody", single_sign_on="not_applicable")
    inventory.system("exempt", single_sign_on="exempt", identity_exempt_until=AS_OF)
    inventory.system("exempt-no-more", single_sign_on="exempt", identity_exempt_until=date(2026, 10, 30))
    found = figures("inventory.single_sign_on")[0]
    assert (found["numerator"], found["n"], found["excluded"]) == (1, 5, {"exempt until a date": 1})


def test_a_second_factor_for_all_or_for_the_privileged(inventory: Inventory) -> None:
    inventory.system("all")
    inventory.system("privileged", second_factor="privileged")
    inventory.system("offered", second_factor="offered")
    inventory.system("unknown", second_factor="not_assessed")
    assert parts("inventory.second_factor") == (1, 4)
    assert parts("inventory.second_factor", privileged=True) == (2, 4)


def test_only_a_verified_restore_within_the_year_is_a_recovery(inventory: Inventory) -> None:
    inventory.system("verified", recovery_test="verified", recovery_tested_on=date(2025, 10, 31))
    inventory.system("too-old", recovery_test="verified", recovery_tested_on=date(2025, 10, 30))
    inventory.system("job", recovery_test="job_succeeded", recovery_tested_on=date(2026, 10, 1))
    inventory.system("failed", recovery_test="failed", recovery_tested_on=date(2026, 10, 1))
    inventory.system("never")
    inventory.system("minor", criticality="4_minor")
    assert parts("inventory.recovery_test_coverage") == (1, 5)


def test_every_measure_has_a_test_here() -> None:
    own = {measure.name for measure in all_measures() if measure.name.startswith("inventory.")}
    tested = {
        "metadata_current", "dependencies_documented", "time_to_identify", "drills", "baseline_observability",
        "monitored_systems", "end_of_life_exposure", "single_sign_on", "second_factor", "recovery_test_coverage",
        "uptime", "downtime",
    }  # fmt: skip
    assert own == {f"inventory.{name}" for name in tested}
