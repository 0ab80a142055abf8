"""Keeps every state a record has had: triggers write them, so bulk and raw changes are caught too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pghistory.trigger
import pgtrigger
import pgtrigger.compiler
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import BigAutoField, Model
from pgtrigger import registry

# For each trigger pgtrigger goes through all that it has; a dictionary's own values spare every command a tenth of its start.
registry._registry.values = registry._registry.data.values  # type: ignore[method-assign]

M = TypeVar("M", bound=Model)
_CONTEXT = "pghistory.context_metadata"


class _ChangedTrigger(pghistory.trigger.Event):
    """The trigger that notes what a statement has really changed, in time that grows with the number of rows only.

    pghistory joins the rows before and after on their id. PostgreSQL plans that join once in a session; where the first
    statement changed one row, it loops, and a later one over 100,000 rows would take hours. A difference of sets does not.
    """

    def get_func(self, model: Any) -> Any:
        """Return the trigger's body, with the join replaced."""
        body = super().get_func(model).func
        joined = "SELECT new_values.* FROM {cond_new_values}"
        if joined not in body:
            raise RuntimeError(
                "pghistory writes its triggers in another way now; see to it that they stay fast"
            )
        return pgtrigger.Func(
            body.replace(joined, "SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values")
        )


class _ChangedRows(pghistory.UpdateEvent):
    """Tracks changes by the trigger above."""

    def add_event_trigger(self, event_model: Any) -> None:
        """Register the trigger for the model whose history is kept."""
        made = _ChangedTrigger(
            event_model=event_model, label=self.label, name=self.trigger_name, row=self.row, operation=self.operation,
            condition=self.condition, level=self.level,
        )  # fmt: skip
        pgtrigger.register(made)(event_model.pgh_tracked_model)


def keeps_history() -> Callable[[type[M]], type[M]]:
    """Return the class decorator of a model whose rows keep their history in an append-only table beside it.

    The triggers work a statement at a time, so that a bulk load pays for its history once and not a row at a time.
    """
    return pghistory.track(
        pghistory.InsertEvent("added"),
        _ChangedRows("changed"),
        pghistory.DeleteEvent("removed"),
        level=pghistory.Statement,
        append_only=True,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type] # documented, though not typed
        attrs={"pgh_id": BigAutoField(primary_key=True)},
    )


@contextmanager
def noted(*, using: str = "default", **facts: Any) -> Iterator[None]:
    """Attach who and why (`by`, `reason`, `import_id`) to the history of every change in the block.

    Must run inside a transaction; the facts end with the block.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("history is noted inside a transaction only")
    before = _set(using, json.dumps(facts, default=str))
    yield
    # After an error the transaction or its savepoint is rolled back, and the setting with it.
    _set(using, before)


def _set(using: str, text: str) -> str:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(%s, true), ''), set_config(%s, %s, true)",
            [_CONTEXT, _CONTEXT, text],
        )
        return str(cursor.fetchone()[0])


class AddTriggers(Operation):
    """Add many tables' triggers in one step of a migration.

    One by one, each makes Django build its models anew, those of all tables that these refer to as well: with two dozen
    tables that takes a minute, and no trigger changes what a model is.
    """

    reversible = True

    def __init__(self, triggers: Sequence[tuple[str, pgtrigger.compiler.Trigger]]) -> None:
        self.triggers = list(triggers)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return how to write the operation into a migration."""
        return type(self).__name__, [], {"triggers": self.triggers}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Note the triggers, so that the next migration finds nothing to add."""
        for model_name, trigger in self.triggers:
            options = state.models[app_label, model_name].options
            options["triggers"] = [*options.get("triggers", []), trigger]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the triggers and their functions."""
        for _, trigger in self.triggers:
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove them."""
        for _, trigger in self.triggers:
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Create {len(self.triggers)} triggers"
