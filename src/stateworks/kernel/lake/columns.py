"""Turns batches of text from a file into a dataset's typed columns, as a mapping says; what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import parsing
from stateworks.kernel.lake.contracts import Contract, ContractColumn
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.mapping import ColumnMapping, MappingDocument

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.files import TabularFile


@dataclass(frozen=True)
class Fault:
    """What is wrong with some rows of a batch: which ones, a short code, and the sentence for one value."""

    rows: pl.Series
    code: str
    column: str
    sentence: Callable[[str], str]
    texts: pl.Series | None = None


@dataclass
class MappedBatch:
    """A batch with typed columns (one row for each row of the file's batch, in its order) and the faults found."""

    frame: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)

    def faulty(self) -> pl.Series:
        """Return which rows have a fault."""
        found = parsing.never(self.frame.height)
        for fault in self.faults:
            found = found | fault.rows
        return found


class ColumnReader:
    """Applies one mapping to the batches of one file."""

    def __init__(self, mapping: MappingDocument, declared: Contract, *, zone: str) -> None:
        self.mapping = mapping
        self.declared = declared
        self.zone = mapping.zone or zone
        self.instance_zone = zone

    def check_header(self, table: TabularFile) -> list[str]:
        """Refuse a file that lacks columns the mapping reads; return notes about optional ones that are missing."""
        needed, notes = [], []
        for column in self.mapping.columns.values():
            if not column.sources or any(name in table.header for name in column.sources):
                continue
            if column.optional:
                notes.append(f"The file has no column “{column.sources[0]}”; {column.name} stays empty.")
            else:
                needed.append(column.sources[0])
        table.require(needed)
        missing = [
            one.name
            for one in self.declared.columns
            if one.required and one.name not in self.mapping.columns and not self.filled_later(one.name)
        ]
        if missing:
            raise Refused(
                f"The mapping {self.mapping.name} says nothing about {', '.join(missing)} of {self.declared.dataset}; "
                "name the column each comes from."
            )
        return notes

    def filled_later(self, name: str) -> bool:
        """Tell whether a column follows from others, so that a mapping need not name it."""
        from stateworks.kernel.lake.feeds import feed

        declared = feed(self.declared.dataset)
        return (
            name in declared.local_dates
            or name in (declared.agency, declared.source_column)
            or name in declared.completed
        )

    def read(self, frame: pl.DataFrame) -> MappedBatch:
        """Return a batch's typed columns."""
        import polars as pl

        batch = MappedBatch(frame.select(LINE))
        made: dict[str, pl.Series] = {}
        cleaned: dict[str, pl.Series] = {}
        for declared in self.declared.columns:
            column = self.mapping.columns.get(declared.name)
            if column is None:
                made[declared.name] = parsing.nothing(declared.name, polars_type(declared.type), frame.height)
                continue
            texts = self._texts(frame, column, cleaned)
            if column.values or column.otherwise or declared.values:
                texts = self._translated(texts, column, declared, batch)
            if column.default is not None:
                texts = texts.fill_null(column.default)
            made[declared.name] = self._typed(texts, column, declared, batch)
        batch.frame = pl.DataFrame([*made.values(), frame[LINE]])
        return batch

    def _texts(self, frame: pl.DataFrame, column: ColumnMapping, cleaned: dict[str, pl.Series]) -> pl.Series:
        """Return a column's text: empty and missing marks as null, of several sources the first that holds something.

        `cleaned` keeps the file's columns between calls, since several columns may read the same one.
        """
        import polars as pl

        if column.constant is not None:
            return pl.Series(column.name, [column.constant], dtype=pl.String).new_from_index(0, frame.height)
        names = [name for name in column.sources if name in frame.columns]
        for name in names:
            if name not in cleaned:
                cleaned[name] = self._cleaned(frame[name])
        parts = [cleaned[name] for name in names]
        if not parts:
            return parsing.nothing(column.name, pl.String(), frame.height)
        texts = parts[0]
        if len(parts) > 1:
            joined = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(parts)])
            if column.join is None:
                texts = joined.select(pl.coalesce(pl.all())).to_series()
            else:
                empty = pl.all_horizontal(pl.all().is_null())
                text = pl.concat_str(pl.all(), separator=column.join, ignore_nulls=True)
                texts = joined.select(pl.when(~empty).then(text)).to_series()
        if column.extract is not None:
            texts = texts.str.extract(column.extract)
        return texts.alias(column.name)

    def _cleaned(self, texts: pl.Series) -> pl.Series:
        texts = texts.str.strip_chars()
        empty = texts.is_in(["", *self.mapping.missing])
        return texts.set(empty.fill_null(value=False), None) if empty.any() else texts

    def _translated(
        self, texts: pl.Series, column: ColumnMapping, declared: ContractColumn, batch: MappedBatch
    ) -> pl.Series:
        """Replace values as the mapping says; refuse what it refuses, and what a closed column cannot hold."""
        import polars as pl

        refused = {value: rule for value, rule in column.values.items() if rule.refuse}
        for value, rule in refused.items():
            rows = (texts == value).fill_null(value=False)
            if rows.any():
                batch.faults.append(
                    Fault(
                        rows,
                        rule.code or f"{column.name}.refused",
                        column.name,
                        _refusal(rule.refuse, rule.do),
                        texts,
                    )
                )
        table = {value: rule.to for value, rule in column.values.items() if not rule.refuse}
        known = pl.Series([*table, *refused], dtype=pl.String)
        otherwise = column.otherwise or ("refuse" if declared.values else "keep")
        outside = texts.is_not_null() & ~texts.is_in(known.implode())
        if declared.values and otherwise != "empty":
            outside = outside & ~texts.is_in(list(declared.values))
        if otherwise == "refuse" and outside.any():
            batch.faults.append(
                Fault(
                    outside, f"{column.name}.unknown", column.name,
                    lambda value: f"“{value}” is not known as {column.name}; correct it, or add it to the mapping's values.",
                    texts,
                )
            )  # fmt: skip
        replaced = (
            texts.replace_strict(list(table), list(table.values()), default=texts, return_dtype=pl.String)
            if table
            else texts
        )
        return replaced.set(outside, None) if otherwise == "empty" and outside.any() else replaced

    def _typed(
        self, texts: pl.Series, column: ColumnMapping, declared: ContractColumn, batch: MappedBatch
    ) -> pl.Series:
        """Read a column's text as its type."""
        kind = declared.type
        if kind == "VARCHAR":
            return texts.alias(declared.name)
        what = "a whole number"
        if kind == "TIMESTAMPTZ":
            zone = column.zone or self.zone
            read, skipped = parsing.instants(texts, column.formats, zone)
            if skipped.any():
                batch.faults.append(
                    Fault(
                        skipped, "time.skipped", column.name,
                        lambda value: f"{value} never happened in {zone}, where clocks went forward; "
                        "check the mapping's zone.",
                        texts,
                    )
                )  # fmt: skip
                texts = texts.set(skipped, None)
            what = _date_words("a date and time", column)
        elif kind == "DATE":
            read, what = parsing.dates(texts, column.formats), _date_words("a date", column)
        elif kind == "BOOLEAN":
            read, what = parsing.truths(texts), "yes or no"
        elif kind in {"BIGINT", "INTEGER"}:
            read = parsing.whole_numbers(texts, column.decimal)
        elif kind.startswith("DECIMAL"):
            # Money and quantities never pass through floats.
            precision, scale = (int(part) for part in kind[len("DECIMAL(") : -1].split(","))
            read = parsing.decimals(texts, column.decimal, precision, scale)
            what = f"a number with at most {precision - scale} digits before the point and {scale} behind it"
        else:
            read, what = parsing.numbers(texts, column.decimal), "a number"
        if read.null_count() != texts.null_count():
            unread = read.is_null() & texts.is_not_null()
            batch.faults.append(
                Fault(
                    unread, f"{column.name}.unreadable", column.name,
                    lambda value: f"“{value}” is not {what}; correct it, or correct the mapping.",
                    texts,
                )
            )  # fmt: skip
        return read.cast(polars_type(kind)).alias(declared.name)


def polars_type(kind: str) -> pl.DataType:
    """Return the polars type of a contract column's type."""
    import polars as pl

    if kind.startswith("DECIMAL"):
        precision, scale = kind[len("DECIMAL(") : -1].split(",")
        return pl.Decimal(int(precision), int(scale))
    return {
        "VARCHAR": pl.String(),
        "BIGINT": pl.Int64(),
        "INTEGER": pl.Int32(),
        "DOUBLE": pl.Float64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
        "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
    }[kind]


def _date_words(what: str, column: ColumnMapping) -> str:
    return f"{what} written as {' or '.join(column.formats)}" if column.formats else what


def _refusal(why: str, remedy: str) -> Callable[[str], str]:
    def sentence(value: str) -> str:
        text = f"“{value}”: {why.rstrip('.')}"
        return f"{text}; {remedy[:1].lower()}{remedy[1:].rstrip('.')}." if remedy else f"{text}."

    return sentence
