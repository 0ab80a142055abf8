"""What accepted findings saved: the month before the decision less each closed month after it, from charges alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from stateworks.kernel.access.scope import Scope, visible
from stateworks.modules.billing.finops.reading import costs_of
from stateworks.modules.billing.models import BillingPeriod, FinopsFinding, FinopsState, PeriodState


@dataclass(frozen=True)
class Saved:
    """A month of a resource: what it was charged, and what that saves; None where the month does not count."""

    month: str
    cents: int
    saved: int | None = None


@dataclass(frozen=True)
class Saving:
    """What one finding saved, month by month; less than nothing where the resource costs more than before."""

    baseline: int | None = None
    months: Sequence[Saved] = ()

    @property
    def counted(self) -> list[Saved]:
        """The months that count: closed, and after the one of the decision."""
        return [one for one in self.months if one.saved is not None]

    @property
    def cents(self) -> int:
        """What was saved in them together."""
        return sum(one.saved or 0 for one in self.counted)


@dataclass(frozen=True)
class Cycle:
    """Findings with their sums, in cents: a month at stake, a month expected of what is accepted, and saved until now."""

    findings: Sequence[FinopsFinding] = ()
    savings: Mapping[int, Saving] = field(default_factory=dict)

    @property
    def at_stake(self) -> int:
        """What open findings cost in the last month they were found in."""
        return sum(one.cents for one in self.findings if one.state == FinopsState.OPEN)

    @property
    def decided(self) -> int:
        """What accepted findings are expected to save a month."""
        return sum(one.saving_cents or 0 for one in self.findings if one.accepted_month)

    @property
    def realised(self) -> int:
        """What they saved until now."""
        return sum(one.cents for one in self.savings.values())

    @property
    def open(self) -> int:
        """How many wait for a decision."""
        return sum(one.state == FinopsState.OPEN for one in self.findings)

    def as_json(self) -> dict[str, object]:
        """The sums as a command prints them."""
        return {
            "findings": len(self.findings), "open": self.open, "at_stake_cents": self.at_stake,
            "decided_cents": self.decided, "realised_cents": self.realised,
        }  # fmt: skip


def findings_of(scope: Scope, agency: str) -> QuerySet[FinopsFinding]:
    """Return the findings that are seen, of one agency where it is named, those with most at stake first."""
    rows = visible(FinopsFinding.objects.all(), scope, "organization")
    if agency:
        rows = rows.filter(organization__code=agency)
    return rows.select_related("policy", "organization", "owner").order_by("-cents", "code")


def cycle_of(scope: Scope, agency: str, version: int) -> Cycle:
    """Read the findings that are seen with what they saved by a version of the charges."""
    return Cycle(list(findings_of(scope, agency)), saved(scope, agency, version))


def saved(scope: Scope, agency: str, version: int) -> dict[int, Saving]:
    """Return what the accepted ones of them saved, by their ids."""
    return savings_of(findings_of(scope, agency).exclude(accepted_month=""), version)


def savings_of(findings: Iterable[FinopsFinding], version: int) -> dict[int, Saving]:
    """Return what findings saved, by their ids; one that is not accepted has its months and saves nothing."""
    rows = list(findings)
    costs = costs_of(((one.source, one.resource) for one in rows), version)
    closed = set(BillingPeriod.objects.filter(state=PeriodState.CLOSED).values_list("code", flat=True))
    return {one.pk: _saving(one, costs.get((one.source, one.resource), {}), closed) for one in rows}


def _saving(one: FinopsFinding, costs: Mapping[str, int], closed: set[str]) -> Saving:
    baseline = costs.get(one.baseline_month) if one.accepted_month else None
    return Saving(
        baseline,
        [
            Saved(month, cents, baseline - cents
                  if baseline is not None and month > one.accepted_month and month in closed else None)
            for month, cents in costs.items()
        ],
    )  # fmt: skip
