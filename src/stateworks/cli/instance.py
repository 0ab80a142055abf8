"""The instance that a command works on: Django made ready, and a check that it is set up."""

from __future__ import annotations

import os
from pathlib import Path

from stateworks.kernel.errors import Refused


def open_django() -> None:
    """Make Django ready to be used; touches no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stateworks.config.settings")
    import django

    django.setup()


def open_instance() -> Path:
    """Make the instance ready to be used and return its data folder; refuse where it is not set up or outdated."""
    open_django()
    from django.conf import settings

    from stateworks.config.backups import marker

    marker.refuse(Path(settings.STATEWORKS_HOME))
    if pending_migrations("default"):
        raise Refused(
            f"The instance in {settings.STATEWORKS_HOME} is not set up or is older than the program; "
            "run `stateworks init` first."
        )
    home: Path = settings.STATEWORKS_HOME
    return home


def pending_migrations(alias: str) -> list[str]:
    """Return the names of migrations that the database has not had yet."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
