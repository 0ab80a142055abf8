"""The records part of the kernel as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """Records: what people edit."""

    name = "stateworks.kernel.records"
    label = "records"
    verbose_name = "Records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the search's indexes, and the clocks, follow what modules declare."""
        post_migrate.connect(follow_modules, sender=self, dispatch_uid="stateworks.records.search")


def follow_modules(using: str, **_: Any) -> None:
    """Bring the search's indexes and functions and the clocks in line with the models, as the tables' owner."""
    from stateworks.kernel.records import clock, search

    if using == "owner" or "owner" not in connections:
        search.install(connections[using])
        clock.install(connections[using])
