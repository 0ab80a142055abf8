"""Columns that a record type's snapshots have beside its own: what measures need and people do not type.

A row that belongs to an organization by way of another record (a monitor by way of its system) carries that organization's
code, so that the lake can narrow it to a scope. An instant `declared_at` carries its local date as `declared_on`, since a
figure falls into the period of the office's own calendar.
"""

from __future__ import annotations

from dataclasses import dataclass

from stateworks.kernel.records.fields import INSTANT, bound_columns
from stateworks.kernel.records.types import RecordType

AGENCY = "agency"


@dataclass(frozen=True)
class Computed:
    """A computed column: its name and type in the lake, and the ORM path or the instant's column that it comes from."""

    name: str
    type: str
    description: str
    path: str = ""
    instant: str = ""


def computed_columns(declared: RecordType) -> tuple[Computed, ...]:
    """Return the columns that the snapshots of a record type have beside those it declares.

    Raises ValueError where a name that is needed means something else.
    """
    columns = bound_columns(declared)
    names = {one.name for one in columns}
    made: list[Computed] = []
    if declared.organization is not None:
        path = f"{declared.organization}__code"
        if not any(one.column.field == path for one in columns):
            if AGENCY in names:
                raise ValueError(f"{declared.name}.{AGENCY} must be the code of the organization at {path}")
            made.append(Computed(AGENCY, "VARCHAR", "Code of the organization it belongs to.", path=path))
    for one in columns:
        day = one.name.removesuffix("_at") + "_on"
        if one.kind == INSTANT and one.name.endswith("_at") and day not in names:
            made.append(Computed(day, "DATE", f"The local date of {one.name}.", instant=one.name))
    return tuple(made)
