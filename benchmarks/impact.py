"""Who is hit when something fails: closures over the graph in memory against networkx and a recursive query.

All three work on the same systems and dependencies, without groups, so that they must find the same systems. Each is asked
about random systems; what counts is the slowest of twenty (p95). The baselines are asked about fewer, being slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.harness import Result, isolated

NAME = "impact"
TODAY = date(2026, 10, 31)
SOURCES = 200
SIZES = {"small": (5_000, 20_000, 0.005), "large": (100_000, 400_000, 0.050)}
"""Systems, dependencies, and the seconds that p95 may take."""
BASELINE_SOURCES = {"networkx": 20, "query": 8}
FASTER = 10
REBUILD_FASTER = 1


def measure(folder: Path, scale: float) -> list[Result]:
    """Time closures at both sizes, and the rebuilding of the graph; a scale under 1 shrinks the sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Result] = []
    for size, (systems, edges, limit) in SIZES.items():
        shape = (max(40, int(systems * min(scale, 1))), max(120, int(edges * min(scale, 1))))
        (folder / "impact.txt").write_text(" ".join(str(one) for one in shape))
        isolated(prepare, folder, scale)
        runs = {
            side.__name__: isolated(side, folder, scale)
            for side in (ours, networkx_descendants, recursive_query)
        }
        mine = runs["ours"].answer
        for side, words in (
            ("networkx_descendants", "networkx `descendants`"), ("recursive_query", "a recursive query in PostgreSQL"),
        ):  # fmt: skip
            theirs = runs[side].answer
            p95, other = _p95(mine["seconds"]), _p95(theirs["seconds"])
            same = mine["found"][: len(theirs["found"])] == theirs["found"]
            found.append(
                Result(
                    name=NAME, what=f"Impact closure, {size} graph of {shape[1]:,} dependencies", rows=shape[0], ours=p95,
                    baseline=other, baseline_name=words, ratio=p95 / other,
                    target=f"{FASTER} x faster, p95 < {limit * 1000:.0f} ms", met=p95 * FASTER <= other and p95 < limit,
                    peak=runs["ours"].peak, baseline_peak=runs[side].peak, agreed=same,
                    difference="" if same else f"{mine['found'][:3]} but by the baseline {theirs['found'][:3]}",
                    note=f"p95 of {SOURCES} random sources {p95 * 1000:.2f} ms",
                    processor=_p95(mine["processor"]), baseline_processor=_p95(theirs["processor"]),
                )
            )  # fmt: skip
        theirs = runs["networkx_descendants"].answer
        found.append(
            Result(
                name=NAME, what=f"Impact graph anew from the tables, {shape[1]:,} dependencies", rows=shape[0],
                ours=mine["built"], baseline=theirs["built"], baseline_name="the ORM's rows into networkx",
                ratio=mine["built"] / theirs["built"], target=f"{REBUILD_FASTER} x faster",
                met=mine["built"] * REBUILD_FASTER <= theirs["built"], peak=runs["ours"].peak,
                baseline_peak=runs["networkx_descendants"].peak, agreed=mine["edges"] == theirs["edges"],
                difference="" if mine["edges"] == theirs["edges"] else f"{mine['edges']} edges but {theirs['edges']}",
            )
        )  # fmt: skip
        isolated(mix, folder, scale)
        mixed = isolated(ours, folder, scale)
        p95, hard = _p95(mixed.answer["seconds"]), _p95(mine["seconds"])
        found.append(
            Result(
                name=NAME, what=f"Impact closure, {size} graph with soft edges and groups", rows=shape[0], ours=p95,
                baseline=hard, baseline_name="the same with hard edges alone", ratio=p95 / hard,
                target=f"p95 < {limit * 1000:.0f} ms",
                met=p95 < limit, peak=mixed.peak, baseline_peak=runs["ours"].peak,
                # A third of the edges are soft and a tenth in groups: no more systems can be reached than by hard ones.
                agreed=all(few <= many for (few, _), (many, _) in zip(mixed.answer["found"], mine["found"], strict=True)),
                note=f"p95 of {SOURCES} random sources {p95 * 1000:.2f} ms", processor=_p95(mixed.answer["processor"]),
                baseline_processor=_p95(mine["processor"]),
            )
        )  # fmt: skip
    return found


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def _shape(folder: Path) -> tuple[int, int]:
    systems, edges = (folder / "impact.txt").read_text().split()
    return int(systems), int(edges)


def prepare(folder: Path, scale: float) -> None:
    """Have the systems and dependencies in the tables, written as their owner."""
    import numpy as np
    from django.db import connections

    systems, edges = _shape(folder)
    chance = np.random.default_rng(7)
    pairs = np.unique(chance.integers(1, systems + 1, (edges, 2)), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE inventory_system, inventory_dependency CASCADE")
        _template()
        cursor.execute(
            "INSERT INTO inventory_system SELECT (jsonb_populate_record(t, jsonb_build_object("
            "'id', g, 'code', 'system-' || g, 'name', 'System ' || g))).* "
            "FROM inventory_system t, generate_series(1, %s) g WHERE t.code = 'template'",
            [systems],
        )
        cursor.execute("DELETE FROM inventory_system WHERE code = 'template'")
        with cursor.copy(
            'COPY inventory_dependency (system_id, provider_id, strength, "group", min_up, confidence, source, note) '
            "FROM STDIN"
        ) as copy:
            for system, provider in pairs.tolist():
                copy.write_row((system, provider, "hard", "", 1, "medium", "imported", ""))
        cursor.execute("ANALYZE inventory_system, inventory_dependency")
    connections["owner"].close()


def mix(folder: Path, scale: float) -> None:
    """Make a third of the dependencies soft, and let a tenth stand in for another of the same system."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE inventory_dependency SET strength = CASE WHEN id % 3 = 0 THEN 'soft' ELSE 'hard' END, "
            "\"group\" = CASE WHEN id % 10 = 0 OR (id - 1) % 10 = 0 THEN 'together' ELSE '' END"
        )
        cursor.execute("ANALYZE inventory_dependency")
    connections["owner"].close()


def _template() -> None:
    """Write the row that all systems are copies of."""
    from stateworks.kernel.org.models import Organization
    from stateworks.modules.inventory.models import System

    organization = Organization.objects.using("owner").order_by("pk").first()
    System.objects.using("owner").create(
        pk=10**9, code="template", name="Template", organization=organization
    )


def _sources(folder: Path) -> list[int]:
    import numpy as np

    systems, _ = _shape(folder)
    return [int(one) for one in np.random.default_rng(11).integers(1, systems + 1, SOURCES)]


def _timed(
    sources: Iterable[int], closure: Callable[[int], Any], told: Callable[[Any], tuple[int, int]]
) -> dict[str, Any]:
    """Time each closure; how many systems it found and the sum of their ids are told when the clock has stopped."""
    seconds, processor, found = [], [], []
    for source in sources:
        began, used = time.perf_counter(), time.process_time()
        answer = closure(source)
        processor.append(time.process_time() - used)
        seconds.append(time.perf_counter() - began)
        found.append(told(answer))
    return {"seconds": seconds, "processor": processor, "found": found}


def ours(folder: Path, scale: float) -> dict[str, Any]:
    """Ask the product's graph."""
    from stateworks.modules.inventory import graph_store
    from stateworks.modules.inventory.closure import downstream

    built = graph_store.graph(TODAY)
    ids = built.ids["system"]

    def closure(source: int) -> Any:
        node = built.node("system", source)
        assert node is not None
        return downstream(built, node).systems

    told = _timed(_sources(folder), closure, lambda systems: (len(systems), int(ids[systems].sum())))
    return told | {"built": built.seconds, "edges": built.edge_count}


def networkx_descendants(folder: Path, scale: float) -> dict[str, Any]:
    """Ask networkx."""
    import networkx as nx

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.inventory.models import Dependency, System

    began = time.perf_counter()
    network = nx.DiGraph()
    with entered(SYSTEM):
        network.add_nodes_from(System.objects.exclude(lifecycle="retired").values_list("pk", flat=True))
        live = Dependency.objects.filter(retired_on__isnull=True).order_by()
        network.add_edges_from(live.values_list("provider_id", "system_id"))
    built = time.perf_counter() - began
    some = _sources(folder)[: BASELINE_SOURCES["networkx"]]
    told = _timed(
        some, lambda source: nx.descendants(network, source), lambda found: (len(found), sum(found))
    )
    return told | {"built": built, "edges": network.number_of_edges()}


def recursive_query(folder: Path, scale: float) -> dict[str, Any]:
    """Ask PostgreSQL, as the tables' owner, whom no row policy slows down."""
    from django.db import connections

    statement = (
        "WITH RECURSIVE hit (id) AS (SELECT %s::bigint UNION SELECT d.system_id FROM hit "
        "JOIN inventory_dependency d ON d.provider_id = hit.id WHERE d.retired_on IS NULL) SELECT id FROM hit"
    )
    with connections["owner"].cursor() as cursor:

        def closure(source: int) -> tuple[int, list[tuple[int]]]:
            cursor.execute(statement, [source])
            return source, cursor.fetchall()

        def told(answer: tuple[int, list[tuple[int]]]) -> tuple[int, int]:
            source, rows = answer
            return len(rows) - 1, sum(row[0] for row in rows) - source

        return _timed(_sources(folder)[: BASELINE_SOURCES["query"]], closure, told)
