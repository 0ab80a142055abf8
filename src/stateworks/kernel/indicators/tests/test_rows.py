"""The rows behind a figure: by role, by page, and no more than a scope may see."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, Scope
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import read, runs
from stateworks.kernel.indicators.models import Value
from stateworks.kernel.indicators.rows import rows_behind
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.tests.visits import AT, visit, write
from stateworks.kernel.org.models import Organization

pytestmark = pytest.mark.usefixtures("visits")

ROWS = [
    visit(1, "2026-07-10"),
    visit(2, "2026-07-11", answered=False),
    visit(3, "2026-07-12", agency="doe"),
    visit(4, "2026-07-13", answered=None, agency="doe"),
    visit(5, "2026-07-14", test=True),
    visit(6, "2026-08-10"),
]


def value(
    measure: str = "tests.answered", period: str = "2026-07", *, dimension: str = "", member: str = ""
) -> Value:
    write(ROWS)
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure=measure)
    made = runs.execute([spec], plan="p", plan_version=1, as_of=date(2026, 10, 31), at=AT)
    found = read.value_of(made, "1", period, dimension=dimension, member=member)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("role", "numbers"),
    [
        (None, [1, 2, 3, 4, 5]),
        ("numerator", [1, 3]),
        ("denominator", [1, 2, 3, 4]),
        ("unknown", [4]),
        ("left out", [5]),
        ("left out: test visit", [5]),
        ("left out: something else", []),
    ],
)
def test_rows_by_role(role: str | None, numbers: list[int]) -> None:
    found = rows_behind(value(), SYSTEM, role=role)
    assert [row["number"] for row in found.rows] == numbers
    assert (found.total, found.hidden) == (len(numbers), 0)


def test_each_row_says_why_it_is_there() -> None:
    found = rows_behind(value(), SYSTEM)
    assert [(row["role"], row["why"]) for row in found.rows] == [
        ("numerator", "In the denominator, and counted as a hit."),
        ("denominator", "In the denominator, and no hit."),
        ("numerator", "In the denominator, and counted as a hit."),
        ("unknown", "In the denominator; whether it is a hit cannot be told."),
        ("left out: test visit", "Left out of the figure: test visit."),
    ]
    assert found.by_role == {"numerator": 2, "denominator": 1, "unknown": 1, "left out: test visit": 1}


def test_rows_of_a_slice_and_of_a_longer_period() -> None:
    assert [row["number"] for row in rows_behind(value(dimension="agency", member="doe"), SYSTEM).rows] == [
        3,
        4,
    ]
    assert [row["number"] for row in rows_behind(value(period="FY27 Q1"), SYSTEM).rows] == [1, 2, 3, 4, 5, 6]


def test_rows_of_the_most_frequent_topics_alone() -> None:
    rows = [visit(n, "2026-07-10", topic=topic) for n, topic in enumerate("aaabbc")]
    write(rows)
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure="tests.top_topics")
    made = runs.execute([spec], plan="p", plan_version=1, as_of=date(2026, 10, 31), at=AT)
    found = read.value_of(made, "1", "2026-07")
    assert found is not None
    assert [row["topic"] for row in rows_behind(found, SYSTEM).rows] == ["a", "a", "a", "b", "b"]


def test_pages() -> None:
    shown = value()
    pages = [rows_behind(shown, SYSTEM, page=page, size=2) for page in (1, 2, 3)]
    assert [[row["number"] for row in one.rows] for one in pages] == [[1, 2], [3, 4], [5]]
    assert {one.total for one in pages} == {5}
    with pytest.raises(Refused):
        rows_behind(shown, SYSTEM, size=0)


def liaison_of(code: str) -> Scope:
    state = Organization.objects.create(code="st", name="State", kind="state")
    organizations = {
        name: Organization.objects.create(code=name, name=name, kind="agency", parent=state)
        for name in ("dot", "doe")
    }
    account = Account.objects.create(email="liaison@example.gov")
    Grant.objects.create(
        account=account, role=Role.AGENCY_LIAISON, organization=organizations[code], since=date(2020, 1, 1)
    )
    return Scope(account_id=account.pk)


def test_a_scope_sees_its_own_rows_and_how_many_are_hidden() -> None:
    shown = value()
    scope = liaison_of("doe")
    found = rows_behind(shown, scope)
    assert [row["number"] for row in found.rows] == [3, 4]
    assert (found.total, found.hidden) == (2, 3)
    public = rows_behind(shown, PUBLIC)
    assert (public.rows, public.total, public.hidden) == ([], 0, 5)


def test_a_scope_sees_its_own_slices() -> None:
    write(ROWS)
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure="tests.answered")
    made = runs.execute([spec], plan="p", plan_version=1, as_of=date(2026, 10, 31), at=AT)
    everything, hidden = read.slices(made, "1", "2026-07", "agency", SYSTEM)
    assert ([one.member for one in everything], hidden) == (["doe", "dot"], 0)
    own, hidden = read.slices(made, "1", "2026-07", "agency", liaison_of("doe"))
    assert ([one.member for one in own], hidden) == (["doe"], 1)
    assert read.slices(made, "1", "2026-07", "agency", PUBLIC) == ([], 2)


def test_rows_stay_those_of_the_run_after_later_imports() -> None:
    shown = value()
    write([visit(7, "2026-07-20")], at=datetime(2026, 11, 5, tzinfo=UTC), replace=False)
    assert [row["number"] for row in rows_behind(shown, SYSTEM).rows] == [1, 2, 3, 4, 5]
