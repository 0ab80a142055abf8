"""The service desk's record types."""

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.desk.models import RequestType

register(
    RecordType(
        name="desk.request_type",
        title="Request types",
        model=RequestType,
        key=("code",),
        columns=(
            Column("code", "code", description="Short stable code."),
            Column("name", "name", description="What customers choose."),
            Column(
                "line_of_service",
                "line_of_service__code",
                description="Code of the line of service that offers it.",
            ),
            Column("offered_on", "offered_on"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "line_of_service", "retired_on"),
        search=("code", "name"),
        filters=("line_of_service", "retired_on"),
    )
)
