"""`stateworks init`: make or upgrade the instance."""

from __future__ import annotations

import typer

from stateworks.cli.output import Format, FormatOption, say, show


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("init")(init)


def init(form: FormatOption = Format.TABLE) -> None:
    """Create the instance in STATEWORKS_HOME (or at DATABASE_URL), or bring an older one up to date."""
    from stateworks.cli.instance import open_django

    open_django()
    from django.conf import settings

    from stateworks.config.backups import marker
    from stateworks.config.installation import install

    marker.refuse(settings.STATEWORKS_HOME)
    done = install(settings.STATEWORKS_HOME, say)
    show(done, form)
