"""Record types of accounts, what is sold, and what sources call them."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.account",
        model=models.BillingAccount,
        title="Billing accounts",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name"),
            Column("agency", "organization__code", description="Code of the agency that is charged."),
            Column("fund", "fund"),
            Column("appropriation", "appropriation"),
            Column("program", "program"),
            Column("starts_on", "starts_on"),
            Column("ends_on", "ends_on"),
        ),
        list_columns=("code", "name", "agency", "fund", "program"),
        search=("code", "name", "program"),
        filters=("agency", "fund"),
        organization="organization",
    )
)

register(
    RecordType(
        name="billing.account_alias",
        model=models.AccountAlias,
        title="Account aliases",
        key=("source", "given"),
        columns=(
            Column("source", "source"),
            Column("given", "given"),
            Column("account", "account__code", description="Code of the billing account that is meant."),
        ),
        search=("given",),
        filters=("source",),
        organization="account__organization",
    )
)

register(
    RecordType(
        name="billing.sku",
        model=models.Sku,
        title="SKUs",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name"),
            Column("line_of_service", "line_of_service__code", description="Code of the line of service."),
            Column("recovery", "recovery", description="How its cost comes back."),
            Column("unit", "unit"),
            Column("solution", "solution"),
            Column("federal_group", "federal_group"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "line_of_service", "recovery", "unit"),
        search=("code", "name"),
        filters=("line_of_service", "recovery"),
    )
)

register(
    RecordType(
        name="billing.sku_alias",
        model=models.SkuAlias,
        title="SKU aliases",
        key=("source", "given"),
        columns=(
            Column("source", "source"),
            Column("given", "given"),
            Column("sku", "sku__code", description="Code of the SKU that is meant."),
        ),
        search=("given",),
        filters=("source", "sku"),
    )
)
