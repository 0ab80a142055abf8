"""Matched panels: how the same respondents answered in two fiscal years, beside the plain change of all answers.

Between two surveys the mean can move because people changed their minds or because other people answered. Of those who
answered in both years each is its own comparison, so that only the first is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stateworks.kernel.indicators.shapes import Mean
from stateworks.kernel.indicators.states import AS_OF

if TYPE_CHECKING:
    import ibis.expr.types as ir

AT = "matched_on"
"""The column of the day a pair counts on. No dataset has it, so a run never takes a pair's period over when data changes:
a late answer of one year changes the difference that counts in the next."""


def matched(
    answers: ir.Table, *, respondent: str, at: str, amount: ir.IntegerValue, fiscal_start: int = 7
) -> Mean:
    """Return the mean change of a respondent's last answer of a fiscal year against the last one of the year before.

    The figure is in the unit of `amount`; its interval is Student's for paired differences. A pair counts in the month,
    quarter and year of the later answer. Of several answers in a year the last counts, of equals the one with the greater
    key. Respondents who did not answer in the year before are left out and counted.
    Source: "Student", "The probable error of a mean", Biometrika 6 (1908), section IX: the mean of differences.
    """
    import ibis

    day = answers[at].cast("date")
    year = day.year() + (day.month() >= fiscal_start).cast("int64") if fiscal_start > 1 else day.year()
    asked = answers.mutate(
        _who=answers[respondent].cast("string"), _year=year.cast("int64"), _amount=amount.cast("int64")
    )
    asked = asked.filter(asked._who.notnull(), asked._amount.notnull(), day <= ibis.literal(AS_OF))
    latest = ibis.window(group_by=["_who", "_year"], order_by=[ibis.desc(at), ibis.desc("_key")])
    last = asked.mutate(_place=ibis.row_number().over(latest))
    last = last.filter(last._place == 0)
    earlier = last.select(_before_who="_who", _before_year=last._year + 1, _before="_amount")
    pairs = last.left_join(earlier, [last._who == earlier._before_who, last._year == earlier._before_year])
    pairs = pairs.mutate(**{AT: pairs[at].cast("date")})
    return Mean(
        rows=pairs,
        at=AT,
        left_out={"no answer in the year before": pairs._before.isnull()},
        of=pairs._amount - pairs._before,
    )
