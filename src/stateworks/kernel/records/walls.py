"""Records without an organization of their own that PostgreSQL keeps from some people all the same, for readers of the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from stateworks.kernel.access.scope import Scope, entered
from stateworks.kernel.records.fields import bound
from stateworks.kernel.records.types import RecordType

if TYPE_CHECKING:
    import pyarrow as pa


def visible_keys(declared: RecordType, scope: Scope) -> pa.Table | None:
    """Return the keys that a scope sees as text columns named as the key's; None where the table is under no policy.

    An outage belongs to no organization, yet is seen only by those whom it may hit: a snapshot in the lake has no column
    that would say so, and the database's own policy decides.
    """
    import pyarrow as pa

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(%s)",
            [connection.ops.quote_name(declared.model._meta.db_table)],
        )
        if not cursor.fetchone()[0]:
            return None
    paths = [bound(declared, name).column.field for name in declared.key]
    with entered(scope):
        rows = list(declared.model._default_manager.order_by().values_list(*paths))
    return pa.table(
        {
            name: pa.array([str(row[place]) for row in rows], pa.string())
            for place, name in enumerate(declared.key)
        }
    )
