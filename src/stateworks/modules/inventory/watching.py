"""The observability checklist: which points a system has in place, which it lacks, and which nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from stateworks.modules.inventory.models import Check, CheckItem, CheckState, Monitor


@dataclass(frozen=True)
class Line:
    """One point of the checklist for one system, with what was found; `old` says that it no longer counts."""

    item: CheckItem
    check: Check | None
    old: bool

    @property
    def counts(self) -> bool:
        """Whether the point is met: in place or not applicable, and looked at recently enough."""
        return (
            self.check is not None
            and not self.old
            and self.check.state in (CheckState.PASSED, CheckState.NOT_APPLICABLE)
        )

    @property
    def words(self) -> str:
        """What was found, in words."""
        if self.check is None:
            return "Not looked at"
        return (
            f"{self.check.get_state_display()}, but too long ago"
            if self.old
            else self.check.get_state_display()
        )

    @property
    def icon(self) -> str:
        """The shape beside the words."""
        if self.check is None:
            return "not_measured"
        if self.old:
            return "pending"
        return {"passed": "met", "failed": "missed"}.get(self.check.state, "no_data")


def checklist_of(items: Iterable[CheckItem], checks: Iterable[Check], today: date) -> list[Line]:
    """Put what was found beside each point; both are read whole, so this costs no query of its own."""
    found = {check.item_id: check for check in checks}
    lines = []
    for item in items:
        check = found.get(item.pk)
        old = check is not None and check.valid_until is not None and check.valid_until < today
        lines.append(Line(item, check, old))
    return lines


def passed(lines: Iterable[Line]) -> bool:
    """Tell whether a system has the baseline: every required point is met; without points nothing is passed."""
    required = [line for line in lines if line.item.required]
    return bool(required) and all(line.counts for line in required)


def watching(today: date) -> QuerySet[Monitor]:
    """Return the monitors that still watch."""
    return Monitor.objects.filter(Q(offboarded_on__isnull=True) | Q(offboarded_on__gt=today))
