"""Jobs of billing: every morning what was put off until that day waits for a decision again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

DEFERRED = "billing.deferred"


def deferred(attempt: Attempt) -> Mapping[str, Any]:
    """Open the findings of cloud cost that were deferred until today; done again, it finds nothing to do."""
    from stateworks.modules.billing.verbs.finops import open_again

    count = open_again(at=attempt.now())
    return {"told": f"Deferred findings that wait for a decision again: {count}.", "findings": count}


register(
    Kind(DEFERRED, "Deferred findings", deferred, right="billing.run", priority=-10), every="day", hour=1
)
