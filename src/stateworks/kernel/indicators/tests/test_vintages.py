"""What runs projected, held against what came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.indicators.vintages import record_of

pytestmark = pytest.mark.django_db


def projected(as_of: date, definition: str = "d", **months: tuple[float, float, float]) -> Run:
    """A finished run that projected some months (value, low, high)."""
    at = datetime(2026, 12, 1, tzinfo=UTC)
    run = Run.objects.create(plan="p", plan_version=1, as_of=as_of, known_at=at, started_at=at)
    fan = [
        {"period": name[1:].replace("_", "-"), "value": value, "low": low, "high": high}
        for name, (value, low, high) in months.items()
    ]
    confidence: dict[str, Any] = {"label": "n 1"} | ({"projection": {"months": fan}} if fan else {})
    Verdict.objects.create(
        run=run, indicator="1", standing="scored", why="", definition_hash=definition, confidence=confidence
    )
    run.finished_at = at
    run.save(update_fields=["finished_at"])
    return run


ACTUAL = {"2026-08": 10.0, "2026-09": 20.0, "2026-10": 30.0}


def test_projections_are_scored_once_their_months_have_closed() -> None:
    projected(date(2026, 7, 15), m2026_08=(99, 98, 100))  # the last run of July counts instead
    july = projected(date(2026, 7, 31), m2026_08=(12, 9, 15), m2026_09=(13, 9, 17))
    september = projected(date(2026, 9, 30), m2026_10=(31, 29, 33), m2026_11=(32, 29, 35))
    projected(date(2026, 8, 31))
    projected(date(2026, 8, 31), "another definition", m2026_10=(0, 0, 1))
    found = record_of("p", "1", ACTUAL, as_of=date(2026, 11, 15), definition_hash="d")
    assert [(one.period, one.run, one.ahead, one.inside) for one in found.vintages] == [
        ("2026-10", september.pk, 1, True), ("2026-09", july.pk, 2, False), ("2026-08", july.pk, 1, True),
    ]  # fmt: skip
    # Off by 1, 7 and 2; two of three intervals held what came.
    assert (found.mean_absolute_error, found.coverage) == (pytest.approx(10 / 3), pytest.approx(2 / 3))


def test_without_earlier_runs_there_is_nothing_to_score() -> None:
    projected(date(2026, 10, 31), m2026_11=(1, 0, 2))
    found = record_of("p", "1", ACTUAL, as_of=date(2026, 10, 31), definition_hash="d")
    assert (found.vintages, found.coverage, found.mean_absolute_error) == ((), None, None)
