"""The samples: every record type has one, they load in their order, and what is exported loads again without a change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.models import Import
from stateworks.kernel.records.export import export_records
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.types import record_types
from stateworks.modules.inventory.models import Dependency
from stateworks.modules.inventory.samples import ORDER

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
SAMPLES = Path(__file__).parents[1] / "samples"
OFFICE = SAMPLES.parents[1] / "office" / "samples"


def load(dataset: str, path: Path) -> Import:
    return import_records(dataset, path, by=None, at=AT)


def load_all() -> dict[str, Import]:
    for noun in ("organization", "person", "vendor"):
        load(f"office.{noun}", OFFICE / f"{noun}.csv")
    return {dataset: load(dataset, SAMPLES / f"{dataset.partition('.')[2]}.csv") for dataset in ORDER}


def test_every_record_type_has_a_sample() -> None:
    assert sorted(ORDER) == [one.name for one in record_types() if one.name.startswith("inventory.")]


def test_samples_load_in_order_and_exports_load_again(tmp_path: Path) -> None:
    loaded = load_all()
    for dataset, done in loaded.items():
        with entered(SYSTEM):
            refused = list(done.quarantine.values_list("reason", flat=True))
        assert refused == [], dataset
        assert 3 <= done.read <= 6, dataset
        assert done.inserted == done.read, dataset
    for dataset, done in loaded.items():
        for form in ("csv", "xlsx", "json"):
            path = tmp_path / f"{dataset}.{form}"
            export_records(dataset, path, file_format=form, scope=SYSTEM)
            again = load(dataset, path)
            assert (again.read, again.unchanged) == (done.read, done.read), (dataset, form)


def test_samples_load_again_without_a_change() -> None:
    load_all()
    assert all(done.unchanged == done.read for done in load_all().values())


def test_bad_dependencies_are_refused_with_the_reason(tmp_path: Path) -> None:
    load_all()
    path = tmp_path / "edges.csv"
    path.write_text(
        "system,component,provider,provider_component\n"
        "claims,,claims,\n"  # on itself
        "claims,,nowhere,\n"  # an end that is not there
        "sign-in,,claims,\n"  # closes a circle, which is fine
    )
    done = load("inventory.dependency", path)
    assert (done.read, done.inserted, done.quarantined) == (3, 1, 2)
    with entered(SYSTEM):
        reasons = list(done.quarantine.order_by("row").values_list("reason", flat=True))
        assert Dependency.objects.filter(system__code="sign-in", provider__code="claims").exists()
    assert "A system cannot depend on itself" in reasons[0]
    assert "there is no system “nowhere”" in reasons[1]


def test_one_alias_for_two_systems_is_refused_with_both_places(tmp_path: Path) -> None:
    load_all()
    path = tmp_path / "aliases.csv"
    path.write_text("source,alias,system\nold,Ledger,ledger-host\nold,Ledger,claims\n")
    done = load("inventory.alias", path)
    assert done.quarantined == 2
    with entered(SYSTEM):
        assert all("lines 2, 3" in row.reason.lower() for row in done.quarantine.all())
