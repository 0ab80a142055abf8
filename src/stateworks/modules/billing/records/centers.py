"""Record types of the office's cost centers, their budgets and forecasts; a forecast that was made is kept as it was."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

CENTER = "Code of the cost center."

register(
    RecordType(
        name="billing.cost_center",
        model=models.CostCenter,
        title="Cost centers",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="What people call it."),
            Column("organization", "organization__code", description="Code of the office, or of its section that runs it."),
            Column("owner", "owner__code", description="Code of the person who answers for it."),
            Column("line_of_service", "line_of_service__code", description="Code of the line of service it works for."),
            Column("starts_on", "starts_on"),
            Column("ends_on", "ends_on"),
        ),
        search=("code", "name"),
        filters=("organization", "line_of_service"),
        organization="organization",
        page="billing:center",
    )
)  # fmt: skip

register(
    RecordType(
        name="billing.cost_center_budget",
        model=models.CostCenterBudget,
        title="Budgets of cost centers",
        key=("center", "month", "object_code"),
        columns=(
            Column("center", "center__code", description=CENTER),
            Column("month", "month"),
            Column("object_code", "object_code"),
            Column("cents", "cents"),
            Column("note", "note"),
        ),
        search=("note",),
        filters=("center", "month"),
        organization="center__organization",
    )
)

register(
    RecordType(
        name="billing.cost_center_forecast",
        model=models.CostCenterForecast,
        title="Forecasts of cost centers",
        key=("code",),
        columns=(
            Column("code", "code", kept=True),
            Column("center", "center__code", description=CENTER, kept=True),
            Column("month", "month", kept=True),
            Column("made_in", "made_in", kept=True),
            Column("cents", "cents", kept=True),
            Column("reason", "reason", kept=True),
            Column("made_at", "made_at", kept=True),
            Column("made_by", "made_by__email", description="Address of whoever submitted it.", kept=True),
        ),
        search=("code",),
        filters=("center", "month", "made_in"),
        organization="center__organization",
    )
)
