"""How the compiler's queries are written for each engine: the few words in which their SQL differs.

Everything else is one syntax tree, written out by sqlglot in the engine's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stateworks.kernel.lake.engines import DUCKDB, SPARK, known_engine


@dataclass(frozen=True)
class Dialect:
    """An engine's SQL: its name in Ibis and sqlglot, the quote around names, and what goes past the ordinary.

    Sums of key hashes and of squares pass 64 bits: `wide` is a whole number that holds them, and `sums_wide` says whether
    sums of 64-bit numbers become one by themselves. `quantiles` is how linearly
    interpolated quantiles are asked for (type 7 of Hyndman and Fan 1996), several in one pass; `listed` is how the values that
    are there are asked for, in no order. `materialized` says whether a
    query that is read several times can be marked to be computed once.
    """

    name: str
    quote: str
    wide: str
    sums_wide: bool
    quantiles: str
    listed: str
    materialized: bool

    def compiler(self) -> Any:
        """Return Ibis' compiler for it, which opens no engine."""
        from ibis.backends.sql import compilers

        return getattr(compilers, self.name).compiler

    def parsed(self, text: str) -> Any:
        """Read an expression that is written in this dialect."""
        from sqlglot import parse_one

        return parse_one(text, read=self.name)

    def text(self, query: Any) -> str:
        """Write a syntax tree."""
        return str(query.sql(dialect=self.name, pretty=True))

    def quoted(self, name: str) -> str:
        """Quote a name."""
        return f"{self.quote}{name}{self.quote}"

    def literal(self, text: str) -> str:
        """Quote a text; what a doubled quote or a backslash means differs."""
        from sqlglot import exp

        return str(exp.Literal.string(text).sql(dialect=self.name))

    def summed(self, column: str) -> str:
        """Return the exact sum of a column of 64-bit numbers."""
        return f"SUM({column})" if self.sums_wide else f"SUM(CAST({column} AS {self.wide}))"

    def quantiles_of(self, column: str, shares: Sequence[float]) -> str:
        """Return the expression of some quantiles of a column, as a list."""
        return self.quantiles.format(column=column, shares=", ".join(str(share) for share in shares))

    def list_of(self, column: str) -> str:
        """Return the expression of a column's values that are not empty, as a list."""
        return self.listed.format(column=column)


_DIALECTS = {
    DUCKDB: Dialect(
        "duckdb", quote='"', wide="HUGEINT", sums_wide=True, quantiles="QUANTILE_CONT({column}, [{shares}])",
        listed="LIST({column}) FILTER (WHERE {column} IS NOT NULL)", materialized=True,
    ),
    SPARK: Dialect(
        "pyspark", quote="`", wide="DECIMAL(38, 0)", sums_wide=False, quantiles="PERCENTILE({column}, ARRAY({shares}))",
        listed="COLLECT_LIST({column})", materialized=False,
    ),
}  # fmt: skip


def dialect_of(engine: str) -> Dialect:
    """Return the SQL of an engine."""
    return _DIALECTS[known_engine(engine)]
