"""What somebody may see of the lake: rows and figures, in pages, exports and measures; nothing set means nothing seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis
import pytest

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, Scope, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.fingerprints import key_of
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.org.models import Organization

Put = Callable[..., int]
JAN, FEB = date(2027, 1, 5), date(2027, 2, 5)
ROWS = (
    ("a", JAN, "dor", 1), ("b", JAN, "dhs", 2), ("c", FEB, "dor-tax", 3), ("d", FEB, "unassigned", 4), ("e", FEB, "dor", 5),
)  # fmt: skip


@pytest.fixture
def world(put: Put) -> dict[str, Scope]:
    """A state with two departments, one with an agency below it, and accounts with different grants."""
    put(*ROWS)
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State", kind="state")
        revenue = Organization.objects.create(code="dor", name="Revenue", kind="department", parent=state)
        health = Organization.objects.create(code="dhs", name="Health", kind="department", parent=state)
        Organization.objects.create(code="dor-tax", name="Tax", kind="agency", parent=revenue)
        scopes = {}
        for name, place in (("liaison", revenue), ("other", health), ("auditor", state)):
            account = Account.objects.create_user(f"{name}@example.test")
            Grant.objects.create(
                account=account, role=Role.AGENCY_LIAISON, organization=place, since=date(2020, 1, 1)
            )
            scopes[name] = scope_of(account)
        scopes["nobody"] = scope_of(Account.objects.create_user("nobody@example.test"))
    return scopes | {"public": PUBLIC, "system": SYSTEM}


SEEN = {"liaison": "ace", "other": "b", "auditor": "abcde", "nobody": "", "public": "", "system": "abcde"}


@pytest.mark.parametrize(("who", "meters"), SEEN.items())
def test_each_sees_its_rows_and_is_told_how_many_are_hidden(
    world: dict[str, Scope], dataset: str, who: str, meters: str
) -> None:
    with entered(world[who]) as scope, Reader(dataset, scope=scope) as reader:
        page = reader.page(sort=("meter",))
        assert "".join(row["meter"] for row in page.rows) == meters
        assert (page.total, page.hidden) == (len(meters), 5 - len(meters))
        assert "".join(sorted(row["meter"] for row in reader.rows())) == meters
        assert sum(count for _, count in reader.values("agency")) == len(meters)
        assert (reader.one({"meter": "a", "day": JAN}) is not None) == ("a" in meters)


@pytest.mark.parametrize(("who", "meters"), SEEN.items())
def test_sums_and_counts_are_narrowed_too(
    world: dict[str, Scope], dataset: str, who: str, meters: str
) -> None:
    with entered(world[who]) as scope, open_engine() as engine:
        table = engine.table(dataset, scope=scope)
        found = engine.execute(table.aggregate(n=table.meter.count(), units=table.units.sum())).to_pylist()
    expected = sum(row[3] for row in ROWS if row[0] in meters)
    assert found == [{"n": len(meters), "units": expected or None}]


def test_the_lake_keeps_scope_without_the_database(world: dict[str, Scope], dataset: str) -> None:
    # Row security lets everything through here; the semi-join alone narrows.
    with entered(SYSTEM), Reader(dataset, scope=world["other"]) as reader:
        assert [row["meter"] for row in reader.rows()] == ["b"]


def test_pages_conditions_and_order(world: dict[str, Scope], dataset: str) -> None:
    with entered(SYSTEM) as scope, Reader(dataset, scope=scope) as reader:

        def meters(*conditions: Condition, **more: object) -> str:
            return "".join(row["meter"] for row in reader.page(conditions, sort=("meter",), **more).rows)  # type: ignore[arg-type]

        assert meters(size=2) + "|" + meters(size=2, page=2) + "|" + meters(size=2, page=3) == "ab|cd|e"
        assert meters(Condition("day", ">=", "2027-02-01")) == "cde"
        assert meters(Condition("day", "<", FEB)) == "ab"
        assert meters(Condition("agency", "in", ["dor", "dhs"])) == "abe"
        assert meters(Condition("agency", "contains", "TAX")) == "c"
        assert meters(Condition("cost", "empty"), Condition("units", ">", 3)) == "de"
        assert "".join(row["meter"] for row in reader.page(sort=("-units",)).rows) == "edcba"
        hostile = "x' OR 1=1 --"
        assert meters(Condition("agency", "=", hostile)) == ""
        for wrong in ([Condition("nothing", "=", 1)], [Condition("day", ">", "soon")]):
            with pytest.raises(Refused):
                reader.page(wrong)


def test_the_order_by_the_cutting_date_is_right_whatever_months_are_opened(put: Put, dataset: str) -> None:
    days = [date(2026, month, day) for month in range(1, 13) for day in (3, 17)]
    put(*((f"m{at:02}", day, "dor", at % 3) for at, day in enumerate(days)))
    with entered(SYSTEM) as scope, Reader(dataset, scope=scope) as reader:
        for sort in ("day", "-day"):
            expected = [f"m{at:02}" for at in range(24)][:: -1 if sort.startswith("-") else 1]
            for conditions, kept in (
                ((), expected),
                ((Condition("units", "=", 2),), expected[2 if sort == "day" else 0 :: 3]),
            ):
                pages = [
                    reader.page(conditions, sort=(sort,), size=5, page=page).rows for page in range(1, 6)
                ]
                assert [row["meter"] for rows in pages for row in rows] == kept


def test_the_key_hash_is_the_same_in_python_and_in_the_lake(put: Put, dataset: str) -> None:
    put(("ä b", JAN, "dor", 1))
    with open_engine() as engine:
        (row,) = engine.execute(engine.table(dataset)).to_pylist()
    # The first 60 bits of the MD5 of "ä b" + unit separator + "2027-01-05".
    assert row["_key"] == key_of(["ä b", "2027-01-05"])
    assert 0 <= row["_key"] < 2**60


def test_stored_sql_runs_again_on_its_version(put: Put, dataset: str) -> None:
    first = put(*ROWS)
    with open_engine() as engine:
        table = engine.table(dataset, version=first)
        sql = engine.compile(
            table.group_by("agency").aggregate(units=table.units.sum()).order_by(ibis.asc("agency"))
        )
    put(("a", JAN, "dor", 100), replace=False)
    assert f'"{dataset}@{first}"' in sql
    with open_engine() as engine:
        rows = engine.execute_sql(sql, {dataset: first}).to_pylist()
    assert rows == [
        {"agency": "dhs", "units": 2}, {"agency": "dor", "units": 6}, {"agency": "dor-tax", "units": 3},
        {"agency": "unassigned", "units": 4},
    ]  # fmt: skip
