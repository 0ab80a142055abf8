"""What the connectors' tests share: a small state with a few systems, and a way to load a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.models import Import
from stateworks.kernel.org.models import Organization, OrganizationAlias, Person, Vendor
from stateworks.kernel.records.connecting import import_connected
from stateworks.modules.inventory.models import System, SystemAlias

AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)

Load = Callable[..., Import]


@pytest.fixture
def world(db: None) -> None:
    """Two agencies, a person, a vendor, three systems of which one has an alias."""
    with entered(SYSTEM):
        state = Organization.objects.create(code="meridian", name="State of Meridian", kind="state")
        labor = Organization.objects.create(
            code="dol", name="Department of Labor", kind="department", parent=state
        )
        office = Organization.objects.create(
            code="mot", name="Office of Technology", kind="agency", parent=state
        )
        OrganizationAlias.objects.create(organization=labor, alias="LABOR-IT")
        Person.objects.create(
            code="ada-lund", name="Ada Lund", email="ada@meridian.example", organization=office
        )
        Vendor.objects.create(code="bluepeak", name="Bluepeak")
        claims = System.objects.create(
            code="claims", name="Claims", organization=labor, purpose="Paid by hand."
        )
        System.objects.create(code="sign-in", name="State sign-in", organization=office)
        System.objects.create(code="ledger-host", name="Ledger host", organization=office)
        SystemAlias.objects.create(system=claims, alias="Unemployment")


@pytest.fixture
def load(world: None, tmp_path: Path) -> Load:
    """Load a text (or bytes) through a connector."""

    def run(
        name: str, content: str | bytes, filename: str = "file", options: Mapping[str, str] | None = None, **more: object
    ) -> Import:  # fmt: skip
        path = tmp_path / filename
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_connected(name, path, options=options, by=None, at=AT, **more)  # type: ignore[arg-type]

    return run


def counts(done: Import, dataset: str = "") -> tuple[int, int, int, int, int]:
    """Rows read, new, changed, unchanged, refused: of the import's dataset, or of another it brought."""
    names = ("read", "inserted", "updated", "unchanged", "quarantined")
    if dataset and dataset != done.dataset:
        return tuple(done.derived.get(dataset, {}).get(name, 0) for name in names)  # type: ignore[return-value]
    return tuple(getattr(done, name) for name in names)  # type: ignore[return-value]


def reasons(done: Import) -> list[str]:
    """Why rows were refused, in the order of the file."""
    with entered(SYSTEM):
        return list(done.quarantine.order_by("row", "pk").values_list("reason", flat=True))
