"""The inventory's first load and unchanged re-load, four dependencies a system, against PostgreSQL by hand and forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import inventory_by_hand
from benchmarks.feeds import AT
from benchmarks.harness import Comparison
from benchmarks.instance import AGENCIES

FORMS = 200
"""Rows that the form-a-row baseline really does."""
EACH = 4
"""Dependencies for each system."""

Answer = Callable[[], Any]


def systems(scale: float) -> int:
    """Return how many systems a scale means."""
    return max(FORMS, int(100_000 * scale))


def everything(scale: float) -> int:
    """Return how many rows a scale means, dependencies included."""
    return systems(scale) * (1 + EACH)


def prepare(folder: Path, scale: float) -> tuple[Path, Path]:
    """Have the files of systems and dependencies."""
    import polars as pl

    paths = folder / "systems.csv", folder / "dependencies.csv"
    if all(path.exists() for path in paths):
        return paths
    many = systems(scale)
    at = pl.int_range(many, eager=True).alias("at")

    def one_of(*values: str, by: int) -> pl.Expr:
        return pl.lit(list(values)).list.get((pl.col("at") // by) % len(values))

    pl.DataFrame([at]).select(
        _code("at").alias("code"),
        pl.format("System {}", "at").alias("name"),
        one_of("application", "platform", "infrastructure", by=7).alias("kind"),
        pl.format("What people do with number {}, in a sentence.", "at").alias("purpose"),
        pl.format("bureau-{}", (pl.col("at") % AGENCIES).cast(pl.String).str.zfill(3)).alias("agency"),
        one_of("production", "production", "production", "phase_out", by=3).alias("lifecycle"),
        one_of("1_essential", "2_important", "3_supporting", "4_minor", by=5).alias("criticality"),
        one_of("state", "saas", "iaas", by=11).alias("hosting"),
        pl.format("https://system-{}.example", "at").alias("website"),
        (pl.col("at") * 37 % 90_000 + 1).alias("users"),
        pl.format("20{}-0{}-15", pl.col("at") % 16 + 10, pl.col("at") % 9 + 1).alias("started_on"),
    ).select("code", "agency", *inventory_by_hand.FACTS).write_csv(paths[0])
    edges = pl.DataFrame([at]).join(pl.DataFrame({"turn": range(EACH)}), how="cross")
    # The first ones are needed by many, as mail and sign-in are; nothing needs itself or the same twice.
    near, far = (
        pl.col("turn") * 13 + pl.col("at") % 13 + 1,
        pl.col("at") * 31 % many + pl.col("turn") * 101 + 1,
    )
    step = pl.when(pl.col("turn") == 0).then(near).otherwise(far) % (many - 1) + 1
    edges.select(
        _code("at").alias("system"),
        pl.lit(None, dtype=pl.String).alias("component"),
        _code(((pl.col("at") + step) % many).alias("at")).alias("provider"),
        pl.lit(None, dtype=pl.String).alias("provider_component"),
        one_of("hard", "soft", by=2).alias("strength"),
        pl.lit("medium").alias("confidence"),
        pl.lit("imported").alias("source"),
    ).unique(["system", "provider"], maintain_order=True).write_csv(paths[1])
    return paths


def _code(at: Any) -> Any:
    import polars as pl

    return pl.format("system-{}", (pl.col(at) if isinstance(at, str) else at) + 1_000_000)


def nothing(folder: Path, scale: float) -> None:
    """Forget the inventory, on both sides."""
    from django.db import connections

    from stateworks.modules.inventory.models import Dependency, System

    tables = [
        table
        for model in (System, Dependency)
        for table in (model._meta.db_table, model.pgh_event_model._meta.db_table)  # type: ignore[attr-defined]
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    connections["owner"].close()
    inventory_by_hand.make_tables()


def all_loaded(folder: Path, scale: float) -> None:
    """Have everything loaded on both sides, freshly."""
    nothing(folder, scale)
    _load(folder, scale)
    inventory_by_hand.load(*prepare(folder, scale))
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE inventory_system, inventory_dependency, bench_system, bench_dependency")
    connections["owner"].close()


def _load(folder: Path, scale: float, nouns: tuple[str, ...] = ("system", "dependency")) -> int:
    from stateworks.kernel.records.intake import import_records

    written = 0
    for noun, path in zip(("system", "dependency"), prepare(folder, scale), strict=True):
        if noun in nouns:
            done = import_records(f"inventory.{noun}", path, by=None, at=AT)
            assert done.quarantined == 0
            written += done.inserted + done.updated
    return written


def ours(folder: Path, scale: float) -> Answer:
    """Load both files through the product's door."""
    written = _load(folder, scale)
    return lambda: (written, *_found("inventory_system", "inventory_dependency"))


def by_hand(folder: Path, scale: float) -> Answer:
    """Load both files by COPY and upserts."""
    written = inventory_by_hand.load(*prepare(folder, scale))
    return lambda: (written, *_found(inventory_by_hand.SYSTEMS, inventory_by_hand.DEPENDENCIES))


def ours_first_systems(folder: Path, scale: float) -> Answer:
    """Load the systems, and say what the first came to."""
    _load(folder, scale, ("system",))
    return lambda: _found("inventory_system", "inventory_dependency", FORMS)


def by_forms(folder: Path, scale: float) -> Answer:
    """Put the first systems through forms."""
    inventory_by_hand.load_by_forms(prepare(folder, scale)[0], FORMS)
    return lambda: _found("inventory_system", "inventory_dependency", FORMS)


def _found(systems: str, dependencies: str, first: int | None = None) -> tuple[Any, ...]:
    """Count systems and dependencies, with a hash over all they are."""
    from django.db import connection

    from stateworks.kernel.access.scope import SYSTEM, entered

    limit = "" if first is None else f"LIMIT {first}"
    facts = ", ".join(inventory_by_hand.FACTS)
    with entered(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*), md5(string_agg(concat_ws('|', code, organization_id, {facts}, classification, second_factor),
                    ';' ORDER BY code))
            FROM (SELECT * FROM {systems} ORDER BY code {limit}) s"""
        )
        found = tuple(cursor.fetchone())
        cursor.execute(
            f"""SELECT count(*), md5(string_agg(concat_ws('|', s.code, p.code, strength, confidence, source, min_up),
                    ';' ORDER BY s.code, p.code))
            FROM {dependencies} d JOIN {systems} s ON s.id = d.system_id JOIN {systems} p ON p.id = d.provider_id"""
        )
        return (*found, *cursor.fetchone())


BY_HAND = "PostgreSQL COPY + INSERT … ON CONFLICT, no history"
COMPARISONS = (
    Comparison(
        name="inventory-intake", what="Inventory intake, systems and four dependencies each, first load", prepare=prepare,
        before=nothing, ours=ours, baseline=by_hand, baseline_name=BY_HAND, target=6, rows=everything, elsewhere=True,
    ),
    Comparison(
        name="inventory-reload", what="Inventory intake, systems and four dependencies each, unchanged re-load", prepare=prepare,
        before=all_loaded, ours=ours, baseline=by_hand, baseline_name=BY_HAND, target=6, rows=everything, elsewhere=True,
    ),
    Comparison(
        name="inventory-forms", what="Inventory intake, systems, first load", prepare=prepare, before=nothing,
        ours=ours_first_systems, baseline=by_forms, baseline_name="a model form per row", target=100, faster=True, rows=systems,
        elsewhere=True, sample=lambda scale: FORMS,
    ),
)  # fmt: skip
