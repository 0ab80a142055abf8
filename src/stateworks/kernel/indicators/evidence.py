"""Evidence to hand out: what a run's figures were made from, in files that a stranger can check with DuckDB alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import measures, read
from stateworks.kernel.indicators.aggregates import BEGINNING
from stateworks.kernel.indicators.compiler import between
from stateworks.kernel.indicators.models import Cover, Run, Statement, Value, Verdict
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import literal, quoted
from stateworks.kernel.lake.engines import view_name
from stateworks.kernel.lake.engines.duckdb import DuckDBEngine

END = date(9999, 12, 31)


@dataclass(frozen=True)
class Exported:
    """How much evidence was written."""

    values: int
    indicators: int
    files: int


def export(
    plan: str,
    folder: Path,
    *,
    indicator: str | None = None,
    run: Run | None = None,
    with_data: bool = False,
    at: datetime,
) -> Exported:
    """Write the evidence of a run (the plan's latest, without one) into a folder; refuse one that holds other things.

    For each statement: one Parquet file with the key, role, day, amount and slices of every row behind its figures (one
    file a measure and dataset version, shared by the statements that read alike), the stored SQL, and the stored figures.
    `with_data` adds the dataset files themselves, so that the rows can be made again too.
    """
    chosen = run or read.latest_run(plan)
    if chosen is None:
        raise Refused(
            f"The plan {plan} has not been run yet; run `stateworks indicators run --plan {plan}` first."
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").exists():
        raise Refused(f"{folder} holds other files; name a new or empty folder.")
    # Written beside and put in place at the end, so that a folder never holds half of it.
    folder.parent.mkdir(parents=True, exist_ok=True)
    place, folder = folder, folder.with_name(folder.name + ".writing")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with entered(SYSTEM), DuckDBEngine() as engine:
        covers = Cover.objects.filter(run=chosen).select_related("statement__run").order_by("id")
        if indicator is not None:
            covers = covers.filter(indicator=indicator)
            if not covers:
                raise Refused(f"{indicator} has no computed figure in run {chosen.pk}.")
        written: dict[str, str] = {}
        listed = [_statement(folder, cover, engine, written) for cover in covers]
        pairs = {pair for cover in covers for pair in cover.statement.datasets.items()}
        datasets = [_dataset(folder, name, version, with_data) for name, version in sorted(pairs)]
        manifest = {
            "plan": plan, "run": chosen.pk, "as_of": chosen.as_of, "known_at": chosen.known_at, "seal": chosen.seal,
            "previous_seal": chosen.previous_hash, "written_at": at, "statements": listed, "datasets": datasets,
            "verdicts": _verdicts(chosen, indicator),
        }  # fmt: skip
    (folder / "manifest.json").write_text(
        json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n"
    )
    (folder / "README.md").write_text(_README)
    (folder / "check.sql").write_text(_check(listed))
    if with_data:
        (folder / "views.sql").write_text(_views(datasets))
    shutil.rmtree(place, ignore_errors=True)
    folder.rename(place)
    return Exported(
        sum(len(one["values"]) for one in listed),
        len({one["indicator"] for one in listed}),
        len(written) + len(datasets),
    )


def _statement(folder: Path, cover: Cover, engine: DuckDBEngine, written: dict[str, str]) -> dict[str, Any]:
    statement = cover.statement
    measure = measures.find(statement.measure)
    values = Value.objects.filter(statement=statement, period__in=cover.periods).order_by(
        "grain", "starts", "dimension", "member"
    )
    rows = _rows(folder, statement, engine, written)
    fields = ("grain", "period", "starts", "ends", "dimension", "member", "parts", "value", "n", "low", "high",
              "left_out", "fingerprints", "suppressed")  # fmt: skip
    return {
        "statement": statement.pk, "run": statement.run_id, "engine": statement.run.engine,
        "indicator": statement.indicator, "figure": statement.figure,
        "measure": statement.measure, "version": statement.measure_version,
        "definition": measure.definition if measure and measure.version == statement.measure_version else None,
        "definition_hash": statement.definition_hash, "datasets": statement.datasets, "rows": rows, "sql": statement.sql,
        "rows_sql": statement.rows_sql, "parameters": statement.parameters,
        "values": list(values.values(*fields)),
    }  # fmt: skip


def _rows(folder: Path, statement: Statement, engine: DuckDBEngine, written: dict[str, str]) -> str:
    """Write the rows behind a statement, once for all statements that read alike; return the file's name."""
    for name, version in statement.datasets.items():
        engine.view(name, version, extras=True)
    if _by_period(statement.parameters):
        # Its rows depend on the period: each row carries the period it is behind.
        parts = [
            f"SELECT {literal(period)} AS period, * FROM ({between(statement.rows_sql, starts, ends)})"
            for period, starts, ends in sorted(
                set(Value.objects.filter(statement=statement).values_list("period", "starts", "ends"))
            )
        ]
        none = f"SELECT '' AS period, * FROM ({between(statement.rows_sql, END, END)})"
        sql = "\nUNION ALL\n".join(parts or [none])
    else:
        sql = between(statement.rows_sql, BEGINNING, END)
    digest = hashlib.sha256(sql.encode()).hexdigest()
    if digest not in written:
        versions = "-".join(f"{name}@{version}" for name, version in statement.datasets.items())
        name = f"rows/{statement.measure}-{versions}-{digest[:8]}.parquet"
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        engine.backend.raw_sql(f"COPY ({sql}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
        written[digest] = name
    return written[digest]


def _by_period(parameters: dict[str, Any]) -> bool:
    """Whether which rows stand behind a figure depends on its period: most frequent categories, and states."""
    options = parameters["options"]
    return bool(options["roll_up"] == "last" or options.get("within"))


def _dataset(folder: Path, name: str, version: int, with_data: bool) -> dict[str, Any]:
    """Describe a dataset version by its files and their fingerprints; copy them where that was asked for."""
    base = tables.folder(name)
    files = []
    for file in tables.listing(name, version).files:
        relative = Path(file).relative_to(base)
        if with_data:
            target = folder / "data" / f"{name}@{version}" / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        files.append(
            {"path": str(relative), "sha256": tables.sha256(Path(file)), "size": Path(file).stat().st_size}
        )
    return {"dataset": name, "version": version, "files": files}


def _verdicts(run: Run, indicator: str | None) -> list[dict[str, Any]]:
    found = Verdict.objects.filter(run=run)
    if indicator is not None:
        found = found.filter(indicator=indicator)
    fields = (
        "indicator",
        "standing",
        "attainment",
        "outlook",
        "period",
        "value",
        "n",
        "low",
        "high",
        "why",
        "targets",
    )
    return [dict(one) for one in found.values(*fields)]


def _check(statements: Iterable[dict[str, Any]]) -> str:
    """Write SQL that counts rows and adds key hashes by role from the row files, for comparison with the manifest."""
    lines = ['-- Run with: duckdb -c ".read check.sql"  (in this folder). Every line should say true.']
    for one in statements:
        dependent = _by_period(one["parameters"])
        for value in one["values"]:
            if value["dimension"]:
                continue
            where = (
                f"period = {literal(value['period'])}" if dependent
                else f"\"at\" BETWEEN DATE '{value['starts']}' AND DATE '{value['ends']}'"
            )  # fmt: skip
            for role, (count, keys) in value["fingerprints"].items():
                label = f"{one['indicator']} {one['figure']} {value['period']} {role}".replace("  ", " ")
                lines.append(
                    f"SELECT {literal(label)} AS figure, count(*) = {count} AND coalesce(sum(_key), 0) = {keys} AS same "
                    f"FROM {literal(one['rows'])} WHERE {where} AND {_of_role(role, value['fingerprints'])};"
                )
    return "\n".join(lines) + "\n"


def _of_role(role: str, roles: dict[str, Any]) -> str:
    if role == "left out":
        return "role LIKE 'left out: %'"
    if role == "denominator" and "numerator" not in roles:
        return "role NOT LIKE 'left out: %'"
    if role == "denominator":
        return "role IN ('numerator', 'denominator', 'unknown')"
    return f"role = {literal(role)}"


def _views(datasets: Iterable[dict[str, Any]]) -> str:
    lines = ["-- The datasets as the stored SQL names them, over the files in data/."]
    for one in datasets:
        name = view_name(one["dataset"], one["version"])
        if not one["files"]:
            continue
        files = ", ".join(literal(f"data/{name}/{file['path']}") for file in one["files"])
        lines.append(
            f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet([{files}], union_by_name = true, "
            "hive_partitioning = true, hive_types = {'_part': VARCHAR});"
        )
    return "\n".join(lines) + "\n"


_README = """# Evidence

Everything here can be checked with [DuckDB](https://duckdb.org) alone; nothing of Stateworks is needed.

| file | holds |
| --- | --- |
| `manifest.json` | the run and its seal; each statement with its measure, SQL and stored figures; SHA-256 of each dataset file |
| `rows/*.parquet` | every row behind the figures: key hash, day, role, amount where there is one, slices |
| `check.sql` | counts the rows, adds up their key hashes by role, and compares both with the manifest |
| `data/`, `views.sql` | only with `--data`: the dataset files, and views under the names that the SQL uses |

## Check the figures against the rows

    duckdb -c ".read check.sql"

Every line says `true` when the rows are the ones that were counted. To make a share again by hand:

    SELECT count(*) FILTER (role = 'numerator') AS numerator, count(*) AS denominator
    FROM 'rows/….parquet'
    WHERE role NOT LIKE 'left out%' AND "at" BETWEEN DATE '2026-07-01' AND DATE '2026-09-30';

A mean is `sum(amount) / count(amount)` over the rows that are not left out, divided by `per_unit` in the statement's
parameters (60 where seconds are shown as minutes).

## Make the rows again from the data

With `data/`: open DuckDB here, `.read views.sql`, and run any statement's `sql` from the manifest. Its lines are the counts,
key sums and amounts by month (or longer period), slice and role. Longer periods are the sums of their months, except where
the statement computes them itself (distinct things, quantiles, most frequent categories). Where a statement's `engine` is
spark, its `sql` is Spark's; its `rows_sql` is DuckDB's all the same: put days for `$starts` and `$ends`.

Compare each data file's SHA-256 with the manifest first.
"""
