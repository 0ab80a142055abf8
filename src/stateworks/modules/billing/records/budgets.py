"""Record types of budgets, what is set aside, and forecasts; a forecast that was made is kept as it was."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

AGENCY = "Code of the agency."

register(
    RecordType(
        name="billing.budget",
        model=models.Budget,
        title="Budgets",
        key=("agency", "account", "line_of_service", "fiscal_year"),
        columns=(
            Column("agency", "organization__code", description=AGENCY),
            Column(
                "account", "account__code",
                description="Code of the agency's account; empty where the budget is of a line of service.",
            ),
            Column(
                "line_of_service", "line_of_service__code",
                description="Code of the line of service; empty where the budget is of an account.",
            ),
            Column("fiscal_year", "fiscal_year"),
            Column("cents", "cents"),
            Column("note", "note"),
        ),
        search=("note",),
        filters=("agency", "line_of_service", "fiscal_year"),
        organization="organization",
    )
)  # fmt: skip

register(
    RecordType(
        name="billing.encumbrance",
        model=models.Encumbrance,
        title="Encumbrances",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("account", "account__code", description="Code of the agency's account."),
            Column("fiscal_year", "fiscal_year"),
            Column("cents", "cents"),
            Column("reference", "reference"),
            Column("status", "status"),
            Column("closed_on", "closed_on"),
        ),
        search=("code", "reference"),
        filters=("account", "fiscal_year", "status"),
        organization="account__organization",
    )
)

register(
    RecordType(
        name="billing.forecast",
        model=models.Forecast,
        title="Forecasts",
        key=("code",),
        columns=(
            Column("code", "code", kept=True),
            Column("agency", "organization__code", description=AGENCY, kept=True),
            Column(
                "line_of_service", "line_of_service__code", description="Code of the line of service.", kept=True
            ),
            Column("month", "month", kept=True),
            Column("kind", "kind", description="Where it comes from.", kept=True),
            Column("cents", "cents", kept=True),
            Column("low_cents", "low_cents", kept=True),
            Column("high_cents", "high_cents", kept=True),
            Column("made_on", "made_on", kept=True),
            Column("known_month", "known_month", kept=True),
            Column("reason", "reason", kept=True),
        ),
        list_columns=("agency", "line_of_service", "month", "kind", "cents", "low_cents", "high_cents", "made_on"),
        search=("code",),
        filters=("agency", "line_of_service", "month", "kind", "made_on"),
        organization="organization",
    )
)  # fmt: skip
