"""A file nobody has seen before: its columns are guessed with the reason, and the guess can be loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stateworks.kernel.lake.files import open_table
from stateworks.kernel.lake.guess import GuessedMapping, guess_mapping
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.lake.models import Import
from stateworks.modules.desk.tests.conftest import SAMPLES


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
