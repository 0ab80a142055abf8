"""Record types of the federal reconciliation: who pays, what counts, what was kept and how much may be."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

SERVICE = Column("line_of_service", "line_of_service__code", description="Code of the billed service.")

register(
    RecordType(
        name="billing.federal_share",
        model=models.FederalShare,
        title="Federal shares",
        key=("account", "starts_on"),
        columns=(
            Column("account", "account__code", description="Code of the billing account."),
            Column("award", "award"),
            Column("percent", "percent"),
            Column("starts_on", "starts_on"),
            Column("ends_on", "ends_on"),
        ),
        search=("award",),
        filters=("award",),
        organization="account__organization",
    )
)

register(
    RecordType(
        name="billing.expense_object",
        model=models.ExpenseObject,
        title="Objects of expenditure",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name"),
            Column("treatment", "treatment", description="How it counts under the federal cost principles."),
            Column("reason", "reason"),
        ),
        search=("code", "name"),
        filters=("treatment",),
    )
)

register(
    RecordType(
        name="billing.reserve_balance",
        model=models.ReserveBalance,
        title="Reserve balances",
        key=("line_of_service", "fiscal_year"),
        columns=(
            SERVICE,
            Column("fiscal_year", "fiscal_year"),
            Column("opening_cents", "opening_cents"),
            Column("refunded_cents", "refunded_cents"),
            Column("note", "note"),
        ),
        filters=("line_of_service", "fiscal_year"),
    )
)

register(
    RecordType(
        name="billing.depreciation",
        model=models.Depreciation,
        title="Depreciation",
        key=("code",),
        columns=(
            Column("code", "code"),
            SERVICE,
            Column("fiscal_year", "fiscal_year"),
            Column("cents", "cents"),
            Column("note", "note"),
        ),
        search=("code",),
        filters=("line_of_service", "fiscal_year"),
    )
)

register(
    RecordType(
        name="billing.federal_rule",
        model=models.FederalRule,
        title="Federal rules",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("fiscal_year", "fiscal_year"),
            Column(
                "line_of_service", "line_of_service__code",
                description="Code of the service with an agreement of its own; empty for all others.",
            ),
            Column("reserve_days", "reserve_days"),
            Column("adjustment_cents", "adjustment_cents"),
            Column("due_months", "due_months"),
            Column("source", "source"),
        ),
        search=("code",),
    )
)  # fmt: skip
