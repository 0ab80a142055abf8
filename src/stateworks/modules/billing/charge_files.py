"""Loads files of providers' charges: each row gets a name of its own, and what a newer file of a month lacks costs nothing.

Providers do not name their charges, and two rows may say the very same and both count. A row is therefore named by all
that it says and by how many rows above it say the same. The same file again changes nothing; a newer export of a month
replaces the older one, whose rows stay with a cost of zero, so that what was charged before is corrected.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import literal, quoted
from stateworks.kernel.lake.files import LINE, open_table
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.modules.billing.feeds import FOCUS

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.lake.models import Import

NAME = "x_Charge"
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


def named(path: Path, document: MappingDocument, folder: Path) -> Path:
    """Write a file again with each row's name, and with the rows of its months that it does not hold any more."""
    import duckdb
    import polars as pl

    table = open_table(
        path, filename=path.name, encoding=document.encoding, delimiter=document.delimiter, header_line=document.header_line
    )  # fmt: skip
    columns = [name for name in table.header if name]
    for at, batch in enumerate(table.batches()):
        batch.select([LINE, *(name for name in columns if name in batch.columns)]).write_parquet(
            folder / f"rows-{at:06}.parquet"
        )
    written = folder / f"{path.stem}-named.csv"
    pieces = literal(str(folder / "rows-*.parquet"))
    joined = ", ".join(f"coalesce({quoted(name)}, '')" for name in columns)
    if not list(folder.glob("rows-*.parquet")):
        empty = pl.DataFrame(schema={LINE: pl.Int64(), **dict.fromkeys(columns, pl.String())})
        empty.write_parquet(folder / "rows-none.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = {literal(str(folder))}")
        connection.execute(
            f"CREATE VIEW named AS SELECT * EXCLUDE (_says), "
            f"_says[1:24] || '-' || row_number() OVER (PARTITION BY _says ORDER BY {quoted(LINE)}) AS {quoted(NAME)} "
            f"FROM (SELECT *, md5(concat_ws(chr(31), {joined})) AS _says FROM read_parquet({pieces}))"
        )
        gone = _gone(connection, document, columns)
        rows = "SELECT * FROM named"
        if gone:
            frame = pl.DataFrame(gone, schema={name: pl.String() for name in (*columns, NAME)})
            frame.write_parquet(folder / "gone.parquet")
            rows += f" UNION ALL BY NAME SELECT * FROM read_parquet({literal(str(folder / 'gone.parquet'))})"
        shown = ", ".join(quoted(name) for name in (*columns, NAME))
        connection.execute(
            f"COPY (SELECT {shown} FROM ({rows}) ORDER BY {quoted(LINE)} NULLS LAST) TO {literal(str(written))} (HEADER)"
        )
    with written.open("a", encoding="utf-8") as out:
        out.writelines(_misshapen(bad.values, len(columns) + 1) for bad in table.bad_rows)
    return written


def _misshapen(values: Mapping[str, str], cells: int) -> str:
    """Return a row that does not fit its header so that it does not fit the new one either, and is refused by name."""
    line = str(values.get("line", "")).rstrip("\r\n")
    found = len(next(csv.reader([line]), []))
    return f"{line}{',' if found == cells else ''}\n"


def _gone(connection: Any, document: MappingDocument, columns: list[str]) -> list[dict[str, str | None]]:
    """Return the charges of the file's months that are known and that it does not hold, with a cost of zero."""
    given = [name for name in document.columns["billed_on"].sources if name in columns]
    if not given:
        return []
    # One file speaks for the months, and the providers, that it names.
    named = document.columns["provider"].sources if "provider" in document.columns else ()
    provider = next((name for name in named if name in columns), "")
    providers: set[str | None] | None = None
    if provider:
        said = connection.execute(f"SELECT DISTINCT trim({quoted(provider)}) FROM named").fetchall()
        providers = {one if one and one not in document.missing else None for (one,) in said}
    held = {row[0] for row in connection.execute(f"SELECT {quoted(NAME)} FROM named").fetchall()}
    months = {
        str(row[0]) for row in connection.execute(f"SELECT DISTINCT {quoted(given[0])} FROM named").fetchall()
    }
    sources = {
        name: next(one for one in column.sources if one in columns)
        for name, column in document.columns.items()
        if any(one in columns for one in column.sources)
    }
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


def _days(texts: set[str], document: MappingDocument) -> set[Any]:
    import polars as pl

    from stateworks.kernel.lake.parsing import dates

    return set(
        dates(pl.Series(sorted(texts), dtype=pl.String), document.columns["billed_on"].formats).to_list()
    )


def _text(value: Any) -> str | None:
    return value if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
