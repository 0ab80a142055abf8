"""Jobs of the records: their state at the end of each month goes to the lake, whether anybody computes figures or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

SNAPSHOT = "records.snapshot"


def snapshot(attempt: Attempt) -> Mapping[str, Any]:
    """Write the records that changed into the lake; done again, it finds nothing that changed."""
    from stateworks.kernel.records.snapshot import snapshot_changed

    versions = snapshot_changed(at=attempt.now())
    return {"told": f"{len(versions)} kinds of records are in the lake as they were.", "versions": versions}


register(
    Kind(SNAPSHOT, "Month's records", snapshot, right="accounts.manage", priority=-10), every="month", hour=0
)
