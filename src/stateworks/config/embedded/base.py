"""The database backend: Django's own, with host and password asked from the embedded server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from stateworks.config.postgres import server


class DatabaseWrapper(PostgresWrapper):
    """A connection to the embedded server as the role named in `USER`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Start the server if needed and say how to reach it.

        Asked at every new connection, so the product recovers by itself when its server was killed.
        """
        login = server(Path(self.settings_dict["HOME"])).login(self.settings_dict["USER"])
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "host": login.host, "port": login.port, "password": login.password}
