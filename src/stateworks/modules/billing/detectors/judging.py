"""Lets the detectors look in an order in which one cause is one finding: what one explains, the next one takes off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stateworks.modules.billing.detectors.accounts import moved
from stateworks.modules.billing.detectors.facts import LEAST_CENTS, Facts, Key, Oddity
from stateworks.modules.billing.detectors.levels import charge, pools, together
from stateworks.modules.billing.detectors.prices import rate_change
from stateworks.modules.billing.detectors.shares import shifted
from stateworks.modules.billing.money import dollars

DETECTORS = (
    "negative", "negative_usage", "zero", "vanished", "new", "level", "rate_change", "duplicate", "share_shift", "account",
)  # fmt: skip
"""Their names, as findings have them."""


def oddities(facts: Facts) -> list[Oddity]:
    """Return what is odd about a month, by agency, account and SKU."""
    found: list[Oddity] = []
    explained: dict[Key, int] = defaultdict(int)
    passed: set[Key] = set()
    for odd, before in moved(facts):
        found.append(odd)
        passed |= {odd.key, before}
    for key in sorted(facts.now):
        causes = [*_usage(facts, key), rate_change(facts, key)]
        for one in causes:
            if one is not None:
                found.append(one)
                explained[key] += one.explains
    begun = bool(facts.history)
    levels = []
    for key in sorted({*facts.now, *facts.history} - passed):
        left = facts.now.get(key, 0) - explained[key]
        level = charge(key, left, facts.history.get(key), billed=key in facts.now, begun=begun)
        # Where something is explained, nothing left of it is not news.
        if level is None or (explained[key] and left <= 0):
            continue
        if level.detector != "level" or key[2] not in facts.pooled:
            levels.append(level)
    common = together(levels, facts)
    same = {one.key for _, ones in common for one in ones}
    found += [one for one in levels if one.key not in same]
    # What moved for most accounts at once is in their shares as it is, so that the shares tell who moved otherwise.
    found += [
        *shifted(facts, {odd.key for odd in found} | passed),
        *(one for one, _ in common),
        *pools(facts),
    ]
    return sorted(found, key=lambda odd: (odd.key, odd.detector))


def _usage(facts: Facts, key: Key) -> Iterator[Oddity]:
    """Yield what is odd about the rows of usage behind a charge."""
    named = f"{key[2]} of {key[1]}"
    twice, back = facts.repeated.get(key), facts.taken_back.get(key)
    if twice is not None and (cents := facts.worth(key, twice.quantity)) >= LEAST_CENTS:
        rows = "1 row of usage says" if twice.rows == 1 else f"{twice.rows:,} rows of usage say"
        text = f"{named}: {rows} what another says, at the same moment; they make {dollars(cents)}."
        yield Oddity(*key, "duplicate", text, cents, explains=cents)
    if back is not None and (cents := facts.worth(key, -back.quantity)) >= LEAST_CENTS:
        rows = "1 row of usage takes" if back.rows == 1 else f"{back.rows:,} rows of usage take"
        text = f"{named}: {rows} back what was used; that makes {dollars(cents)}."
        yield Oddity(*key, "negative_usage", text, cents, explains=-cents)
