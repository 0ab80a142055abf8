"""Record types of the office's cost centres, their budgets and forecasts; a forecast that was made is kept as it was."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

CENTRE = "Code of the cost centre."

register(
    RecordType(
        name="billing.cost_centre",
        model=models.CostCentre,
        title="Cost centres",
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
        page="billing:centre",
    )
)  # fmt: skip

register(
    RecordType(
        name="billing.cost_centre_budget",
        model=models.CostCentreBudget,
        title="Budgets of cost centres",
        key=("centre", "month", "object_code"),
        columns=(
            Column("centre", "centre__code", description=CENTRE),
            Column("month", "month"),
            Column("object_code", "object_code"),
            Column("cents", "cents"),
            Column("note", "note"),
        ),
        search=("note",),
        filters=("centre", "month"),
        organization="centre__organization",
    )
)

register(
    RecordType(
        name="billing.cost_centre_forecast",
        model=models.CostCentreForecast,
        title="Forecasts of cost centres",
        key=("code",),
        columns=(
            Column("code", "code", kept=True),
            Column("centre", "centre__code", description=CENTRE, kept=True),
            Column("month", "month", kept=True),
            Column("made_in", "made_in", kept=True),
            Column("cents", "cents", kept=True),
            Column("reason", "reason", kept=True),
            Column("made_at", "made_at", kept=True),
            Column("made_by", "made_by__email", description="Address of whoever submitted it.", kept=True),
        ),
        search=("code",),
        filters=("centre", "month", "made_in"),
        organization="centre__organization",
    )
)
