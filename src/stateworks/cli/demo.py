"""`stateworks demo`: a fictional state with known truth."""

from __future__ import annotations

import typer


def register(main: typer.Typer) -> None:
    """Add the command."""
