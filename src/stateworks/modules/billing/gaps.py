"""What a rate card leaves open: days of its year without a price for something that it sells, and tiers of no price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.modules.billing.models import Rate, RateCard

Span = tuple[date, date]
"""First and last day."""
DAY = timedelta(days=1)


def gaps_of(card: RateCard) -> list[str]:
    """Return a sentence for each SKU of a card and each span of its fiscal year in which nobody could be charged for it.

    Prices of other approved cards count. A SKU that no approved card had a price for before the year may begin within it, and
    one that is retired needs no price from then on.
    """
    year = parse_period(f"FY{card.fiscal_year}")
    skus = set(card.rates.values_list("sku", flat=True))
    rates = Rate.objects.filter(Q(card=card) | Q(card__approved=True), sku__in=skus)
    spans: dict[str, list[Span]] = defaultdict(list)
    ends: dict[str, date] = {}
    for code, retired, starts, last in rates.order_by("sku__code", "starts_on").values_list(
        "sku__code", "sku__retired_on", "starts_on", "ends_on"
    ):
        spans[code].append((starts, last))
        ends[code] = min(year.ends, retired - DAY) if retired else year.ends
    found = []
    for code, priced in spans.items():
        before = any(starts < year.starts for starts, _ in priced)
        for first, last in _uncovered(priced, year.starts, ends[code]):
            if before or first > year.starts:
                found.append(f"{code} has no price from {first} to {last}.")
    return found


def _uncovered(spans: Iterable[Span], first: date, last: date) -> list[Span]:
    """Return the spans of days that no given span covers; these are in the order of their first days."""
    found = []
    for starts, ends in spans:
        if first < starts <= last:
            found.append((first, starts - DAY))
        elif starts > last:
            break
        first = max(first, ends + DAY)
    if first <= last:
        found.append((first, last))
    return found


def tiers_of_no_price(card: RateCard) -> list[str]:
    """Return a sentence for each first day and SKU with tiers, but without a price that they could belong to."""
    rates = set(card.rates.values_list("sku__code", "starts_on"))
    tiers = set(card.tiers.values_list("sku__code", "starts_on"))
    return [
        f"{code} has tiers from {starts} on, and no price that starts on this day."
        for code, starts in sorted(tiers - rates)
    ]
