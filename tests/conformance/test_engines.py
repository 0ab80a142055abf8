"""Every registered measure gives the same figures on DuckDB and on a real Spark cluster, by every period and slice.

Counts, sums and fingerprints of rows are the same to the last digit; statistics are equal within a relative 1e-9.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from stateworks import modules
from stateworks.cli.demo import accounts, by_system
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import GRAINS, periods_between
from stateworks.kernel.demo import World, build
from stateworks.kernel.indicators import figures, measures, sources
from stateworks.kernel.indicators.compiler import Template, compile_measure
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.engines import ENGINES, Engine, open_engine
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.plans import demo as plans
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.modules.inventory.samples import ORDER
from tests.conformance.measure_rows import AS_OF, some_rows

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
MODULES = Path(modules.__file__).parent
TICKETS = {
    "servicenow_incident_updates.csv": "servicenow-incidents",
    "vinst_incident_updates.csv": "volvo-vinst-incidents",
}
TOLERANCE = 1e-9
#: What the two engines' SQL must quote, and what their texts could take for something else.
AWKWARD = {"a": 'O\'Neill \\n "ü"', "b": "`b` % _ $ends", "c": "Łódź 東京"}


@pytest.fixture(params=[one.name for one in measures.all_measures()])
def measure(request: pytest.FixtureRequest) -> Measure:
    """Each registered measure in turn."""
    return measures.get(request.param)


@pytest.fixture
def engines(spark: str) -> Iterator[dict[str, Engine]]:
    """Both engines, open."""
    with ExitStack() as opened:
        yield {name: opened.enter_context(open_engine(name)) for name in ENGINES}


def compiled(measure: Measure, engine: str, grains: tuple[str, ...]) -> list[Template]:
    return compile_measure(
        measure,
        sources.schemas(measure.reads),
        by=(*measure.by, *measure.also_by),
        grains=grains,
        engine=engine,
    )


def figures_of(
    measure: Measure, engine: Engine, versions: Mapping[str, int], *, grains: tuple[str, ...] = GRAINS,
    datasets: Mapping[str, int], parted: bool = False,
) -> dict[tuple[str, ...], dict[str, Any]]:  # fmt: skip
    """Every figure of a measure by all its slices: by its name, period, dimension and member."""
    import polars as pl

    found = {}
    for template in compiled(measure, engine.name, grains):
        sql = template.statement(versions, AS_OF)
        if parted:
            if not template.parted_sql:
                continue
            sql = template.parted(versions, AS_OF, LATELY)
        lines = pl.DataFrame(pl.from_arrow(engine.execute_sql(sql, datasets)))
        frame = figures.assemble(lines, template.options, as_of=AS_OF, grains=grains)
        for row in frame.iter_rows(named=True):
            row |= {name: json.loads(row[name]) for name in ("parts", "left_out", "fingerprints")}
            found[template.figure, row["period"], row["dimension"], row["member"]] = row
    return found


LATELY = {
    grain: [
        (one.starts, min(one.ends, AS_OF)) for one in periods_between(date(2026, 3, 1), AS_OF, grain, 7)[-2:]
    ]
    for grain in GRAINS
}
"""The last two periods of each grain, as a run asks for them that computes what was touched."""


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Say where two figures differ: anything whole must be equal, what is measured within the tolerance."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = [f"{place} only one has {name}" for name in one.keys() ^ other.keys()]
        return found + [
            line
            for name in one.keys() & other.keys()
            for line in differences(one[name], other[name], f"{place}/{name}")
        ]
    if isinstance(one, float) or isinstance(other, float):
        close = (
            one is not None and other is not None and math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=0)
        )
        return [] if close or one == other else [f"{place}: {one} and {other}"]
    return [] if one == other else [f"{place}: {one} and {other}"]


def awkward(value: Any) -> Any:
    return AWKWARD.get(value, value)


@pytest.fixture
def made_up(measure: Measure, engines: dict[str, Engine]) -> dict[str, int]:
    """Rows made up from the contracts, a view of the same name in both engines; in some of them awkward texts."""
    import pyarrow as pa

    rows = some_rows(measure)
    for name in measure.reads:
        declared = contract(name)
        table = pa.Table.from_pylist(
            [{key: awkward(value) for key, value in row.items()} for row in rows[name]],
            schema=declared.arrow_schema(),
        )
        for engine in engines.values():
            engine.lookup(f"{name}@1", table)
    return dict.fromkeys(measure.reads, 1)


@pytest.mark.full
def test_made_up_rows_give_the_same_figures(
    measure: Measure, engines: dict[str, Engine], made_up: dict[str, int]
) -> None:
    for more in ({}, {"grains": ("all",)}, {"parted": True}):
        by_duckdb, by_spark = (
            figures_of(measure, engines[name], made_up, datasets={}, **more)  # type: ignore[arg-type]
            for name in ("duckdb", "spark")
        )
        assert differences(by_duckdb, by_spark) == []
        assert by_spark or "parted" in more


@pytest.fixture(
    scope="module",
    params=[pytest.param("demo", marks=pytest.mark.long), pytest.param("samples", marks=pytest.mark.full)],
)
def lake(
    request: pytest.FixtureRequest, spark: str, django_db_setup: None, django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:  # fmt: skip
    """A lake with the demo's small state, and one with the modules' samples; what is in the database is undone at the end."""
    folder = tmp_path_factory.mktemp("lake")
    fill = {"demo": build_demo, "samples": load_samples}[request.param]
    with (
        django_db_blocker.unblock(),
        override_settings(LAKE_ROOT=folder / "lake", MEDIA_ROOT=folder / "files"),
        transaction.atomic(),
    ):
        fill(folder)
        snapshot_changed(at=AT)
        yield folder / "lake"
        transaction.set_rollback(True)


def build_demo(folder: Path) -> None:
    with entered(SYSTEM):
        account = by_system()
    world = build(World(seed=3, scale=0.02, folder=folder / "demo", by=account, clock=lambda: AT))
    with entered(SYSTEM):
        plans.adopt(world, accounts(world))


def load_samples(folder: Path) -> None:
    office, inventory, desk = (MODULES / name / "samples" for name in ("office", "inventory", "desk"))
    for noun in ("organization", "person", "vendor"):
        import_records(f"office.{noun}", office / f"{noun}.csv", by=None, at=AT)
    for dataset in ORDER:
        import_records(dataset, inventory / f"{dataset.partition('.')[2]}.csv", by=None, at=AT)
    for name, mapping in TICKETS.items():
        import_feed("desk.event", desk / name, mapping=mapping, by=None, at=AT)


def test_the_same_files_give_the_same_figures(
    measure: Measure, lake: Path, db: None, engines: dict[str, Engine], settings: Any
) -> None:
    settings.LAKE_ROOT = lake
    with entered(SYSTEM):
        versions = sources.versions(measure.reads, None)
    by_duckdb, by_spark = (
        figures_of(measure, engines[name], versions, datasets=versions) for name in ("duckdb", "spark")
    )
    assert differences(by_duckdb, by_spark) == []


def test_the_demo_has_figures_of_every_module(lake: Path) -> None:
    assert {"desk", "inventory"} <= {folder.name for folder in lake.iterdir()}
