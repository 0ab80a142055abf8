"""`stateworks work`: a worker, which does the jobs that pages ask for and what is done regularly."""

from __future__ import annotations

import os
import signal

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import say


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("work")(work)


def work(
    once: bool = typer.Option(False, "--once", help="Do the jobs that wait, and end: for cron."),
    beside: int = typer.Option(
        0, hidden=True, help="End when the process of this number, our parent, has ended."
    ),
) -> None:
    """Do jobs until stopped: imports and figures asked for in the browser, reminders, the month's records."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.jobs.worker import Worker

    worker = Worker(clock=timezone.now, say=(lambda words: None) if beside else say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    if not beside and not once:
        say("The worker waits for jobs; Ctrl-C stops it.")
    worker.run(until_empty=once, lives=lambda: not beside or os.getppid() == beside)
