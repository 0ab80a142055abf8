"""Is a SKU charged to another account of an agency than before? Then another fund and program pay for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from stateworks.modules.billing.detectors.facts import (
    FEWEST,
    LEAST_CENTS,
    LEAST_SHARE,
    Facts,
    Key,
    Oddity,
    known_months,
)
from stateworks.modules.billing.detectors.levels import YEAR
from stateworks.modules.billing.money import dollars


def moved(facts: Facts) -> Iterator[tuple[Oddity, Key]]:
    """Yield charges for a SKU that are new on one account and gone from another of the same agency, with where they were.

    The amounts must agree to a quarter. An account is one fund, appropriation and program, so that another account is
    another payer.
    """
    by_agency: dict[tuple[str, str], tuple[list[Key], list[Key]]] = defaultdict(lambda: ([], []))
    for key in sorted({*facts.now, *facts.history}):
        cents, months = facts.now.get(key, 0), known_months(facts.history.get(key, ()))
        come, gone = by_agency[key[0], key[2]]
        if cents > LEAST_CENTS and not any(months[:YEAR]):
            come.append(key)
        elif cents == 0 and len(months) >= FEWEST and months[0] > LEAST_CENTS:
            gone.append(key)
    for (_, sku), (come, gone) in sorted(by_agency.items()):
        for key in come:
            cents = facts.now[key]
            fit = [(abs(cents - usual), one, usual) for one in gone
                   if abs(cents - (usual := median(facts.history[one][:YEAR]))) <= LEAST_SHARE * usual]  # fmt: skip
            if not fit:
                continue
            _, before, usual = min(fit)
            gone.remove(before)
            text = (
                f"{sku} of {key[1]}: {dollars(cents)} is charged, which {before[1]} paid until now "
                f"({dollars(round(usual))} is usual there)."
            )
            yield Oddity(*key, "account", text, cents, explains=cents), before
