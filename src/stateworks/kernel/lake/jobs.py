"""Jobs of the lake: once a month its tables are put in shape, so that neither files nor versions pile up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

TIDY = "lake.tidy"


def tidy(attempt: Attempt) -> Mapping[str, Any]:
    """Join small files, then delete those that no kept version needs; done again, it finds nothing to do."""
    from stateworks.kernel.lake import tables, upkeep
    from stateworks.kernel.lake.contracts import datasets
    from stateworks.kernel.lake.summaries import keep_ready

    joined = deleted = 0
    made = [name for name in datasets() if tables.is_made(name)]
    for place, name in enumerate(made):
        attempt.step(name, place, len(made))
        done = upkeep.compact(name, at=attempt.now())
        joined += done.files_before - done.files_after
        if done.after != done.before:
            keep_ready(name)
        deleted += len(upkeep.vacuum(name, at=attempt.now()))
    told = f"{joined:,} small files were joined with others, {deleted:,} old ones deleted."
    return {"told": told, "joined": joined, "deleted": deleted}


register(Kind(TIDY, "Tidying the lake", tidy, right="accounts.manage", priority=-10), every="month", hour=3)
