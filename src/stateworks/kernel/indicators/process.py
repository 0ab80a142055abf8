"""Process behaviour: whether a series of points varies as it always does, or something happened, for better or worse.

Sources: D. Wheeler, "Understanding Variation" (1993), for the XmR chart and its factor 2.66 = 3 / 1.128; NHS England, "Making
data count" (2019), for the four signals, for seven as the length of a run and of a trend, for calling them improvement or
concern by the direction that is wanted, and for whether the process can be expected to reach its goal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

MINIMUM_POINTS = 12
RUN = 7
FACTOR = 2.66

Direction = Literal["up", "down"]
Rule = Literal["outside", "shift", "trend", "near"]


@dataclass(frozen=True)
class Limits:
    """The centre line, the natural process limits and the mean moving range they come from."""

    centre: float
    lower: float
    upper: float
    moving_range: float


@dataclass(frozen=True)
class Signal:
    """A pattern that chance rarely makes: which, the places of its first and last point, and which way it points."""

    rule: Rule
    starts: int
    at: int
    direction: Direction

    @property
    def length(self) -> int:
        """How many points it spans."""
        return self.at - self.starts + 1

    def in_words(self) -> str:
        """Say it in a few words."""
        up = self.direction == "up"
        many = f"{self.length} points in a row"
        if self.rule == "outside":
            return (
                f"{'a point' if self.length == 1 else many} {'above' if up else 'below'} the process limits"
            )
        if self.rule == "shift":
            return f"{many} {'above' if up else 'below'} the mean"
        if self.rule == "trend":
            return f"{many} {'rising' if up else 'falling'}"
        often = "two of three points" if self.length <= 3 else "at least two of every three points"
        return f"{often} close to the {'upper' if up else 'lower'} limit"

    def meaning(self, better: str) -> str:
        """Say whether it is an improvement or a concern, where `better` is the direction that is wanted."""
        return "improvement" if self.direction == better else "concern"


def limits(points: Sequence[float]) -> Limits | None:
    """Return the limits, mean ± 2.66 times the mean moving range; None with fewer than twelve points."""
    if len(points) < MINIMUM_POINTS:
        return None
    return limits_of(points)


def limits_of(points: Sequence[float]) -> Limits:
    """Return the limits of any two or more points; `limits` says when they can be trusted.

    Source: Wheeler (1993), chapter 3: the natural process limits are the mean ± 2.66 times the mean moving range.
    """
    centre = sum(points) / len(points)
    ranges = [abs(later - earlier) for earlier, later in pairwise(points)]
    moving_range = sum(ranges) / len(ranges)
    return Limits(centre, centre - FACTOR * moving_range, centre + FACTOR * moving_range, moving_range)


def signals(points: Sequence[float]) -> list[Signal]:
    """Return every signal of a series in order of its last point; none with fewer than twelve points.

    The four rules: a point outside the limits; seven in a row on one side of the mean; seven in a row each higher (or
    lower) than the one before; two of three in the outer third towards the same limit.
    Source: NHS England, "Making data count".
    """
    found = limits(points)
    if found is None:
        return []
    made: list[Signal] = []
    reach = found.upper - found.centre
    sides: tuple[tuple[Direction, float], ...] = (("up", 1.0), ("down", -1.0))
    offsets = {side: [sign * (point - found.centre) for point in points] for side, sign in sides}
    for place in range(len(points)):
        first = place + 1 - RUN
        for side, sign in sides:
            offset = offsets[side]
            if offset[place] > reach:
                made.append(Signal("outside", place, place, side))
            if first >= 0 and all(one > 0 for one in offset[first : place + 1]):
                made.append(Signal("shift", first, place, side))
            if first >= 0 and all(
                sign * (later - earlier) > 0 for earlier, later in pairwise(points[first : place + 1])
            ):
                made.append(Signal("trend", first, place, side))
            near = [at for at in range(max(place - 2, 0), place + 1) if offset[at] > reach * 2 / 3]
            if place >= 2 and near and near[-1] == place and len(near) >= 2:
                made.append(Signal("near", near[0], place, side))
    return made


def episodes(points: Sequence[float]) -> list[Signal]:
    """Return the signals with those of one rule that follow each other joined: nine above the mean are one shift, not three."""
    made: list[Signal] = []
    for one in signals(points):
        known = next(
            (at for at, other in enumerate(made)
             if (other.rule, other.direction) == (one.rule, one.direction) and other.at == one.at - 1),
            None,
        )  # fmt: skip
        if known is None:
            made.append(one)
        else:
            made[known] = replace(made[known], at=one.at)
    return made


def in_words(points: Sequence[float], better: str = "") -> str:
    """Say what the latest point shows: too few points, steady, or which signals, with their meaning by the wanted direction."""
    if len(points) < MINIMUM_POINTS:
        return f"too few points ({len(points)} of {MINIMUM_POINTS})"
    latest = [one for one in episodes(points) if one.at == len(points) - 1]
    if not latest:
        return "usual variation"
    return ", ".join(f"{one.in_words()}{f' ({one.meaning(better)})' if better else ''}" for one in latest)


def assurance(points: Sequence[float], goal: float, comparator: str) -> str:
    """Say whether the process as it runs can be expected to reach its goal; empty with fewer than twelve points.

    Where both limits lie on the good side of the goal, ordinary variation does not miss it; where both lie on the other side,
    it does not reach it without a change of the process. Source: NHS England, "Making data count", assurance.
    """
    found = limits(points)
    if found is None or comparator == "=":
        return ""
    worst, best = (found.upper, found.lower) if comparator in {"<=", "<"} else (found.lower, found.upper)
    sign = -1.0 if comparator in {"<=", "<"} else 1.0
    if sign * (worst - goal) >= 0:
        return "reaches its goal consistently"
    if sign * (best - goal) >= 0:
        return "reaches its goal in some periods and misses it in others"
    return "falls short of its goal consistently"
