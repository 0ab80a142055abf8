"""Columns and rules of billing's feeds."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from stateworks.modules.billing.feeds import CATEGORIES

AGENCY = "Code of the organization it is about; `unassigned` where it is not known."


def _instant(description: str, *, nullable: bool = True) -> dy.Datetime:
    return dy.Datetime(time_zone="UTC", time_unit="us", nullable=nullable, description=description)


def _amount(description: str, *, nullable: bool = True) -> dy.Decimal:
    return dy.Decimal(38, 20, nullable=nullable, description=description)


def _text(description: str) -> dy.String:
    return dy.String(nullable=True, description=description)


class Usage(dy.Schema):
    """One event of use."""

    source = dy.String(description="The source system, as its mapping names it.")
    event = dy.String(
        min_length=1, max_length=120, description="The event's id in its source; the same again replaces it."
    )
    account = dy.String(min_length=1, max_length=200, description="Who used it, in the source's words.")
    sku = dy.String(min_length=1, max_length=200, description="What was used, in the source's words.")
    started_at = _instant("When the use began.", nullable=False)
    ended_at = _instant("When it ended, where it lasted.")
    used_on = dy.Date(description="The local date it began; its month is the month it is charged for.")
    updated_at = _instant("When the source last changed it; the latest counts.")
    quantity = dy.Decimal(18, 6, description="How much was used; negative where the source takes back.")
    agency = dy.String(description=AGENCY)

    @dy.rule()
    def ends_after_it_starts(cls) -> pl.Expr:
        """Use cannot end before it starts."""
        return pl.col("ended_at") >= pl.col("started_at")


class FocusCharge(dy.Schema):
    """One charge of a provider, in the columns of FOCUS."""

    source = dy.String(description="The provider's export, as its mapping names it.")
    charge = dy.String(min_length=1, max_length=200, description="What tells the charge apart in its source.")
    billed_cost = _amount("BilledCost: what the invoice says.", nullable=False)
    effective_cost = _amount("EffectiveCost: amortised, after all discounts.")
    list_cost = _amount("ListCost: at list prices.")
    contracted_cost = _amount("ContractedCost: at negotiated prices.")
    currency = _text("BillingCurrency.")
    billing_account = _text("BillingAccountId.")
    billing_account_name = _text("BillingAccountName.")
    sub_account = _text("SubAccountId: what is charged to an agency's account.")
    sub_account_name = _text("SubAccountName.")
    billing_period_start = _instant("BillingPeriodStart.", nullable=False)
    billing_period_end = _instant("BillingPeriodEnd.")
    billed_on = dy.Date(description="First day of the billing period, as the provider writes it.")
    charge_period_start = _instant("ChargePeriodStart.", nullable=False)
    charge_period_end = _instant("ChargePeriodEnd.")
    category = dy.String(
        nullable=True, check={"one_of": lambda column: column.is_in(list(CATEGORIES))},
        metadata={"values": CATEGORIES}, description="ChargeCategory.",
    )  # fmt: skip
    charge_class = _text("ChargeClass: Correction, or empty.")
    frequency = _text("ChargeFrequency.")
    text = _text("ChargeDescription.")
    service = _text("ServiceName.")
    service_category = _text("ServiceCategory.")
    sku = _text("SkuId.")
    sku_price = _text("SkuPriceId.")
    resource = _text("ResourceId.")
    resource_name = _text("ResourceName.")
    resource_type = _text("ResourceType.")
    region = _text("RegionId.")
    provider = _text("ProviderName.")
    publisher = _text("PublisherName.")
    issuer = _text("InvoiceIssuerName.")
    invoice = _text("InvoiceId.")
    pricing_category = _text("PricingCategory.")
    pricing_quantity = _amount("PricingQuantity.")
    pricing_unit = _text("PricingUnit.")
    consumed_quantity = _amount("ConsumedQuantity.")
    consumed_unit = _text("ConsumedUnit.")
    commitment = _text("CommitmentDiscountId.")
    commitment_status = _text("CommitmentDiscountStatus.")
    tags = _text("Tags, as JSON.")
    agency = dy.String(description=AGENCY)

    @dy.rule()
    def ends_after_it_starts(cls) -> pl.Expr:
        """A charge period cannot end before it starts."""
        return pl.col("charge_period_end") >= pl.col("charge_period_start")


class LedgerLine(dy.Schema):
    """One line of expenditure in the ledger."""

    source = dy.String(description="The ledger, as its mapping names it.")
    journal = dy.String(min_length=1, max_length=80, description="Number of the journal.")
    line = dy.String(min_length=1, max_length=40, description="Number of the line in its journal.")
    posted_on = dy.Date(description="Day it was posted.")
    fund = _text("Fund.")
    object_code = _text("Object of expenditure.")
    cost_center = _text("Cost center.")
    amount = dy.Decimal(18, 2, description="Dollars; negative where expenditure is taken back.")
    cents = dy.Int64(description="The amount in cents.")
    text = _text("What it was for.")
    vendor = _text("Who was paid.")
    agency = dy.String(description=AGENCY)


class RatedCharge(dy.Schema):
    """One charge that was issued."""

    source = dy.String(description="Always `billing`.")
    line = dy.String(description="Code of the invoice line.")
    invoice = dy.String(description="Number of the invoice.")
    period = dy.String(description="The month of billing.")
    issued_on = dy.Date(description="The local date it was issued.")
    origin = dy.String(description="The month it is for.")
    account = dy.String(description="Code of the billing account.")
    fund = dy.String(nullable=True, description="The fund that pays.")
    program = dy.String(nullable=True, description="The program the cost is for.")
    sku = dy.String(description="Code of the SKU.")
    line_of_service = dy.String(description="Code of the line of service.")
    kind = dy.String(description="Where the charge comes from.")
    quantity = dy.Decimal(38, 20, description="How much.")
    price = dy.Decimal(18, 8, nullable=True, description="Dollars for one unit.")
    cents = dy.Int64(description="The charge, in cents.")
    agency = dy.String(description="Code of the agency that is charged.")
