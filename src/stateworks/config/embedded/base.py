"""The database backend: Django's own, with host and password asked from the embedded server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.utils import OperationalError

from stateworks.config.postgres import server

RETRY_SECONDS = 10


class DatabaseWrapper(PostgresWrapper):
    """A connection to the embedded server as the role named in `USER`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Start the server if needed and say how to reach it.

        Asked at every new connection, so the product recovers by itself when its server was killed.
        """
        login = server(Path(self.settings_dict["HOME"])).login(self.settings_dict["USER"])
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "host": login.host, "port": login.port, "password": login.password}

    def connect(self) -> None:
        """Connect; try again for a while where the server is just ending or recovering."""
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                super().connect()
            except OperationalError as error:
                # An answer that names a reason of its own (a database that is not there) will not change by waiting.
                passing = ("No such file", "refused", "closed the connection", "starting up", "shutting down")
                if time.monotonic() > deadline or not any(words in str(error) for words in passing):
                    raise
                time.sleep(0.1)
            else:
                return
