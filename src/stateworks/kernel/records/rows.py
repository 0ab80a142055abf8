"""The rows of one file on their way into a record type: typed, with the faults found, still outside the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.quarantine import PARTS, UNREAD, RefusedRow, refused_rows
from stateworks.kernel.records.fields import REFERENCE, Bound, bound_columns
from stateworks.kernel.records.types import RecordType
from stateworks.kernel.records.values import DateOrder, polars_type, read_column

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.files import TabularFile

ROW = "_at"
"""Position of a row among all rows read; ties typed values to the text they came from."""


@dataclass
class Rows:
    """What a file holds for a record type: good rows as typed columns, their text, and the rows refused so far."""

    declared: RecordType
    columns: tuple[Bound, ...]
    sources: dict[str, str]
    frame: pl.DataFrame
    texts: pl.DataFrame
    refused: list[RefusedRow] = field(default_factory=list)
    read: int = 0
    collapsed: int = 0
    notes: list[str] = field(default_factory=list)

    def bound(self, name: str) -> Bound:
        """Return a column of the file by its name."""
        return next(one for one in self.columns if one.name == name)

    def refuse(self, at: Iterable[int], code: str, sentence: Callable[[int], str], column: str = "") -> None:
        """Take rows out by their position, each with its reason."""
        import polars as pl

        gone = sorted(set(at))
        if not gone:
            return
        where = f", column “{self.sources[column]}”" if column in self.sources else ""
        rows = self.frame.filter(pl.col(ROW).is_in(gone))
        keys = dict(zip(rows[ROW], shown_keys(rows, self.declared.key), strict=True))
        for row in self.texts[gone].iter_rows(named=True):
            line, position = row.pop(LINE), row.pop(ROW)
            values = {name: value for name, value in row.items() if value is not None}
            self.refused.append(
                RefusedRow(
                    line, keys[position][:400], code, f"Line {line}{where}: {sentence(position)}", values
                )
            )
        self.frame = self.frame.filter(~pl.col(ROW).is_in(gone))


def read_rows(
    declared: RecordType, table: TabularFile, mapping: Mapping[str, str] | None, *, zone: str, dates: DateOrder,
    step: Callable[[str], None] = lambda _: None,
) -> Rows:  # fmt: skip
    """Read a file's rows into typed columns; rows with a fault are refused with all their reasons."""
    import polars as pl

    sources, notes = _sources(declared, table, mapping)
    columns = tuple(one for one in bound_columns(declared) if one.name in sources)
    frames, originals, read = [], [], 0
    refused: list[RefusedRow] = []
    for batch in table.batches():
        faults, made = [], []
        for one in columns:
            values, found = read_column(
                one, batch[sources[one.name]], zone=zone, dates=dates, escaped=table.kind == "csv"
            )
            made.append(values.alias(one.name))
            faults += found
        typed = pl.DataFrame([*made, batch[LINE]])
        faulty = pl.Series([False] * typed.height, dtype=pl.Boolean)
        for fault in faults:
            faulty = faulty | fault.rows
        refused += refused_rows(batch, faulty, faults, shown_keys(typed, declared.key), sources)
        read += batch.height
        frames.append(typed.filter(~faulty))
        originals.append(batch.filter(~faulty))
        step(f"{read:,} rows read")
    refused += [RefusedRow(bad.line, "", bad.code, bad.reason, bad.values) for bad in table.bad_rows]
    schema = {**{one.name: polars_type(one.kind, one) for one in columns}, LINE: pl.Int64()}
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    texts = (
        pl.concat(originals)
        if originals
        else pl.DataFrame(schema={**dict.fromkeys(table.header, pl.String), LINE: pl.Int64})
    )
    return Rows(
        declared, columns, sources, frame.with_row_index(ROW).cast({ROW: pl.Int64}),
        texts.with_row_index(ROW).cast({ROW: pl.Int64}), refused, read + len(table.bad_rows), notes=[*table.notes, *notes],
    )  # fmt: skip


def settle_duplicates(rows: Rows, *, latest: bool) -> None:
    """Collapse rows that are the same; of rows that share a key, keep the last one or refuse them all."""
    import polars as pl

    names = [one.name for one in rows.columns]
    before = rows.frame.height
    rows.frame = rows.frame.unique(subset=names, keep="first", maintain_order=True)
    rows.collapsed = before - rows.frame.height
    key = list(rows.declared.key)
    groups = rows.frame.filter(pl.len().over(key) > 1).select(*key, ROW, LINE)
    if groups.is_empty():
        return
    marked = groups.with_columns(
        pl.col(ROW).max().over(key).alias("last"), pl.col(LINE).max().over(key).alias("line"),
        pl.col(LINE).sort().cast(pl.String).str.join(", ").over(key).alias("lines"),
    )  # fmt: skip
    if latest:
        gone = marked.filter(pl.col(ROW) != pl.col("last"))
        line = dict(zip(gone[ROW], gone["line"], strict=True))
        rows.refuse(
            line, "key.replaced", lambda at: f"line {line[at]} has the same key and was taken instead."
        )
        return
    lines = dict(zip(marked[ROW], marked["lines"], strict=True))
    what = " and ".join(key)
    rows.refuse(
        lines, "key.twice",
        lambda at: f"lines {lines[at]} have the same {what} and differ; keep one of them.",
    )  # fmt: skip


def resolve_references(rows: Rows) -> dict[str, dict[str, int]]:
    """Look up every natural code a file names, one query a column; refuse rows that name what does not exist.

    A code of the file's own type may be another row of the same file: such rows wait for their ids. Returns code to id
    by column.
    """
    import polars as pl

    found: dict[str, dict[str, int]] = {}
    for one in rows.columns:
        if one.kind != REFERENCE:
            continue
        codes = rows.frame[one.name].drop_nulls().unique().to_list()
        ids = found[one.name] = _ids(one, codes)
        known = set(ids)
        own = one.related is rows.declared.model and one.target == _own_code(rows)
        while True:
            here = set(rows.frame[rows.declared.key[0]].to_list()) if own else set()
            there = known | here if here else known
            missing = [
                code for code in rows.frame[one.name].drop_nulls().unique().to_list() if code not in there
            ]
            if not missing:
                break
            hit = rows.frame.filter(pl.col(one.name).is_in(missing))
            said = dict(zip(hit[ROW], hit[one.name], strict=True))
            rows.refuse(
                said, f"{one.name}.unknown",
                lambda at, one=one, said=said: (  # type: ignore[misc]
                    f"there is no {one.related._meta.verbose_name} “{said[at]}”; load it first, or correct the {one.name}."
                ),
                one.name,
            )  # fmt: skip
    return found


def _own_code(rows: Rows) -> str:
    """Return the field that is the whole natural key of the file's type; none where the key has several parts."""
    key = rows.declared.key
    return rows.declared.column(key[0]).field if len(key) == 1 else ""


def _ids(one: Bound, codes: list[str]) -> dict[str, int]:
    manager = one.related._default_manager
    if len(codes) > 5000:
        pairs = manager.values_list(one.target, "pk")
        wanted = set(codes)
        return {str(code): pk for code, pk in pairs.iterator() if str(code) in wanted}
    return {
        str(code): pk
        for code, pk in manager.filter(**{f"{one.target}__in": codes}).values_list(one.target, "pk")
    }


def shown_keys(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """Return each row's natural key as people read it."""
    import polars as pl

    if frame.is_empty():
        return pl.Series("key", [], dtype=pl.String)
    parts = [pl.col(name).cast(pl.String).fill_null(UNREAD) for name in key]
    return frame.select(pl.concat_str(parts, separator=PARTS).alias("key")).to_series()


def _sources(
    declared: RecordType, table: TabularFile, mapping: Mapping[str, str] | None
) -> tuple[dict[str, str], list[str]]:
    """Return the file's column behind each of the type's columns, and notes on those that nothing takes."""
    names = [column.name for column in declared.columns]
    if mapping is not None:
        unknown = [name for name in mapping if name not in names]
        if unknown:
            raise Refused(
                f"{declared.name} has no column {', '.join(unknown)}; its columns are {', '.join(names)}."
            )
        table.require([source for source in mapping.values() if source])
        sources = {name: source for name, source in mapping.items() if source}
    else:
        plain = {_plain(header): header for header in table.header}
        sources = {name: plain[_plain(name)] for name in names if _plain(name) in plain}
    if not sources:
        raise Refused(
            f"{table.filename} has none of the columns of {declared.name} ({', '.join(names)}); line {table.header_line} has "
            f"{', '.join(f'“{name}”' for name in table.header[:12])}. Add the header line, or choose another delimiter."
        )
    missing = [name for name in declared.key if name not in sources]
    if missing:
        table.require([(mapping or {}).get(name) or name for name in missing])
    unused = [header for header in table.header if header not in sources.values()]
    notes = []
    if unused:
        listed = ", ".join(f"“{header}”" for header in unused[:12])
        notes.append(
            f"{listed} {'is' if len(unused) == 1 else 'are'} not a column of {declared.name} and was passed over."
        )
    return sources, notes


def _plain(name: str) -> str:
    return "_".join("".join(sign if sign.isalnum() else " " for sign in name.lower()).split())
