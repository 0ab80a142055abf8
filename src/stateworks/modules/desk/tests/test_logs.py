"""Both kinds of event log, from file to tickets, with every figure worked out by hand from the samples."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stateworks.kernel.lake.models import Dataset, DatasetVersion, Import, QuarantinedRow
from stateworks.modules.desk.tests.conftest import SAMPLES

Load = Callable[..., Import]
Rows = Callable[..., dict[str, dict[str, Any]]]
RefusedRows = Callable[..., list[QuarantinedRow]]
TICKETS = "desk.ticket"


def counts(done: Import) -> tuple[int, int, int, int, int]:
    assert done.read == done.inserted + done.updated + done.unchanged + done.quarantined
    return done.read, done.inserted, done.updated, done.unchanged, done.quarantined


def test_a_servicenow_log_becomes_updates_and_tickets(load: Load, rows: Rows) -> None:
    done = load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")

    # 22 rows: one stands there twice (unchanged), one has the state -100, one the date 30 February.
    assert counts(done) == (22, 19, 0, 1, 2)
    assert done.derived[TICKETS] == {
        "read": 6, "inserted": 6, "updated": 0, "unchanged": 0, "quarantined": 0, "removed": 0,
    }  # fmt: skip
    tickets = rows()
    first = {number: row["first_contact"] for number, row in tickets.items()}
    assert first == {
        "INC9000001": True,  # never reassigned, never reopened
        "INC9000002": False,  # reassigned once
        "INC9000003": False,  # reopened once
        "INC9000004": True,  # open, and this rule counts open ones, too
        "INC9000005": True,  # its update with the state -100 is left out
        "INC9000006": False,  # reassigned once
    }
    assert all(row["counted"] for row in tickets.values())
    assert tickets["INC9000002"]["first_contact_why"] == "Not first contact: it was reassigned (1×)."
    assert tickets["INC9000001"]["first_contact_why"] == "First contact: never reassigned, never reopened."
    assert tickets["INC9000001"]["rule"] == "never-reassigned v1"


def test_a_tickets_row_holds_what_its_updates_say(load: Load, rows: Rows) -> None:
    assert settings.TIME_ZONE == "America/Chicago"
    load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    ticket = rows()["INC9000002"]

    assert ticket["opened_at"] == datetime(2027, 1, 4, 10, tzinfo=UTC)
    assert ticket["resolved_at"] == datetime(2027, 1, 5, 12, tzinfo=UTC)
    assert ticket["resolve_seconds"] == 26 * 3600
    # In Chicago it was opened at 04:00 on Monday and resolved at 06:00 on Tuesday: one whole service day lies between.
    assert (ticket["opened_on"], ticket["resolved_on"]) == (date(2027, 1, 4), date(2027, 1, 5))
    assert ticket["service_seconds"] == 9 * 3600
    # It waited for the customer from 06:00 on Monday until 06:00 on Tuesday, that is the whole service day.
    assert ticket["waiting_seconds"] == 9 * 3600
    assert ticket["resolve_seconds_net"] == 0
    assert (ticket["handovers"], ticket["reassignments"], ticket["reopens"], ticket["updates"]) == (
        1,
        1,
        0,
        5,
    )
    assert (ticket["state"], ticket["assignment_group"], ticket["made_sla"]) == ("closed", "Identity", False)
    assert ticket["last_tier"] is None
    assert ticket["agency"] == "unassigned"
    assert ticket["agency_given"] == "Harbor Commission"


def test_a_reopened_ticket_knows_how_long_it_stayed_resolved(load: Load, rows: Rows) -> None:
    load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    # Resolved on 5 January 09:15, reopened on 6 January 09:15.
    assert rows()["INC9000003"]["reopened_after_seconds"] == 24 * 3600


def test_refused_rows_say_what_is_wrong_where_and_what_to_do(load: Load, refused: RefusedRows) -> None:
    load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    by_code = {row.code: row for row in refused()}

    assert set(by_code) == {"state.number", "happened_at.unreadable"}
    number = by_code["state.number"]
    assert (number.row, number.key) == (17, "servicenow-incidents · INC9000005 · 2027-01-11T13:05:00Z · 1")
    assert number.reason == (
        "Column “incident_state”: “-100”: this is a number the tool wrote in place of a state; look the update up in "
        "the tool and export it with its state."
    )
    assert number.values["incident_state"] == "-100"
    date_row = by_code["happened_at.unreadable"]
    assert date_row.reason == (
        "Column “sys_updated_at”: “30/2/2027 09:10” is not a date and time written as %d/%m/%Y %H:%M; correct it, or "
        "correct the mapping."
    )


def test_a_log_with_tiers_counts_what_the_first_line_did_alone(load: Load, rows: Rows) -> None:
    done = load("desk.event", "vinst_incident_updates.csv", "volvo-vinst-incidents")

    assert counts(done) == (16, 15, 0, 0, 1)
    tickets = rows()
    assert {number: row["first_contact"] for number, row in tickets.items()} == {
        "9-100000001": True,
        "9-100000002": False,
        "9-100000003": True,  # reopened, but this rule looks at tiers alone
        "9-100000004": False,
    }
    assert tickets["9-100000004"]["first_contact_why"] == "Not first contact: tier 3 worked on it."
    # Without columns for them, instants follow from the states: the last stretch of resolved updates counts.
    reopened = tickets["9-100000003"]
    assert reopened["resolved_at"] == datetime(2027, 2, 5, 15, tzinfo=UTC)
    assert reopened["closed_at"] == datetime(2027, 2, 12, 15, tzinfo=UTC)
    assert (reopened["reopens"], reopened["handovers"]) == (1, 0)
    # Resolved on Thursday 08:30, reopened on Friday 08:30.
    assert reopened["reopened_after_seconds"] == 86_400
    assert tickets["9-100000002"]["handovers"] == 1
    assert (tickets["9-100000002"]["first_tier"], tickets["9-100000002"]["last_tier"]) == (1, 2)
    assert tickets["9-100000001"]["state"] == "resolved"


@pytest.mark.parametrize(
    ("file", "mapping"),
    [
        ("servicenow_incident_updates.csv", "servicenow-incidents"),
        ("vinst_incident_updates.csv", "volvo-vinst-incidents"),
    ],
)
def test_loading_a_file_twice_changes_nothing(
    load: Load, rows: Rows, refused: RefusedRows, file: str, mapping: str
) -> None:
    first = load("desk.event", file, mapping)
    before = {name: rows(name) for name in ("desk.event", TICKETS)}
    versions = dict(Dataset.objects.values_list("name", "version"))
    waiting = [row.pk for row in refused()]

    again = load("desk.event", file, mapping)

    assert counts(again) == (first.read, 0, 0, first.read - first.quarantined, first.quarantined)
    assert again.derived[TICKETS]["unchanged"] == first.derived[TICKETS]["inserted"]
    assert dict(Dataset.objects.values_list("name", "version")) == versions
    assert DatasetVersion.objects.count() == 2
    assert [row.pk for row in refused()] == waiting
    assert {row.seen_in_id for row in refused()} == {again.pk}
    assert {name: rows(name) for name in before} == before


def test_a_dry_run_counts_the_same_and_loads_nothing(load: Load) -> None:
    tried = load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents", dry_run=True)
    assert not Dataset.objects.exclude(version=-1).exists()
    done = load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    assert counts(tried) == counts(done)
    assert tried.derived == done.derived
    assert tried.state == "preview"


def test_only_tickets_that_were_touched_are_computed_again(load: Load, rows: Rows, tmp_path: Path) -> None:
    load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    before = rows()
    with (SAMPLES / "servicenow_incident_updates.csv").open() as file:
        reader = csv.DictReader(file)
        header = list(reader.fieldnames or [])
        open_one = next(row for row in reader if row["number"] == "INC9000004")
    more = tmp_path / "later.csv"
    with more.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        later = {**open_one, "incident_state": "Active", "reassignment_count": "1", "sys_mod_count": "1"}
        writer.writerow({**later, "sys_updated_at": "9/1/2027 08:00", "assignment_group": "Network team"})

    done = load("desk.event", more, "servicenow-incidents")

    assert counts(done) == (1, 1, 0, 0, 0)
    assert done.derived[TICKETS] == {
        "read": 1, "inserted": 0, "updated": 1, "unchanged": 0, "quarantined": 0, "removed": 0,
    }  # fmt: skip
    after = rows()
    assert after["INC9000004"]["first_contact"] is False
    assert after["INC9000004"]["state"] == "in_progress"
    del before["INC9000004"], after["INC9000004"]
    assert after == before


def test_a_corrected_row_closes_its_refusal(load: Load, refused: RefusedRows, tmp_path: Path) -> None:
    load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    text = (SAMPLES / "servicenow_incident_updates.csv").read_text()
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(text.replace("30/2/2027 09:10", "30/1/2027 09:10").replace("-100", "Active"))

    done = load("desk.event", corrected, "servicenow-incidents")

    assert counts(done) == (22, 2, 0, 20, 0)
    assert {(row.code, row.fixed_by_id) for row in refused()} == {
        ("state.number", done.pk),
        ("happened_at.unreadable", done.pk),
    }
