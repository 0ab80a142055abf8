"""How often the detectors are right about what the generator knows to be wrong, beside a plain rule on the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import mean, pstdev

from stateworks.modules.billing.demo.metered import KNOWN
from stateworks.modules.billing.demo.rows import Key

SIGMAS, YEAR = 3, 12


@dataclass(frozen=True)
class Score:
    """Of one detector: errors seeded for it, its findings, and how far they agree."""

    detector: str
    seeded: int
    found: int
    right: int
    """Findings that name an error, of whatever kind."""
    own: int
    """Seeded errors that it found."""
    by_any: int
    """Seeded errors that some detector found."""
    plain: int
    """Seeded errors that the plain rule found."""

    @property
    def precision(self) -> float | None:
        """The part of its findings that name an error; None without findings."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The part of the errors seeded for it that it found; None without such errors."""
        return self.own / self.seeded if self.seeded else None


def scores(
    found: Iterable[tuple[Key, str]],
    seeded: Mapping[Key, str],
    plain: Collection[Key],
    detectors: Iterable[str],
) -> list[Score]:
    """Return the score of each detector, then of all together; findings are by month, account and SKU, with the detector."""
    findings = list(found)
    named = {key for key, _ in findings}
    made = []
    for detector in detectors:
        mine = [key for key, by in findings if by == detector]
        errors = {key for key, kind in seeded.items() if kind == detector}
        made.append(Score(detector, len(errors), len(mine), sum(key in seeded for key in mine), len(errors & set(mine)),
                          len(errors & named), len(errors & set(plain))))  # fmt: skip
    right = sum(key in seeded for key, _ in findings)
    both = len(seeded.keys() & set(plain))
    own = sum(one.own for one in made)
    return [*made, Score("all", len(seeded), len(findings), right, own, len(seeded.keys() & named), both)]


def told() -> tuple[dict[Key, int], list[tuple[Key, str]]]:
    """Read what invoices charge for their own months, and all findings, by month, account and SKU."""
    from django.db.models import F, Sum

    from stateworks.modules.billing.models import AnomalyFinding, InvoiceLine

    lines = InvoiceLine.objects.filter(origin=F("invoice__period__code")).exclude(kind="credit").order_by()
    rows = lines.values_list("origin", "account__code", "sku__code").annotate(sum=Sum("cents"))
    found = []
    for month, code in AnomalyFinding.objects.values_list("invoice__period__code", "code"):
        _, detector, account, sku = code.split(".")
        found.append(((month, account, sku), detector))
    return {(month, account, sku): cents for month, account, sku, cents in rows}, found


def by_sigma(charged: Mapping[Key, int], months: tuple[str, ...]) -> set[Key]:
    """Return what a plain rule finds: a charge beyond three standard deviations from the mean of the twelve months before.

    A month without a charge counts as nothing since the first charge, so that the rule sees what has vanished.
    """
    lines: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (month, account, sku), cents in charged.items():
        lines[account, sku][month] = cents
    found: set[Key] = set()
    for (account, sku), by_month in lines.items():
        first = months.index(min(by_month))
        series = [by_month.get(month, 0) for month in months]
        for place in range(KNOWN, len(months)):
            before = series[max(first, place - YEAR) : place]
            if len(before) < KNOWN:
                continue
            if abs(series[place] - mean(before)) > SIGMAS * pstdev(before):
                found.add((months[place], account, sku))
    return found
