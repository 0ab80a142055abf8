"""What indicators need to know of the lake: versions, columns, and which months differ between two versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import KEY, ROW, contract, quoted
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import ibis

    from stateworks.kernel.lake.engine import DuckDBEngine


def schema(dataset: str) -> ibis.Schema:
    """Return a dataset's columns as Ibis knows types; an unknown dataset is refused."""
    import ibis

    return ibis.schema(contract(dataset).arrow_schema())


def schemas(names: Iterable[str]) -> dict[str, ibis.Schema]:
    """Return the columns of several datasets."""
    return {name: schema(name) for name in names}


def versions(names: Iterable[str], known_at: datetime | None) -> dict[str, int]:
    """Return the version of each dataset that was current at an instant; -1 where there was no data yet."""
    return {name: version_at(name, known_at) for name in names}


def stays(dataset: str, version: int, at: datetime) -> bool:
    """Whether a version's files will still be there at an instant, by the rule of what a clean-up keeps."""
    from stateworks.kernel.lake.upkeep import kept_versions

    return version < 0 or version in kept_versions(dataset, at=at)


def changed_months(engine: DuckDBEngine, dataset: str, at: str, before: int, after: int) -> set[date]:
    """Return the first days of the months whose rows differ between two versions, by the date column `at`.

    Only files that one version has and the other has not are read, so compaction alone changes nothing. A row that
    moved from one month to another names both.
    """
    if before == after:
        return set()
    declared = contract(dataset)
    old, new = (set(tables.listing(dataset, version).files) for version in (before, after))
    gone, come = (
        _rows(files, at, declared.column(at).type) for files in (sorted(old - new), sorted(new - old))
    )
    month = "date_trunc('month', day)::DATE"
    found = engine.backend.raw_sql(
        f"SELECT DISTINCT {month} FROM (({gone} EXCEPT ALL {come}) UNION ALL ({come} EXCEPT ALL {gone})) "
        "WHERE day IS NOT NULL"
    ).fetchall()
    return {row[0] for row in found}


def _rows(files: list[str], at: str, type_name: str) -> str:
    if not files:
        return f"SELECT NULL::BIGINT AS key, NULL::BIGINT AS row, NULL::{type_name} AS day WHERE false"
    return (
        f"SELECT {quoted(KEY)} AS key, {quoted(ROW)} AS row, {quoted(at)}::{type_name} AS day "
        f"FROM {tables.files_sql(files)}"
    )


def source_names(mapping: str, dataset: str) -> list[str]:
    """Return the source systems whose rows a mapping has brought into a dataset, and the name itself."""
    from stateworks.kernel.lake.models import Import

    names = set(Import.objects.filter(mapping__name=mapping).values_list("source", flat=True))
    return sorted(names | {mapping})
