"""Record types of cost pools, drivers and the allocation model."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.cost_pool",
        model=models.CostPool,
        title="Cost pools",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name"),
            Column("tower", "tower"),
            Column(
                "line_of_service",
                "line_of_service__code",
                description="Code of the billed service whose rates bring its cost back; empty where it is passed on.",
            ),
            Column("retired_on", "retired_on"),
        ),
        search=("code", "name"),
    )
)

register(
    RecordType(
        name="billing.pool_rule",
        model=models.PoolRule,
        title="Pool rules",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("pool", "pool__code", description="Code of the pool that gathers the lines."),
            Column("cost_center", "cost_center"),
            Column("object_code", "object_code"),
        ),
        filters=("pool",),
        search=("code",),
    )
)

register(
    RecordType(
        name="billing.driver",
        model=models.Driver,
        title="Drivers",
        key=("code",),
        columns=(Column("code", "code"), Column("name", "name"), Column("unit", "unit")),
        search=("code", "name"),
    )
)

register(
    RecordType(
        name="billing.driver_value",
        model=models.DriverValue,
        title="Driver values",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("driver", "driver__code", description="Code of the driver."),
            Column("period", "period__code", description="The first month it holds for."),
            Column("account", "account__code"),
            Column("pool", "pool__code"),
            Column("amount", "amount"),
        ),
        filters=("driver", "period"),
        search=("code",),
    )
)

register(
    RecordType(
        name="billing.allocation_model",
        model=models.AllocationModel,
        title="Allocation models",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("title", "title", description="What people call it."),
            Column("fiscal_year", "fiscal_year"),
            Column("method", "method", description="How pools that serve each other are settled."),
            Column("note", "note"),
        ),
        search=("code", "title"),
    )
)

register(
    RecordType(
        name="billing.allocation_rule",
        model=models.AllocationRule,
        title="Allocation rules",
        key=("model", "pool"),
        columns=(
            Column("model", "model__code", description="Code of the allocation model."),
            Column("pool", "pool__code", description="Code of the pool that is passed on."),
            Column("step", "step"),
            Column("driver", "driver__code", description="Code of the driver it follows."),
            Column("sku", "sku__code", description="Code of the SKU that accounts see it under."),
        ),
        filters=("model", "driver"),
    )
)
