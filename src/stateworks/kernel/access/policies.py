"""Row-level security as one line of a migration: which column says whose a row is.

A table under a policy shows and takes only rows of organizations that the transaction's account holds a grant for, or
above it (see `scope.entered`). A transaction without a scope sees none and writes none. The owner role, which runs
migrations, passes over policies; the app role cannot.

    operations = [TenantPolicy("inventory_system", "organization_id")]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

EVERYTHING = "(SELECT access_sees_everything())"
"""True in a system scope. Written as a subquery so that PostgreSQL asks once a statement, not once a row."""

EVERY_ORGANIZATION = "(SELECT access_sees_every_organization())"
"""True for who sees every organization: for tables of many rows, each of which belongs to one, `EVERY_ORGANIZATION OR ...`."""

WHOLE_STATE = (
    "(SELECT EXISTS (SELECT FROM org_organization o WHERE o.kind = 'state' "
    "AND o.id IN (SELECT access_visible_organizations())))"
)
"""True for who holds a role in the whole state: for rows that are the office's own before their organization sees them."""

BY_ORGANIZATION = "{column} IN (SELECT access_visible_organizations())"
BY_CODE = "{column} IN (SELECT access_visible_codes())"
OWN_ACCOUNT = "{column} = (SELECT access_account())"
"""The row belongs to the account itself."""


class RowPolicy(Operation):
    """Put a table under row-level security with conditions of its own: one for reading, one for writing.

    `reads` and `writes` are SQL conditions; a system scope is always let through. Without `writes` what may be read may be
    written.
    """

    reversible = True
    at_once = True
    """It needs no models, see `kernel.migrating`."""

    def __init__(self, table: str, reads: str, writes: str | None = None) -> None:
        self.table, self.reads, self.writes = table, reads, writes

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return how to write the operation into a migration."""
        return type(self).__name__, [], {"table": self.table, "reads": self.reads, "writes": self.writes}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in the models: policies live in the database alone."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Enable the policy, for the table's owner too unless its role bypasses policies."""
        table = schema_editor.quote_name(self.table)
        writes = self.reads if self.writes is None else self.writes
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        schema_editor.execute(
            f"CREATE POLICY tenant ON {table} USING ({EVERYTHING} OR ({self.reads})) "
            f"WITH CHECK ({EVERYTHING} OR ({writes}))"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove the policy."""
        table = schema_editor.quote_name(self.table)
        schema_editor.execute(f"DROP POLICY tenant ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Narrow {self.table} to the rows an account may see"


class TenantPolicy(RowPolicy):
    """Put a table under row-level security by the column that holds the id of the row's organization."""

    def __init__(self, table: str, organization_column: str = "organization_id") -> None:
        self.organization_column = organization_column
        super().__init__(table, BY_ORGANIZATION.format(column=f'"{organization_column}"'))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return how to write the operation into a migration."""
        return type(self).__name__, [], {"table": self.table, "organization_column": self.organization_column}


def role_anywhere(*roles: str) -> str:
    """Return the condition that the account holds one of the roles at any organization."""
    return f"(SELECT access_holds({_array(roles)}, false))"


def role_statewide(*roles: str) -> str:
    """Return the condition that the account holds one of the roles for the whole state."""
    return f"(SELECT access_holds({_array(roles)}, true))"


def _array(roles: Sequence[str]) -> str:
    if not all(role.replace("_", "").isalpha() for role in roles):
        raise ValueError("a role is a plain word")
    return "ARRAY[" + ", ".join(f"'{role}'" for role in roles) + "]"
