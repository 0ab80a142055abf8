"""Migrations of many operations in one go.

Django draws every related model anew after each operation that touches one; with some two hundred models in the project
that takes most of the time of setting up an instance. A migration of this kind draws them once: first all operations tell
what they change, then each changes the database, from the models before the migration to the models after it.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunSQL
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelOptions,
    CreateModel,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
)
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from stateworks.kernel.history import AddTriggers

OF_FIELDS = (AddField, AlterField, RemoveField)
OF_TABLES = (AddConstraint, AddIndex, RemoveConstraint, RemoveIndex)
OTHERS = (AddTrigger, AddTriggers, AlterModelOptions, CreateModel, RemoveTrigger, RunSQL)


class AtOnce(Migration):
    """A migration whose models are drawn once; a model it makes is made as it is at the end.

    What SQL of it reads must be there after the migration, and a field is touched once. `check_at_once` says what is amiss.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Apply all operations and return the state after them; where SQL is asked for, one by one as Django does."""
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        check_at_once(self)
        before = project_state.clone()
        project_state.__dict__.pop("apps", None)
        self.mutate_state(project_state, preserve=False)
        made = _made(self)
        for operation in self.operations:
            if not (isinstance(operation, OF_FIELDS + OF_TABLES) and operation.model_name_lower in made):
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def check_at_once(migration: Migration) -> None:
    """Raise ValueError where the operations cannot be done from the models before to the models after."""
    made, touched = _made(migration), set()
    for operation in migration.operations:
        known = isinstance(operation, OF_FIELDS + OF_TABLES + OTHERS) or getattr(operation, "at_once", False)
        if not known:
            raise ValueError(f"{migration}: {operation.describe()} needs what is between two operations")
        if isinstance(operation, OF_FIELDS) and operation.model_name_lower not in made:
            field = (operation.model_name_lower, operation.name_lower)
            if field in touched:
                raise ValueError(f"{migration}: {'.'.join(field)} is changed twice")
            touched.add(field)


def _made(migration: Migration) -> set[str]:
    return {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
