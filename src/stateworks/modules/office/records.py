"""The office's records: organizations and their aliases, people, appointments, lines of service and vendors."""

from stateworks.kernel.org.models import (
    Appointment,
    LineOfService,
    Organization,
    OrganizationAlias,
    Person,
    Vendor,
)
from stateworks.kernel.records.types import Column, RecordType, register

register(
    RecordType(
        name="office.organization",
        model=Organization,
        title="Organizations",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="Full name."),
            Column("kind", "kind", description="What it is in the tree, or which kind of locality."),
            Column(
                "parent",
                "parent__code",
                description="Code of the organization above it; empty for the state.",
            ),
            Column("executive_branch", "executive_branch"),
            Column("consolidated", "consolidated"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "kind", "parent", "consolidated"),
        search=("code", "name"),
        filters=("kind", "parent", "executive_branch", "consolidated"),
    )
)

register(
    RecordType(
        name="office.alias",
        model=OrganizationAlias,
        title="Organization aliases",
        key=("source", "alias", "valid"),
        columns=(
            Column("source", "source"),
            Column("alias", "alias", description="The code or name that the source writes."),
            Column("valid", "valid"),
            Column("organization", "organization__code", description="Code of the organization it means."),
        ),
        search=("alias",),
        filters=("source", "organization"),
    )
)

register(
    RecordType(
        name="office.person",
        model=Person,
        title="People",
        key=("code",),
        columns=(
            Column("code", "code", description="Short stable code; never an identity number."),
            Column("name", "name", personal=True),
            Column("email", "email", personal=True),
            Column(
                "organization", "organization__code", description="Code of the organization they work for."
            ),
            Column("left_on", "left_on", description="First day they no longer work there."),
        ),
        search=("code", "name", "email"),
        filters=("organization",),
        organization="organization",
    )
)

register(
    RecordType(
        name="office.appointment",
        model=Appointment,
        title="Appointments",
        key=("person", "organization", "role", "since"),
        columns=(
            Column("person", "person__code", description="Code of the person.", personal=True),
            Column(
                "organization", "organization__code", description="Code of the organization they act for."
            ),
            Column("role", "role"),
            Column("since", "since", description="First day in the role."),
            Column("until", "until"),
        ),
        filters=("organization", "role"),
        organization="organization",
    )
)

register(
    RecordType(
        name="office.line_of_service",
        model=LineOfService,
        title="Lines of service",
        key=("code",),
        columns=(
            Column("code", "code", description="Short stable code."),
            Column("name", "name"),
            Column("purpose", "purpose", description="What customers get from it."),
            Column("owner", "owner__code", description="Code of the person who answers for it."),
            Column("section", "section__code", description="Code of the section that runs it."),
            Column("started_on", "started_on"),
            Column("retired_on", "retired_on", description="First day it is no longer offered."),
        ),
        list_columns=("code", "name", "owner", "section"),
        search=("code", "name", "purpose"),
        filters=("section", "owner"),
    )
)

register(
    RecordType(
        name="office.vendor",
        model=Vendor,
        title="Vendors",
        key=("code",),
        columns=(
            Column("code", "code", description="Short stable code."),
            Column("name", "name"),
            Column("website", "website"),
            Column("retired_on", "retired_on", description="First day it is no longer used."),
        ),
        search=("code", "name"),
    )
)
