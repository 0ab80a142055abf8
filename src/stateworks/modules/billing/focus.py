"""Files in FOCUS, the FinOps open cost and usage specification: recognised, checked, and every row placed or listed.

Versions 1.0 to 1.3 are told apart by their columns. Columns that the lake has no place for are named in the report and
stay in the file; a column that the specification demands and the file lacks is named, too, and no row is lost over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.text import slugify

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import open_table
from stateworks.kernel.lake.mappings import mapping_named
from stateworks.modules.billing.feeds import CATEGORIES

MAPPING = "focus"
MANDATORY = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName",
)  # fmt: skip
"""Columns that every version from 1.0 on demands, before 1.3 renamed who provides."""
SINCE: dict[str, tuple[str, ...]] = {
    "1.3": ("ServiceProviderName", "HostProviderName", "AllocatedResourceId", "ContractApplied"),
    "1.2": (
        "BillingAccountType",
        "SubAccountType",
        "InvoiceId",
        "PricingCurrency",
        "PricingCurrencyEffectiveCost",
    ),
    "1.1": (
        "CapacityReservationId",
        "CommitmentDiscountQuantity",
        "ServiceSubcategory",
        "SkuMeter",
        "SkuPriceDetails",
    ),
}
"""Columns by which a version is told, the newest first."""
RENAMED = {"ProviderName": "ServiceProviderName", "PublisherName": "HostProviderName"}
FEWEST = 6


def version_of(header: set[str]) -> str:
    """Return the version of FOCUS that a header is of; refused where it is no FOCUS at all."""
    known = header & {*MANDATORY, *(name for names in SINCE.values() for name in names)}
    if len(known) < FEWEST or "BilledCost" not in header:
        raise Refused(
            "This is no file in FOCUS: it lacks columns such as BilledCost and ChargePeriodStart; name a mapping with --mapping."
        )
    return next((version for version, names in SINCE.items() if header & set(names)), "1.0")


def report_of(path: Path) -> dict[str, Any]:
    """Return what a file in FOCUS says of itself: version, columns missing and not placed, rows and rules they break.

    `broken` counts rows by rule; they are loaded all the same where they can be read, since the invoice is the provider's.
    """
    import polars as pl

    document = mapping_named(MAPPING)
    table = open_table(path, filename=path.name)
    header = set(table.header)
    version = version_of(header)
    placed = set(document.source_columns)
    missing = [name for name in MANDATORY if name not in header and RENAMED.get(name, name) not in header]
    broken: dict[str, int] = {}
    rows = 0
    for batch in table.batches():
        rows += batch.height
        cleaned = batch.with_columns(
            pl.when(pl.col(pl.String).str.strip_chars().is_in(["", *document.missing])).then(None)
            .otherwise(pl.col(pl.String).str.strip_chars()).name.keep()
        )  # fmt: skip
        for name, rule in _rules(header).items():
            n = int(cleaned.select(rule.fill_null(value=False).sum()).item())
            if n:
                broken[name] = broken.get(name, 0) + n
    return {
        "version": version, "rows": rows, "missing_columns": missing,
        "columns_not_placed": sorted(name for name in header - placed if name), "broken": broken,
    }  # fmt: skip


def provider_of(path: Path) -> str:
    """Return what a file's first row calls its provider, in small letters: what aliases name it by."""
    import polars as pl

    table = open_table(path, filename=path.name)
    first = next(iter(table.batches()), pl.DataFrame())
    for name in ("ServiceProviderName", "ProviderName", "InvoiceIssuerName"):
        if first.height and name in first.columns and (said := first[name].drop_nulls().to_list()):
            return slugify(said[0])[:80] or MAPPING
    return MAPPING


def _rules(header: set[str]) -> dict[str, Any]:
    """Return the rules of the specification that can be told from a row's own columns, as conditions of breaking them."""
    import polars as pl

    def has(*names: str) -> bool:
        return set(names) <= header

    rules: dict[str, Any] = {}
    for name in ("BilledCost", "EffectiveCost", "BillingPeriodStart", "ChargePeriodStart", "ChargeCategory"):
        if has(name):
            rules[f"{name} is empty"] = pl.col(name).is_null()
    if has("ChargeCategory"):
        rules["ChargeCategory is none of the five"] = ~pl.col("ChargeCategory").is_in(list(CATEGORIES))
    if has("ChargeClass"):
        rules["ChargeClass is neither empty nor Correction"] = pl.col("ChargeClass").is_not_null() & (
            pl.col("ChargeClass") != "Correction"
        )
    if has("BillingCurrency"):
        rules["BillingCurrency is no three-letter code"] = ~pl.col("BillingCurrency").str.contains(
            r"^[A-Z]{3}$"
        )
    if has("ChargeCategory", "ConsumedQuantity", "ChargeClass"):
        rules["ConsumedQuantity stands on a charge that is no usage"] = (
            pl.col("ChargeCategory").is_in(["Purchase", "Tax", "Credit"])
            & pl.col("ConsumedQuantity").is_not_null()
        )
    if has("CommitmentDiscountId", "CommitmentDiscountStatus", "ChargeCategory"):
        rules["CommitmentDiscountStatus stands without CommitmentDiscountId"] = (
            pl.col("CommitmentDiscountId").is_null() & pl.col("CommitmentDiscountStatus").is_not_null()
        )
    if has("ServiceName", "ChargeCategory"):
        rules["ServiceName is empty"] = pl.col("ServiceName").is_null()
    return rules
