"""Loads files of providers' charges: each row gets a name of its own, and what a newer file of a month lacks costs nothing.

Providers do not name their charges, and two rows may say the very same and both count. A row is therefore named by all
that it says and by how many rows above it say the same. The same file again changes nothing; a newer export of a month
replaces the older one, whose rows stay with a cost of zero, so that what was charged before is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import parquet
from stateworks.kernel.lake.contracts import literal, quoted
from stateworks.kernel.lake.files import LINE, TabularFile
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.modules.billing.feeds import FOCUS

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.lake.models import Import

NAME = "x_Charge"
ROWS_AT_ONCE = 50_000
COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")


def load_charges(
    path: Path, document: MappingDocument, *, source: str = "", by: Account | None, at: datetime,
    progress: Callable[[str], None] | None = None,
) -> Import:  # fmt: skip
    """Load a provider's file under a mapping for `billing.focus_charge`; `source` names the provider in aliases."""
    if document.dataset != FOCUS:
        raise Refused(f"The mapping {document.name} is for {document.dataset}, not for {FOCUS}.")
    if source:
        document = replace(document, source=source, document={**document.document, "source": source})
    return import_feed(FOCUS, path, mapping=document, by=by, at=at, progress=progress)


def named(table: TabularFile, document: MappingDocument, folder: Path) -> TabularFile:
    """Return a file's rows with each row's name, and with the rows of its months that it does not hold any more."""
    import duckdb
    import polars as pl
    from pyarrow.parquet import ParquetFile

    columns = [name for name in table.header if name]
    for at, batch in enumerate(table.batches()):
        piece = batch.select([LINE, *(name for name in columns if name in batch.columns)])
        parquet.write(piece, folder / f"rows-{at:06}.parquet")
    pieces = literal(str(folder / "rows-*.parquet"))
    joined = ", ".join(f"coalesce({quoted(name)}, '')" for name in columns)
    if not list(folder.glob("rows-*.parquet")):
        empty = pl.DataFrame(schema={LINE: pl.Int64(), **dict.fromkeys(columns, pl.String())})
        parquet.write(empty, folder / "rows-none.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = {literal(str(folder))}")
        connection.execute(
            f"CREATE VIEW named AS SELECT * EXCLUDE (_says), "
            f"_says[1:24] || '-' || row_number() OVER (PARTITION BY _says ORDER BY {quoted(LINE)}) AS {quoted(NAME)} "
            f"FROM (SELECT *, md5(concat_ws(chr(31), {joined})) AS _says FROM read_parquet({pieces}))"
        )
        gone = _gone(connection, document, columns)
        shown = ", ".join(quoted(name) for name in (*columns, NAME, LINE))
        connection.execute(
            f"COPY (SELECT {shown} FROM named ORDER BY {quoted(LINE)}) TO {literal(str(folder / 'named.parquet'))}"
        )

    def rows() -> Iterator[pl.DataFrame]:
        with ParquetFile(folder / "named.parquet") as file:
            for batch in file.iter_batches(ROWS_AT_ONCE):
                yield pl.DataFrame(pl.from_arrow(batch))
        if gone:
            # They stand in no line of the file: after the last one, should one of them be refused.
            last = table.lines or table.header_line
            schema = {name: pl.String() for name in (*columns, NAME)}
            yield pl.DataFrame(gone, schema=schema).with_columns(pl.lit(last, dtype=pl.Int64).alias(LINE))

    return table.again((*columns, NAME), rows)


def _gone(connection: Any, document: MappingDocument, columns: list[str]) -> list[dict[str, str | None]]:
    """Return the charges of the file's months that are known and that it does not hold, with a cost of zero."""
    given = _of_file(document, "billed_on", columns)
    if not given:
        return []
    # One file speaks for the months, and the providers, that it names.
    provider = _of_file(document, "provider", columns)
    providers: set[str | None] | None = None
    if provider:
        said = connection.execute(f"SELECT DISTINCT trim({quoted(provider[0])}) FROM named").fetchall()
        providers = {one if one and one not in document.missing else None for (one,) in said}
    held = {row[0] for row in connection.execute(f"SELECT {quoted(NAME)} FROM named").fetchall()}
    months = {
        str(row[0]) for row in connection.execute(f"SELECT DISTINCT {quoted(given[0])} FROM named").fetchall()
    }
    sources = {name: of[0] for name in document.columns if (of := _of_file(document, name, columns))}
    found: list[dict[str, str | None]] = []
    with entered(SYSTEM) as scope, Reader(FOCUS, scope=scope) as reader:
        days = _days(months, document)
        for row in reader.rows([Condition("source", "=", document.source)]):
            if row["charge"] in held or row["billed_on"] not in days or not any(row[name] for name in COSTS):
                continue
            if providers is not None and row["provider"] not in providers:
                continue
            texts = {given: _text(row[name]) for name, given in sources.items()}
            texts |= {sources[name]: "0" for name in COSTS if name in sources}
            found.append({**dict.fromkeys(columns), **texts, NAME: row["charge"]})
    return found


def _of_file(document: MappingDocument, name: str, columns: list[str]) -> list[str]:
    """Return the file's columns from which a mapping takes a column; none where it has a constant, or nothing, for it."""
    mapped = document.columns.get(name)
    return [one for one in mapped.sources if one in columns] if mapped else []


def _days(texts: set[str], document: MappingDocument) -> set[Any]:
    import polars as pl

    from stateworks.kernel.lake.parsing import dates

    return set(
        dates(pl.Series(sorted(texts), dtype=pl.String), document.columns["billed_on"].formats).to_list()
    )


def _text(value: Any) -> str | None:
    return value if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
