"""What the coming months' invoices will charge, from what those of the past charged; pure: no database, no clock.

Each series of months is projected by `kernel.indicators.projection`: the simplest of five models that a rolling-origin
back-test does not beat, with an interval meant to hold four of five outcomes. The sum over services and months is forecast
from below, as the sum of the services' forecasts; its interval is as wide as that of the sum's own series, so that services
that rise and fall together are not taken for independent.

Source: R. Hyndman and G. Athanasopoulos, "Forecasting: principles and practice" (3rd ed., 2021), 5.2, 5.5, 5.10, 8.1 and, for
the sum from below, 11.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stateworks.kernel.clocks.fiscal import following, parse_period, period_of, previous
from stateworks.kernel.clocks.fiscal import parts as parts_of
from stateworks.kernel.indicators.projection import MINIMUM_POINTS, SHARE, Chosen, choose

__all__ = ["MINIMUM_POINTS", "SHARE", "Expected", "Months", "Outlook", "expected", "months_ahead", "outlook"]

Months = Mapping[str, int]
"""Cents by month, such as 2026-10; a month that is not there charged nothing."""


@dataclass(frozen=True)
class Expected:
    """What is expected of one month, or of several together, in cents, with its interval."""

    cents: int
    low: int
    high: int


def months_ahead(known: str) -> tuple[str, ...]:
    """Return the months that are forecast once a month is known: the rest of its fiscal year; after its last, the next year."""
    first = following(parse_period(known))
    year = period_of(first.starts, "year")
    return tuple(one.label for one in parts_of(year, "month") if one.label >= first.label)


def expected(series: Months, known: str, ahead: Sequence[str]) -> tuple[Expected, ...]:
    """Return what each coming month is expected to charge, from the first month that charged up to the last known.

    Nothing where fewer than six months are known. A charge is not expected to turn into a payment: no interval ends below
    zero, unless the series has been there.
    """
    points = _points(series, known)
    chosen = _chosen(points, len(ahead))
    if chosen is None:
        return ()
    floor = min(0, *points)
    made = []
    for step in range(1, len(ahead) + 1):
        weights = [0.0] * (step - 1) + [1.0]
        made.append(_whole(*chosen.fitted.interval(weights), floor))
    return tuple(made)


@dataclass(frozen=True)
class Outlook:
    """What the coming months hold: all services together by month and in all, and each service in all.

    A service with too few months has no outlook of its own; in the sums it counts with the mean of those it has.
    """

    months: Mapping[str, Expected]
    rest: Expected
    services: Mapping[str, Expected]


def outlook(
    services: Mapping[str, Months], known: str, ahead: Sequence[str], counted: Sequence[str]
) -> Outlook | None:
    """Return what the coming months are expected to charge; None where too little is known.

    `ahead` are all months after the last known one, `counted` those of them that the sums are of.
    """
    if not counted:
        return Outlook({}, Expected(0, 0, 0), dict.fromkeys(services, Expected(0, 0, 0)))
    together: dict[str, int] = {}
    for series in services.values():
        for month, cents in series.items():
            together[month] = together.get(month, 0) + cents
    whole = _chosen(_points(together, known), len(ahead))
    if whole is None:
        return None
    weights = {month: [float(one == month) for one in ahead] for month in counted}
    all_weights = [float(one in weights) for one in ahead]
    by_month, below, made = dict.fromkeys(counted, 0.0), 0.0, {}
    for code, series in services.items():
        points = _points(series, known)
        chosen = _chosen(points, len(ahead))
        floor = min(0.0, *points, 0.0)
        for month in counted:
            own = chosen.fitted.interval(weights[month])[0] if chosen else sum(points) / max(1, len(points))
            by_month[month] += max(own, floor)
            below += max(own, floor)
        if chosen is not None:
            made[code] = _whole(*chosen.fitted.interval(all_weights), floor)
    months = {month: _around(by_month[month], whole.fitted.interval(weights[month])) for month in counted}
    return Outlook(months, _around(below, whole.fitted.interval(all_weights)), made)


def _around(middle: float, interval: tuple[float, float, float]) -> Expected:
    """A sum from below, with the interval of the sum's own series laid around it."""
    own, low, high = interval
    return _whole(middle, middle - (own - low), middle + (high - own), min(0.0, middle))


def _points(series: Months, known: str) -> tuple[float, ...]:
    """Return the series month by month, from the first that charged to the last known."""
    charged = [month for month, cents in series.items() if cents and month <= known]
    if not charged:
        return ()
    month, first, points = parse_period(known), min(charged), []
    while month.label >= first:
        points.append(float(series.get(month.label, 0)))
        month = previous(month)
    return tuple(reversed(points))


def _chosen(points: tuple[float, ...], horizon: int) -> Chosen | None:
    return choose(points, horizon) if len(points) >= MINIMUM_POINTS and horizon else None


def _whole(middle: float, low: float, high: float, floor: float) -> Expected:
    cents = round(max(middle, floor))
    return Expected(cents, min(cents, round(max(low, floor))), max(cents, round(max(high, floor))))
