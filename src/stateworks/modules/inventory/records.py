"""The inventory's record types: what people list, load, edit and hand out."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models

OF_A_SYSTEM = "system__organization"
"""The way from a row that belongs to a system to the organization that may see and change it."""

register(
    RecordType(
        name="inventory.capability",
        model=models.Capability,
        title="Capabilities",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="What the state can do with it."),
            Column(
                "parent",
                "parent__code",
                description="Code of the capability it is part of; empty at the top.",
            ),
            Column("description", "description"),
        ),
        list_columns=("code", "name", "parent"),
        search=("code", "name", "description"),
        filters=("parent",),
    )
)

register(
    RecordType(
        name="inventory.site",
        model=models.Site,
        title="Sites",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="As people call the place."),
            Column("kind", "kind", description="What the place is."),
            Column("vendor", "vendor__code", description="Code of the vendor that runs it."),
            Column("city", "city", description="Where it is."),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "kind", "vendor", "city"),
        search=("code", "name", "city"),
        filters=("kind", "vendor"),
    )
)

register(
    RecordType(
        name="inventory.technology",
        model=models.Technology,
        title="Technologies",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("product", "product"),
            Column("cycle", "cycle"),
            Column("name", "name"),
            Column("vendor", "vendor__code", description="Code of the vendor that makes it."),
            Column("released_on", "released_on", description="Day it came out."),
            Column("support_ends_on", "support_ends_on"),
            Column("end_of_life", "end_of_life", description="What is known about the end of its support."),
            Column("ends_on", "ends_on"),
            Column("long_term", "long_term"),
            Column("latest", "latest"),
        ),
        list_columns=("code", "name", "end_of_life", "ends_on", "latest"),
        search=("code", "name"),
        filters=("product", "end_of_life", "ends_on", "vendor"),
    )
)

register(
    RecordType(
        name="inventory.system",
        model=models.System,
        title="Systems",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="As its users call it."),
            Column("kind", "kind", description="What it is for."),
            Column("purpose", "purpose"),
            Column("agency", "organization__code", description="Code of the agency it serves."),
            Column(
                "capability", "capability__code", description="Code of the business function it serves most."
            ),
            Column(
                "owner", "owner__code", description="Code of the person who answers for it to the business."
            ),
            Column(
                "steward",
                "steward__code",
                description="Code of the person who keeps it running and its record true.",
            ),
            Column(
                "lifecycle", "lifecycle", description="Where it stands between its first idea and its end."
            ),
            Column("criticality", "criticality", description="How much stops when it stops."),
            Column("critical_rank", "critical_rank"),
            Column("hosting", "hosting", description="Who runs the machines."),
            Column("classification", "classification", description="The most sensitive data it holds."),
            Column("vendor", "vendor__code", description="Code of the vendor that delivers it."),
            Column("recovery_time_minutes", "recovery_time_minutes"),
            Column("recovery_point_minutes", "recovery_point_minutes"),
            Column("availability_target", "availability_target"),
            Column("redundancy", "redundancy", description="What takes over when it fails."),
            Column("redundancy_tested_on", "redundancy_tested_on"),
            Column("recovery_test", "recovery_test", description="What the last recovery test showed."),
            Column("recovery_tested_on", "recovery_tested_on", description="Day of that test."),
            Column("single_sign_on", "single_sign_on", description="How people sign in."),
            Column(
                "second_factor",
                "second_factor",
                description="Whether a second factor is asked for, and of whom.",
            ),
            Column("local_accounts", "local_accounts"),
            Column("identity_exempt_until", "identity_exempt_until"),
            Column("identity_wave", "identity_wave"),
            Column("identity_due_on", "identity_due_on"),
            Column("website", "website", description="Where people find it."),
            Column("costs_url", "costs_url"),
            Column("users", "users"),
            Column("started_on", "started_on"),
            Column("retired_on", "retired_on"),
            Column("attested_on", "attested_on"),
            Column("attested_until", "attested_until"),
            Column("none_attested_on", "none_attested_on"),
            Column("none_attested_until", "none_attested_until"),
        ),
        list_columns=(
            "code",
            "name",
            "agency",
            "lifecycle",
            "criticality",
            "owner",
            "hosting",
            "attested_until",
        ),
        search=("code", "name", "purpose"),
        filters=(
            "agency",
            "kind",
            "lifecycle",
            "criticality",
            "hosting",
            "classification",
            "single_sign_on",
            "second_factor",
            "recovery_test",
            "attested_until",
            "owner",
            "vendor",
        ),
        organization="organization",
    )
)

register(
    RecordType(
        name="inventory.alias",
        model=models.SystemAlias,
        title="System aliases",
        key=("source", "alias"),
        columns=(
            Column("source", "source"),
            Column("alias", "alias", description="The name that the source or people use."),
            Column("system", "system__code", description="Code of the system it means."),
        ),
        search=("alias",),
        filters=("source", "system"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.environment",
        model=models.Environment,
        title="Environments",
        key=("system", "name"),
        columns=(
            Column("system", "system__code", description="Code of the system that runs in it."),
            Column("name", "name", description="As people call it, such as prod or test 2."),
            Column("kind", "kind", description="What it is for."),
            Column("site", "site__code", description="Code of the site where it stands."),
            Column("url", "url", description="Its address."),
            Column("retired_on", "retired_on"),
        ),
        search=("name",),
        filters=("kind", "site", "system"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.component",
        model=models.Component,
        title="Components",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="As people call the part."),
            Column("kind", "kind", description="What the part is."),
            Column("system", "system__code", description="Code of the system it is part of."),
            Column("technology", "technology__code", description="Code of the technology it is."),
            Column("vendor", "vendor__code", description="Code of the vendor that delivers it."),
            Column("site", "site__code", description="Code of the site where it stands."),
            Column("version", "version", description="The version that runs."),
            Column("package_url", "package_url"),
            Column("essential", "essential"),
            Column("group", "group"),
            Column("min_up", "min_up"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "kind", "system", "site", "version", "essential", "group"),
        search=("code", "name", "package_url"),
        filters=("kind", "system", "technology", "site", "vendor", "essential"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.stack",
        model=models.Stack,
        title="Technology stacks",
        key=("system", "technology"),
        columns=(
            Column("system", "system__code", description="Code of the system that is built on it."),
            Column("technology", "technology__code", description="Code of the technology."),
            Column("role", "role"),
            Column("retired_on", "retired_on"),
        ),
        filters=("system", "technology"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.dependency",
        model=models.Dependency,
        title="Dependencies",
        key=("system", "component", "provider", "provider_component"),
        columns=(
            Column("system", "system__code", description="Code of the system that needs something."),
            Column(
                "component",
                "component__code",
                description="Code of the part of it that does; empty: the whole.",
            ),
            Column("provider", "provider__code", description="Code of the system that is needed."),
            Column(
                "provider_component",
                "provider_component__code",
                description="Code of the part of it that is; empty: the whole.",
            ),
            Column("strength", "strength", description="Whether it stops without it or only gets worse."),
            Column("group", "group"),
            Column("min_up", "min_up"),
            Column("confidence", "confidence", description="How sure it is that it exists."),
            Column("source", "source", description="How it became known."),
            Column(
                "attested_by",
                "attested_by__code",
                description="Code of the person who said so for the dependant.",
            ),
            Column("attested_on", "attested_on"),
            Column("attested_until", "attested_until"),
            Column(
                "confirmed_by",
                "confirmed_by__code",
                description="Code of the person who said so for the provider.",
            ),
            Column("confirmed_on", "confirmed_on"),
            Column("note", "note"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=(
            "system",
            "component",
            "provider",
            "provider_component",
            "strength",
            "source",
            "attested_until",
        ),
        filters=("system", "provider", "strength", "source", "confidence", "attested_until"),
        organization=OF_A_SYSTEM,
    )
)

register(
    RecordType(
        name="inventory.interface",
        model=models.Interface,
        title="Interfaces",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="As people call it."),
            Column("system", "system__code", description="Code of the system whose interface it is."),
            Column("other_system", "other_system__code", description="Code of the system at the other end."),
            Column("partner", "partner__code", description="Code of the organization at the other end."),
            Column("partner_name", "partner_name"),
            Column("direction", "direction", description="Which way data flows."),
            Column("protocol", "protocol"),
            Column("data_types", "data_types"),
            Column("legacy_platform", "legacy_platform"),
            Column("target_platform", "target_platform"),
            Column("manual", "manual"),
            Column("manual_step", "manual_step"),
            Column("parallel_run", "parallel_run"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "system", "other_system", "direction", "protocol", "manual"),
        search=("code", "name", "partner_name"),
        filters=("system", "direction", "protocol", "manual", "target_platform"),
        organization=OF_A_SYSTEM,
    )
)

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

register(
    RecordType(
        name="inventory.outage",
        model=models.Outage,
        title="Outages",
        key=("code",),
        columns=(
            Column("code", "code"),
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
            Column("identified_at", "identified_at"),
            Column("restored_at", "restored_at", description="When all worked again."),
            Column("closed_at", "closed_at", description="When it was closed."),
            Column("cancelled_at", "cancelled_at"),
            Column("critical", "critical"),
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
            Column("predicted", "predicted"),
            Column("strength", "strength"),
            Column("hops", "hops"),
            Column("verdict", "verdict", description="What people said about it."),
            Column("decided_at", "decided_at", description="When they said so."),
            Column("note", "note", description="Why."),
        ),
        filters=("outage", "system", "verdict", "predicted"),
        organization=OF_A_SYSTEM,
    )
)

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
            Column("decided", "decided", description="What a person decided."),
            Column("decided_on", "decided_on", description="Day of that decision."),
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
