"""Record types of who watches over systems: tools, monitors, the observability checklist."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models
from stateworks.modules.inventory.records.walls import OF_A_SYSTEM

register(
    RecordType(
        name="inventory.monitoring_tool",
        model=models.MonitoringTool,
        title="Monitoring tools",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="As its maker calls it."),
            Column("approved", "approved"),
        ),
        search=("code", "name"),
        filters=("approved",),
    )
)

register(
    RecordType(
        name="inventory.monitor",
        model=models.Monitor,
        title="Monitors",
        key=("tool", "entity"),
        columns=(
            Column("tool", "tool__code", description="Code of the tool that watches."),
            Column("entity", "entity"),
            Column("system", "system__code", description="Code of the system that is watched."),
            Column("name", "name"),
            Column("onboarded_on", "onboarded_on"),
            Column("offboarded_on", "offboarded_on"),
        ),
        search=("entity", "name"),
        filters=("tool", "system", "onboarded_on"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.check_item",
        model=models.CheckItem,
        title="Observability items",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="What has to be in place."),
            Column("help", "help"),
            Column("required", "required"),
            Column("order", "order", description="Place in the list."),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "required"),
        search=("code", "name"),
        filters=("required",),
    )
)

register(
    RecordType(
        name="inventory.check",
        model=models.Check,
        title="Observability checks",
        key=("system", "item"),
        columns=(
            Column("system", "system__code", description="Code of the system that was looked at."),
            Column("item", "item__code", description="Code of the item that was looked for."),
            Column("state", "state", description="What was found."),
            Column("checked_on", "checked_on", description="Day on which it was looked at."),
            Column("valid_until", "valid_until"),
            Column("checked_by", "checked_by__code", description="Code of the person who looked."),
            Column("evidence", "evidence"),
        ),
        filters=("system", "item", "state"),
        organization=OF_A_SYSTEM,
    )
)
