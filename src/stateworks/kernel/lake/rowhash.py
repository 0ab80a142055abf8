"""Tells changed rows: one number a row, computed from whole columns, the same in every version of every library.

Rows are compared with the stored row of the same key. A value adds to its row's number what is drawn from the column's
name and the value: for texts the first 64 bits of the MD5 of both, computed once for each different text of a batch; for
numbers, dates and instants Steele, Lea and Flood's SplitMix64 of their bits. An empty value adds nothing. The sum, modulo
2 to the 64th, loses its last four bits to fit a column of whole numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Numbers = npt.NDArray[np.uint64]

VERSION = "rows 2"
"""Part of every number: another way to compute it gets another version, and rows are then stored anew once."""
_BETWEEN = "\x1f"
_DIGEST = 16
"""Bytes of an MD5."""
_LOOK = 4096
"""So many rows tell whether a column's texts repeat."""


def row_hashes(frame: pl.DataFrame, names: Sequence[str], basis: str = "") -> pl.Series:
    """Return each row's number over some columns; `basis` is a text that all rows share, such as a rule's version."""
    import numpy as np
    import polars as pl

    total = np.full(frame.height, text_bits(VERSION, basis), dtype=np.uint64)
    for name in names:
        column = frame[name]
        if column.null_count() < len(column):
            total += _of_texts(column) if _as_text(column.dtype) else _of_numbers(column)
    return pl.Series("row", (total >> np.uint64(4)).astype(np.int64))


def text_bits(name: str, text: str) -> int:
    """Return the 64 bits of a text in a column."""
    return int.from_bytes(_digest(f"{name}{_BETWEEN}{text}")[:8], "big")


def _digest(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _as_text(dtype: Any) -> bool:
    import polars as pl

    return not (dtype.is_integer() or dtype.is_temporal() or dtype.is_float() or dtype == pl.Boolean)


def _of_texts(column: pl.Series) -> Numbers:
    import numpy as np
    import polars as pl

    texts = column.cast(pl.String)
    start = f"{column.name}{_BETWEEN}"
    if texts.head(_LOOK).n_unique() > _LOOK // 2:
        return _each(texts, start)
    # Arrow's dictionary finds the different texts and who has which in one pass.
    encoded = texts.to_arrow().dictionary_encode()
    digests = b"".join([_digest(f"{start}{text}") for text in encoded.dictionary.to_pylist()])
    bits = np.frombuffer(digests + bytes(_DIGEST), dtype=">u8")[::2].astype(np.uint64)
    nothing = len(encoded.dictionary)
    found: Numbers = bits[encoded.indices.fill_null(nothing).to_numpy(zero_copy_only=False)]
    return found


def _each(texts: pl.Series, start: str) -> Numbers:
    """Return the same for texts that are nearly all different: of each row's own text, by DuckDB."""
    import duckdb

    from stateworks.kernel.lake.fingerprints import first_half_sql

    with duckdb.connect() as connection:
        connection.register("texts", texts.alias("text").to_frame().to_arrow())
        numbers = connection.execute(f"SELECT {first_half_sql('? || text')} AS bits FROM texts", [start]).pl()
    found: Numbers = numbers["bits"].fill_null(0).to_numpy().byteswap()
    return found


def _of_numbers(column: pl.Series) -> Numbers:
    import numpy as np
    import polars as pl

    plain = column.to_physical() if column.dtype.is_temporal() else column
    if plain.dtype.is_float():
        # Adding nothing makes minus zero zero.
        bits = (plain.fill_null(0.0).cast(pl.Float64).to_numpy() + 0.0).view(np.uint64)
    else:
        bits = plain.cast(pl.Int64).fill_null(0).to_numpy().view(np.uint64)
    mixed = (bits ^ np.uint64(text_bits(column.name, ""))) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    if plain.null_count():
        mixed[plain.is_null().to_numpy()] = 0
    return mixed
