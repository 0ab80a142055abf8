"""The desk's measures, each figure worked out by hand from a few tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.indicators.measures import all_measures, get
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.models import Import
from stateworks.modules.desk.first_contact import rule_named, rules

HEADER = (
    "Ticket,Type,Update,Updated,Opened,State,Group,Assignee,Tier,Channel,Category,Service,Priority,Agency"
)


def update(number: int, place: int, at: str, state: str, **other: Any) -> str:
    """One line of the fictional tool's export; October 2026 unless said otherwise."""
    said = {
        "opened": at,
        "group": "Service Desk",
        "tier": "L1",
        "channel": "Phone",
        "category": "VPN",
        "kind": "Incident",
    } | other
    return ",".join([
        f"T{number}", said["kind"], str(place), _stamp(at), _stamp(said["opened"]), state, said["group"], "A1", said["tier"],
        said["channel"], said["category"], "Service", "3", "MER-DOR",
    ])  # fmt: skip


def _stamp(at: str) -> str:
    return datetime.strptime(f"2026-{at}", "%Y-%m-%d %H:%M").strftime("%m/%d/%Y %H:%M:%S")  # noqa: DTZ007 - the file's own local time


def ticket(
    number: int,
    opened: str,
    resolved: str,
    closed: str = "",
    *,
    escalated: str = "",
    reopened: str = "",
    **other: Any,
) -> list[str]:
    """The updates of one ticket."""
    lines = [(opened, "New", {})]
    solver: dict[str, str] = {}
    if escalated:
        solver = {"group": "Network team", "tier": "L2"}
        lines.append((escalated, "Assigned", solver))
    if resolved:
        lines.append((resolved, "Resolved", solver))
    if reopened:
        lines += [(reopened, "Reopened", {}), (closed, "Resolved", {})]
    if closed:
        lines.append((closed, "Closed", solver))
    return [
        update(number, place, at, state, opened=opened, **extra, **other)
        for place, (at, state, extra) in enumerate(lines)
    ]


# Thursday 1 October 2026 onwards; the desk works from 08:00 to 17:00.
TICKETS = [
    *ticket(1, "10-01 09:00", "10-01 09:20", "10-05 09:20"),  # 20 minutes on the phone: first contact
    *ticket(2, "10-01 10:00", "10-02 10:00", "10-06 10:00", channel="Web"),  # 9 service hours: too slow
    *ticket(
        3, "10-01 16:30", "10-02 08:20", "10-06 08:20", channel="E-mail"
    ),  # 50 service minutes over night: first contact
    *ticket(4, "10-02 09:00", "10-02 12:00", "10-06 12:00", escalated="10-02 09:10"),  # tier 2
    *ticket(5, "10-05 09:00", "10-05 09:30", "10-07 09:30", reopened="10-06 09:30"),  # reopened after a day
    *ticket(
        6, "10-05 09:00", "10-05 09:30", "10-20 09:30", reopened="10-19 09:30", category="Printing"
    ),  # after two weeks
    *ticket(7, "10-07 09:00", "", category="Printing"),  # still open
    *ticket(8, "10-07 09:00", "10-07 09:30", "10-09 09:30", kind="Request"),  # a request
    *ticket(9, "10-08 09:00", "10-08 09:10", category="Printing"),  # resolved, not closed yet
]


@pytest.fixture
def loaded(load: Callable[..., Import], tmp_path: Path) -> Import:
    path = tmp_path / "updates.csv"
    path.write_text("\n".join([HEADER, *TICKETS]) + "\n")
    done = load("desk.event", path, "meridian-desk")
    assert (done.quarantined, done.derived["desk.ticket"]["inserted"]) == (0, 9)
    return done


def shape_rows(name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows that a measure's main shape counts, each with its role."""
    with open_engine() as engine:
        table = engine.table("desk.ticket")
        shape = next(iter(get(name).shapes((table,), parameters, date(2026, 10, 31)).values()))
        assert shape.counted is not None
        rows = shape.rows.mutate(role=shape.role()).filter(shape.counted)
        if shape.amount() is not None:
            rows = rows.mutate(amount=shape.amount())
        return engine.execute(rows).to_pylist()


def test_the_offices_rule_says_of_every_ticket_why_it_counts_as_it_does(
    loaded: Import, rows: Callable[..., dict[str, dict[str, Any]]]
) -> None:
    first = (
        "First contact: resolved by tier 1, never handed over, not reopened within five days, "
        "resolved within 60 service minutes."
    )
    why = {number: row["first_contact_why"] for number, row in rows().items()}
    assert why == {
        "T1": first,
        "T2": "Not first contact: it took 540 service minutes where 60 count.",
        "T3": first,
        "T4": "Not first contact: tier 2 worked on it, it was handed over (1×), it took 180 service minutes where 60 count.",
        "T5": "Not first contact: it was reopened (1×).",
        "T6": first,
        "T7": "Not counted: its state is new.",
        "T8": "Not counted: it is a request.",
        "T9": "Not counted: its state is resolved.",
    }


def test_first_contact_resolution_counts_closed_incidents_on_the_day_they_closed(loaded: Import) -> None:
    found = shape_rows("desk.first_contact_resolution")
    assert {row["number"]: row["role"] for row in found} == {
        "T1": "numerator", "T3": "numerator", "T2": "denominator", "T4": "denominator", "T5": "denominator", "T6": "numerator",
    }  # fmt: skip
    # 3 of 6: one half.
    assert {row["number"]: row["counted_on"] for row in found}["T2"] == date(2026, 10, 6)


def test_tier1_resolve_time_is_over_incidents_resolved_at_tier_1(loaded: Import) -> None:
    found = {
        row["number"]: row["amount"]
        for row in shape_rows("desk.tier1_resolve_time")
        if row["role"] == "counted"
    }
    minutes = {"T1": 20, "T2": 24 * 60, "T3": 950, "T5": 2910, "T6": 15 * 24 * 60 + 30, "T9": 10}
    assert found == {number: value * 60 for number, value in minutes.items()}
    net = {row["number"]: row["amount"] for row in shape_rows("desk.tier1_resolve_time", service_hours=True)}
    assert (net["T1"], net["T2"], net["T3"]) == (20 * 60, 540 * 60, 50 * 60)


def test_tier1_share_of_the_ten_most_frequent_categories(loaded: Import) -> None:
    found = {row["number"]: row["role"] for row in shape_rows("desk.tier1_top10_resolution")}
    assert found == {
        "T1": "numerator", "T2": "numerator", "T3": "numerator", "T4": "denominator", "T5": "numerator", "T6": "numerator",
        "T9": "numerator",
    }  # fmt: skip


def test_reopened_handed_over_and_waiting_tickets(loaded: Import) -> None:
    reopened = {row["number"] for row in shape_rows("desk.reopen_rate") if row["role"] == "numerator"}
    assert reopened == {"T5", "T6"}
    assert sum(row["amount"] for row in shape_rows("desk.handovers")) == 1
    # Only T7 is open on 31 October: opened on the 7th, 24 days ago.
    assert [(row["number"], row["amount"]) for row in shape_rows("desk.backlog_age")] == [("T7", 24)]


def test_every_measure_says_what_it_is() -> None:
    desk = [measure for measure in all_measures() if measure.name.startswith("desk.")]
    assert len(desk) == 7
    for measure in desk:
        assert len(measure.definition) > 60


def test_a_new_rule_or_version_computes_a_sources_tickets_again(
    loaded: Import,
    load: Callable[..., Import],
    tmp_path: Path,
    rows: Callable[..., dict[str, dict[str, Any]]],
) -> None:
    from dataclasses import replace

    from stateworks.kernel.lake.mappings import mapping_named

    other = replace(mapping_named("meridian-desk"), rules={"first_contact": "first-line-only"})
    path = tmp_path / "nothing-new.csv"
    path.write_text("\n".join([HEADER, TICKETS[0]]) + "\n")
    done = load("desk.event", path, other)
    assert (done.inserted, done.unchanged) == (0, 1)
    assert done.derived["desk.ticket"]["updated"] == 9
    assert {row["rule"] for row in rows().values()} == {rule_named("first-line-only").label}


def test_bundled_rules_are_whole() -> None:
    assert sorted(rules()) == ["closed-on-first-line", "first-line-only", "never-reassigned"]
    for rule in rules().values():
        assert rule.about
        assert rule.conditions
