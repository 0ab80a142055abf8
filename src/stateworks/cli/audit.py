"""`stateworks audit`: whether the record of who did what is what it was, and the record as a file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer(help="The record of who did what: sealed, checked, exported.", no_args_is_help=True)
SEAL_LENGTH = 64
EXPORT = "export audit record"


class FileFormat(StrEnum):
    """What the record is written as."""

    CSV = "csv"
    JSONL = "jsonl"


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    main.add_typer(app, name="audit")


@app.command("seal")
def seal(form: FormatOption = Format.TABLE) -> None:
    """Seal all entries that have no seal yet, as the worker does once a day, and print the newest seal to keep elsewhere."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.seals import newest_seal, seal_entries

    made = seal_entries(at=timezone.now())
    with entered(SYSTEM):
        newest = newest_seal()
    show({"sealed": sum(one.count for one in made), "seal": newest.seal if newest else None}, form)


@app.command("verify")
def verify(
    expect: Annotated[
        str, typer.Option(metavar="SEAL", help="A seal that was kept elsewhere; it must be in the record.")
    ] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Hash the whole record again and compare it with its seals; status 1 where something was changed, and it names what."""
    expect = expect.strip().lower()
    if expect and (len(expect) != SEAL_LENGTH or set(expect) - set("0123456789abcdef")):
        raise Refused(f"“{expect}” is no seal; a seal is {SEAL_LENGTH} characters of 0-9 and a-f.")
    open_instance()
    from stateworks.kernel.access.seals import verify as verified

    found = verified(expect=expect)
    broken = [{"seal": one.seal, "entry": one.entry, "what": one.what} for one in found.broken]
    told = {
        "entries": found.entries,
        "seals": found.seals,
        "unsealed": found.unsealed,
        "newest_seal": found.newest or None,
    }
    if form is Format.JSON:
        print_json({**told, "broken": broken})
    else:
        show(told, form)
        if broken:
            show(broken, form)
    end(bool(broken))


@app.command("export")
def export(
    since: Annotated[str, typer.Option(help="First day, such as 2026-07-01.")] = "",
    until: Annotated[str, typer.Option(help="Last day.")] = "",
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="CSV, or JSON Lines: one object a line.")
    ] = FileFormat.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it stdout.")
    ] = None,
) -> None:
    """Write the record, oldest first, as CSV or JSON Lines; no cell is run as a formula by a spreadsheet."""
    asked_since, asked_until = _day(since), _day(until)
    if asked_since and asked_until and asked_until < asked_since:
        raise Refused(f"The last day, {until}, is before the first, {since}.")
    open_instance()
    import sys

    from django.utils import timezone

    from stateworks.kernel.access import audit
    from stateworks.kernel.access.audit_reading import Asked, entries
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        rows = entries(Asked(since=asked_since, until=asked_until)).order_by("id").iterator(chunk_size=2000)
        count = _write_file(rows, file_format, output) if output else _write(rows, file_format, sys.stdout)
        # Who was looked at stands in the record, so that taking it is itself a thing to put on record.
        audit.record(
            EXPORT, "access.audit", by=None, at=timezone.now(),
            after={"rows": count, "form": file_format.value, "since": since, "until": until},
        )  # fmt: skip
    if output:
        say(f"Wrote {count} entries to {output}.")


def _write_file(rows: Iterable[Any], file_format: FileFormat, output: Path) -> int:
    """Write the whole file or none, and return how many entries it has."""
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            count = _write(rows, file_format, file)
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refused(f"{output} cannot be written: {error.strerror}.") from None
    return count


def _write(rows: Iterable[Any], file_format: FileFormat, file: TextIO) -> int:
    import csv
    import json

    from stateworks.kernel.access.audit_reading import COLUMNS, row_of
    from stateworks.web.csv_cells import safe

    writer = csv.writer(file, lineterminator="\n")
    if file_format is FileFormat.CSV:
        writer.writerow(COLUMNS)
    count = 0
    for count, entry in enumerate(rows, 1):  # noqa: B007 - how many there were is what is returned
        row = row_of(entry) | {"at": entry.at.isoformat()}
        if file_format is FileFormat.CSV:
            cells = (
                json.dumps(row[name], ensure_ascii=False, sort_keys=True)
                if isinstance(row[name], dict)
                else row[name]
                for name in COLUMNS
            )
            writer.writerow(safe(cells))
        else:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is not a day; write it as 2026-07-01.") from None
