"""Adds providers' charges up by resource and month, in one pass of the engine over the months' files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.engines import open_engine
from stateworks.modules.billing.charge_files import COSTS
from stateworks.modules.billing.feeds import FOCUS
from stateworks.modules.billing.finops.judging import Key, Month, Resource
from stateworks.modules.billing.money import half_up

if TYPE_CHECKING:
    import ibis.expr.types as ir

NAMED = ("resource_name", "service_category", "resource_type", "agency")


def resources_in(months: Sequence[str], version: int) -> list[Resource]:
    """Return every resource that was charged in some months, by key; charges that name no resource are not there."""
    if version < 0:
        return []
    with open_engine() as engine:
        rows = _standing(engine.table(FOCUS, version=version), months)
        rows = rows.mutate(
            sub_account=rows.sub_account.fill_null(""), tags=rows.tags.fill_null(""),
            use=(rows.category == "Usage").fill_null(False),
            **{name: rows[name].fill_null("") for name in NAMED},
        )  # fmt: skip
        known = rows.use & rows.consumed_quantity.notnull()
        sums = rows.group_by(["source", "sub_account", "resource", "tags", PART, *NAMED]).aggregate(
            cost=rows.billed_cost.sum(), uses=rows.use.sum(), known_uses=known.sum(),
            consumed=known.ifelse(rows.consumed_quantity, 0).sum(),
        )  # fmt: skip
        found = engine.execute(sums).to_pylist()
    return _resources(found)


def costs_of(resources: Iterable[tuple[str, str]], version: int) -> dict[tuple[str, str], dict[str, int]]:
    """Return what resources, by source and resource, were charged in each month, in cents, whichever sub-account paid.

    A month in which a source has charges and the resource has none is there with nothing; a month without charges of its source
    is not there, since nothing is known of it.
    """
    wanted = sorted(set(resources))
    if version < 0 or not wanted:
        return {}
    import pyarrow as pa

    with open_engine() as engine:
        rows = engine.table(FOCUS, version=version)
        rows = rows.filter(rows.source.isin(sorted({source for source, _ in wanted})))
        loaded = engine.execute(rows.select("source", PART).distinct()).to_pylist()
        table = pa.Table.from_pylist([{"source": source, "resource": name} for source, name in wanted])
        few = rows.semi_join(engine.lookup("finops_resources", table), ["source", "resource"])
        sums = few.group_by(["source", "resource", PART]).aggregate(cost=few.billed_cost.sum())
        charged = engine.execute(sums).to_pylist()
    months: dict[str, set[str]] = defaultdict(set)
    for row in loaded:
        months[row["source"]].add(row[PART][1:])
    found = {(source, name): dict.fromkeys(sorted(months[source]), 0) for source, name in wanted}
    for row in charged:
        found[row["source"], row["resource"]][row[PART][1:]] = half_up(Fraction(row["cost"]) * 100)
    return found


def _standing(rows: ir.Table, months: Sequence[str]) -> ir.Table:
    """Return the months' charges of resources, without those that a newer file of their month took back."""
    rows = rows.filter(rows[PART].isin([f"m{month}" for month in months]), rows.resource.fill_null("") != "")
    some = rows[COSTS[0]] != 0
    for name in COSTS[1:]:
        some = some | (rows[name].fill_null(0) != 0)
    return rows.filter(some)


def _resources(rows: list[dict[str, Any]]) -> list[Resource]:
    by_key: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_key[row["source"], row["sub_account"], row["resource"]].append(row)
    return [_resource(key, of) for key, of in sorted(by_key.items())]


def _resource(key: Key, rows: list[dict[str, Any]]) -> Resource:
    by_month: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_month[row[PART][1:]].append(row)
    said = max(rows, key=lambda row: (row[PART], row["cost"], [row[name] for name in NAMED]))
    return Resource(
        key, said["resource_name"], said["service_category"], said["resource_type"], said["agency"],
        {label: _month(of) for label, of in by_month.items()},
    )  # fmt: skip


def _month(rows: list[dict[str, Any]]) -> Month:
    return Month(
        cents=half_up(sum((Fraction(row["cost"]) for row in rows), Fraction(0)) * 100),
        uses=sum(row["uses"] for row in rows),
        known_uses=sum(row["known_uses"] for row in rows),
        consumed=sum((Decimal(row["consumed"]) for row in rows), Decimal(0)),
        tags=tuple(sorted({row["tags"] for row in rows})),
    )
