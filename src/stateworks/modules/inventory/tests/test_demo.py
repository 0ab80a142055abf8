"""The demo's inventory: what the product computes from it is what its generator knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import LAST_DAY, World, build
from stateworks.kernel.indicators.adhoc import compute
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.modules.inventory import demo
from stateworks.modules.inventory.backtest import back_test
from stateworks.modules.inventory.uptime import services, span

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)


@pytest.fixture
def truth(db: None, tmp_path: Path) -> demo.Truth:
    with entered(SYSTEM):
        by = Account.objects.create_user("demo@example.gov")
    world = World(seed=7, scale=0.25, folder=tmp_path, by=by, clock=lambda: AT)
    made: demo.Truth = build(world, only=("office", "inventory")).truth["inventory"]
    snapshot_changed(at=AT)
    return made


def test_every_figure_is_what_the_generator_knows(truth: demo.Truth) -> None:
    assert (truth.systems, len(truth.hits)) == (300, 96)
    assert 1_240 <= truth.links <= 1_260
    for name, known in truth.shares.items():
        found = compute(name, as_of=LAST_DAY)[0]
        assert (found["numerator"], found["n"]) == known[""], name
        assert 0 < known[""][0] < known[""][1], f"{name} says nothing in the demo"
        sliced = {
            row["agency"]: (row["numerator"], row["n"]) for row in compute(name, by="agency", as_of=LAST_DAY)
        }
        assert sliced == {agency: share for agency, share in known.items() if agency}, name
    assert compute("inventory.monitored_systems", as_of=LAST_DAY)[0]["value"] == truth.monitored
    months = {
        row["period"]: row
        for row in compute("inventory.time_to_identify", by="month", as_of=LAST_DAY)
        if not row.get("figure") and row["value"] is not None
    }
    # Of all services and of each one, over the year that the tool has watched.
    down = compute("inventory.downtime", as_of=LAST_DAY)[0]
    assert down["value"] == pytest.approx(sum(truth.down.values()) / 3600)
    with entered(SYSTEM):
        told = {one.system: one.time for one in services(SYSTEM, *span(date(2026, 11, 2), 12))}
    assert {code: time.down for code, time in told.items()} == truth.down
    # 365 days, less what was planned: the clocks go back and forth once.
    assert {sum(time.seconds) for time in told.values()} == {365 * 86_400}
    # The back-test has something to say of each source: what owners said held more often than what tools saw.
    with entered(SYSTEM):
        done = back_test(SYSTEM)
    # A way counts for each source on it, so that a wrong edge of a tool takes some from those beside it.
    precision = {name: score.precision or 0 for name, score in done.by_source.items()}
    assert 1 > precision["attested"] > precision["discovered"] > 0.5
    assert done.overall.precision is not None and 0.5 < done.overall.precision < 1
    assert done.missing and done.missing[0].takes
    assert truth.identified
    for month, minutes in truth.identified.items():
        assert months[month]["value"] == pytest.approx(sum(minutes) / len(minutes) / 60), month


def test_the_same_seed_is_the_same_state_and_a_second_load_changes_nothing(
    truth: demo.Truth, tmp_path: Path
) -> None:
    with entered(SYSTEM):
        by = Account.objects.get(email="demo@example.gov")
    world = World(seed=7, scale=0.25, folder=tmp_path, by=by, clock=lambda: AT)
    versions = snapshot_changed(at=AT)
    assert demo.build(world) == truth
    assert snapshot_changed(at=AT) == versions
