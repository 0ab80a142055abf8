"""The table of what was tried and what came of it: its rows, and how a test fills one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stateworks.config.testing_tables import FAULTS, tell

Facts = Counter[tuple[object, ...]]
Record = Callable[[str, object], None]

KILLED = (
    "killed: intake", "killed: indicator runs", "killed: verify", "killed: jobs", "killed: backup", "killed: billing",
)  # fmt: skip
SERVER = "killed: database server"
FULL = (
    "disk full: import", "disk full: indicator run", "disk full: backup", "disk full: upload", "disk full: database",
)  # fmt: skip
SIZE = "ten million rows"
ROWS = (*KILLED, SERVER, *FULL, SIZE)


@dataclass
class Tally:
    """What was tried so often, at which places, and what came of it."""

    name: str
    tried: int = 0
    where: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    half: int = 0
    done_again: int = 0

    def interrupted(self, before: Facts, whole: Facts, seen: Facts) -> None:
        """Count what is wrong after a try that was cut off: of each group of facts all is there or nothing.

        The group is a fact's first part.
        """
        self.tried += 1
        self.lost += ((before & whole) - seen).total()
        self.twice += (seen - (before | whole)).total()
        groups = {fact[0] for fact in (*before, *whole, *seen)}
        self.half += sum(_of(seen, one) not in (_of(before, one), _of(whole, one)) for one in groups)

    def repeated(self, whole: Facts, seen: Facts) -> None:
        """Count what is wrong after the same was done again, undisturbed."""
        self.lost += (whole - seen).total()
        self.twice += (seen - whole).total()
        self.done_again += seen == whole
        if seen != whole:
            print(f"missing {list(whole - seen)[:5]}, too many {list(seen - whole)[:5]}")  # noqa: T201 - shown with the failure

    def places(self) -> str:
        """Say where it was cut off, and how often."""
        return ", ".join(f"{number} {kind}" for kind, number in self.where.most_common())

    def tell(self, record: Record) -> None:
        """Hand the row over to be printed."""
        told(
            record, self.name, tried=self.tried, where=self.places(), lost=self.lost, twice=self.twice, half=self.half,
            done_again=self.done_again,
        )  # fmt: skip

    def holds(self) -> None:
        """Fail where anything is wrong."""
        found = {"lost": self.lost, "twice": self.twice, "half": self.half}
        assert not any(found.values()), found
        assert self.done_again == self.tried


def _of(facts: Facts, group: object) -> Mapping[tuple[object, ...], int]:
    return {fact: count for fact, count in facts.items() if fact[0] == group}


def told(
    record: Record, name: str, *, tried: int, where: str, lost: int, twice: int, half: int, done_again: int
) -> None:
    """Hand one row over to be printed."""
    assert name in ROWS, name
    tell(record, FAULTS, [(name, tried, lost, twice, half, done_again, where)])
