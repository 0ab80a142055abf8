"""Columns that a record type's snapshots have beside its own: what measures need and people do not type.

A row that belongs to an organization by way of another record (a monitor by way of its system) carries that organization's
code, so that the lake can narrow it to a scope. One that is the office's own until something is done, such as a draft, says
with `seen_by` whose eyes it is for. An instant `declared_at` carries its local date as `declared_on`, since a
figure falls into the period of the office's own calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stateworks.kernel.org.aliases import UNASSIGNED
from stateworks.kernel.records.fields import INSTANT, bound_columns
from stateworks.kernel.records.types import RecordType

AGENCY, SEEN_BY = "agency", "seen_by"


@dataclass(frozen=True)
class Computed:
    """A computed column: its name and type in the lake, and the ORM path or the instant's column that it comes from.

    With `once`, a path and a value, rows of another value are nobody's yet.
    """

    name: str
    type: str
    description: str
    path: str = ""
    instant: str = ""
    once: tuple[str, str] | None = None

    @property
    def value(self) -> Any:
        """What a query reads for it: the path, or nobody's code as long as the row is the office's own."""
        from django.db.models import Case, CharField, F, Value, When

        if self.once is None:
            return self.path
        own = When(**{self.once[0]: self.once[1]}, then=F(self.path))
        return Case(own, default=Value(UNASSIGNED), output_field=CharField())


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
        if declared.seen_once is not None:
            words = "Code of the organization that sees it; unassigned while it is the office's own."
            made.append(Computed(SEEN_BY, "VARCHAR", words, path=path, once=declared.seen_once))
    for one in columns:
        day = one.name.removesuffix("_at") + "_on"
        if one.kind == INSTANT and one.name.endswith("_at") and day not in names:
            made.append(Computed(day, "DATE", f"The local date of {one.name}.", instant=one.name))
    return tuple(made)
