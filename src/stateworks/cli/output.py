"""What commands print: JSON or a table on stdout, progress and refusals on stderr, and the exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

DONE = 0
SOMETHING_TO_SEE = 1
REFUSED = 2


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="Print a table for people, or JSON for programs.")
]


def print_json(value: Any) -> None:
    """Print one JSON document; dates in ISO form, decimals as numbers."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None, title: str = ""
) -> None:
    """Print rows as an aligned table; without rows say so. Columns default to the first row's keys."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        typer.echo("Nothing to show.")
        return
    names = list(columns or rows[0])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        numeric = all(isinstance(row.get(name), int | float | Decimal | None) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    # Into a pipe or a file a row stays on its line, however long.
    console = Console() if sys.stdout.isatty() else Console(width=1000)
    if title:
        typer.echo(title)
    console.print(table, markup=False, highlight=False)


def show(value: Any, form: Format, columns: Sequence[str] | None = None) -> None:
    """Print rows, or one mapping, in the form that was asked for."""
    if form is Format.JSON:
        print_json(value)
    elif isinstance(value, Mapping):
        print_table([{"what": name.replace("_", " "), "value": part} for name, part in value.items()])
    else:
        print_table(list(value), columns)


def say(line: str) -> None:
    """Report progress to a person, on stderr so that stdout stays data."""
    typer.echo(line, err=True)


def end(something_to_see: bool = False) -> None:
    """End the command: status 1 where there is something to see, 0 where all was accepted."""
    raise typer.Exit(SOMETHING_TO_SEE if something_to_see else DONE)


def show_refusal(sentence: str, details: Sequence[str] = ()) -> int:
    """Print a refusal on stderr and return its exit status."""
    print(sentence, file=sys.stderr)  # noqa: T201
    for detail in details:
        print(f"  {detail}", file=sys.stderr)  # noqa: T201
    return REFUSED


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)
