"""Shares of a SKU's total: does an account bear another one than before, though its own charge looks as usual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from statistics import median

from stateworks.modules.billing.detectors.facts import (
    DEVIATIONS,
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


def shifted(facts: Facts, found: Collection[Key]) -> Iterator[Oddity]:
    """Yield shares that moved strongly; what another detector found is counted as it usually is, and not again.

    A pool of cost is split by a driver: its accounts' charges rise and fall together, and only the share tells that a
    driver's amount is wrong. Accounts that came or went lately are counted neither now nor before.
    """
    now: dict[str, int] = defaultdict(int)
    before: dict[str, list[int]] = defaultdict(lambda: [0] * YEAR)
    for key, history in facts.history.items():
        cents, months = facts.now.get(key, 0), known_months(history[:YEAR])
        if len(months) < FEWEST or not (cents or months[0]):
            continue
        now[key[2]] += round(median(months)) if key in found else cents
        for at, one in enumerate(months):
            before[key[2]][at] += one
    for key in sorted(facts.now):
        if key not in found and facts.now[key]:
            yield from _one(facts, key, now[key[2]], before)


def _one(facts: Facts, key: Key, total: int, before: Mapping[str, list[int]]) -> Iterator[Oddity]:
    months = known_months(facts.history.get(key, ())[:YEAR])
    shares = [cents / whole for cents, whole in zip(months, before[key[2]], strict=False) if whole > 0]
    if total <= 0 or len(shares) < FEWEST:
        return
    usual, share = median(shares), facts.now[key] / total
    spread = 1.4826 * median(abs(one - usual) for one in shares)
    off = abs(share - usual)
    at_risk = round(off * total)
    if off <= max(DEVIATIONS * spread, LEAST_SHARE * usual) or at_risk < LEAST_CENTS:
        return
    text = (
        f"{key[2]} of {key[1]}: {100 * share:.1f} % of all that is charged for it; {100 * usual:.1f} % is usual, "
        f"which makes {dollars(at_risk)}."
    )
    yield Oddity(*key, "share_shift", text, at_risk)
