"""The composition root as a Django app: it sees to it that the app role may use what migrations make."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class ConfigConfig(AppConfig):
    """Settings and addresses: the parts put together."""

    name = "stateworks.config"
    label = "config"

    def ready(self) -> None:
        """Give the app role its rights before any table is made, and put second factors on record."""
        # Django tells only apps that have models, which this one has not; the accounts' app stands for all.
        accounts = apps.get_app_config("access")
        pre_migrate.connect(let_the_app_role_in, sender=accounts, dispatch_uid="stateworks.config.rights")
        pre_migrate.connect(AsOwner.begin, dispatch_uid="stateworks.config.as_owner")
        post_migrate.connect(AsOwner.end, dispatch_uid="stateworks.config.as_app")
        from stateworks.config.signin.second_factor import connect

        connect()


class AsOwner:
    """A router that sends a migration's own queries to the database it migrates.

    Migrations of other packages query without saying where. They would go to the app role's connection and wait
    for ever for the table that the owner is just changing.
    """

    migrating: str | None = None

    @classmethod
    def begin(cls, using: str, **_: Any) -> None:
        """Send queries to the database that is migrated."""
        cls.migrating = using

    @classmethod
    def end(cls, **_: Any) -> None:
        """Leave queries to their default again."""
        cls.migrating = None

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        """Name the database to read from; None where no migration runs."""
        return self.migrating

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        """Name the database to write to; None where no migration runs."""
        return self.migrating


def let_the_app_role_in(using: str, **_: Any) -> None:
    """Let the app role read and write every table and sequence that the owner makes from now on.

    As default privileges and before migrating, so that a migration can take rights away again (an append-only
    table's UPDATE and DELETE) and they stay away.
    """
    owner, app = connections[using], connections["default"]
    owner_user, app_user = owner.settings_dict["USER"], app.settings_dict["USER"]
    if using != "owner" or owner_user == app_user:
        return
    role = owner.ops.quote_name(app_user)
    with owner.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {things} TO {role}")
