"""Record types of what holds systems together: dependencies and interfaces."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models
from stateworks.modules.inventory.records.walls import OF_A_SYSTEM

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
                kept=True,
            ),
            Column("attested_on", "attested_on", kept=True),
            Column("attested_until", "attested_until", kept=True),
            Column(
                "confirmed_by",
                "confirmed_by__code",
                description="Code of the person who said so for the provider.",
                kept=True,
            ),
            Column("confirmed_on", "confirmed_on", kept=True),
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
