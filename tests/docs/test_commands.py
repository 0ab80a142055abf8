"""The commands that the documentation marks with `<!-- run -->` do what the pages say."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

from tests.docs.conftest import Shell
from tests.docs.pages import DOCS, blocks

STORY = DOCS / "how-to" / "command-line.md"
BACKUP = DOCS / "how-to" / "backup.md"
ACCOUNTS = DOCS / "how-to" / "accounts.md"


def instant(text: str) -> datetime:
    """Read a time of the file; the zone does not matter, since all are of one."""
    return datetime.strptime(text or "01/01/1900 00:00", "%m/%d/%Y %H:%M").replace(tzinfo=UTC)


def counted_from_the_file() -> tuple[int, int]:
    """First contacts and closed incidents of July to September, as one would count them in a spreadsheet."""
    hits = n = 0
    with (DOCS / "samples" / "riverton-tickets.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            opened, resolved, closed = (instant(row[name]) for name in ("Opened", "Resolved", "Closed"))
            if row["Status"] != "Closed" or closed < opened or not 7 <= closed.month <= 9:
                continue
            n += 1
            alone = (row["Support Level"], row["Reassigned"], row["Reopened"]) == ("1", "0", "0")
            hits += alone and (resolved - opened).total_seconds() <= 3600
    return hits, n


def test_the_story_from_nothing_to_a_verified_figure(shell: Shell) -> None:
    said = []
    for block in blocks(STORY):
        assert block.language == "sh" and block.mark.startswith("run"), f"not run: {block.text}"
        done = shell.run(block.text)
        assert done.returncode == block.status, f"{block.text}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout)

    # 110 rows: one closed before it was opened, one with the state -100. A second load changes nothing.
    again = json.loads(next(text for text in said if '"read"' in text))
    assert (again["read"], again["inserted"], again["updated"]) == (110, 0, 0)
    assert (again["unchanged"], again["quarantined"]) == (108, 2)
    shown = json.loads("{\n" + next(text for text in said if '"history"' in text).partition("{\n")[2])
    hits, n = counted_from_the_file()
    assert (shown["period"], shown["n"], shown["value"], shown["attainment"]) == (
        "FY27 Q1",
        n,
        hits / n,
        "missed",
    )
    assert (shell.folder / "evidence" / "check.sql").exists()
    assert (
        "1.1.1,Percentage of incidents resolved at first contact" in (shell.folder / "report.csv").read_text()
    )

    verified = shell.run("stateworks verify --format json")
    counts = json.loads(verified.stdout)
    assert counts["checked"] > 50 and counts["different"] == 0


def test_accounts_are_made_as_the_page_says(shell: Shell) -> None:
    for block in blocks(ACCOUNTS):
        done = shell.run(block.text)
        assert done.returncode == block.status, f"{block.text}\n{done.stderr}"
    listed = {
        one["email"]: one["roles"]
        for one in json.loads(shell.run("stateworks account list --format json").stdout)
    }
    assert listed["lee@example.gov"] == "agency_liaison at doc until 2027-06-30"
    assert set(listed["pat@example.gov"].split(", ")) == {
        "administrator at louisiana",
        "data_steward at louisiana",
    }


def test_a_backup_is_made_and_restored_as_the_page_says(shell: Shell) -> None:
    from stateworks.config.postgres import server

    other = shell.folder / "restored"
    try:
        for block in blocks(BACKUP):
            assert block.mark.startswith("run"), f"not run: {block.text}"
            more = {"STATEWORKS_HOME": str(other)} if "home=restored" in block.mark else {}
            done = shell.run(block.text, **more)
            assert done.returncode == block.status, f"{block.text}\n{done.stdout}\n{done.stderr}"
        assert "figures checked, 0 different" in done.stderr
    finally:
        server(other).destroy()
