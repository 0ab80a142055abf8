"""The invoice as charges in FOCUS 1.2, the FinOps open cost and usage specification, with the office as the provider."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

from stateworks.kernel.lake.exports import safe
from stateworks.modules.billing.documents.facts import Facts, month_of
from stateworks.modules.billing.models import InvoiceLine, LineKind

HEADER = (
    "InvoiceId", "InvoiceIssuerName", "ProviderName", "PublisherName", "BillingAccountId", "BillingAccountName",
    "BillingAccountType", "SubAccountId", "SubAccountName", "SubAccountType", "BillingCurrency", "BillingPeriodStart",
    "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "ServiceCategory", "ServiceSubcategory", "ServiceName", "SkuId", "SkuPriceId", "PricingCategory",
    "PricingQuantity", "PricingUnit", "PricingCurrency", "ListUnitPrice", "ContractedUnitPrice", "ConsumedQuantity",
    "ConsumedUnit", "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "x_InvoiceLine",
)  # fmt: skip
CURRENCY = "USD"


def focus_csv(facts: Facts) -> bytes:
    """Return the lines of an invoice; periods are half open, as FOCUS has them, and all costs are what is billed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n", restval="")
    writer.writeheader()
    for line in facts.lines:
        writer.writerow(_row(facts, line))
    return out.getvalue().encode()


def _row(facts: Facts, line: InvoiceLine) -> dict[str, str]:
    row, cost = facts.invoice, f"{Decimal(line.cents) / 100:.2f}"
    usage = line.kind == LineKind.USAGE
    starts, ends = month_of(line.origin)
    late = line.origin != row.period.code and line.kind != LineKind.CREDIT
    told = {
        "InvoiceId": row.number, "InvoiceIssuerName": facts.issuer, "ProviderName": facts.issuer, "PublisherName": facts.issuer,
        "BillingAccountId": row.organization.code, "BillingAccountName": row.organization.name, "BillingAccountType": "Agency",
        "SubAccountId": line.account.code, "SubAccountName": line.account.name, "SubAccountType": "Account",
        "BillingCurrency": CURRENCY, "PricingCurrency": CURRENCY,
        "BillingPeriodStart": _instant(facts.starts_on), "BillingPeriodEnd": _instant(facts.ends_on + dt.timedelta(days=1)),
        "ChargePeriodStart": _instant(starts), "ChargePeriodEnd": _instant(ends + dt.timedelta(days=1)),
        "ChargeCategory": {"usage": "Usage", "credit": "Credit"}.get(line.kind, "Purchase"),
        "ChargeClass": "Correction" if late else "",
        "ChargeDescription": f"{line.sku.name}, {line.get_kind_display().lower()}",
        "ChargeFrequency": "Usage-Based" if usage else "Recurring",
        "ServiceCategory": "Other", "ServiceSubcategory": "Other (Other)", "ServiceName": line.sku.line_of_service.name,
        "SkuId": line.sku.code, "BilledCost": cost, "EffectiveCost": cost, "ListCost": cost, "ContractedCost": cost,
        "x_InvoiceLine": line.code,
    }  # fmt: skip
    if line.kind == LineKind.CREDIT:
        told["ChargeFrequency"] = "One-Time"
    if usage:
        quantity, unit = f"{line.quantity.normalize():f}", line.sku.unit or "Units"
        told |= {"PricingCategory": "Standard", "PricingQuantity": quantity, "PricingUnit": unit,
                 "ConsumedQuantity": quantity, "ConsumedUnit": unit}  # fmt: skip
        if line.price is not None:
            price = f"{line.price.normalize():f}"
            told |= {
                "SkuPriceId": f"{line.sku.code}@{price}",
                "ListUnitPrice": price,
                "ContractedUnitPrice": price,
            }
    # Only names can start like a formula by somebody's hand; amounts may begin with a minus.
    return {
        name: safe(text) if name.endswith(("Name", "Description")) else text for name, text in told.items()
    }


def _instant(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
