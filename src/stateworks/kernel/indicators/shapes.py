"""The closed set of shapes a measure can have: how rows become integer parts, and how the parts roll up.

A shape is a declaration over one table in which one row weighs one. From it follow, by one expression, both the figure
and the rows behind it: each row of the population has a role, a key hash and, where the shape needs one, an amount.
What the integer parts mean is in `figures.py`.

Missing is not zero: a row that cannot be judged keeps its place in the denominator under the role `unknown`; a row that
does not belong is left out with a reason, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

RollUp = Literal["sum", "each", "last"]
"""How months become quarters and years: add the parts, compute each grain anew, or take the last month's state."""

LEFT_OUT = "left out: "
NUMERATOR, DENOMINATOR, UNKNOWN, COUNTED = "numerator", "denominator", "unknown", "counted"


@dataclass(frozen=True)
class Top:
    """Only the `n` most frequent values of a column in the period; of equals the first by name."""

    column: str
    n: int


@dataclass(frozen=True)
class Shape:
    """What all shapes share: rows, the local date by which a row falls into a period, who counts, who is left out.

    `counted` is the condition for being in the population at all. `left_out` gives, by reason, the conditions under
    which a row of the population is set aside; the first that holds names the reason. `key` is the column of the
    row's key hash. `per_unit` is how many of the amount's integer units make one unit of the figure: 60 for seconds
    shown as minutes.
    """

    kind: ClassVar[str] = ""
    roll_up: ClassVar[RollUp] = "sum"
    zero_when_empty: ClassVar[bool] = False

    rows: ir.Table
    at: str | None = None
    counted: ir.BooleanValue | None = None
    left_out: Mapping[str, ir.BooleanValue] = field(default_factory=dict)
    key: str = "_key"
    within: Top | None = None

    @property
    def additive(self) -> bool:
        """Whether a longer period's parts are the sum of its months'."""
        return bool(self.options()["additive"])

    def branches(self) -> list[tuple[Any, str]]:
        """Return conditions and roles, tried in order; the last role takes what no condition took."""
        return [(True, COUNTED)]

    def amount(self) -> ir.IntegerValue | None:
        """Return the row's integer amount (seconds, cents, rating), where the shape has one."""
        return None

    def entity(self) -> ir.Value | None:
        """Return what is counted once however often it occurs, where the shape counts such things."""
        return None

    def role(self) -> ir.StringValue:
        """Return the row's role as one expression."""
        import ibis

        cases: list[tuple[Any, Any]] = [(when, LEFT_OUT + reason) for reason, when in self.left_out.items()]
        for condition, name in self.branches():
            if condition is True:
                return ibis.cases(*cases, else_=name) if cases else ibis.literal(name)
            cases.append((condition, name))
        return ibis.cases(*cases, else_=LEFT_OUT + "no role")

    def options(self) -> dict[str, Any]:
        """Return what is needed, beside the parts, to make the figure again; plain JSON."""
        made: dict[str, Any] = {"kind": self.kind, "roll_up": "each" if self.within else self.roll_up}
        made["additive"] = made["roll_up"] == "sum"
        if self.zero_when_empty:
            made["zero_when_empty"] = True
        if self.within is not None:
            made["within"] = {"column": self.within.column, "n": self.within.n}
        return made


@dataclass(frozen=True)
class Count(Shape):
    """How many rows."""

    kind: ClassVar[str] = "count"
    zero_when_empty: ClassVar[bool] = True


@dataclass(frozen=True)
class Distinct(Shape):
    """How many different values of `of`; a person who came twice is one, in the month and in the year."""

    kind: ClassVar[str] = "distinct"
    roll_up: ClassVar[RollUp] = "each"
    zero_when_empty: ClassVar[bool] = True

    of: ir.Value | None = None

    def branches(self) -> list[tuple[Any, str]]:
        """Rows that name nothing are left out, for nothing can be counted in them."""
        assert self.of is not None
        return [(self.of.isnull(), LEFT_OUT + "names nothing"), (True, COUNTED)]

    def entity(self) -> ir.Value | None:
        """What is counted once."""
        return self.of


@dataclass(frozen=True)
class Sum(Shape):
    """The sum of an integer amount, such as cents."""

    kind: ClassVar[str] = "sum"
    zero_when_empty: ClassVar[bool] = True

    of: ir.IntegerValue | None = None
    per_unit: int = 1

    def branches(self) -> list[tuple[Any, str]]:
        """Rows without an amount are left out."""
        assert self.of is not None
        return [(self.of.isnull(), LEFT_OUT + "no amount"), (True, COUNTED)]

    def amount(self) -> ir.IntegerValue | None:
        """The amount that is added up."""
        return self.of

    def options(self) -> dict[str, Any]:
        """Add the unit."""
        return super().options() | {"per_unit": self.per_unit}


@dataclass(frozen=True)
class Mean(Sum):
    """The mean of an integer amount over the rows that have one, with a t interval."""

    kind: ClassVar[str] = "mean"
    zero_when_empty: ClassVar[bool] = False


@dataclass(frozen=True)
class Quantile(Sum):
    """A quantile of an integer amount over the rows that have one; computed anew for each grain."""

    kind: ClassVar[str] = "quantile"
    roll_up: ClassVar[RollUp] = "each"
    zero_when_empty: ClassVar[bool] = False

    q: float = 0.5

    def options(self) -> dict[str, Any]:
        """Add which quantile."""
        return super().options() | {"q": self.q, "quantiles": [self.q]}


@dataclass(frozen=True)
class Ratio(Shape):
    """The share of rows for which `hits` holds; a row for which it is unknown stays in the denominator."""

    kind: ClassVar[str] = "ratio"

    hits: ir.BooleanValue | None = None

    def branches(self) -> list[tuple[Any, str]]:
        """Hit, unknown, or in the denominator alone."""
        assert self.hits is not None
        return [(self.hits, NUMERATOR), (self.hits.isnull(), UNKNOWN), (True, DENOMINATOR)]


@dataclass(frozen=True)
class Cohort(Ratio):
    """The share of units whose deadline (`at`) has passed that made it; the others wait and are counted as not due yet.

    A unit past its deadline without a success is a miss, also while it is open. `due` is the condition that the
    deadline has passed as of the run's date.
    """

    kind: ClassVar[str] = "cohort"

    due: ir.BooleanValue | None = None

    def branches(self) -> list[tuple[Any, str]]:
        """Not due yet comes first: an early success does not count before its cohort is old enough."""
        assert self.hits is not None
        assert self.due is not None
        return [
            (~self.due.fill_null(False), LEFT_OUT + "not due yet"),
            (self.hits.fill_null(False), NUMERATOR),
            (True, DENOMINATOR),
        ]


@dataclass(frozen=True)
class Duration(Shape):
    """How long something takes, in integer seconds (or business days), where some have not ended yet.

    `took` is the length of those that ended, null while open; `open_for` how long an open one has lasted so far. `goal`
    is the promise in the same integer units: open ones past it are misses, open ones within it are not judged yet.
    The figure is the mean, median, p90, or the share within the goal; the others stand beside it.

    A median or p90 with `open_for` is the Kaplan-Meier estimate with its interval (`survival.py`): what is open counts for
    as long as it has lasted and is never dropped. Then n is the ended and the open ones together. A mean is of the ended ones.
    """

    kind: ClassVar[str] = "duration"

    took: ir.IntegerValue | None = None
    open_for: ir.IntegerValue | None = None
    goal: int | None = None
    statistic: Literal["mean", "median", "p90", "within"] = "mean"
    per_unit: int = 60

    def branches(self) -> list[tuple[Any, str]]:
        """Open, and open past the goal already; ended, told apart by the goal only where that is the figure."""
        assert self.took is not None
        cases: list[tuple[Any, str]] = []
        if self.goal is not None and self.open_for is not None:
            cases.append((self.took.isnull() & (self.open_for > self.goal), "open past goal"))
        cases.append((self.took.isnull(), "open"))
        if self.statistic == "within":
            if self.goal is None:
                raise ValueError("the share within the goal needs a goal")
            return [*cases, (self.took > self.goal, "past goal"), (True, "within goal")]
        return [*cases, (True, "ended")]

    @property
    def survives(self) -> bool:
        """Whether the figure is a quantile that open ones count in for as long as they have lasted."""
        return self.open_for is not None and self.statistic in {"median", "p90"}

    def amount(self) -> ir.IntegerValue | None:
        """The length, null while open (its time so far would bend the mean) unless open ones are counted as such."""
        if self.survives:
            assert self.took is not None
            return self.took.fill_null(self.open_for)
        return self.took

    def options(self) -> dict[str, Any]:
        """Add the statistic, the unit and the goal."""
        own: dict[str, Any] = {"statistic": self.statistic, "per_unit": self.per_unit, "goal": self.goal}
        if self.statistic == "within":
            return super().options() | own
        if self.survives:
            return super().options() | own | {"roll_up": "each", "additive": False, "survival": True}
        # The mean's parts can be added, the quantiles beside it cannot.
        additive = self.statistic == "mean"
        return super().options() | own | {"roll_up": "each", "additive": additive, "quantiles": [0.5, 0.9]}


@dataclass(frozen=True)
class Score(Shape):
    """A rating: its mean, the share in the top boxes, or the net promoter score. Blank answers are left out."""

    kind: ClassVar[str] = "score"

    rating: ir.IntegerValue | None = None
    statistic: Literal["mean", "top_box", "nps"] = "mean"
    top: int = 4
    bottom: int = 2

    def branches(self) -> list[tuple[Any, str]]:
        """Blank; at or above `top` (promoters from 9); at or below `bottom` (detractors to 6); between."""
        assert self.rating is not None
        return [
            (self.rating.isnull(), LEFT_OUT + "no answer"),
            (self.rating >= self.top, "top"),
            (self.rating <= self.bottom, "bottom"),
            (True, "middle"),
        ]

    def amount(self) -> ir.IntegerValue | None:
        """The rating."""
        return self.rating

    def options(self) -> dict[str, Any]:
        """Add which statistic and where its boxes lie; figures of top boxes stored before have no `interval`."""
        own: dict[str, Any] = {"statistic": self.statistic, "top": self.top, "bottom": self.bottom}
        if self.statistic == "top_box":
            own["interval"] = "adjusted Wald"
        return super().options() | own


@dataclass(frozen=True)
class Milestone(Shape):
    """Dated promises and whether they are kept: done counts when somebody other than the owner confirmed it.

    A state, not a flow: evaluated at each month's end, a longer period takes its last month. `started` (optional)
    hides a promise before it was made.
    """

    kind: ClassVar[str] = "milestone"
    roll_up: ClassVar[RollUp] = "last"

    done_on: str = "done_on"
    due: str = "due"
    forecast: str | None = "forecast"
    confirmed: ir.BooleanValue | None = None

    def options(self) -> dict[str, Any]:
        """Nothing but the kind: the parts hold the dates."""
        return super().options() | {"extremes": True}


@dataclass(frozen=True)
class Maturity(Shape):
    """The level reached: the one below the lowest level with an unmet criterion, at each month's end."""

    kind: ClassVar[str] = "maturity"
    roll_up: ClassVar[RollUp] = "last"

    met_on: str = "met_on"
    level: str = "level"

    def options(self) -> dict[str, Any]:
        """Nothing but the kind: the parts hold the levels."""
        return super().options() | {"extremes": True}


@dataclass(frozen=True)
class Change:
    """Another shape against an earlier period of its own: the period before, the same one last year, or a named one.

    `relative` gives the change as a share of the earlier figure, otherwise as a difference.
    """

    of: Shape
    against: str = "previous_year"
    relative: bool = True

    def options(self) -> dict[str, Any]:
        """The inner shape's options, and what it is compared with."""
        return self.of.options() | {"change": {"against": self.against, "relative": self.relative}}


@dataclass(frozen=True)
class Reported:
    """A figure that people report for want of a measure; it has no rows and counts in no evidence."""

    kind: ClassVar[str] = "reported"
