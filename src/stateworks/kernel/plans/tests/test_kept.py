"""What people did on a page is not typed over: no file, form or change of many can confirm a milestone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import QuarantinedRow
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.models import Milestone, Plan
from stateworks.kernel.records.bulk import change_many, changeable
from stateworks.kernel.records.changes import Invalid, save_record
from stateworks.kernel.records.export import export_records
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.types import record_type

AT = datetime(2026, 11, 1, 15, tzinfo=UTC)
MILESTONE = record_type("plan.milestone")
HEADER = "plan,key,code,name,due,done_on,confirmed_by"
pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> Account:
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State", kind="state")
        account = Account.objects.create_user("steward@example.gov")
        Grant.objects.create(account=account, role="data_steward", organization=state, since=date(2020, 1, 1))
        return account


@pytest.fixture
def milestone(steward: Account) -> Milestone:
    with entered(SYSTEM):
        plan = Plan.objects.create(
            slug="p", title="P", office="O", starts=date(2026, 7, 1), ends=date(2031, 6, 30)
        )
        return Milestone.objects.create(plan=plan, key="portal", code="1.1", name="Portal")


def load(tmp_path: Path, *lines: str) -> tuple[int, int, int]:
    path = tmp_path / "milestones.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    made = import_records(MILESTONE, path, by=None, at=AT)
    return made.inserted, made.updated, made.quarantined


def test_a_file_may_bring_what_happened_before_and_changes_it_no_more(
    milestone: Milestone, tmp_path: Path
) -> None:
    past = "p,old,1.2,Old,2026-01-31,2026-01-15,cio@example.gov"
    assert load(tmp_path, past) == (1, 0, 0)
    assert load(tmp_path, past) == (0, 0, 0)
    changed = (past.replace("cio@", "me@"), "p,portal,1.1,Portal,2026-12-31,2026-10-01,me@example.gov")
    assert load(tmp_path, *changed) == (0, 0, 2)
    with entered(SYSTEM):
        milestone.refresh_from_db()
        assert (milestone.done_on, milestone.confirmed_by, milestone.due) == (None, "", None)
        assert Milestone.objects.get(key="old").confirmed_by == "cio@example.gov"
        refused = QuarantinedRow.objects.latest("pk")
        assert "follows from what people do" in refused.reason
    # Other columns change as ever, and an export comes back without a change.
    assert load(tmp_path, "p,portal,1.1,Portal,2026-12-31,,") == (0, 1, 0)
    export_records(MILESTONE, tmp_path / "out.csv", file_format="csv", scope=SYSTEM)
    made = import_records(MILESTONE, tmp_path / "out.csv", by=None, at=AT)
    assert (made.unchanged, made.updated, made.quarantined) == (2, 0, 0)


def test_nobody_types_it_one_by_one_or_for_many(milestone: Milestone, steward: Account) -> None:
    with entered(scope_of(steward)):
        with pytest.raises(Invalid) as caught:
            save_record(MILESTONE, {"confirmed_by": "me@example.gov"}, record=milestone, by=steward, at=AT)
        assert list(caught.value.fields) == ["confirmed_by"]
        new = {"plan": "p", "key": "new", "code": "1.1", "name": "New", "confirmed_by": "me@example.gov"}
        with pytest.raises(Invalid):
            save_record(MILESTONE, new, by=steward, at=AT)
        saved = save_record(
            MILESTONE, {"name": "The portal", "confirmed_by": ""}, record=milestone, by=steward, at=AT
        )
        assert str(getattr(saved, "name")) == "The portal"  # noqa: B009 - a model of any kind
        assert "confirmed_by" not in {one.name for one in changeable(MILESTONE)}
        with pytest.raises(Refused, match="not typed"):
            change_many(
                MILESTONE, Milestone.objects.all(), {"confirmed_by": "me@example.gov", "owner": "a@example.gov"},
                dry_run=False, by=steward, at=AT,
            )  # fmt: skip
