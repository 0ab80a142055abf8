"""Record types of how systems are governed: campaigns, rules, rationalization, websites."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models
from stateworks.modules.inventory.records.walls import OF_A_SYSTEM

register(
    RecordType(
        name="inventory.campaign",
        model=models.Campaign,
        title="Attestation campaigns",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("title", "title", description="What people see of it."),
            Column("asks_facts", "asks_facts"),
            Column("asks_dependencies", "asks_dependencies"),
            Column(
                "organization",
                "organization__code",
                description="Code of the organization it is about; empty: all.",
            ),
            Column("criticality", "criticality"),
            Column("lifecycle", "lifecycle", description="Systems at this stage; empty: at all."),
            Column("opens_on", "opens_on", description="First day on which owners are asked."),
            Column("due_on", "due_on", description="Last day for an answer."),
            Column("valid_days", "valid_days"),
        ),
        list_columns=("code", "title", "opens_on", "due_on"),
        search=("code", "title"),
        filters=("opens_on", "due_on"),
    )
)

register(
    RecordType(
        name="inventory.rule",
        model=models.Rule,
        title="Consistency rules",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("title", "title", description="The rule in a few words."),
            Column("check", "check_name"),
            Column("parameters", "parameters"),
            Column("severity", "severity", description="How much it matters."),
            Column("why", "why"),
            Column("due_days", "due_days"),
            Column("active", "active", description="Whether it is checked."),
        ),
        list_columns=("code", "title", "severity", "due_days", "active"),
        search=("code", "title"),
        filters=("severity", "active"),
    )
)

register(
    RecordType(
        name="inventory.rationalization",
        model=models.Rationalization,
        title="Rationalization",
        key=("system", "assessed_on"),
        columns=(
            Column("system", "system__code", description="Code of the system that was judged."),
            Column("assessed_on", "assessed_on", description="Day on which it was judged."),
            Column("value", "value"),
            Column("fitness", "fitness"),
            Column("risk", "risk"),
            Column("annual_cost_cents", "annual_cost_cents"),
            Column("proposed", "proposed", description="What follows from the grades."),
            Column("decided", "decided", description="What a person decided.", kept=True),
            Column("decided_on", "decided_on", description="Day of that decision.", kept=True),
            Column("reason", "reason", description="Why."),
            Column("target_on", "target_on"),
            Column("successor", "successor__code", description="Code of the system that takes over."),
        ),
        list_columns=("system", "assessed_on", "value", "fitness", "risk", "proposed", "decided"),
        filters=("system", "proposed", "decided", "assessed_on"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.website",
        model=models.Website,
        title="Websites",
        key=("domain",),
        columns=(
            Column("domain", "domain"),
            Column(
                "organization", "organization__code", description="Code of the organization it belongs to."
            ),
            Column("registrant", "registrant"),
            Column("kind", "kind"),
            Column("city", "city", description="Where its owner is."),
            Column("security_contact", "security_contact", description="Whom to tell of a security hole."),
            Column("system", "system__code", description="Code of the system that serves it."),
            Column("title", "title", description="The title of its first page."),
            Column("content_system", "content_system"),
            Column("hosted_by", "hosted_by"),
            Column("visits", "visits"),
            Column("scanned_on", "scanned_on", description="Day on which it was last looked at."),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("domain", "organization", "registrant", "kind", "security_contact", "scanned_on"),
        search=("domain", "registrant", "title"),
        filters=("kind", "organization", "content_system"),
    )
)
