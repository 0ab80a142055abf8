"""The quarterly report of a cumulative share: cases are added over the year's quarters, shares never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import LAST_DAY, World, build
from stateworks.kernel.indicators import read
from stateworks.kernel.plans.amendments import with_indicator
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.report import quarterly_report
from stateworks.kernel.plans.scoring import run_plan
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
CODE = "1.2.1"


@pytest.mark.django_db(transaction=True)
def test_the_actual_of_a_cumulative_share_is_made_from_added_cases(tmp_path: Path) -> None:
    with entered(SYSTEM):
        by = Account.objects.create_user("demo@meridian.example")
    build(
        World(seed=5, scale=0.02, folder=tmp_path / "demo", by=by, clock=lambda: AT), only=("office", "desk")
    )
    with entered(SYSTEM):
        content = read_plan((settings.PLANS_FOLDER / "louisiana-ots.yaml").read_bytes())
        load_plan(with_indicator(content, CODE, cumulative=True), by=by, at=AT)
    run = run_plan("louisiana-ots", as_of=LAST_DAY, by=by, at=LATER)
    with entered(SYSTEM):
        row = next(row for row in quarterly_report("louisiana-ots", "FY27 Q2").rows if row.code == CODE)
        parts = [read.value_of(run, CODE, quarter) for quarter in ("FY27 Q1", "FY27 Q2")]
    hits = [Fraction(value.parts["numerator"]) for value in parts if value]
    cases = [Fraction(value.parts["denominator"]) for value in parts if value]
    assert row.actual == pytest.approx(float(100 * sum(hits) / sum(cases)), rel=1e-12)
    # The two quarters differ in size, so neither the sum nor the mean of their shares is the same figure.
    shares = [hit / case for hit, case in zip(hits, cases, strict=True)]
    assert row.actual != pytest.approx(float(100 * sum(shares)), rel=1e-6)
    assert row.actual != pytest.approx(float(50 * sum(shares)), rel=1e-6)
