"""Rows that a run would leave behind, made by hand, so that pages can be tested without computing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from math import sin

from stateworks.kernel.clocks.fiscal import Period, period_of, periods_between
from stateworks.kernel.indicators.models import Cover, Run, SignOff, Statement, Value, Verdict
from stateworks.kernel.plans.models import Indicator, Plan

AS_OF = dt.date(2026, 10, 31)
FIRST = dt.date(2024, 11, 1)
AT = dt.datetime(2026, 11, 3, 15, 0, tzinfo=dt.UTC)

#: Verdicts handed out in turn: standing, attainment, outlook.
KINDS = (
    ("scored", "met", "on_track"),
    ("scored", "missed", "at_risk"),
    ("scored", "pending", "on_track"),
    ("scored", "pending", "off_track"),
    ("reported", "met", ""),
    ("not_measured", "", ""),
    ("no_data", "", ""),
    ("baseline", "", ""),
    ("suppressed", "", ""),
)


def run_of(plan: Plan, *, as_of: dt.date = AS_OF) -> Run:
    """A run of a plan's current version, finished by `fill`: a finished one takes nothing more."""
    assert plan.current is not None
    return Run.objects.create(
        plan=plan.slug, plan_version=plan.current.number, as_of=as_of, known_at=AT, started_at=AT,
        content_hash="a" * 64, seal="b" * 64,
    )  # fmt: skip


def value_at(step: int, offset: int) -> float:
    """A share that wanders between 0.6 and 0.85, without chance."""
    return 0.72 + 0.06 * sin(step / 3 + offset) + 0.03 * sin(step * 1.7 + offset * 2)


def fill(
    run: Run, indicators: Iterable[Indicator], members: Iterable[str] = (), **confidence: object
) -> None:
    """Values by month and quarter, slices by agency, and a verdict for each indicator; then the run is finished.

    `confidence` is what the verdicts say of it beside their label.
    """
    members = list(members)
    values: list[Value] = []
    verdicts: list[Verdict] = []
    for index, indicator in enumerate(indicators):
        standing, attainment, outlook = KINDS[index % len(KINDS)]
        if standing in {"not_measured", "no_data"}:
            verdicts.append(
                Verdict(
                    run=run, indicator=indicator.code, standing=standing, why="No measure is bound to it."
                )
            )
            continue
        statement = Statement.objects.create(
            run=run, indicator=indicator.code, measure=indicator.measure or "desk.first_contact_resolution",
            measure_version=1, definition_hash="c" * 64, basis="d" * 64, datasets={"desk.ticket": 12},
            sql='SELECT count(*) FROM "desk.ticket@12"', rows_sql='SELECT * FROM "desk.ticket@12"', values_hash="e" * 64,
        )  # fmt: skip
        covered = [*periods_between(FIRST, run.as_of, "month"), period_of(run.as_of, "quarter")]
        Cover.objects.create(
            run=run, statement=statement, indicator=indicator.code, periods=[one.label for one in covered]
        )
        scale = 1.0 if indicator.unit in {"percent", ""} else 25.0
        months = periods_between(FIRST, run.as_of, "month")
        quarter = period_of(run.as_of, "quarter")
        for step, period in enumerate([*months, quarter]):
            values.append(
                _value(run, statement, indicator, period, value_at(step, index) * scale, 20_000 + 37 * step)
            )
        for place, member in enumerate(members):
            for step, period in enumerate(months[-2:]):
                n = 400 // (place + 1) + step
                values.append(
                    _value(
                        run,
                        statement,
                        indicator,
                        period,
                        value_at(step + place, index) * scale,
                        n,
                        "agency",
                        member,
                        n < 5,
                    )
                )
        last = values[-1 - (2 * len(members)) - 1]
        verdicts.append(
            Verdict(
                run=run, indicator=indicator.code, measure=statement.measure, source="servicenow", standing=standing,
                attainment=attainment, outlook=outlook, grain="month", period=last.period, value=last.value, n=last.n,
                low=last.low, high=last.high, why="The last closed month, against the goal.",
                confidence={"label": "the interval clears the goal"} | confidence,
            )
        )  # fmt: skip
    Value.objects.bulk_create(values)
    Verdict.objects.bulk_create(verdicts)
    run.finished_at = AT
    run.save(update_fields=["finished_at"])


def _value(
    run: Run, statement: Statement, indicator: Indicator, period: Period, value: float, n: int,
    dimension: str = "", member: str = "", suppressed: bool = False,
) -> Value:  # fmt: skip
    hits = round(value * n)
    return Value(
        run=run, statement=statement, indicator=indicator.code, grain=period.grain, period=period.label,
        starts=period.starts, ends=period.ends, dimension=dimension, member=member,
        parts={"numerator": hits, "denominator": n}, value=None if suppressed else value, n=n,
        low=None if suppressed else value * 0.99, high=None if suppressed else value * 1.01,
        left_out={"no resolution recorded": 12} if not dimension else {},
        fingerprints={"numerator": [hits, "123"], "denominator": [n, "456"]}, suppressed=suppressed,
    )  # fmt: skip


def sign(
    run: Run, indicator: str, period: str, *, prepared_by: object, approved_by: object, grain: str = "month"
) -> SignOff:
    """An approved signature under one figure."""
    return SignOff.objects.create(
        run=run, indicator=indicator, grain=grain, period=period, seal=run.seal, definition_hash="c" * 64,
        prepared_by=prepared_by, prepared_at=AT, approved_by=approved_by, approved_at=AT,
    )  # fmt: skip
