"""`stateworks remind`: letters that say what is owed by when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, show
from stateworks.kernel.errors import Refused


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("remind")(remind)


def remind(
    as_of: Annotated[str, typer.Option(help="As of this day, such as 2026-10-31; today if left away.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would get what; send nothing.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """E-mail each person what they owe and by when; at most one letter a day each. Status 1 where a letter failed."""
    open_instance()
    from django.conf import settings
    from django.utils import timezone

    from stateworks.kernel.plans.load import local_day
    from stateworks.kernel.plans.reminders import letters, send_reminders

    at = timezone.now()
    try:
        day = date.fromisoformat(as_of) if as_of else local_day(at)
    except ValueError:
        raise Refused(f"“{as_of}” is not a day; write it as 2026-10-31.") from None
    if dry_run:
        rows = [
            {"to": to or "nobody is named", "kind": each.kind, "due": each.due, "what": each.what}
            for to, owed in sorted(letters(day).items())
            for each in owed
        ]
        show(rows, form)
        return
    site = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else ""
    done = send_reminders(day, at=at, site=site)
    show(
        {
            "sent": done.sent,
            "already_sent_today": done.already,
            "failed": done.failed,
            "without_owner": done.unnamed,
        },
        form,
    )
    end(bool(done.failed))
