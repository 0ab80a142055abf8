"""The same month on DuckDB and on Spark: the same inputs to the last digit, so the same charges and the same run."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing.detectors.facts import OddUsage
from stateworks.modules.billing.detectors.usage import odd_usage
from stateworks.modules.billing.feeds import USAGE
from stateworks.modules.billing.gathering import gather
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_focus import export, load, row
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs.periods import period_named

pytestmark = pytest.mark.long


def test_spark_gives_the_same_cents(spark: str, shop: Shop) -> None:
    september(shop)
    shop.used(
        ("again", "dhs-1", "vm", "2026-09-15", "2"), ("back", "dot-2", "vm", "2026-09-16", "-0.25"),
    )  # fmt: skip
    load(
        export(shop, row("10.005", "77"), row("0.00000080000", "78", ServiceName="NULL"), row("-0.1", "NULL"))
    )
    period = period_named(SEPTEMBER)
    with open_engine("duckdb") as duckdb, open_engine("spark") as other:
        by_duckdb, by_spark = (gather(period, engine).inputs for engine in (duckdb, other))
    assert by_spark == by_duckdb
    assert len(by_duckdb.usage) == 6 and len(by_duckdb.passed) == 3
    for name in ("duckdb", "spark"):
        with open_engine(name) as engine:
            words = by_duckdb.accounts, by_duckdb.skus
            assert odd_usage(engine, current_version(USAGE), SEPTEMBER, by_duckdb.usage, *words) == (
                {("dhs-1", "vm"): OddUsage(1, Decimal(2))}, {("dot-2", "vm"): OddUsage(1, Decimal("-0.25"))},
            )  # fmt: skip
    first = shop.draft(SEPTEMBER)
    assert shop.draft(SEPTEMBER, engine="spark").pk == first.pk
