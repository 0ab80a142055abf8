"""`stateworks manage`: Django's own commands, for developers."""

from __future__ import annotations

import typer

from stateworks.cli.instance import open_django


def register(main: typer.Typer) -> None:
    """Add the command, which passes everything after its name on."""
    main.command(
        "manage", hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
    )(manage)


def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, such as `makemigrations` or `shell`."""
    open_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["stateworks manage", *context.args])
