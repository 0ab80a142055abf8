"""What an indicator's page says of its process, its trend and where it is heading."""

from __future__ import annotations

import datetime as dt
from html import unescape

from stateworks.kernel.indicators.models import Value
from stateworks.kernel.plans.models import Indicator
from stateworks.web.indicator.chart import series_of
from stateworks.web.scorecard.history import Point
from stateworks.web.tests.office import PLAN, Office
from stateworks.web.tests.world import fill, run_of

INDICATOR = f"/plans/{PLAN}/indicators/1.2.1/"


def projection(*months: tuple[str, float, float, float]) -> dict[str, object]:
    fan = [{"period": label, "value": value, "low": low, "high": high} for label, value, low, high in months]
    return {
        "model": "mean", "points": 24, "period": "FY27 Q2", "value": 0.74, "low": 0.70, "high": 0.78, "months": fan,
        "errors": {"mean": 0.021, "naive": 0.034}, "origins": 12, "margin": 0.1, "share": 0.8,
    }  # fmt: skip


def page(office: Office, query: str = "") -> str:
    return " ".join(unescape(office.client("auditor").get(INDICATOR + query).content.decode()).split())


def test_the_page_says_what_is_projected_and_how_earlier_projections_came_out(office: Office) -> None:
    indicators = list(Indicator.objects.filter(version=office.plan.current, code="1.2.1"))
    early = run_of(office.plan, as_of=dt.date(2026, 11, 30))
    fill(early, indicators, projection=projection(("2026-12", 0.72, 0.0, 1.0)))
    trend = {"words": "FY22 to FY26: rising, by 1.2 percentage points a year (p 0.017)", "direction": "up", "points": 5,
             "grain": "year"}  # fmt: skip
    ahead = ("2027-02", 0.75, 0.7011, 0.7989)
    fill(
        run_of(office.plan, as_of=office.run.as_of), indicators, projection=projection(ahead), trend=trend,
        assurance="falls short of its goal consistently",
    )  # fmt: skip
    said = page(office)
    assert "FY27 Q2 is projected to end at 74.0 %" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "mean 2.1 points, naive 3.4 points" in said
    assert "1 held what came within their interval (100 %; 80 % is what they promise)" in said
    assert "70.1\N{EN DASH}79.9" in said
    assert (
        "rising, by 1.2 percentage points a year (p 0.017), more than chance would make of it, by the order of 5 years"
        in said
    )
    assert "As it runs now, the process falls short of its goal consistently." in said
    assert said.count('class="chart-ahead"') == 1
    assert "projected 75.0 %" in said.replace("\N{NO-BREAK SPACE}", " ")
    # By quarter the months' projection is not drawn, but told.
    assert "is projected to end at" in page(office, query="?by=quarter")


def test_a_suppressed_month_shows_no_number_of_rows(office: Office) -> None:
    indicator = Indicator.objects.get(version=office.plan.current, code="1.2.1")
    hidden = Value(period="2026-09", starts=dt.date(2026, 9, 1), ends=dt.date(2026, 9, 30), n=3, suppressed=True,
                   left_out={"test": 2})  # fmt: skip
    shown = Point("2026-10", dt.date(2026, 10, 1), dt.date(2026, 10, 31), 0.7, 40)
    rows = series_of(indicator, [hidden, shown], "month").rows
    assert [(row.n, row.left_out) for row in rows] == [(40, 0), (0, 0)]
