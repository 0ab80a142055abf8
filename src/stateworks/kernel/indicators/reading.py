"""What the indicators of one run share: versions, columns, differences and answers, each looked up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from stateworks.kernel.indicators import sources

if TYPE_CHECKING:
    import ibis
    import polars as pl

    from stateworks.kernel.lake.engines import Engine


class Reading:
    """The lake as one run sees it."""

    def __init__(self, engine: Engine, known_at: datetime | None) -> None:
        self._engine, self._known_at = engine, known_at
        self._schemas: dict[str, ibis.Schema] = {}
        self._versions: dict[str, int] = {}
        self._stays: dict[tuple[str, int, datetime], bool] = {}
        self._changed: dict[tuple[str, str, int, int], set[date]] = {}
        self._lines: dict[tuple[str, tuple[tuple[str, int], ...]], pl.DataFrame] = {}

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self._engine.name

    def schemas(self, names: Sequence[str]) -> dict[str, ibis.Schema]:
        """Return the columns of datasets."""
        for name in names:
            if name not in self._schemas:
                self._schemas[name] = sources.schema(name)
        return {name: self._schemas[name] for name in names}

    def versions(self, names: Sequence[str]) -> dict[str, int]:
        """Return the version of each dataset that the run reads; -1 where there was no data yet."""
        self._versions |= sources.versions(
            [name for name in names if name not in self._versions], self._known_at
        )
        return {name: self._versions[name] for name in names}

    def stays(self, dataset: str, version: int, at: datetime) -> bool:
        """Whether a version's files will still be there at an instant."""
        key = (dataset, version, at)
        if key not in self._stays:
            self._stays[key] = sources.stays(*key)
        return self._stays[key]

    def changed_months(self, dataset: str, at: str, before: int, after: int) -> set[date]:
        """Return the first days of the months whose rows differ between two versions."""
        key = (dataset, at, before, after)
        if key not in self._changed:
            self._changed[key] = sources.changed_months(self._engine, *key)
        return self._changed[key]

    def lines(self, sql: str, versions: Mapping[str, int]) -> pl.DataFrame:
        """Run a statement; what figures share is read once."""
        import polars as pl

        key = (sql, tuple(sorted(versions.items())))
        if key not in self._lines:
            self._lines[key] = pl.DataFrame(pl.from_arrow(self._engine.execute_sql(sql, versions)))
        return self._lines[key]
