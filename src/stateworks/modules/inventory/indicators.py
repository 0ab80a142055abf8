"""The inventory's measures: what is known of the systems, who watches them, and how fast the impact of an outage is known.

Those over systems are states: the figure of a day is computed from the records as they stood on it. One system weighs
one, however many dependencies, monitors or technologies it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stateworks.kernel.indicators.measures import measure
from stateworks.kernel.indicators.shapes import Count, Distinct, Duration, Mean, Ratio, Shape, Sum

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

SLICES = ("agency", "criticality")
MORE_SLICES = ("hosting", "lifecycle", "kind")
KEY_FIELDS = ("purpose", "capability", "owner", "steward", "recovery_time_minutes", "recovery_point_minutes")
"""Facts without which a system's record is not complete, beside the three that have a word for “not known”."""
NOT_KNOWN = {"criticality": "9_unknown", "hosting": "unknown", "classification": "unknown"}
CRITICAL = ("1_essential", "2_important")


def _running(system: ir.Table, as_of: Any) -> ir.BooleanValue:
    """In production or being phased out, begun by the day and not yet ended on it."""
    begun = (system.started_on <= as_of).fill_null(True)
    ended = (system.retired_on <= as_of).fill_null(False)
    return system.lifecycle.isin(["production", "phase_out"]) & begun & ~ended


def _lasting(rows: ir.Table, as_of: Any) -> ir.BooleanValue:
    return ~(rows.retired_on <= as_of).fill_null(False)


def _seconds(instant: Any) -> Any:
    """Return whole seconds since 1970; by way of a float, since Ibis takes DuckDB's for whole already."""
    return instant.epoch_seconds().cast("float64").floor().cast("int64")


def _between(since: Any, until: Any, as_of: Any) -> ir.BooleanValue:
    return ((since <= as_of) & (until >= as_of)).fill_null(False)


@measure(
    "inventory.metadata_current", reads="inventory.system", title="Inventory metadata complete and current", unit="percent",
    by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def metadata_current(system: ir.Table, *, as_of: date) -> Ratio:
    """Production systems whose key facts are all filled and whose attestation is in date, of all production systems.

    Key facts are purpose, capability, owner, steward, criticality, hosting, data classification and both recovery
    objectives. An attestation is a change or a reaffirmation by somebody who answers for the system; an import is none.
    """
    import ibis

    day = ibis.literal(as_of)
    filled = ibis.literal(True)
    for name in KEY_FIELDS:
        column = system[name]
        filled &= (column.notnull() & (column != "")) if column.type().is_string() else column.notnull()
    for name, word in NOT_KNOWN.items():
        filled &= (system[name] != word).fill_null(False)
    attested = _between(system.attested_on, system.attested_until, day)
    return Ratio(rows=system, counted=_running(system, day), hits=filled & attested)


@measure(
    "inventory.dependencies_documented", reads=("inventory.system", "inventory.dependency"), title="Dependencies documented",
    unit="percent", by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def dependencies_documented(system: ir.Table, dependency: ir.Table, *, as_of: date) -> Ratio:
    """Systems of which it is known what they depend on, of all systems that have not been retired.

    Known means that at least one dependency is documented, or that the owner attested, in date, that there is none. A
    system of which nobody has said anything stays in the denominator as unknown.
    """
    import ibis

    day = ibis.literal(as_of)
    lasting = dependency.filter(_lasting(dependency, day))
    documented = lasting.select(documented=lasting.system).distinct()
    rows = system.left_join(documented, system.code == documented.documented)
    none = _between(rows.none_attested_on, rows.none_attested_until, day)
    known = (rows.documented.notnull() | none).nullif(False)
    return Ratio(rows=rows, counted=(rows.lifecycle != "retired") & _lasting(rows, day), hits=known)


@measure(
    "inventory.time_to_identify", reads="inventory.outage", title="Time to identify impacted systems", unit="hours",
    direction="down", also_by=("source",), version=2,
)  # fmt: skip
def time_to_identify(
    outage: ir.Table, *, as_of: date, critical_only: bool = True, drills: bool = False, goal_minutes: int = 60
) -> dict[str, Shape]:
    """Mean time from an outage's declaration to the confirmed list of the systems it hit.

    Outages count in the period in which they were declared, and only those that touch one of the state's ten most critical
    systems; drills are counted apart and cancelled ones not at all. One whose list is not confirmed yet is open, and a
    miss once the goal has passed. Beside the mean, which is of the confirmed ones, stand the share confirmed within the goal,
    and median and 90th percentile by Kaplan and Meier, in which an open outage counts for as long as it has lasted.
    """
    import ibis

    # Only the day is known of "now": an open outage has lasted at least until that day began.
    declared = _seconds(outage.declared_at)
    took, open_for = (
        _seconds(outage.identified_at) - declared,
        _seconds(ibis.literal(as_of).cast("timestamp")) - declared,
    )
    counted = (outage.drill == drills) & outage.cancelled_at.isnull()
    if critical_only:
        counted &= outage.critical
    shared: dict[str, Any] = {
        "rows": outage, "at": "declared_on", "counted": counted, "took": took, "open_for": open_for,
        "goal": goal_minutes * 60, "per_unit": 3600,
    }  # fmt: skip
    return {
        "mean": Duration(**shared),
        "within": Duration(**shared, statistic="within"),
        "median": Duration(**shared, statistic="median"),
        "p90": Duration(**shared, statistic="p90"),
    }


@measure(
    "inventory.drills", reads="inventory.outage", title="Outage drills", unit="count", also_by=("source",)
)
def drills_held(outage: ir.Table) -> Count:
    """Drills declared in the period whose list of systems was confirmed."""
    held = outage.drill & outage.identified_at.notnull() & outage.cancelled_at.isnull()
    return Count(rows=outage, at="declared_on", counted=held)


@measure(
    "inventory.baseline_observability",
    reads=("inventory.system", "inventory.check", "inventory.check_item"), title="Baseline observability", unit="percent",
    by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def baseline_observability(system: ir.Table, check: ir.Table, item: ir.Table, *, as_of: date) -> Ratio:
    """Production systems that pass every required point of the observability baseline, of all production systems.

    A point is passed when it was found in place, or found not to apply with a reason, and the finding is in date. A point
    that nobody looked at is not passed.
    """
    import ibis

    day = ibis.literal(as_of)
    required = item.filter(item.required & _lasting(item, day))
    needed = required.count().as_scalar()
    in_date = (check.checked_on <= day) & (check.valid_until.isnull() | (check.valid_until >= day))
    good = check.filter(check.state.isin(["passed", "not_applicable"]) & in_date)
    good = good.semi_join(required, good.item == required.code)
    passed = good.group_by(checked=good.system).agg(passed=good.item.nunique())
    rows = system.left_join(passed, system.code == passed.checked)
    hits = (rows.passed.fill_null(0) >= needed) & (needed > 0)
    return Ratio(rows=rows, counted=_running(rows, day), hits=hits)


@measure(
    "inventory.monitored_systems", reads=("inventory.monitor", "inventory.monitoring_tool"),
    title="Systems on approved monitoring", unit="count",
)  # fmt: skip
def monitored_systems(monitor: ir.Table, tool: ir.Table, *, as_of: date) -> Distinct:
    """Different systems that an approved monitoring tool watches on the day; one watched twice is one."""
    import ibis

    day = ibis.literal(as_of)
    approved = tool.filter(tool.approved)
    watched = (monitor.onboarded_on <= day) & ~(monitor.offboarded_on <= day).fill_null(False)
    rows = monitor.semi_join(approved, monitor.tool == approved.code)
    return Distinct(rows=rows, counted=watched, of=rows.system)


@measure(
    "inventory.end_of_life_exposure",
    reads=("inventory.system", "inventory.stack", "inventory.component", "inventory.technology"),
    title="Systems on ended technology", unit="percent", direction="down", by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def end_of_life_exposure(
    system: ir.Table,
    stack: ir.Table,
    component: ir.Table,
    technology: ir.Table,
    *,
    as_of: date,
    within_days: int = 0,
) -> Ratio:
    """Production systems built on at least one technology whose maker has ended support, of all production systems.

    What counts is the technology of the system's stack and of its components. A system of which no technology is known
    stays in the denominator as unknown. `within_days` also counts technology whose support ends within so many days.
    """
    import ibis

    day = ibis.literal(as_of)
    limit = day + ibis.interval(days=within_days) if within_days else day
    over = (technology.end_of_life == "ended") | (technology.ends_on < limit).fill_null(False)
    ended = technology.select("code", over=over)
    stack, parts = stack.filter(_lasting(stack, day)), component.filter(_lasting(component, day))
    used = stack.select("system", "technology").union(parts.select("system", "technology"))
    known = used.filter(used.technology.notnull()).join(ended, used.technology == ended.code)
    found = known.group_by(of=known.system).agg(over=known.over.any())
    rows = system.left_join(found, system.code == found.of)
    return Ratio(rows=rows, counted=_running(rows, day), hits=rows.over)


def _signed_in_to(
    system: ir.Table, column: str, day: Any
) -> tuple[ir.BooleanValue, dict[str, ir.BooleanValue]]:
    counted = _running(system, day) & (system[column] != "not_applicable")
    exempt = (system[column] == "exempt") & (system.identity_exempt_until >= day).fill_null(False)
    return counted, {"exempt until a date": exempt}


@measure(
    "inventory.single_sign_on", reads="inventory.system", title="Single sign-on enforced", unit="percent", by=SLICES,
    also_by=("classification", "identity_wave", *MORE_SLICES),
)  # fmt: skip
def single_sign_on(system: ir.Table, *, as_of: date) -> Ratio:
    """Production systems into which people get by the state's single sign-on alone, of those into which anybody signs in.

    A system with a local account that passes by it does not count, nor does one that merely offers it. Exempt systems are
    left out until their exemption ends; one that nobody has assessed stays in the denominator as unknown.
    """
    import ibis

    day = ibis.literal(as_of)
    counted, left_out = _signed_in_to(system, "single_sign_on", day)
    enforced = (system.single_sign_on == "enforced") & ~system.local_accounts.fill_null(False)
    hits = (system.single_sign_on == "not_assessed").ifelse(ibis.null("boolean"), enforced)
    return Ratio(rows=system, counted=counted, left_out=left_out, hits=hits)


@measure(
    "inventory.second_factor", reads="inventory.system", title="Second factor enforced", unit="percent", by=SLICES,
    also_by=("classification", "identity_wave", *MORE_SLICES),
)  # fmt: skip
def second_factor(system: ir.Table, *, as_of: date, privileged: bool = False) -> Ratio:
    """Production systems that ask everybody for a second factor, of those into which anybody signs in.

    With `privileged` it is enough that privileged accounts are asked. Exempt systems are left out until their exemption
    ends; one that nobody has assessed stays in the denominator as unknown.
    """
    import ibis

    day = ibis.literal(as_of)
    counted, left_out = _signed_in_to(system, "second_factor", day)
    enforced = system.second_factor.isin(["enforced", "privileged"] if privileged else ["enforced"])
    hits = (system.second_factor == "not_assessed").ifelse(ibis.null("boolean"), enforced)
    return Ratio(rows=system, counted=counted, left_out=left_out, hits=hits)


@measure(
    "inventory.recovery_test_coverage", reads="inventory.system", title="Recovery tests with a verified restore",
    unit="percent", by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def recovery_test_coverage(system: ir.Table, *, as_of: date, within_days: int = 365) -> Ratio:
    """Mission essential and important production systems restored in a verified test within a year, of all of them.

    A backup job that ended well is no restore, and a restore that failed is none either.
    """
    import ibis

    day = ibis.literal(as_of)
    since = day - ibis.interval(days=within_days)
    lately = ((system.recovery_tested_on >= since) & (system.recovery_tested_on <= day)).fill_null(False)
    counted = _running(system, day) & system.criticality.isin(CRITICAL)
    return Ratio(rows=system, counted=counted, hits=(system.recovery_test == "verified") & lately)


@measure(
    "inventory.uptime", reads="inventory.availability_day", title="Uptime", unit="percent", by=("agency",),
    also_by=("source", "service", "system"),
)  # fmt: skip
def uptime(days: ir.Table) -> Mean:
    """Mean share of the day that a service was up, over services and days.

    Degraded counts as up. Planned maintenance and time of which nothing is known are taken out of the day; a day of which
    nothing else is left is left out.
    """
    up = days.up_seconds + days.degraded_seconds
    known = up + days.down_seconds
    # In millionths, so that amounts stay whole numbers.
    share = (known > 0).ifelse((up * 1_000_000 / known).round().cast("int64"), None)
    return Mean(rows=days, at="day", of=share, left_out={"no time known": known == 0}, per_unit=1_000_000)


@measure(
    "inventory.downtime", reads="inventory.availability_day", title="Downtime", unit="hours", direction="down",
    by=("agency",), also_by=("source", "service", "system"),
)  # fmt: skip
def downtime(days: ir.Table) -> Sum:
    """Hours that services were down, added up over services; planned maintenance is not among them."""
    return Sum(rows=days, at="day", of=days.down_seconds, per_unit=3600)
