"""The demo's figures, computed through intake, derivation and measures, equal what its generator knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import World, build
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.models import Import
from stateworks.modules.desk import demo

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
CHANNELS = {"Phone": "phone", "Chat": "chat", "E-mail": "email", "Web": "web", "Walk-in": "walk_in"}


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> World:
    with entered(SYSTEM):
        by = Account.objects.create_user("demo@meridian.example")
    made = World(seed=7, scale=0.04, folder=tmp_path / "demo", by=by, clock=lambda: AT)
    return build(made)


def test_every_cell_of_the_computed_figures_is_the_generators_truth(world: World) -> None:
    truth = world.truth["desk"]
    with entered(SYSTEM), open_engine() as engine:
        ticket = engine.table("desk.ticket")
        counted = ticket.filter(ticket.counted)
        keys = [counted.counted_on.strftime("%Y-%m").name("month"), "agency", "category", "channel"]
        computed = engine.execute(
            counted.group_by(keys).aggregate(
                counted=counted.count(), first_contact=counted.first_contact.sum()
            )
        )
        resolved = ticket.filter(
            (ticket.kind == "incident") & ticket.resolved_at.notnull() & (ticket.last_tier == 1)
            & ticket.state.isin(["resolved", "closed"])
        )  # fmt: skip
        keys = [resolved.resolved_on.strftime("%Y-%m").name("month"), "agency", "category"]
        tier1 = engine.execute(
            resolved.group_by(keys).aggregate(
                resolved=resolved.count(), seconds=resolved.resolve_seconds.sum()
            )
        )
    expected = truth.first_contact.with_columns(pl.col("channel").replace_strict(CHANNELS))
    assert cells(pl.from_arrow(computed), 4) == cells(expected, 4)
    assert cells(pl.from_arrow(tier1), 3) == cells(truth.tier1, 3)
    assert truth.first_contact["counted"].sum() > 1000


def test_what_is_spoiled_is_refused_and_what_is_doubled_counts_once(world: World) -> None:
    truth = world.truth["desk"]
    imports = Import.objects.filter(dataset="desk.event")
    assert sum(done.quarantined for done in imports) == truth.dirty > 0
    assert sum(done.inserted for done in imports) == truth.events
    assert sum(done.unchanged for done in imports) == truth.duplicates > 0
    assert sum(done.unassigned for done in imports) == 0


def test_the_same_seed_is_the_same_state_and_another_is_not(world: World) -> None:
    first = [path.read_bytes() for path in demo.write(world).files]
    assert [path.read_bytes() for path in demo.write(world).files] == first
    world.seed = 8
    assert [path.read_bytes() for path in demo.write(world).files] != first


def cells(frame: pl.DataFrame, keys: int) -> dict[tuple[object, ...], tuple[int, ...]]:
    """Key cells to the integers in them."""
    return {row[:keys]: tuple(int(part) for part in row[keys:]) for row in frame.iter_rows()}
