"""Billing's feeds: usage, providers' charges, the ledger, and what was charged; and what is added up when rows are loaded.

A run of a month reads thousands of sums that lie beside the rows instead of millions of rows. Where none are kept (few rows,
another engine) the rows are added up when they are asked for, and the sums are the same. Proofs go back to the rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake.feeds import Feed, register
from stateworks.kernel.lake.mapping import register_folder
from stateworks.kernel.lake.partanswers import PartAnswer, keep_answers

if TYPE_CHECKING:
    import dataframely as dy
    import duckdb
    import ibis.expr.types as ir

    from stateworks.kernel.lake.files import TabularFile
    from stateworks.kernel.lake.mapping import MappingDocument

USAGE, FOCUS, LEDGER, RATED = (
    "billing.usage", "billing.focus_charge", "billing.gl_transaction", "billing.rated_charge",
)  # fmt: skip
CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
"""Charge categories of FOCUS."""
NOBODY, NOTHING = "(no sub-account)", "(no service)"
"""What stands for a provider's charge without a sub-account, or without a service."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "event": ("Event id", "Record id", "Id", "Usage id"),
    "account": ("Account code", "Customer", "Billing account", "Subscription", "Cost code"),
    "sku": ("Service", "Product", "Meter", "Item", "Resource type"),
    "quantity": ("Usage", "Amount used", "Units", "Count", "Consumed quantity"),
    "started_at": ("Start", "From", "Usage start", "Date", "Timestamp"),
    "journal": ("Journal id", "Voucher", "Document"),
    "line": ("Journal line", "Line number"),
    "amount": ("Amount", "Expenditure", "Debit less credit"),
    "posted_on": ("Posting date", "Accounting date", "Date"),
    "cost_center": ("Cost centre", "Org unit", "Department id"),
    "object_code": ("Object", "GL account", "Expenditure code"),
    "vendor": ("Supplier", "Payee", "Vendor name", "Paid to"),
}


def usage_schema() -> type[dy.Schema]:
    """Return the columns and rules of `billing.usage`."""
    from stateworks.modules.billing.schemas import Usage

    return Usage


def focus_schema() -> type[dy.Schema]:
    """Return the columns and rules of `billing.focus_charge`."""
    from stateworks.modules.billing.schemas import FocusCharge

    return FocusCharge


def ledger_schema() -> type[dy.Schema]:
    """Return the columns and rules of `billing.gl_transaction`."""
    from stateworks.modules.billing.schemas import LedgerLine

    return LedgerLine


def rated_schema() -> type[dy.Schema]:
    """Return the columns and rules of `billing.rated_charge`."""
    from stateworks.modules.billing.schemas import RatedCharge

    return RatedCharge


def _named(table: TabularFile, mapping: MappingDocument, folder: Path) -> TabularFile:
    from stateworks.modules.billing.charge_files import named

    return named(table, mapping, folder)


def _in_cents(connection: duckdb.DuckDBPyConnection, rows: str, _mapping: MappingDocument) -> str:
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW ledger_in_cents AS "
        f"SELECT COLUMNS(c -> c <> 'cents'), CAST(amount * 100 AS BIGINT) AS cents FROM {rows}"
    )
    return "ledger_in_cents"


def _by_day(rows: ir.Table) -> ir.Table:
    """Add usage up by who, what and day."""
    return rows.group_by(["source", "account", "sku", "used_on"]).aggregate(
        quantity=rows.quantity.sum(), n=rows.count()
    )


def _back(rows: ir.Table) -> ir.Table:
    """Add up what sources take back."""
    back = rows.filter(rows.quantity < 0)
    return back.group_by(["source", "account", "sku"]).aggregate(quantity=back.quantity.sum(), n=back.count())


def _by_service(rows: ir.Table) -> ir.Table:
    """Add a provider's charges up by sub-account and service."""
    named = rows.mutate(account=rows.sub_account.fill_null(NOBODY), sku=rows.service.fill_null(NOTHING))
    return named.group_by(["source", "account", "sku"]).aggregate(
        amount=named.billed_cost.sum(), n=named.count()
    )


def _alike(rows: ir.Table) -> ir.Table:
    """Return which sources, accounts and SKUs have rows that say what another one says, or so it seems."""
    said = (rows.account.hash() ^ rows.sku.hash()) ^ (rows.started_at.hash() ^ rows.quantity.hash())
    numbered = rows.select("source", "account", "sku", said=said)
    grouped = numbered.group_by("said").aggregate(n=numbered.count())
    pairs = numbered.semi_join(grouped.filter(grouped.n > 1), "said")
    return pairs.select("source", "account", "sku").distinct().order_by("source", "account", "sku")


USED = PartAnswer(USAGE, "by_day", _by_day)
BACK = PartAnswer(USAGE, "back", _back)
PASSED = PartAnswer(FOCUS, "by_service", _by_service)
ALIKE = PartAnswer(USAGE, "alike", _alike)
keep_answers(USED, BACK, PASSED, ALIKE)
register_folder(Path(__file__).parent / "mappings")

usage = register(
    Feed(
        name=USAGE,
        title="Usage",
        description="One row for every event of use: who used how much of what, and when. The same event again replaces itself.",
        schema=usage_schema,
        key=("source", "event"),
        partition_on="used_on",
        agency="agency",
        updated="updated_at",
        order=("account", "sku", "used_on", "event"),
        together=("account", "sku"),
        local_dates={"used_on": "started_at"},
        synonyms=SYNONYMS,
        checks={
            "ends_after_it_starts": "ended at {ended_at}, before it started ({started_at}); correct the source."
        },
    )
)

focus_charge = register(
    Feed(
        name=FOCUS,
        title="Charges of providers",
        description="One row for every charge of a cloud or software provider, in the columns of the FOCUS specification.",
        schema=focus_schema,
        key=("source", "charge"),
        partition_on="billed_on",
        agency="agency",
        order=("sub_account", "service", "charge"),
        together=("sub_account", "service"),
        prepare=_named,
        synonyms=SYNONYMS,
        checks={
            "ends_after_it_starts": "its charge period ends before it starts ({charge_period_start}); correct the source."
        },
    )
)

gl_transaction = register(
    Feed(
        name=LEDGER,
        title="Ledger lines",
        description="One row for every line of the office's expenditure in the state's ledger.",
        schema=ledger_schema,
        key=("source", "journal", "line"),
        partition_on="posted_on",
        agency="agency",
        order=("posted_on", "journal", "line"),
        synonyms=SYNONYMS,
        complete=_in_cents,
        completed=("cents",),
    )
)

rated_charge = register(
    Feed(
        name=RATED,
        title="Rated charges",
        description="One row for every charge that was issued: what invoice lines say, whose it is and of which service.",
        schema=rated_schema,
        key=("source", "line"),
        partition_on="issued_on",
        agency="agency",
        order=("agency", "line"),
    )
)
