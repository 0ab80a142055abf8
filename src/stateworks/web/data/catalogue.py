"""Every dataset there is: records people edit and feeds machines append, with their state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from stateworks.kernel.lake.feeds import feeds
from stateworks.kernel.lake.models import Dataset
from stateworks.kernel.records.types import record_types


@dataclass(frozen=True)
class Entry:
    """A dataset's name and what it is; its state comes with `with_state`."""

    name: str
    kind: Literal["record", "feed"]
    title: str
    description: str
    derived: bool = False
    rows: int | None = None
    version: int | None = None
    fresh_at: dt.datetime | None = None

    @property
    def module(self) -> str:
        """The module that declares it."""
        return self.name.partition(".")[0]


def every_dataset() -> list[Entry]:
    """All declared datasets by name; no query."""
    found = [Entry(one.name, "feed", one.title, one.description) for one in feeds()]
    found += [
        Entry(one.name, "record", one.heading, (one.model.__doc__ or "").strip().split("\n")[0])
        for one in record_types()
    ]
    return sorted(found, key=lambda entry: entry.name)


def dataset_named(name: str) -> Entry | None:
    """A declared dataset; none if there is none of that name."""
    return next((entry for entry in every_dataset() if entry.name == name), None)


def with_state() -> list[Entry]:
    """All datasets with rows, version and freshness; one query for the lake's pointers, one a record type to count."""
    state = {row.name: row for row in Dataset.objects.all()}
    found = []
    for entry in every_dataset():
        row = state.get(entry.name)
        found.append(
            Entry(
                entry.name, entry.kind, entry.title, entry.description, entry.derived,
                row.rows if row else None, row.version if row and row.version >= 0 else None, row.fresh_at if row else None,
            )
        )  # fmt: skip
    return found
