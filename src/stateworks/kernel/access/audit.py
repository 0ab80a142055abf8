"""The record of what was done: every verb writes one entry in the transaction of its change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stateworks.kernel.access.models import Account, AuditEntry


def record(
    verb: str,
    subject: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    import_id: int | None = None,
) -> AuditEntry:
    """Write down that `by` (None: the system) did `verb` to `subject` at `at`; entries are never changed or removed.

    `subject` is the dataset and natural key, such as `office.vendor acme`. `before` and `after` hold what changed, as JSON.
    """
    if at.tzinfo is None:
        raise ValueError("an audit entry needs an aware time")
    return AuditEntry.objects.create(
        at=at,
        actor=by,
        verb=verb,
        subject=subject[:200],
        reason=reason,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        import_id=import_id,
    )
