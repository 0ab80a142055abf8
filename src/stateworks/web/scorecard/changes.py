"""What changed since the month before: the moves that stand out, and which slices they came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.db.models import OuterRef, Subquery

from stateworks.kernel.access.scope import PUBLIC, Scope, organization_codes, sees_whole_state
from stateworks.kernel.indicators.models import Cover, Value
from stateworks.kernel.indicators.read import ORGANIZATION_DIMENSIONS
from stateworks.kernel.org.models import Organization
from stateworks.web import words
from stateworks.web.scorecard.history import History, Point, months_before

#: Moves a scorecard tells; more would be a second scorecard.
TOLD = 3
#: A move counts as unusual when it is larger than the average move between the months before it.
USUAL = 1.0
ENOUGH_MOVES = 4


@dataclass(frozen=True)
class Contribution:
    """How much of a move came from one slice, in the indicator's unit; over all slices these add up to the move."""

    dimension: str
    member: str
    share: float
    name: str = ""
    """The member in words, where it is an organization."""


@dataclass(frozen=True)
class Move:
    """One indicator's figure against the period before."""

    code: str
    unit: str
    direction: str
    before: Point
    after: Point
    was: float
    now: float
    size: float
    contributions: tuple[Contribution, ...] = field(default=())

    @property
    def better(self) -> bool:
        """Whether it went the way the plan wants."""
        return (self.now > self.was) == (self.direction == "up")

    @property
    def words(self) -> str:
        """The move as a phrase: "fell 4.0 points"."""
        return words.change(self.was, self.now, self.unit)


@dataclass(frozen=True)
class Changes:
    """The moves that stand out between two months, or none."""

    since: str
    until: str
    moves: tuple[Move, ...]
    compared: int


def changes(
    points: History,
    units: Mapping[str, tuple[str, str]],
    as_of: dt.date,
    *,
    run: int | None,
    scope: Scope = PUBLIC,
) -> Changes | None:
    """Compare the last closed month with the one before; none when fewer than one indicator has both.

    `units` gives unit and direction by indicator. With a run, the moves told are split by slice (always as many
    queries), of which those are named that the scope sees.
    """
    last_closed = months_before(as_of + dt.timedelta(days=1), 1)
    before = months_before(last_closed, 1)
    found: list[Move] = []
    compared = 0
    for code, (unit, direction) in units.items():
        months = {point.starts: point for point in points.get((code, "month"), ()) if point.value is not None}
        if before not in months or last_closed not in months:
            continue
        compared += 1
        move = _move(code, unit, direction, months, before, last_closed)
        if move is not None:
            found.append(move)
    found.sort(key=lambda move: (-move.size, move.code))
    told = found[:TOLD]
    if run is not None:
        told = _with_contributions(told, run, scope)
    if not compared:
        return None
    return Changes(f"{before:%B}", f"{last_closed:%B}", tuple(told), compared)


def _move(
    code: str, unit: str, direction: str, months: Mapping[dt.date, Point], before: dt.date, after: dt.date
) -> Move | None:
    """The move, with its size against the average move of the months before; none for a usual one."""
    series = [point.value for starts, point in sorted(months.items()) if starts <= before]
    moves = [abs(b - a) for a, b in pairwise(series) if a is not None and b is not None]
    now, then = months[after].value, months[before].value
    if now is None or then is None or now == then:
        return None
    step = abs(now - then)
    if len(moves) >= ENOUGH_MOVES and sum(moves) > 0:
        size = step / (sum(moves) / len(moves))
        if size < USUAL:
            return None
    else:
        # Too few months to know what is usual: relative size, and it must be a tenth at least.
        size = step / max(abs(then), 1e-9)
        if size < 0.1:
            return None
    return Move(code, unit, direction, months[before], months[after], then, now, size)


def _with_contributions(moves: Sequence[Move], run: int, scope: Scope) -> list[Move]:
    # Split over all slices, whoever asks: a share of the state's move is the same for everybody.
    own = None if sees_whole_state(scope) else set(organization_codes(scope))
    # Asked even where nothing moved, so that the page always asks as many questions: no indicator is called "".
    statements = Cover.objects.filter(
        run_id=run, figure="", indicator__in=[*(move.code for move in moves), ""]
    ).values("statement")
    organization = Organization.objects.filter(code=OuterRef("member"))
    periods = ["", *{point.period for move in moves for point in (move.before, move.after)}]
    rows = (
        Value.objects.filter(statement__in=statements, period__in=periods, suppressed=False)
        .exclude(dimension="")
        .order_by("statement")  # a later statement's word on a period replaces an earlier one's
        .annotate(name=Subquery(organization.values("name")))
        .values_list("indicator", "dimension", "member", "starts", "value", "n", "name")
    )
    names: dict[str, str] = {}
    slices: dict[str, dict[str, dict[str, dict[dt.date, tuple[float | None, int]]]]] = {}
    for indicator, dimension, member, starts, value, n, name in rows:
        if dimension == "agency" and name:
            names[member] = name
        at = slices.setdefault(indicator, {}).setdefault(dimension, {}).setdefault(member, {})
        at[starts] = (value, n)
    return [
        replace(
            move,
            contributions=tuple(
                replace(
                    contribution, name=names.get(contribution.member, "") if dimension == "agency" else ""
                )
                for dimension, members in slices.get(move.code, {}).items()
                for contribution in contributions(move, dimension, members)
                if own is None or (dimension in ORGANIZATION_DIMENSIONS and contribution.member in own)
            ),
        )
        for move in moves
    ]


def contributions(
    move: Move, dimension: str, members: Mapping[str, Mapping[dt.date, tuple[float | None, int]]]
) -> list[Contribution]:
    """Split a move of a ratio or mean exactly over the slices of one dimension.

    With n rows and value v in a slice, N rows overall, and V the overall value before, a slice contributes
    n₁(v₁-V)/N₁ - n₀(v₀-V)/N₀. Summed over all slices this is V₁-V₀, so the parts explain the whole and nothing twice.
    """
    base, n_before, n_after = move.was, move.before.n, move.after.n
    # A dimension with one member says only that everything came from everything.
    if not n_before or not n_after or len(members) < 2:
        return []
    whole = move.now - base
    found = []
    for member, at in members.items():
        value0, n0 = at.get(move.before.starts, (None, 0))
        value1, n1 = at.get(move.after.starts, (None, 0))
        share = (n1 * (value1 - base) / n_after if value1 is not None else 0.0) - (
            n0 * (value0 - base) / n_before if value0 is not None else 0.0
        )
        if share * whole > 0:
            found.append(Contribution(dimension, member, share))
    return sorted(found, key=lambda one: -abs(one.share))
