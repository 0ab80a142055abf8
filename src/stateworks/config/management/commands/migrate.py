"""Django's `migrate` with less drawing of models, which is most of its time; what it makes is the same."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor


class OthersFirst(MigrationExecutor):
    """Applies other packages' migrations before the product's wherever nothing is said about their order.

    They draw every related model anew after each operation, so they come while there are few of them.
    """

    def migration_plan(self, targets: Any, clean_start: bool = False) -> Any:
        """Return Django's plan for the targets in this order."""
        nodes = self.loader.graph.nodes

        def ours(target: tuple[str, str | None]) -> bool:
            return target in nodes and nodes[target].__module__.startswith("stateworks.")

        return super().migration_plan(sorted(targets, key=ours), clean_start)


class Command(migrate.Command):
    """Updates the database to what the models say."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as Django does.

        Which models can be swapped is asked for every key that is drawn, and Django forgets the answer with each model,
        though what is installed stays the same; here it is kept.
        """
        migrate.MigrationExecutor = OthersFirst  # type: ignore[attr-defined]
        asked = Apps.get_swappable_settings_name.__wrapped__  # type: ignore[attr-defined]
        apps.get_swappable_settings_name = cache(partial(asked, apps))  # type: ignore[method-assign]
        super().handle(*args, **options)
