"""`stateworks data`: list, describe, import, export, quarantine."""

from __future__ import annotations

import typer

app = typer.Typer(help="Datasets: list, describe, import, export, quarantine.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add the group to the command, once it has commands."""
    if app.registered_commands:
        main.add_typer(app, name="data")
