"""Record types of outages and the systems they hit."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models
from stateworks.modules.inventory.records.walls import OF_A_SYSTEM

register(
    RecordType(
        name="inventory.outage",
        model=models.Outage,
        title="Outages",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column(
                "agency",
                "organization__code",
                description=(
                    "Code of the agency whose outage it is; leave it empty where a system or a part of one failed: it is that of "
                    "the system."
                ),
            ),
            Column("title", "title", description="What people see of it, in a few words."),
            Column("drill", "drill"),
            Column("source", "source", description="What kind of thing failed first."),
            Column("system", "system__code", description="Code of the system that failed."),
            Column("component", "component__code", description="Code of the component that failed."),
            Column("vendor", "vendor__code", description="Code of the vendor that failed."),
            Column("site", "site__code", description="Code of the site that failed."),
            Column("technology", "technology__code", description="Code of the technology that failed."),
            Column("began_at", "began_at"),
            Column("declared_at", "declared_at", description="When it was declared."),
            Column("identified_at", "identified_at", kept=True),
            Column("restored_at", "restored_at", description="When all worked again."),
            Column("closed_at", "closed_at", description="When it was closed.", kept=True),
            Column("cancelled_at", "cancelled_at", kept=True),
            Column("critical", "critical", kept=True),
            Column("reference", "reference"),
            Column("cause", "cause"),
        ),
        list_columns=(
            "code",
            "title",
            "drill",
            "source",
            "declared_at",
            "identified_at",
            "restored_at",
            "critical",
        ),
        search=("code", "title", "reference"),
        filters=("drill", "critical", "source", "declared_at"),
        organization="organization",
        page="inventory:outage",
    )
)

register(
    RecordType(
        name="inventory.outage_impact",
        model=models.OutageImpact,
        title="Systems hit by outages",
        key=("outage", "system"),
        columns=(
            Column("outage", "outage__code", description="Code of the outage."),
            Column("system", "system__code", description="Code of the system that it may have hit."),
            Column("predicted", "predicted", kept=True),
            Column("strength", "strength", kept=True),
            Column("hops", "hops", kept=True),
            Column("verdict", "verdict", description="What people said about it.", kept=True),
            Column("decided_at", "decided_at", description="When they said so.", kept=True),
            Column("note", "note", description="Why."),
        ),
        filters=("outage", "system", "verdict", "predicted"),
        organization=OF_A_SYSTEM,
    )
)
