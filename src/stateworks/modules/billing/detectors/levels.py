"""Is a charge as high as it usually is? Robust, by season where two years are known, and never moved by a single odd month.

Source of the scale: 1.4826 times the median absolute deviation estimates the standard deviation of a normal distribution
(Hampel). Source of the season: the seasonal naive forecast with growth, made robust by medians.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from stateworks.modules.billing.money import dollars

YEAR = 12
SEVERAL = 3
"""So many accounts at once are a cause of their own."""


@dataclass(frozen=True)
class Usual:
    """What a charge is expected to be, and how far it may be off, in cents; whether by season."""

    cents: float
    most: float
    seasonal: bool = False


def usual_of(history: Sequence[int]) -> Usual:
    """Return what is usual after some months, newest first, of which there is at least one.

    With one year: the median, and five robust deviations around it. With two years both that and the same month of last year
    times the median growth from year to year; whichever came closer to the last twelve months is taken.
    """
    recent = history[:YEAR]
    level = median(recent)
    off = [one - level for one in recent]
    plain = Usual(level, _most(level, off))
    if len(history) < 2 * YEAR:
        return plain
    before = history[YEAR : 2 * YEAR]
    ratios = [one / then for one, then in zip(recent, before, strict=True) if then > 0]
    if not ratios or history[YEAR - 1] <= 0:
        return plain
    growth = median(ratios)
    seasonal = [one - growth * then for one, then in zip(recent, before, strict=True)]
    # By the mean, since a season of one month is what a median does not see.
    if sum(map(abs, seasonal)) >= sum(map(abs, off)):
        return plain
    # The month of last year that is as far back as the month looked at is a year from it: the last of `recent`.
    expected = growth * history[YEAR - 1]
    return Usual(expected, _most(expected, seasonal), seasonal=True)


def _most(usual: float, residuals: Sequence[float]) -> float:
    spread = 1.4826 * median(abs(one) for one in residuals)
    return max(DEVIATIONS * spread, LEAST_SHARE * abs(usual), LEAST_CENTS)


def charge(
    key: Key, cents: int, history: Sequence[int] | None, *, billed: bool, begun: bool = True
) -> Oddity | None:
    """Return what is odd about a charge, if anything: negative, new, vanished, nothing, or not at its level.

    `billed` says that there is a line; `begun` that there is history at all, without which nothing is new. What is
    gone is told in the first month only.
    """
    named = f"{key[2]} of {key[1]}"
    if cents < 0:
        return Oddity(*key, "negative", f"{named}: the month's own charge is {dollars(cents)}.", -cents)
    months = known_months(history or ())
    if not months:
        new = begun and cents > LEAST_CENTS
        return Oddity(*key, "new", f"{named}: the first charge, of {dollars(cents)}.", cents) if new else None
    if len(months) < FEWEST:
        return None
    usual = usual_of(months)
    expected = round(usual.cents)
    said = f"{dollars(expected)} is usual{' in this month of the year' if usual.seasonal else ''}"
    if cents == 0:
        if expected <= LEAST_CENTS or months[0] == 0:
            return None
        detector = "zero" if billed else "vanished"
        return Oddity(*key, detector, f"{named}: {_nothing(billed)}; {said}.", expected)
    off = round(cents - usual.cents)
    if abs(off) <= usual.most:
        return None
    return Oddity(*key, "level", f"{named}: {dollars(cents)} is charged; {said}.", abs(off), explains=off)


def _nothing(billed: bool) -> str:
    return "its line comes to nothing" if billed else "nothing is charged"


def together(odd: Sequence[Oddity], facts: Facts) -> list[tuple[Oddity, list[Oddity]]]:
    """Return one finding for each SKU whose level rose, or fell, for most of its accounts at once, with those it stands for.

    A pool that cost more, or a month in which all use more, is one cause. The account that it moved most carries the finding.
    """
    users = Counter(key[2] for key, cents in facts.now.items() if cents)
    moved: dict[tuple[str, bool], list[Oddity]] = defaultdict(list)
    for one in odd:
        if one.detector == "level":
            moved[one.sku, one.explains > 0].append(one)
    made = []
    for (sku, up), ones in sorted(moved.items()):
        if len(ones) < SEVERAL or 2 * len(ones) <= users[sku]:
            continue
        most = max(ones, key=lambda one: (one.cents, one.key))
        cents = sum(one.cents for one in ones)
        text = (
            f"{sku}: {dollars(cents)} {'more' if up else 'less'} than usual is charged, and it is so for {len(ones)} of "
            f"{users[sku]} accounts at once; look at what they have in common."
        )
        made.append((replace(most, text=text, cents=cents), ones))
    return made


def pools(facts: Facts) -> Iterator[Oddity]:
    """Yield pools that come to more or less than usual in all; the account that bears most carries the finding."""
    for sku in sorted(facts.pooled):
        now = {key: cents for key, cents in facts.now.items() if key[2] == sku}
        history = [months for key, months in facts.history.items() if key[2] == sku]
        months = known_months([sum(month) for month in zip(*history, strict=True)])
        total = sum(now.values())
        if not now or len(months) < FEWEST:
            continue
        usual = usual_of(months)
        off = round(abs(total - usual.cents))
        if off > usual.most:
            text = f"{sku}: {dollars(total)} is passed on in all; {dollars(round(usual.cents))} is usual."
            yield Oddity(*max(now, key=lambda key: (now[key], key)), "level", text, off)
