"""What the desk's tests share: the samples and a way to load one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.models import Import, QuarantinedRow
from stateworks.kernel.lake.read import Reader

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def load(transactional_db: None) -> Callable[..., Import]:
    """Load a sample, or another file, with a mapping."""
    from stateworks.kernel.lake.intake import import_feed

    def run(dataset: str, file: str | Path, mapping: Any, **more: Any) -> Import:
        path = SAMPLES / file if isinstance(file, str) else file
        return import_feed(dataset, path, mapping=mapping, by=None, at=more.pop("at", AT), **more)

    return run


@pytest.fixture
def rows(transactional_db: None) -> Callable[..., dict[str, dict[str, Any]]]:
    """All rows of a dataset, by ticket number."""

    def read(dataset: str = "desk.ticket", key: str = "number") -> dict[str, dict[str, Any]]:
        with entered(SYSTEM) as scope, Reader(dataset, scope=scope) as reader:
            return {row[key]: row for row in reader.rows()}

    return read


@pytest.fixture
def refused(transactional_db: None) -> Callable[..., list[QuarantinedRow]]:
    """The refused rows as somebody sees them who answers for data."""

    def read(**where: Any) -> list[QuarantinedRow]:
        with entered(SYSTEM):
            return list(QuarantinedRow.objects.filter(**where).order_by("row", "pk"))

    return read
