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
        """Have the search's indexes follow what modules declare."""
        post_migrate.connect(index_for_search, sender=self, dispatch_uid="stateworks.records.search")


def index_for_search(using: str, **_: Any) -> None:
    """Bring the search's indexes and functions in line with the registered record types, as the tables' owner."""
    from stateworks.kernel.records.search import install

    if using == "owner" or "owner" not in connections:
        install(connections[using])
