"""A small feed of the tests' own, so that the lake is tested without any module."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from stateworks.kernel.lake.contracts import Contract, ContractColumn, register_contract
from stateworks.kernel.lake.snapshots import write_rows

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)

METER = Contract(
    dataset="test.meter",
    columns=(
        ContractColumn("meter", "VARCHAR", True),
        ContractColumn("day", "DATE", True),
        ContractColumn("agency", "VARCHAR", True),
        ContractColumn("read_at", "TIMESTAMPTZ"),
        ContractColumn("units", "BIGINT"),
        ContractColumn("cost", "DECIMAL(18,2)"),
        ContractColumn("good", "BOOLEAN"),
    ),
    key=("meter", "day"),
    partition_on="day",
    agency="agency",
)


def meters(*rows: tuple[str, date, str, int]) -> pa.Table:
    """Rows of the test's dataset: meter, day, agency and units."""
    return pa.table(
        {
            "meter": pa.array([row[0] for row in rows], pa.string()),
            "day": pa.array([row[1] for row in rows], pa.date32()),
            "agency": pa.array([row[2] for row in rows], pa.string()),
            "read_at": pa.array([datetime(2027, 1, 1, tzinfo=UTC)] * len(rows), pa.timestamp("us", "UTC")),
            "units": pa.array([row[3] for row in rows], pa.int64()),
            "cost": pa.array([None] * len(rows), pa.decimal128(18, 2)),
            "good": pa.array([True] * len(rows), pa.bool_()),
        }
    )


@pytest.fixture
def dataset() -> str:
    """The name of the test's dataset, which is known from here on."""
    register_contract("test.meter", lambda: METER)
    return "test.meter"


@pytest.fixture
def put(dataset: str, db: None) -> Callable[..., int]:
    """Write rows and return the version."""

    def write(*rows: tuple[str, date, str, int], **more: Any) -> int:
        return write_rows(dataset, meters(*rows), at=more.pop("at", AT), **more)

    return write
