"""The `stateworks` command: its groups, and how every error becomes a sentence and an exit status.

Exit status: 0 done, all accepted; 1 finished, and there is something to see; 2 refused, nothing changed.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer

from stateworks.cli import (
    account,
    account_ways_in,
    audit,
    backup,
    billing,
    data,
    demo,
    doctor,
    impact,
    indicators,
    init,
    inventory,
    manage,
    plan,
    remind,
    serve,
    work,
)
from stateworks.cli.output import REFUSED, show_refusal
from stateworks.kernel import full_disk
from stateworks.kernel.errors import Refused

app = typer.Typer(
    help="The open operating system of a state's central IT office.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (
    init,
    serve,
    work,
    demo,
    account,
    account_ways_in,
    audit,
    plan,
    data,
    indicators,
    inventory,
    impact,
    billing,
    remind,
    backup,
    doctor,
    manage,
):
    group.register(app)


@app.callback(invoke_without_command=True)
def top(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """The open operating system of a state's central IT office."""
    if version:
        from stateworks import __version__

        typer.echo(__version__)
        raise typer.Exit


def run() -> None:
    """Run the command that the shell names."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; whatever goes wrong is told in one sentence on stderr."""
    try:
        result = app(list(arguments), prog_name="stateworks", standalone_mode=False)
    except Refused as refused:
        return show_refusal(refused.sentence, refused.details)
    except (typer.Abort, KeyboardInterrupt):
        return show_refusal("Stopped.")
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away; there is nobody to tell
        return 0
    except Exception as error:  # noqa: BLE001 - the last place where an error can still become a sentence
        return _explained(error)
    return result if isinstance(result, int) else 0


def _explained(error: Exception) -> int:
    """Tell an error that no command foresaw."""
    if hasattr(error, "format_message"):  # the command line itself is wrong
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(str(error.format_message()))
            return REFUSED
        return show_refusal(f"{error.format_message().rstrip('.')}; see --help.")
    if full := full_disk.words(error):
        return show_refusal(full)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    words = " ".join(str(error).split())
    if "ImproperlyConfigured" in kinds:
        return show_refusal(words)
    if {"OperationalError", "InterfaceError"} & kinds:
        return show_refusal(f"The database cannot be used: {words}")
    if "UndefinedTable" in {type(error.__cause__).__name__, type(error).__name__}:
        return show_refusal("The instance is not set up or is older than the program; run `stateworks init`.")
    if isinstance(error, OSError) and error.filename:
        return show_refusal(f"{error.filename}: {error.strerror}.")
    place = _kept(error)
    return show_refusal(
        f"Stopped by an error of the program itself, {type(error).__name__}: {words} ({place})"
    )


def _kept(error: Exception) -> str:
    """Keep the traceback of an unforeseen error in the data folder and say where."""
    from datetime import UTC, datetime
    from pathlib import Path

    from stateworks.config.environment import HOME
    from stateworks.config.logs import cleaned

    said = cleaned("".join(traceback.format_exception(error)))
    try:
        file = Path(HOME.read()) / "errors.log"
        with file.open("a") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {cleaned(' '.join(sys.argv))}\n{said}\n")
    except OSError:
        return said
    return f"details in {file}"
