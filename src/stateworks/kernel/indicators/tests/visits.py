"""A small dataset for tests of runs: visits to a counter, each answered or not, with measures over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from stateworks.kernel.indicators.measures import _measures, measure
from stateworks.kernel.indicators.panels import matched
from stateworks.kernel.indicators.shapes import (
    Cohort,
    Count,
    Distinct,
    Duration,
    Maturity,
    Mean,
    Ratio,
    Score,
    Sum,
    Top,
)
from stateworks.kernel.lake.contracts import Contract, ContractColumn, register_contract

DATASET = "tests.visit"
AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
COLUMNS = (
    ("number", "BIGINT"), ("agency", "VARCHAR"), ("topic", "VARCHAR"), ("person", "VARCHAR"), ("visited_on", "DATE"),
    ("answered", "BOOLEAN"), ("seconds", "BIGINT"), ("cents", "BIGINT"), ("rating", "BIGINT"), ("due_on", "DATE"),
    ("test", "BOOLEAN"),
)  # fmt: skip


def declare() -> None:
    """Make the dataset and its measures known; safe to repeat."""
    columns = tuple(ContractColumn(name, kind, name == "number") for name, kind in COLUMNS)
    made = Contract(DATASET, columns, ("number",), partition_on="visited_on", agency="agency")
    register_contract(DATASET, lambda: made)


def visit(
    number: int, day: str, *, answered: bool | None = True, agency: str = "dot", **more: Any
) -> dict[str, Any]:
    """One row; what is not said is ordinary."""
    row: dict[str, Any] = dict.fromkeys((name for name, _ in COLUMNS), None)
    row |= {"number": number, "visited_on": date.fromisoformat(day), "answered": answered, "agency": agency,
            "topic": "roads", "person": f"p{number}", "test": False}  # fmt: skip
    return row | more


def write(rows: Sequence[dict[str, Any]], *, at: datetime = AT, replace: bool = True) -> int:
    """Write visits into the lake and return the version."""
    import pyarrow as pa

    from stateworks.kernel.lake.snapshots import write_rows

    kinds = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS])
    return write_rows(DATASET, pa.Table.from_pylist(list(rows), schema=schema), at=at, replace=replace)


@measure(
    "tests.answered", reads=DATASET, title="Answered", unit="percent", by=("agency",), also_by=("topic",)
)
def answered(visits: Any) -> Ratio:
    """Visits answered at once, of all visits; test visits are left out."""
    return Ratio(rows=visits, at="visited_on", hits=visits.answered, left_out={"test visit": visits.test})


@measure("tests.top_topics", reads=DATASET, unit="percent", by=("agency",))
def top_topics(visits: Any, *, topics: int = 2) -> Ratio:
    """Visits answered at once, of those on the period's most frequent topics."""
    return Ratio(rows=visits, at="visited_on", hits=visits.answered, within=Top("topic", topics))


@measure("tests.visits", reads=DATASET, unit="count", by=("agency",))
def visits_count(visits: Any) -> Count:
    """Visits."""
    return Count(rows=visits, at="visited_on")


@measure("tests.people", reads=DATASET, unit="person", by=("agency",))
def people(visits: Any) -> Distinct:
    """Different people who came."""
    return Distinct(rows=visits, at="visited_on", of=visits.person)


@measure("tests.wait", reads=DATASET, unit="minutes", direction="down", by=("agency",))
def wait(visits: Any) -> Mean:
    """Mean wait in minutes."""
    return Mean(rows=visits, at="visited_on", of=visits.seconds, per_unit=60)


@measure("tests.time", reads=DATASET, unit="minutes", direction="down", by=("agency",))
def time(visits: Any, *, goal: int | None = None, statistic: str = "mean") -> Duration:
    """How long a visit takes; one without an end is open."""
    return Duration(rows=visits, at="visited_on", took=visits.seconds, open_for=visits.cents, goal=goal,
                    statistic=statistic)  # type: ignore[arg-type]  # fmt: skip


@measure("tests.money", reads=DATASET, unit="dollars", by=("agency",))
def money(visits: Any) -> Sum:
    """Fees taken."""
    return Sum(rows=visits, at="visited_on", of=visits.cents, per_unit=100)


@measure("tests.rating", reads=DATASET, unit="score", by=("agency",))
def rating(visits: Any, *, statistic: str = "mean", top: int = 4, bottom: int = 2) -> Score:
    """How visitors rate it."""
    return Score(
        rows=visits, at="visited_on", rating=visits.rating, statistic=statistic, top=top, bottom=bottom
    )  # type: ignore[arg-type]


@measure("tests.matched", reads=DATASET, unit="score", by=("agency",))
def matched_rating(visits: Any) -> Mean:
    """How much better or worse the same visitors rate it than the year before."""
    return matched(visits, respondent="person", at="visited_on", amount=visits.rating)


@measure("tests.followed_up", reads=DATASET, unit="percent")
def followed_up(visits: Any, *, as_of: Any) -> Cohort:
    """Visits followed up by their due date, of those whose due date has passed."""
    return Cohort(rows=visits, at="visited_on", hits=visits.answered, due=visits.due_on <= as_of)


@measure("tests.level", reads=DATASET, unit="level")
def level(visits: Any) -> Maturity:
    """The level reached, each row a criterion of the level in `rating`, met on `due_on`."""
    return Maturity(rows=visits, met_on="due_on", level="rating")


#: The measures above; tests put them into the registry for their own time, so that no other test meets them.
MEASURES = {name: _measures.pop(name) for name in [one for one in _measures if one.startswith("tests.")]}
