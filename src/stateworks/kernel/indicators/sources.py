"""What indicators need to know of the lake: versions, columns, and which months differ between two versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import KEY, ROW, contract
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import ibis

    from stateworks.kernel.lake.engines import Engine


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


def changed_months(engine: Engine, dataset: str, at: str, before: int, after: int) -> set[date]:
    """Return the first days of the months whose rows differ between two versions, by the date column `at`.

    Only files that one version has and the other has not are read, so compaction alone changes nothing. A row that
    moved from one month to another names both.
    """
    if before == after:
        return set()
    contract(dataset).column(at)
    old, new = (set(tables.listing(dataset, version).files) for version in (before, after))
    gone, come = (
        engine.files(dataset, version, sorted(files)).select(KEY, ROW, day=at)
        for version, files in ((before, old - new), (after, new - old))
    )
    changed = gone.difference(come, distinct=False).union(come.difference(gone, distinct=False))
    changed = changed.filter(changed["day"].notnull())
    months = changed.select(month=changed["day"].truncate("M").cast("date")).distinct()
    return set(engine.execute(months)["month"].to_pylist())


def source_names(mapping: str, dataset: str) -> list[str]:
    """Return the source systems whose rows a mapping has brought into a dataset, and the name itself."""
    from stateworks.kernel.lake.models import Import

    names = set(Import.objects.filter(mapping__name=mapping).values_list("source", flat=True))
    return sorted(names | {mapping})
