"""What snapshots have beside the columns people fill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.plans.models import Plan, ReportedValue
from stateworks.kernel.records.computed import computed_columns
from stateworks.kernel.records.export import rows_of
from stateworks.kernel.records.types import record_type, record_types


@pytest.mark.django_db
def test_an_instant_has_its_local_date(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"
    declared = record_type("plan.reported")
    assert [one.name for one in computed_columns(declared)] == ["reported_on"]
    with entered(SYSTEM):
        plan = Plan.objects.create(
            slug="p", title="P", office="O", starts=date(2026, 7, 1), ends=date(2031, 6, 30)
        )
        who = Account.objects.create_user("a@example.gov")
        ReportedValue.objects.create(
            plan=plan, code="1", grain="month", period="2026-06", starts=date(2026, 6, 1), ends=date(2026, 6, 30), value=1,
            # Half past three in the morning of 1 July in London is still 30 June in Chicago: the fiscal year before.
            reported_at=datetime(2026, 7, 1, 3, 30, tzinfo=UTC), reported_by=who,
        )  # fmt: skip
        frame = rows_of(declared, SYSTEM, computed=True)
        assert "reported_on" not in rows_of(declared, SYSTEM).columns
    assert frame["reported_on"].to_list() == [date(2026, 6, 30)]
    assert frame.columns == list(contract("plan.reported").names)


def test_rows_of_an_organization_always_say_whose_they_are_in_the_lake() -> None:
    for declared in record_types():
        if declared.organization is not None:
            found = contract(declared.name)
            assert found.agency in found.names, declared.name
