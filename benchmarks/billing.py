"""A month's billing run from usage in the lake to draft invoices, against the arithmetic alone in DuckDB by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks import billing_by_hand, instance
from benchmarks.harness import Comparison

MILLION = 1_000_000
MONTH = "2026-10"
AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
ACCOUNTS, SKUS, EACH = 300, 60, 10
"""Accounts, SKUs, and how many of these an account uses: so many lines as an office of 150 agencies has in a month."""
ROWS_AT_ONCE = 250_000
TABLES = (
    "billing_posting", "billing_journalentry", "billing_invoiceline", "billing_invoicereview", "billing_anomalyfinding",
    "billing_invoice", "billing_billingrun",
)  # fmt: skip
USAGE = """
SELECT 'e' || i AS event, 'A' || (i % {accounts}) AS account,
       'S' || ((i % {accounts}) * 7 + i // {accounts} % {each}) % {skus} AS sku,
       TIMESTAMPTZ '2026-10-01 18:00:00+00' + INTERVAL (i // ({accounts} * {each}) % 31) DAY
           + INTERVAL (i * 37 % 14400) SECOND AS started_at,
       CAST((i * 31 % 99991) / 1000.0 AS DECIMAL(18,6)) AS quantity
FROM range({rows}) t(i)
"""
STORED = """
SELECT 'meter' AS source, event, account, sku, started_at, NULL::TIMESTAMPTZ AS ended_at,
       CAST(started_at AT TIME ZONE 'UTC' AS DATE) AS used_on, NULL::TIMESTAMPTZ AS updated_at, quantity,
       'unassigned' AS agency
FROM ({usage})
"""

Answer = Callable[[], dict[str, Any]]


def usage_rows(scale: float) -> int:
    """Return how many rows of usage a scale means."""
    return max(1000, int(MILLION * scale))


def usage_sql(rows: int) -> str:
    """Return the query that makes a month's usage."""
    return USAGE.format(rows=rows, accounts=ACCOUNTS, skus=SKUS, each=EACH)


def prepare(folder: Path, scale: float) -> None:
    """Have accounts, prices and a month of usage in the lake; rows are put there as an import would have."""
    ground(folder, scale)
    _usage(folder, usage_rows(scale))


def ground(folder: Path, scale: float) -> None:
    """Have accounts and prices, and nothing loaded or drafted."""
    from stateworks.kernel.access.scope import SYSTEM, entered

    instance.empty()
    forget(folder, scale)
    with entered(SYSTEM):
        _records(folder)


def _records(folder: Path) -> None:
    from stateworks.kernel.org.models import LineOfService, Organization
    from stateworks.modules.billing import models
    from stateworks.modules.billing.verbs.periods import approve_card, open_period

    if models.BillingAccount.objects.exists():
        return
    agencies = list(Organization.objects.filter(kind="agency").order_by("code"))
    accounts = [
        models.BillingAccount(
            code=f"acc-{at}", name=f"Account {at}", organization=agencies[at % len(agencies)]
        )
        for at in range(ACCOUNTS)
    ]
    models.BillingAccount.objects.bulk_create(accounts)
    models.AccountAlias.objects.bulk_create(
        models.AccountAlias(source="meter", given=f"A{at}", account=one) for at, one in enumerate(accounts)
    )
    service = LineOfService.objects.create(code="hosting", name="Hosting")
    skus = [models.Sku(code=f"sku-{at}", name=f"SKU {at}", line_of_service=service) for at in range(SKUS)]
    models.Sku.objects.bulk_create(skus)
    models.SkuAlias.objects.bulk_create(
        models.SkuAlias(source="meter", given=f"S{at}", sku=one) for at, one in enumerate(skus)
    )
    card = models.RateCard.objects.create(code="fy27", title="FY27", fiscal_year=2027)
    models.Rate.objects.bulk_create(
        models.Rate(
            card=card,
            sku=one,
            price=f"{at % 9}.{at:04}1315",
            starts_on=date(2026, 7, 1),
            ends_on=date(2027, 6, 30),
        )
        for at, one in enumerate(skus)
    )
    approve_card("fy27", by=None, at=AT)
    open_period(MONTH, by=None, at=AT)


def _usage(folder: Path, rows: int) -> None:
    """Lay the rows out as an import does, block by block, and add them up."""
    import polars as pl

    from stateworks.kernel.lake import store, tables
    from stateworks.kernel.lake.changes import writer_connection
    from stateworks.kernel.lake.contracts import contract
    from stateworks.kernel.lake.files import LINE
    from stateworks.kernel.lake.fingerprints import stored_sql
    from stateworks.kernel.lake.partfiles import PartFiles
    from stateworks.kernel.lake.summaries import keep_ready

    declared = contract("billing.usage")
    table = store.settle(declared)
    files = PartFiles(folder / "parts", "bench", declared.together)
    made = f"({STORED.format(usage=usage_sql(rows))})"
    connection = writer_connection(str(folder))
    for batch in connection.execute(stored_sql(declared, made, None)).to_arrow_reader(ROWS_AT_ONCE):
        files.add(pl.DataFrame(pl.from_arrow(batch)).with_columns(pl.lit(0).alias(LINE)))
    connection.close()
    files.finish()
    added = tables.adopt(declared, files.folder, files.written)
    ready = store.prepare(declared, table, added=added, removed=[], at=AT, import_id=None)
    store.publish([ready], made_by=None, at=AT)
    keep_ready(declared.dataset)


def forget(folder: Path, scale: float) -> None:
    """Forget what the last repetition drafted."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    connections["owner"].close()


def draft(folder: Path, scale: float, engine: str = "duckdb") -> Answer:
    """Draft the month: gathered, priced, checked, written, and looked at by the detectors."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs import drafting

    with entered(SYSTEM):
        run = drafting.draft(MONTH, by=None, at=AT, engine=engine)

    def answer() -> dict[str, Any]:
        from stateworks.modules.billing.models import InvoiceLine

        with entered(SYSTEM):
            return {"lines": InvoiceLine.objects.filter(invoice__run=run).count(), "cents": run.cents}

    return answer


def by_hand(folder: Path, scale: float) -> Answer:
    """Do the month's arithmetic in DuckDB."""
    from stateworks.kernel.lake import tables
    from stateworks.kernel.lake.store import current_version

    files = tables.listing("billing.usage", current_version("billing.usage")).files
    found = billing_by_hand.charged(files, ACCOUNTS, SKUS)
    return lambda: found


COMPARISONS = (
    Comparison(
        name="billing-run", what="Billing run of a month, usage to draft invoices", prepare=prepare, before=forget,
        ours=draft, baseline=by_hand, baseline_name="hand-written DuckDB SQL of the arithmetic alone", target=1.5,
        rows=usage_rows,
    ),
)  # fmt: skip
