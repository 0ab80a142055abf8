"""Loads a file of tickets into an instance of its own, twice, and tells as JSON what came of it; deletes it all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import feeds, instance
from benchmarks.harness import isolated
from benchmarks.tickets import AT_ONCE, LAST_DAY, draw


def truth(rows: int) -> tuple[int, int]:
    """Return how many drawn tickets were resolved, and how many of these reopened, from the generator itself."""
    import polars as pl

    resolved = reopened = 0
    for first in range(0, rows, AT_ONCE):
        tickets = draw(min(AT_ONCE, rows - first), first=first).filter(pl.col("resolved").is_not_null())
        resolved += tickets.height
        reopened += int((tickets["reopens"] > 0).sum())
    return resolved, reopened


def load(folder: Path, scale: float) -> dict[str, int]:
    """Load the file once."""
    done = feeds.import_tickets(feeds.export(folder, scale))
    names = ("read", "inserted", "updated", "unchanged", "quarantined", "removed", "unassigned")
    return {name: getattr(done, name) for name in names}


def reopen_rate(_folder: Path, _scale: float) -> tuple[int, int]:
    """Return denominator and numerator of the reopen rate over all five fiscal years."""
    from stateworks.kernel.indicators.adhoc import compute

    (found,) = compute("desk.reopen_rate", as_of=LAST_DAY)
    return found["n"], found["numerator"]


def main() -> None:
    """Load as many rows as asked for, and print what was found."""
    rows = int(sys.argv[1])
    scale = rows / feeds.MILLION
    found: dict[str, Any] = {"truth": truth(rows)}
    with instance.temporary_instance() as home:
        folder = home / "work"
        folder.mkdir()
        isolated(feeds.export, folder, scale)
        for name, side in (("first", load), ("again", load), ("measure", reopen_rate)):
            run = isolated(side, folder, scale)
            found[name] = {"answer": run.answer, "peak": run.peak, "seconds": run.seconds}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
