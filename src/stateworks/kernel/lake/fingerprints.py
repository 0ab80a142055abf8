"""Hashes of keys and rows, and the part a row is filed under, as SQL: the same wherever rows enter the lake."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stateworks.kernel.lake.contracts import (
    IMPORT,
    KEY,
    NO_DATE,
    PART,
    ROW,
    Contract,
    ContractColumn,
    literal,
    quoted,
)

if TYPE_CHECKING:
    import polars as pl

#: Control characters cannot stand in a source's text by chance: what lies between two columns, and an empty value.
_BETWEEN, _EMPTY = "\x1f", "\x00"


def text_sql(column: ContractColumn) -> str:
    """Return the canonical text of a column's value, or the mark of an empty one."""
    name = quoted(column.name)
    if column.type == "TIMESTAMPTZ":
        shown = f"epoch_us({name})::VARCHAR"
    elif column.type == "VARCHAR":
        shown = name
    else:
        shown = f"{name}::VARCHAR"
    return f"coalesce({shown}, chr({ord(_EMPTY)}))"


def hash_sql(columns: Sequence[ContractColumn], basis: str = "") -> str:
    """Return the first 60 bits of the MD5 of some columns' canonical text, and of a text that all rows share."""
    return f"CAST('0x' || md5({_joined_sql(columns, basis)})[1:15] AS BIGINT)"


def _joined_sql(columns: Sequence[ContractColumn], basis: str = "") -> str:
    joined = ", ".join([*(text_sql(column) for column in columns), *([literal(basis)] if basis else [])])
    return f"concat_ws(chr({ord(_BETWEEN)}), {joined})"


def key_number_sql(contract: Contract) -> str:
    """Return a number from which `keys_of` makes the key hash, in a third of the time that DuckDB takes by way of text."""
    return first_half_sql(_joined_sql([contract.column(name) for name in contract.key]))


def first_half_sql(text: str) -> str:
    """Return the first 8 bytes of a text's MD5 as a number, the first byte the lowest."""
    # Not md5_number_upper, which is the same and divides for it: three times the time.
    return f"CAST(md5_number({text}) & 18446744073709551615::UHUGEINT AS UBIGINT)"


def keys_of(numbers: pl.Series) -> pl.Series:
    """Return the key hashes of numbers that `key_number_sql` computed: their bytes stand the other way round."""
    import numpy as np
    import polars as pl

    turned = numbers.to_numpy().byteswap() >> np.uint64(4)
    return pl.Series(numbers.name, turned.astype(np.int64))


def key_of(values: Sequence[str | None]) -> int:
    """Return the key hash of canonical texts in the order of a contract's key, as `hash_sql` computes it."""
    text = _BETWEEN.join(_EMPTY if value is None else value for value in values)
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:15], 16)


def part_sql(contract: Contract) -> str:
    """Return the part of a row: the month of its partition date as ASCII text, or `all` where there is none to cut by."""
    if contract.partition_on is None:
        return "'all'"
    # A date's text begins with year and month; formatting them costs five times as much.
    return f"coalesce('m' || left({quoted(contract.partition_on)}::VARCHAR, 7), '{NO_DATE}')"


def stored_sql(
    contract: Contract, rows: str, import_id: int | None, *, more: str = "", basis: str = ""
) -> str:
    """Return the query that adds the technical columns to rows (a relation) that have the contract's columns.

    `more` names further columns to carry along, such as a line number. `basis` is what computed columns rest on besides
    the row itself, such as a rule's version: a row on another basis is a changed row.
    """
    return filed_sql(contract, f"(SELECT *, {hashes_sql(contract, basis)} FROM {rows})", import_id, more=more)


def hashes_sql(contract: Contract, basis: str = "") -> str:
    """Return the expressions of a row's key hash and row hash, named as they are stored.

    Rows from files get their row hash in another way (`rowhash`). Both tell a changed row; a row that arrives in the other
    way than before counts as changed.
    """
    return f"{key_sql(contract)} AS {KEY}, {hash_sql(hashed_columns(contract), basis)} AS {ROW}"


def key_sql(contract: Contract) -> str:
    """Return the expression of a row's key hash."""
    return hash_sql([contract.column(name) for name in contract.key])


def hashed_columns(contract: Contract) -> list[ContractColumn]:
    """Return the columns that tell a changed row."""
    return [column for column in contract.columns if not contract.hashed or column.name in contract.hashed]


def filed_sql(contract: Contract, rows: str, import_id: int | None, *, more: str = "") -> str:
    """Return the query that files hashed rows under their part and their import."""
    names = ", ".join(quoted(name) for name in (*contract.names, KEY, ROW))
    return (
        f"SELECT {names}, {part_sql(contract)} AS {PART}, CAST({import_id or 0} AS BIGINT) AS {IMPORT}{more} "
        f"FROM {rows}"
    )
