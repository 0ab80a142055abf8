"""Refused rows on their way to the quarantine: on disk, since a file may hold more of them than memory does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.quarantine import RefusedRow

MANY = 100_000
MOST = 0.2
"""More refused rows than both, the number and the share: then the mapping is wrong, not the rows."""


class Refusals:
    """The refused rows of one import, in the order they were found."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "refused.jsonl"
        self._count = 0
        self._first = ""

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[RefusedRow]:
        if not self._count:
            return
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                yield RefusedRow(**json.loads(line))

    def add(self, rows: Iterable[RefusedRow]) -> None:
        """Put some more rows away."""
        iterator = iter(rows)
        first = next(iterator, None)
        if first is None:
            return
        self._first = self._first or first.reason
        with self._path.open("a", encoding="utf-8") as file:
            for row in chain([first], iterator):
                file.write(json.dumps(asdict(row), ensure_ascii=False, default=str) + "\n")
                self._count += 1

    def check(self, read: int, *, coming: int = 0) -> None:
        """Refuse the whole file where so many rows are refused that its mapping cannot be meant for it."""
        count = self._count + coming
        if count > MANY and count > MOST * read:
            raise Refused(
                f"{count:,} of the first {read:,} rows were refused, so the mapping does not fit this file; nothing was loaded. "
                f"The first reason: {self._first or 'rows share one key and differ.'}"
            )
