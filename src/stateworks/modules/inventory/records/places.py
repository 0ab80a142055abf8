"""Record types of what systems stand on: business functions, sites, technologies."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.inventory import models

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
