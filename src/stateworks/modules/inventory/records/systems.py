"""Record types of systems and their parts."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models
from stateworks.modules.inventory.records.walls import OF_A_SYSTEM

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
            Column("attested_on", "attested_on", kept=True),
            Column("attested_until", "attested_until", kept=True),
            Column("none_attested_on", "none_attested_on", kept=True),
            Column("none_attested_until", "none_attested_until", kept=True),
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
        page="inventory:system",
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
