"""A file nobody has seen before: its columns are guessed with the reason, and the guess can be loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.files import open_table
from stateworks.kernel.lake.guess import GuessedMapping, guess_mapping
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.lake.models import Import
from stateworks.kernel.org.models import Organization
from stateworks.modules.desk.tests.conftest import SAMPLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizations(db: None) -> None:
    """Two agencies that files name."""
    with entered(SYSTEM):
        for code, name in (("harbor", "Harbor Commission"), ("port", "Port Authority")):
            Organization.objects.create(code=code, name=name, kind="agency")


def chosen(guessed: GuessedMapping) -> dict[str, str]:
    return {guess.column: guess.source for guess in guessed.guesses if guess.source is not None}


def test_a_servicenow_list_is_recognized() -> None:
    guessed = guess_mapping(open_table(SAMPLES / "servicenow_incidents.csv"), "desk.ticket")
    assert chosen(guessed) == {
        "number": "Number", "opened_at": "Opened", "resolved_at": "Resolved", "closed_at": "Closed", "updated_at": "Updated",
        "state": "State", "channel": "Channel", "category": "Category", "subcategory": "Subcategory", "service": "Service",
        "priority": "Priority", "agency": "Company", "assignment_group": "Assignment group", "assignee": "Assigned to",
        "reassignments": "Reassignment count", "reopens": "Reopen count", "made_sla": "Made SLA",
    }  # fmt: skip
    by_name = {guess.column: guess for guess in guessed.guesses}
    assert (
        by_name["opened_at"].why
        == "“Opened” is another name of opened_at; its values are dates as %m/%d/%Y %H:%M:%S."
    )
    assert by_name["state"].values == {"Closed": "closed", "On Hold": "waiting_other", "Resolved": "resolved"}
    assert by_name["kind"].constant == "incident"
    assert not guessed.repeated


def test_a_log_is_told_from_a_list_and_its_marks_and_tiers_are_seen() -> None:
    log = SAMPLES / "servicenow_incident_updates.csv"
    assert guess_mapping(open_table(log), "desk.ticket").repeated
    guessed = guess_mapping(open_table(log), "desk.event")
    assert (guessed.repeated, guessed.missing) == (False, ("?",))
    # 29/1/2027 can only be day before month, and that decides for all of them.
    assert {guess.formats for guess in guessed.guesses if guess.column == "opened_at"} == {
        ("%d/%m/%Y %H:%M",)
    }
    tiers = guess_mapping(open_table(SAMPLES / "vinst_incident_updates.csv"), "desk.event")
    tier = next(guess for guess in tiers.guesses if guess.column == "tier")
    assert (tier.source, tier.extract) == ("ST Level", r"^\D*(\d+)")


@pytest.mark.parametrize("sample", ["servicenow_incidents.csv", "ivanti_incidents.csv"])
def test_a_guess_can_be_loaded_as_it_is(load: Callable[..., Import], sample: str) -> None:
    guessed = guess_mapping(open_table(SAMPLES / sample), "desk.ticket")
    done = load("desk.ticket", sample, mapping_from(guessed.document("guessed"), "guessed"))
    assert done.inserted == {"servicenow_incidents.csv": 5, "ivanti_incidents.csv": 3}[sample]


def test_a_jira_list_that_nobody_described(load: Callable[..., Import], tmp_path: Path) -> None:
    path = tmp_path / "jira.csv"
    path.write_text(
        "Issue key,Issue Type,Status,Created,Resolved,Assignee,Component,Organization,Summary\n"
        "HELP-1,Service Request,Done,04/Jan/27 9:00 AM,04/Jan/27 9:40 AM,Agent 1,Laptop,Harbor,New laptop\n"
        "HELP-2,Incident,In Progress,05/Jan/27 1:15 PM,,Agent 2,VPN,Port,No connection\n"
    )
    guessed = guess_mapping(open_table(path), "desk.ticket")
    assert chosen(guessed) == {
        "number": "Issue key", "kind": "Issue Type", "state": "Status", "opened_at": "Created", "resolved_at": "Resolved",
        "assignee": "Assignee", "category": "Component", "agency": "Organization",
    }  # fmt: skip
    assert guessed.unused == ("Summary",)
    done = load("desk.ticket", path, mapping_from(guessed.document("jira"), "jira"))
    assert (done.inserted, done.quarantined) == (2, 0)


ODD = {
    "a date called Done, an agency called Dept": (
        "Ticket No;Logged;Done;Dept;Grp;Handled by;Phase;Prio\n"
        "77;2027-01-04 09:00;2027-01-04 09:40;Harbor Commission;Service Desk;Agent 1;Closed;2\n"
        "78;2027-01-05 10:00;;Port Authority;Network;Agent 2;Open;3\n",
        {
            "number": "Ticket No", "opened_at": "Logged", "resolved_at": "Done", "agency": "Dept", "assignment_group": "Grp",
            "assignee": "Handled by", "state": "Phase", "priority": "Prio",
        },
        (),
    ),
    "a service management tool with codes for names": (
        "u_number,sys_created_on,closed_at,u_dept,assigned_to,contact_type,u_owner_date,incident_state\n"
        "INC1,2027-01-04 15:00:00,2027-01-05 15:00:00,Harbor Commission,agent.one,phone,2027-01-04,Closed\n"
        "INC2,2027-01-04 16:00:00,,Port Authority,agent.two,self-service,2027-01-05,In Progress\n",
        {
            "number": "u_number", "opened_at": "sys_created_on", "closed_at": "closed_at", "agency": "u_dept",
            "assignee": "assigned_to", "channel": "contact_type", "state": "incident_state",
        },
        ("u_owner_date",),
    ),
    "a cloud help desk": (
        "Ticket Id,Subject,Status,Priority,Source,Type,Agent,Group,Created Time,Resolved Time,Closed Time,Last Updated Time,"
        "Requester Department,Resolution Status\n"
        "5,Mouse,Closed,Low,Portal,Incident,Agent 1,Desk,2027-01-04 09:00,2027-01-04 10:00,2027-01-06 10:00,"
        "2027-01-06 10:00,Harbor Commission,Within SLA\n"
        "6,Cable,Open,High,Phone,Service Request,Agent 2,Desk,2027-01-05 09:00,,,2027-01-05 09:00,Port Authority,\n",
        {
            "number": "Ticket Id", "state": "Status", "priority": "Priority", "channel": "Source", "kind": "Type",
            "assignee": "Agent", "assignment_group": "Group", "opened_at": "Created Time", "resolved_at": "Resolved Time",
            "closed_at": "Closed Time", "updated_at": "Last Updated Time", "agency": "Requester Department",
        },
        ("Subject", "Resolution Status"),
    ),
    "columns whose names say nothing": (
        "Nr,Column B,Column C,Opened,Remark\n"
        "1,Harbor Commission,Phone,2027-01-04 09:00,yes\n"
        "2,Port Authority,Self-service,2027-01-04 09:30,no\n",
        {"number": "Nr", "agency": "Column B", "channel": "Column C", "opened_at": "Opened"},
        ("Remark",),
    ),
    "an owner that is a date": (
        "Key,Created,Owner,Assigned to\nA-1,2027-01-04 09:00,2027-01-05,Agent 1\nA-2,2027-01-04 09:30,2027-01-06,Agent 2\n",
        {"number": "Key", "opened_at": "Created", "assignee": "Assigned to"},
        ("Owner",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_export_is_guessed_by_names_and_values(organizations: None, tmp_path: Path, name: str) -> None:
    text, expected, unused = ODD[name]
    path = tmp_path / "export.csv"
    path.write_text(text)
    guessed = guess_mapping(open_table(path), "desk.ticket")
    assert chosen(guessed) == expected
    assert guessed.unused == unused
    assert all(guess.why.endswith(".") for guess in guessed.guesses)


def test_a_guess_by_values_says_so(organizations: None, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(ODD["columns whose names say nothing"][0])
    why = {guess.column: guess.why for guess in guess_mapping(open_table(path), "desk.ticket").guesses}
    assert why["agency"] == (
        "“Column B” says little, but 2 of its 2 different values are names of organizations, such as “Harbor Commission”."
    )
