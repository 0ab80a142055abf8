"""`stateworks data`: list, describe, template, import, export and quarantine for every dataset."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, say, show
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.lake.models import Import

app = typer.Typer(help="Datasets: list, describe, import, export, quarantine.", no_args_is_help=True)

DatasetArgument = Annotated[str, typer.Argument(help="Name of a dataset, such as desk.ticket.")]


class ExportFormat(StrEnum):
    """How rows are exported."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


WRITTEN_AS: dict[ExportFormat, Literal["csv", "xlsx", "json"]] = {
    ExportFormat.CSV: "csv",
    ExportFormat.XLSX: "xlsx",
    ExportFormat.JSON: "json",
}


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    main.add_typer(app, name="data")


@app.command("list")
def list_datasets(form: FormatOption = Format.TABLE) -> None:
    """List every dataset with its rows, version and age."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.feeds import feeds
    from stateworks.kernel.lake.models import Dataset

    with entered(SYSTEM):
        known = {one.name: one for one in Dataset.objects.all()}
        rows = [_listed(declared.name, "feed", known.get(declared.name)) for declared in feeds()]
        for name, count in _record_counts():
            row = _listed(name, "record", known.get(name))
            rows.append({**row, "rows": count})
    show(sorted(rows, key=lambda row: row["dataset"]), form)


@app.command()
def describe(dataset: DatasetArgument, form: FormatOption = Format.TABLE) -> None:
    """Say what a dataset's columns mean, which make its key, and which rules hold."""
    open_instance()
    description = _description(dataset)
    if form is Format.TABLE:
        show(description["columns"], form)
    else:
        show(description, form)


@app.command()
def template(
    dataset: DatasetArgument,
    output: Annotated[
        Path | None, typer.Option(help="File to write; without it the header is printed.")
    ] = None,
) -> None:
    """Write an empty file with the columns of a dataset, to fill in and import."""
    open_instance()
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerow(column["name"] for column in _description(dataset)["columns"])
    if output is None:
        typer.echo(text.getvalue(), nl=False)
    else:
        output.write_text(text.getvalue(), encoding="utf-8")
        say(f"Wrote {output}.")


@app.command("import")
def import_file(
    dataset: DatasetArgument,
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV, XLSX or JSON file, or one a connector reads; gzipped or not.")
    ],
    mapping: Annotated[
        str, typer.Option(help="Name of a mapping or a connector, or path of a mapping file.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count and check everything, load nothing.")
    ] = False,
    option: Annotated[
        list[str] | None,
        typer.Option(help="What a connector is told beside the file, as NAME=VALUE; may repeat."),
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Load nothing if a single row of records is refused.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Load a file into a dataset; status 1 if rows were quarantined, 2 if the file was refused."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.lake.feeds import feeds

    if dataset in {declared.name for declared in feeds()}:
        if not mapping:
            from stateworks.kernel.lake.mappings import names

            known = ", ".join(names(dataset)) or "none yet"
            raise Refused(
                f"Say which mapping reads {file.name}, with --mapping; for {dataset} there are: {known}."
            )
        from stateworks.kernel.lake.intake import import_feed
        from stateworks.kernel.lake.summaries import keep_ready

        done = import_feed(dataset, file, mapping=mapping, dry_run=dry_run, by=None, at=timezone.now())
        keep_ready(dataset)
    else:
        done = _import_records(dataset, file, mapping, dry_run, option or [], all_or_nothing)
    for note in done.notes:
        say(note)
    show(summary(done), form)
    if done.quarantined:
        say(f"{done.quarantined:,} rows were not taken; see `stateworks data quarantine {dataset}`.")
    end(bool(done.quarantined) or any(counts["quarantined"] for counts in done.derived.values()))


def summary(done: Import) -> dict[str, Any]:
    """Return an import's counts as commands print them."""
    counts = ("read", "inserted", "updated", "unchanged", "quarantined")
    return {**{name: getattr(done, name) for name in counts}, "import": done.pk, "derived": done.derived}


@app.command()
def export(
    dataset: DatasetArgument,
    form: Annotated[ExportFormat, typer.Option("--format", help="How rows are written.")] = ExportFormat.JSON,
    output: Annotated[Path | None, typer.Option(help="File to write; without it rows are printed.")] = None,
) -> None:
    """Export every row of a dataset."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.feeds import feeds

    if dataset not in {declared.name for declared in feeds()}:
        _export_records(dataset, form, output)
        return
    if form is ExportFormat.XLSX:
        raise Refused("A feed is too large for a workbook; export it as CSV or JSON.")
    from stateworks.kernel.lake.read import Reader

    with entered(SYSTEM) as scope, Reader(dataset, scope=scope) as reader:
        if form is ExportFormat.JSON:
            _write_text(_json_pieces(reader.rows()), output)
        else:
            from stateworks.kernel.lake.exports import csv_pieces

            _write_text(csv_pieces(reader.contract.names, reader.rows()), output)


@app.command()
def quarantine(
    dataset: Annotated[str, typer.Argument(help="Name of a dataset; without it all are listed.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also those that are fixed or dismissed.")] = False,
    limit: Annotated[int, typer.Option(help="How many rows to list at most.")] = 1000,
    form: FormatOption = Format.TABLE,
) -> None:
    """List rows that were refused, with the reason; status 1 if some are waiting."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.quarantine import listed

    with entered(SYSTEM):
        rows = listed(dataset, every=every, limit=limit)
    show(
        rows, form, ["dataset", "source", "import", "row", "code", "reason"] if form is Format.TABLE else None
    )
    end(any(row["state"] == "waiting" for row in rows))


def _listed(name: str, kind: str, known: Any) -> dict[str, Any]:
    return {
        "dataset": name,
        "kind": kind,
        "rows": 0 if known is None else known.rows,
        "version": None if known is None or known.version < 0 else known.version,
        "fresh_at": None if known is None else known.fresh_at,
    }


def _record_counts() -> Iterator[tuple[str, int]]:
    from stateworks.kernel.records.types import record_types

    for declared in record_types():
        yield declared.name, declared.model._default_manager.count()


def _description(dataset: str) -> dict[str, Any]:
    from stateworks.kernel.lake.feeds import feeds

    if dataset in {declared.name for declared in feeds()}:
        from stateworks.kernel.lake.describe import described

        return described(dataset)
    from stateworks.kernel.records.fields import describe as described_record
    from stateworks.kernel.records.types import record_type

    return described_record(record_type(dataset))


def _import_records(
    dataset: str, file: Path, mapping: str, dry_run: bool, options: list[str], all_or_nothing: bool
) -> Import:
    from django.utils import timezone

    from stateworks.kernel.records.connected import connectors, recognised
    from stateworks.kernel.records.connecting import import_connected
    from stateworks.kernel.records.intake import import_records
    from stateworks.kernel.records.types import record_type

    refusals: Literal["quarantine", "nothing"] = "nothing" if all_or_nothing else "quarantine"
    record_type(dataset)
    if mapping in {one.name for one in connectors()}:
        return import_connected(
            mapping, file, dataset=dataset, options=_named(options), dry_run=dry_run, refusals=refusals, by=None,
            at=timezone.now(),
        )  # fmt: skip
    if options:
        raise Refused(
            "Options are for connectors; name one with --mapping, see `stateworks data connectors`."
        )
    try:
        return import_records(
            dataset,
            file,
            mapping=_column_names(mapping),
            dry_run=dry_run,
            refusals=refusals,
            by=None,
            at=timezone.now(),
        )
    except Refused as refused:
        hints = [] if mapping or not file.is_file() else recognised(file, dataset=dataset)
        if not hints:
            raise
        connector, reason = hints[0]
        raise Refused(
            f"{refused.sentence} {reason} Try --mapping {connector.name}.", refused.details
        ) from None


def _named(options: list[str]) -> dict[str, str]:
    """Read NAME=VALUE; what stands behind the last sign of equality is the value of an option whose name is free."""
    found = {}
    for text in options:
        name, sign, value = text.rpartition("=") if ":" in text.partition("=")[0] else text.partition("=")
        if not sign or not name.strip():
            raise Refused(f"Option “{text}”: write it as NAME=VALUE, such as state=LA.")
        found[name] = value
    return found


@app.command("connectors")
def list_connectors(
    file: Annotated[
        Path | None, typer.Argument(help="A file; only connectors that recognise it are listed.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the connectors by name with what they read, the datasets they give and their options."""
    open_instance()
    from stateworks.kernel.records.connected import connectors, recognised

    if file is not None and not file.is_file():
        raise Refused(f"There is no file {file}; check its path.")
    known = dict(recognised(file)) if file is not None else dict.fromkeys(connectors(), "")
    rows = [
        {
            "connector": one.name,
            "reads": reason or one.reads,
            "datasets": ", ".join(one.datasets),
            "options": ", ".join(
                [*(each.name for each in one.options), *(f"{each.name}…" for each in one.free)]
            ),
        }
        for one, reason in known.items()
    ]
    show(rows, form)
    if file is not None and not rows:
        say(f"No connector recognises {file.name}; its columns can be named in a mapping file.")
    end(file is not None and not rows)


def _column_names(mapping: str) -> dict[str, str] | None:
    """Read which column of the file each column of a record type comes from; without a mapping names are enough."""
    if not mapping:
        return None
    import yaml

    path = Path(mapping)
    if not path.is_file():
        raise Refused(
            f"There is no file {mapping}; for records, --mapping names a YAML file with `column: file's column`."
        )
    names = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but text
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise Refused(f"{path.name}: write one `column: file's column` a line.")
    return names


def _export_records(dataset: str, form: ExportFormat, output: Path | None) -> None:
    import tempfile

    from stateworks.kernel.access.scope import SYSTEM
    from stateworks.kernel.records.export import export_records

    if output is not None:
        rows = export_records(dataset, output, file_format=WRITTEN_AS[form], scope=SYSTEM)
        _note_exported(dataset, rows, form)
        return
    if form is ExportFormat.XLSX:
        raise Refused("A workbook cannot be printed; name a file with --output.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        rows = export_records(dataset, path, file_format=WRITTEN_AS[form], scope=SYSTEM)
        _note_exported(dataset, rows, form)
        sys.stdout.write(path.read_text(encoding="utf-8"))


def _note_exported(dataset: str, rows: int, form: ExportFormat) -> None:
    """Put on record that rows about people were taken by whoever has the machine."""
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.records.personal import note_exported
    from stateworks.kernel.records.types import record_type

    with entered(SYSTEM):
        note_exported(record_type(dataset), None, rows=rows, form=form.value, by=None, at=timezone.now())


def _json_pieces(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    first = True
    yield "["
    for row in rows:
        yield ("\n" if first else ",\n") + json.dumps(row, ensure_ascii=False, default=_plain)
        first = False
    yield "\n]\n"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _write_text(pieces: Iterable[str], output: Path | None) -> None:
    if output is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
