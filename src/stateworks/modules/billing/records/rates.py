"""Record types of rate cards, their rates, and months of billing."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.rate_card",
        model=models.RateCard,
        title="Rate cards",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("title", "title", description="What people call it."),
            Column("fiscal_year", "fiscal_year"),
            Column("note", "note"),
            Column("approved_at", "approved_at", kept=True),
        ),
        search=("code", "title"),
        filters=("fiscal_year",),
    )
)

register(
    RecordType(
        name="billing.rate",
        model=models.Rate,
        title="Rates",
        key=("card", "sku", "starts_on"),
        columns=(
            Column("card", "card__code", description="Code of the rate card."),
            Column("sku", "sku__code", description="Code of the SKU."),
            Column("starts_on", "starts_on"),
            Column("ends_on", "ends_on"),
            Column("price", "price"),
        ),
        filters=("card", "sku"),
    )
)

register(
    RecordType(
        name="billing.rate_tier",
        model=models.RateTier,
        title="Tiers of rates",
        key=("card", "sku", "starts_on", "from_quantity"),
        columns=(
            Column("card", "card__code", description="Code of the rate card."),
            Column("sku", "sku__code", description="Code of the SKU."),
            Column("starts_on", "starts_on"),
            Column("from_quantity", "from_quantity"),
            Column("price", "price"),
        ),
        filters=("card", "sku"),
    )
)

register(
    RecordType(
        name="billing.rate_build",
        model=models.RateBuild,
        title="Rate builds",
        key=("card", "sku"),
        columns=(
            Column("card", "card__code", description="Code of the rate card."),
            Column("sku", "sku__code", description="Code of the SKU."),
            Column("pool_cents", "pool_cents"),
            Column("carry_cents", "carry_cents"),
            Column("units", "units"),
            Column("note", "note"),
        ),
        filters=("card", "sku"),
    )
)

register(
    RecordType(
        name="billing.period",
        model=models.BillingPeriod,
        title="Billing periods",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("starts_on", "starts_on"),
            Column("ends_on", "ends_on"),
            Column("closed_at", "closed_at", kept=True),
        ),
        search=("code",),
    )
)
