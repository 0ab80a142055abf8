"""The office's sample files and the bundled organizations load as they are, in the order their references ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.aliases import alias_codes
from stateworks.kernel.org.models import Organization, OrganizationClosure, OrganizationKind
from stateworks.kernel.records.intake import import_records
from stateworks.modules.office import records

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
SAMPLES = Path(records.__file__).parent / "samples"
#: What each file brings: its rows.
FILES = {"organization": 9, "alias": 4, "person": 4, "appointment": 3, "line_of_service": 3, "vendor": 2}

pytestmark = pytest.mark.django_db


def load_samples() -> None:
    for name, rows in FILES.items():
        done = import_records(f"office.{name}", SAMPLES / f"{name}.csv", by=None, at=AT)
        assert (done.inserted, done.quarantined) == (rows, 0), [row.reason for row in done.quarantine.all()]


def test_samples_load_and_change_nothing_the_second_time() -> None:
    load_samples()
    for name, rows in FILES.items():
        again = import_records(f"office.{name}", SAMPLES / f"{name}.csv", by=None, at=AT)
        assert (again.read, again.unchanged) == (rows, rows)


def test_the_sample_tree() -> None:
    load_samples()
    with entered(SYSTEM):
        above = OrganizationClosure.objects.filter(descendant__code="mot-help").order_by("depth")
        assert list(above.values_list("ancestor__code", flat=True)) == ["mot-help", "mot", "doa", "meridian"]


def test_the_sample_aliases() -> None:
    load_samples()
    texts = pl.Series(["rec", "rec", "job-ctr", "mot"])
    days = pl.Series([date(2024, 6, 30), date(2024, 7, 1), date(2026, 1, 1), date(2026, 1, 1)])
    assert alias_codes("desk").resolve(texts, days).to_list() == ["records-office", "doa", "jobs", "mot"]


@pytest.mark.parametrize(("state", "rows"), [("louisiana", 22), ("massachusetts", 19)])
def test_bundled_organizations(state: str, rows: int) -> None:
    path = Path(settings.PLANS_FOLDER) / f"organizations-{state}.csv"
    done = import_records("office.organization", path, by=None, at=AT)
    assert (done.inserted, done.quarantined) == (rows, 0)
    assert OrganizationClosure.objects.filter(ancestor__code=state).count() == rows


def test_louisiana_has_the_twenty_customers_of_its_plan() -> None:
    import yaml

    folder = Path(settings.PLANS_FOLDER)
    import_records("office.organization", folder / "organizations-louisiana.csv", by=None, at=AT)
    plan = yaml.safe_load((folder / "louisiana-ots.yaml").read_text())
    customers = {one["title"] for one in plan["customers"]}
    assert len(customers) == 20
    assert customers <= set(Organization.objects.values_list("name", flat=True))


def test_massachusetts_has_every_kind_of_locality() -> None:
    import_records(
        "office.organization", Path(settings.PLANS_FOLDER) / "organizations-massachusetts.csv", by=None, at=AT
    )
    kinds = set(Organization.objects.filter(executive_branch=False).values_list("kind", flat=True))
    assert kinds == {
        OrganizationKind.MUNICIPALITY, OrganizationKind.SCHOOL_DISTRICT, OrganizationKind.PUBLIC_SAFETY,
        OrganizationKind.UTILITY, OrganizationKind.COUNTY, OrganizationKind.PLANNING_COMMISSION,
    }  # fmt: skip
