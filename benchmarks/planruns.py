"""Runs of a plan's indicators: whole against hand-written SQL, one open month against whole, and `verify` against whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import feeds, indicators_by_hand, instance
from benchmarks.harness import Comparison
from benchmarks.tickets import LAST_DAY, OPEN_MONTH, STAMP, write_export

PLAN = "louisiana-ots"
AS_OF = LAST_DAY
AT = datetime(2026, 7, 3, 12, tzinfo=UTC)
ADOPTED, WHOLE, OPEN = "plan adopted", "plan computed", "open month changed"
MIDDLE = date(2026, 1, 15)
"""The middle of a month in the middle of a fiscal year: how a run finds the data on most days."""
YESTERDAY, TODAY = "plan computed yesterday", "a day's tickets changed"

Answer = Callable[[], Any]
Figures = dict[tuple[Any, ...], dict[str, Any]]


def _run(*, incremental: bool, as_of: date = AS_OF, engine: str = "duckdb") -> Any:
    from stateworks.kernel.plans.scoring import run_plan

    return run_plan(PLAN, as_of=as_of, at=AT, incremental=incremental, engine=engine)


def compute_anew(*, engine: str = "duckdb") -> Any:
    """Compute the whole plan as of the last day and store it."""
    return _run(incremental=False, engine=engine)


# -- grounds


def adopt() -> None:
    """Have the plan, with milestones in every state."""
    from django.conf import settings

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.load import load_plan
    from stateworks.kernel.plans.models import Milestone, Plan
    from stateworks.kernel.plans.yaml_format import read_plan

    with entered(SYSTEM):
        if Plan.objects.filter(slug=PLAN).exists():
            return
        content = read_plan((settings.PLANS_FOLDER / f"{PLAN}.yaml").read_bytes(), name=f"{PLAN}.yaml")
        load_plan(content, by=None, at=AT)
        for at, milestone in enumerate(Milestone.objects.filter(plan__slug=PLAN).order_by("key")):
            if at % 3 == 2 or milestone.due is None:
                continue
            milestone.done_on = milestone.due + timedelta(days=20 * (at % 2) - 5)
            milestone.owner, milestone.evidence, milestone.finished_by = (
                "a@state.example",
                "a note",
                "a@state.example",
            )
            if at % 4:
                milestone.confirmed_by, milestone.confirmed_on = "b@state.example", milestone.done_on
            milestone.save()


def prepare(folder: Path, scale: float) -> None:
    """Have the tickets loaded and the plan adopted, and its records in the lake."""
    from stateworks.kernel.records.snapshot import snapshot_changed

    feeds.ensure_loaded(folder, scale)
    adopt()
    if not instance.kept(ADOPTED):
        instance.restore(feeds.LOADED)
        snapshot_changed(at=AT)
        instance.keep(ADOPTED)


def not_computed(folder: Path, scale: float) -> None:
    """Go back to where nothing has been computed."""
    instance.restore(ADOPTED)


def prepare_computed(folder: Path, scale: float) -> None:
    """Have the plan computed once."""
    prepare(folder, scale)
    if not instance.kept(WHOLE):
        not_computed(folder, scale)
        _run(incremental=False)
        instance.keep(WHOLE)


def computed(folder: Path, scale: float) -> None:
    """Go back to where the plan has been computed once."""
    instance.restore(WHOLE)


def prepare_open_month(folder: Path, scale: float) -> None:
    """Have the plan computed once, and after that tickets of the last month changed."""
    prepare_computed(folder, scale)
    if not instance.kept(OPEN):
        path = folder / "open-month.csv"
        write_export(path, feeds.tickets(scale), share=0.002, since=OPEN_MONTH)
        instance.restore(WHOLE)
        feeds.import_tickets(path, at=AT - timedelta(days=1))
        instance.keep(OPEN)


def open_month(folder: Path, scale: float) -> None:
    """Go back to where the open month has changed since the plan was computed."""
    instance.restore(OPEN)


def prepare_day(folder: Path, scale: float) -> None:
    """Have the plan computed as of the day before, and after that tickets opened in the fortnight until then changed."""
    prepare(folder, scale)
    if not instance.kept(YESTERDAY):
        not_computed(folder, scale)
        _run(incremental=False, as_of=MIDDLE - timedelta(days=1))
        instance.keep(YESTERDAY)
    if not instance.kept(TODAY):
        path, later = folder / "day.csv", folder / "day-and-later.csv"
        write_export(later, feeds.tickets(scale), share=0.02, since=MIDDLE.replace(day=1))
        _until(later, path, MIDDLE)
        instance.restore(YESTERDAY)
        feeds.import_tickets(path, at=AT - timedelta(days=1))
        instance.keep(TODAY)


def _until(source: Path, target: Path, last: date) -> None:
    """Copy the tickets of the open month up to a day."""
    import polars as pl

    opened = pl.col("Opened").str.to_datetime(STAMP).dt.date()
    tickets = pl.scan_csv(source, infer_schema=False).filter(opened.is_between(last.replace(day=1), last))
    tickets.collect().write_csv(target)


def day(folder: Path, scale: float) -> None:
    """Go back to where a fortnight's tickets have changed since yesterday's run."""
    instance.restore(TODAY)


# -- sides


def today(folder: Path, scale: float) -> Answer:
    """Compute what a day in the middle of a fiscal year touches and keep the rest."""
    run = _run(incremental=True, as_of=MIDDLE)
    return lambda: measured(run)


def today_whole(folder: Path, scale: float) -> Answer:
    """Compute everything as of that day anew."""
    run = _run(incremental=False, as_of=MIDDLE)
    return lambda: measured(run)


def whole(folder: Path, scale: float) -> Answer:
    """Compute everything anew, store it with its evidence, and seal it."""
    run = _run(incremental=False)
    return lambda: measured(run)


def by_hand(folder: Path, scale: float) -> Answer:
    """Compute the same with SQL."""
    from django.conf import settings

    connection = indicators_by_hand.compute(settings.LAKE_ROOT, AS_OF, PLAN, promised())
    return lambda: from_tables(connection)


def promised() -> list[str]:
    """Return the indicators of the plan that are milestones."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.plans.models import Indicator

    with entered(SYSTEM):
        found = Indicator.objects.filter(version__plan__slug=PLAN, measure="plan.milestone")
        return list(found.values_list("code", flat=True))


def incremental(folder: Path, scale: float) -> Answer:
    """Compute what the open month touches and keep the rest."""
    run = _run(incremental=True)
    return lambda: measured(run)


def verifying(folder: Path, scale: float) -> Answer:
    """Make every stored figure again and compare."""
    from stateworks.kernel.indicators.verify import verify

    found = verify(at=AT)
    return lambda: (found.checked, found.different)


def whole_for_verify(folder: Path, scale: float) -> Answer:
    """Compute everything anew, and say how many figures that makes."""
    run = _run(incremental=False)

    def answer() -> tuple[int, int]:
        from stateworks.kernel.access.scope import SYSTEM, entered
        from stateworks.kernel.indicators.models import Value

        with entered(SYSTEM):
            return Value.objects.filter(run=run).count(), 0

    return answer


# -- what was found, number by number


def measured(run: Any) -> Figures:
    """Return every figure a run stands on: its parts, its value, and the fingerprints of its rows."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.indicators import read
    from stateworks.kernel.indicators.models import Cover

    found: Figures = {}
    with entered(SYSTEM):
        # The inventory is empty here, and the baseline does not count its nothing.
        covers = Cover.objects.filter(run=run).exclude(statement__measure__startswith="inventory.")
        counted = set(covers.values_list("indicator", flat=True))
        figures = covers.order_by().values_list("figure", flat=True).distinct()
        for figure in list(figures):
            for value in read.values(run, figure=figure).iterator(chunk_size=20_000):
                if value.indicator not in counted:
                    continue
                key = (value.indicator, figure, value.grain, value.starts, value.dimension, value.member)
                prints = {role: (int(n), int(keys)) for role, (n, keys) in value.fingerprints.items()}
                found[key] = {
                    "value": value.value,
                    "parts": numbers(value.parts),
                    "rows": prints,
                    "out": value.left_out,
                }
    return found


def numbers(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return parts as numbers: sums of squares travel as text."""
    return {name: int(part) if isinstance(part, str) else part for name, part in parts.items()}


def from_tables(connection: Any) -> Figures:
    """Return the same of the hand-made tables."""
    found: Figures = {}
    for code, table in (("1.2.1", "first_contact"), ("1.2.3", "top_ten")):
        for row in connection.execute(f"SELECT * FROM {table}").to_arrow_table().to_pylist():
            key = (code, "", row["grain"], row["starts"], row["dimension"], row["member"])
            found[key] = {
                "value": row["value"],
                "parts": {name: int(row[name]) for name in ("numerator", "denominator", "unknown")},
                "rows": _prints(row, {"numerator": "numerator", "denominator": "denominator"}),
                "out": {},
            }
    for row in connection.execute("SELECT * FROM tier1_time").to_arrow_table().to_pylist():
        key = (row["grain"], row["starts"], row["dimension"], row["member"])
        rows = _prints(row, {"counted": "counted", "left out": "left_out"})
        out = {"tier not known": row["left_out"]} if row["left_out"] else {}
        n = row["counted"]
        middle = dict(zip(("median", "p90"), row["quantiles"] or (None, None), strict=True))
        sums = {"total": int(row["total"]), "squares": int(row["squares"])}
        found["1.2.2", "", *key] = {
            "value": row["mean"],
            "parts": {"count": n, **sums},
            "rows": rows,
            "out": out,
        }
        for name, value in middle.items():
            parts = {"count": n} | ({} if value is None else {"quantile": value})
            minutes = None if value is None else value / 60
            found["1.2.2", name, *key] = {"value": minutes, "parts": parts, "rows": rows, "out": out}
    for row in connection.execute("SELECT * FROM milestones_kept").to_arrow_table().to_pylist():
        counts = {role.replace(" ", "_"): row[role.replace(" ", "_")] for role in indicators_by_hand.ROLES}
        parts = {"all": row["everything"], "in_time": counts["done_in_time"], "late": counts["done_late"],
                 "unconfirmed": counts["unconfirmed"], "overdue": counts["overdue"], "open": counts["open"],
                 "last_day": row["last_day"]}  # fmt: skip
        found[row["code"], "", row["grain"], row["starts"], "", ""] = {
            "value": row["value"], "parts": {name: part for name, part in parts.items() if part is not None},
            "rows": _prints(row, {role: role.replace(" ", "_") for role in indicators_by_hand.ROLES}), "out": {},
        }  # fmt: skip
    return found


def _prints(row: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    return {role: (int(row[name]), int(row[f"{name}_keys"])) for role, name in roles.items() if row[name]}


def same_figures(ours: Figures, theirs: Figures) -> bool:
    """Compare two sets of figures: integers exactly, values to twelve digits."""
    return not differences(ours, theirs)


def differences(ours: Figures, theirs: Figures) -> list[str]:
    """Say where two sets of figures differ."""
    found = [f"only one side has {key}" for key in ours.keys() ^ theirs.keys()]
    return found + [
        f"{key}: {what} {ours[key][what]} and {theirs[key][what]}"
        for key in ours.keys() & theirs.keys()
        for what in ("value", "parts", "rows", "out")
        if not _close(ours[key][what], theirs[key][what])
    ]


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_close(one[name], other[name]) for name in one)
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) <= 1e-12 * max(abs(one), abs(other))
    return bool(one == other)


COMPARISONS = (
    Comparison(
        name="indicators", what="All indicators of the plan, five years by month and slice", prepare=prepare,
        before=not_computed, ours=whole, baseline=by_hand, baseline_name="hand-written DuckDB SQL, nothing stored",
        target=1.3, rows=feeds.tickets, same=same_figures,
    ),
    Comparison(
        name="run-open-month", what="A run where one month is open, in the middle of it and of the fiscal year",
        prepare=prepare_day, before=day, ours=today, baseline=today_whole, baseline_name="the full run", target=0.1,
        rows=feeds.tickets, same=same_figures,
    ),
    Comparison(
        name="run-last-month", what="The same on the last day of the fiscal year, the worst case",
        prepare=prepare_open_month, before=open_month, ours=incremental, baseline=whole, baseline_name="the full run",
        target=0.1, rows=feeds.tickets, same=same_figures,
    ),
    Comparison(
        name="verify", what="Verify all stored values", prepare=prepare_computed, before=computed, ours=verifying,
        baseline=whole_for_verify, baseline_name="the full run", target=1.2, rows=feeds.tickets,
    ),
)  # fmt: skip
