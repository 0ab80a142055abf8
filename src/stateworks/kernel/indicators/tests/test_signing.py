"""Sign-off: two people, bound to the seal, lapsing with the definition."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import runs, signing
from stateworks.kernel.indicators.models import SignOff
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.tests.visits import AT, DATASET, visit, write
from stateworks.kernel.lake.models import DatasetVersion

pytestmark = pytest.mark.usefixtures("visits")
LATER = AT + timedelta(days=1)


def run(at: object = AT, **more: object) -> runs.Run:
    fields = {"targets": (Target(comparator=">=", value=75, unit="percent"),), **more}
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure="tests.answered", **fields)  # type: ignore[arg-type]
    return runs.execute([spec], plan="p", plan_version=1, as_of=date(2026, 10, 31), at=at)  # type: ignore[arg-type]


@pytest.fixture
def people() -> tuple[Account, Account]:
    return Account.objects.create(email="one@example.gov"), Account.objects.create(email="two@example.gov")


def test_two_people_sign_and_the_data_is_kept(people: tuple[Account, Account]) -> None:
    write([visit(1, "2026-07-10")])
    made = run()
    prepared = signing.prepare(made, "1", note="checked the sample", by=people[0], at=AT)
    assert (prepared.period, prepared.seal) == ("FY27 Q1", made.seal)
    assert DatasetVersion.objects.get(dataset=DATASET).pinned
    with pytest.raises(Refused, match="prepared a figure cannot approve"):
        signing.approve(prepared, by=people[0], at=AT)
    signing.approve(prepared, by=people[1], at=LATER)
    assert [one.indicator for one in signing.standing_sign_offs("p")] == ["1"]
    with pytest.raises(Refused, match="approved already"):
        signing.approve(prepared, by=people[1], at=LATER)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))[-2:] == [
        "prepare sign-off", "approve sign-off"
    ]  # fmt: skip


def test_the_database_itself_refuses_one_person_twice(people: tuple[Account, Account]) -> None:
    write([visit(1, "2026-07-10")])
    prepared = signing.prepare(run(), "1", by=people[0], at=AT)
    with pytest.raises(IntegrityError, match="preparer_cannot_approve"), transaction.atomic():
        SignOff.objects.filter(pk=prepared.pk).update(approved_by=people[0])


def test_a_changed_definition_lapses_the_approval(people: tuple[Account, Account]) -> None:
    write([visit(1, "2026-07-10")])
    prepared = signing.prepare(run(), "1", by=people[0], at=AT)
    signing.approve(prepared, by=people[1], at=AT)
    run(at=LATER)
    assert signing.standing_sign_offs("p")
    run(at=LATER, filters={"agency": "dot"})
    prepared.refresh_from_db()
    assert signing.lapsed(prepared)
    assert signing.standing_sign_offs("p") == []
    assert signing.told("p", "1")[0]["lapsed"] is True
    again = signing.prepare(run(), "1", by=people[0], at=LATER)
    run(at=LATER, filters={"agency": "doe"})
    with pytest.raises(Refused, match="definition"):
        signing.approve(again, by=people[1], at=LATER)


def test_what_was_not_computed_cannot_be_signed(people: tuple[Account, Account]) -> None:
    made = run()
    with pytest.raises(Refused, match="no computed figure"):
        signing.prepare(made, "1", by=people[0], at=AT)
    with pytest.raises(Refused, match="holds no indicator"):
        signing.prepare(made, "9.9", by=people[0], at=AT)
