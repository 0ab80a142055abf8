"""An update log by turns, as a service desk's tool would write one a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.faults.standing import EVENTS, MAPPING
from tests.faults.table import Facts

LINE = "{number},{at}:00-06:00,{state},,,A,O,T1,T1,L1,Medium,P,us,USA,Sam,us-Sam"
BEGUN, SOLVED, CLOSED = "Accepted,In Progress", "Completed,Resolved", "Completed,Closed"


class Log:
    """An update log by turns: each has new tickets, of which one stays open until the next turn, and a row refused."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    def updates(self, turn: int, wide: int = 3) -> list[tuple[str, str, str, str]]:
        """Number, time, state in the file, and state in the lake."""
        day = 1 + turn % 28
        found = []
        for ticket in range(wide):
            number, hour = f"{self.name}-{turn}-{ticket}", 10 + ticket % 8
            found.append((number, f"2027-02-{day:02}T{hour}:00", BEGUN, "in_progress"))
            if ticket:
                found.append((number, f"2027-03-{day:02}T{hour}:00", SOLVED, "resolved"))
                found.append((number, f"2027-03-{day:02}T{hour}:30", CLOSED, "closed"))
        found.append((f"{self.name}-{turn - 1}-0", f"2027-04-{day:02}T09:00", SOLVED, "resolved"))
        return found

    def file(self, turn: int, wide: int = 3) -> Path:
        """Write a turn's file."""
        with EVENTS.open(encoding="utf-8-sig") as sample:
            header = sample.readline()
        lines = [
            LINE.format(number=number, at=at, state=state)
            for number, at, state, _ in self.updates(turn, wide)
        ]
        lines.append(LINE.format(number=f"{self.name}-{turn}-bad", at="never", state=BEGUN))
        path = self.folder / f"{self.name}-{turn}.csv"
        path.write_text(header + "\n".join(lines) + "\n")
        return path

    def added(self, facts: Facts, turn: int, wide: int = 3) -> Facts:
        """What is there once a turn's file is loaded, where `facts` were there before, with or without it."""
        found = facts.copy()
        for number, at, _, state in self.updates(turn, wide):
            # Six hours west of Greenwich.
            told = f"{at[:11]}{int(at[11:13]) + 6:02}{at[13:]}:00+00".replace("T", " ")
            found["rows", "event", number, state, told] = 1
        last = {number: state for number, _, _, state in self.updates(turn, wide)}
        for number, state in last.items():
            found.pop(("rows", "ticket", number, "in_progress"), None)
            found["rows", "ticket", number, state] = 1
        found["rows", "refused", f"{self.name}-{turn}-bad"] = 1
        return found


def importing(log: Log, turn: int, wide: int = 3) -> dict[str, Any]:
    """Ask for the import of a turn's file."""
    return {"commands": [["data", "import", "desk.event", str(log.file(turn, wide)), "--mapping", MAPPING]]}
