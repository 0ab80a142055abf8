"""Process behaviour: whether a series of points varies as it always does, or something happened.

Source: D. Wheeler, "Understanding Variation" (1993), for the XmR chart; NHS England, "Making data count", for the four
signals and for seven as the length of a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MINIMUM_POINTS = 12
RUN = 7


@dataclass(frozen=True)
class Limits:
    """The centre line, the natural process limits and the mean moving range they come from."""

    centre: float
    lower: float
    upper: float
    moving_range: float


@dataclass(frozen=True)
class Signal:
    """A pattern that chance rarely makes: which, where it ends (index of its last point), and which way it points."""

    rule: str
    at: int
    direction: str

    def in_words(self) -> str:
        """Say it in a few words."""
        side = "above" if self.direction == "up" else "below"
        return {
            "outside": f"a point {side} the process limits",
            "shift": f"{RUN} points in a row {side} the mean",
            "trend": f"{RUN} points in a row {'rising' if self.direction == 'up' else 'falling'}",
            "near": f"two of three points close to the {'upper' if self.direction == 'up' else 'lower'} limit",
        }[self.rule]


def limits(points: Sequence[float]) -> Limits | None:
    """Return the limits, mean ± 2.66 times the mean moving range; None with fewer than twelve points."""
    if len(points) < MINIMUM_POINTS:
        return None
    return limits_of(points)


def limits_of(points: Sequence[float]) -> Limits:
    """Return the limits of any two or more points; `limits` says when they can be trusted."""
    centre = sum(points) / len(points)
    ranges = [abs(later - earlier) for earlier, later in pairwise(points)]
    moving_range = sum(ranges) / len(ranges)
    return Limits(centre, centre - 2.66 * moving_range, centre + 2.66 * moving_range, moving_range)


def signals(points: Sequence[float]) -> list[Signal]:
    """Return every signal of a series, in order; none with fewer than twelve points.

    The four rules: a point outside the limits; seven in a row on one side of the mean; seven in a row each higher (or
    lower) than the one before; two of three in the outer third towards the same limit.
    """
    found = limits(points)
    if found is None:
        return []
    made: list[Signal] = []
    third = (found.upper - found.centre) * 2 / 3
    for place, value in enumerate(points):
        for direction, sign in (("up", 1.0), ("down", -1.0)):
            offset = [sign * (point - found.centre) for point in points[: place + 1]]
            if offset[-1] > found.upper - found.centre:
                made.append(Signal("outside", place, direction))
            if place + 1 >= RUN and all(one > 0 for one in offset[-RUN:]):
                made.append(Signal("shift", place, direction))
            recent = points[max(0, place + 1 - RUN) : place + 1]
            if len(recent) == RUN and all(
                sign * (later - earlier) > 0 for earlier, later in pairwise(recent)
            ):
                made.append(Signal("trend", place, direction))
            if (
                place >= 2
                and sign * (value - found.centre) > third
                and sum(one > third for one in offset[-3:]) >= 2
            ):
                made.append(Signal("near", place, direction))
    return made


def in_words(points: Sequence[float]) -> str:
    """Say what the latest point shows: too few points, steady, or which signal."""
    if len(points) < MINIMUM_POINTS:
        return f"too few points ({len(points)} of {MINIMUM_POINTS})"
    latest = [signal for signal in signals(points) if signal.at == len(points) - 1]
    if not latest:
        return "usual variation"
    return latest[0].in_words()
