"""Gunicorn's own words, in the product's log: the same shape, and as little said about people."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger


class Log(Logger):  # type: ignore[misc]
    """Hands everything to the product's handlers; requests are logged by the site itself."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's own handlers away."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
