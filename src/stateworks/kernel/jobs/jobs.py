"""Jobs of the kernel's own house: each day's audit entries are sealed, so that none changes unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

SEAL = "audit.seal"


def seal(attempt: Attempt) -> Mapping[str, Any]:
    """Seal what has no seal yet; done again, it goes on where it ended."""
    from stateworks.kernel.access.seals import seal_entries

    made = seal_entries(at=attempt.now())
    count = sum(one.count for one in made)
    newest = made[-1].seal if made else ""
    told = f"{count} entries of the audit record were sealed." if made else "Nothing waits to be sealed."
    return {"told": told, "entries": count, "seal": newest}


register(
    Kind(SEAL, "Sealing the audit record", seal, right="accounts.manage", priority=-10), every="day", hour=0
)
