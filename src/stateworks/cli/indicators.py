"""`stateworks indicators`, `measure`, `verify` and `evidence`: figures and their proof."""

from __future__ import annotations

import typer

app = typer.Typer(help="The plan's figures: run, show, report.", no_args_is_help=True)
evidence = typer.Typer(help="What a figure was made from.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add the groups to the command, once they have commands."""
    if app.registered_commands:
        main.add_typer(app, name="indicators")
    if evidence.registered_commands:
        main.add_typer(evidence, name="evidence")
