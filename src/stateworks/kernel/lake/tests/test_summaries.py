"""What summaries and lists of keys answer is what the rows say, for every pair of eyes, version after version."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import SYSTEM, Scope, entered
from stateworks.kernel.lake import keyfiles, summaries, tables
from stateworks.kernel.lake.contracts import PART, contract
from stateworks.kernel.lake.fingerprints import key_of
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.lake.summaries import Summary
from stateworks.kernel.lake.tests.test_reading import world

__all__ = ["world"]
Put = Callable[..., int]
FIRST = date(2026, 11, 1)
AGENCIES = ("dor", "dhs", "dor-tax", "unassigned")
ROWS = tuple(
    (f"m{at:03}", FIRST + timedelta(days=at % 120), AGENCIES[at * 7 % 4], at % 5) for at in range(300)
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, dataset: str) -> Iterator[None]:
    """Summaries of a small dataset, too, and two of the test's own."""
    monkeypatch.setattr(summaries, "FEWEST_ROWS", 1)
    summaries.summarize(
        Summary(dataset, "by_day", ("day",), {"units": "coalesce(sum(units), 0)"}),
        Summary(dataset, "by_units", ("units", PART)),
    )
    yield
    summaries._declared.pop(dataset)


JANUARY = (Condition("day", ">=", date(2027, 1, 1)), Condition("day", "<=", date(2027, 1, 31)))
QUESTIONS: tuple[tuple[tuple[str, ...], tuple[Condition, ...], tuple[str, ...]], ...] = (
    ((), (), ("n",)),
    ((PART,), (), ("n",)),
    (("agency",), (), ("n",)),
    (("day",), (), ("n", "units")),
    (("agency",), JANUARY, ("n", "units")),
    (("units",), JANUARY, ("n",)),
    (("units", PART), (Condition("units", "in", [1, 3]),), ("n",)),
    ((), (Condition("day", ">", date(2026, 12, 5)), Condition("agency", "=", "dor")), ("n", "units")),
    ((PART,), (Condition("day", "<", date(2027, 1, 1)), Condition("units", "=", 2)), ("n",)),
    ((), (Condition("agency", "=", "nobody's"),), ("n",)),
)


def answers(dataset: str, scope: Scope) -> list[list[tuple[object, ...]]]:
    with Reader(dataset, scope=scope) as reader:
        return [sorted(reader.grouped(by, where, sums=sums), key=repr) for by, where, sums in QUESTIONS]


def pages(dataset: str, scope: Scope) -> list[tuple[object, ...]]:
    shown = []
    with Reader(dataset, scope=scope) as reader:
        for where in ((), JANUARY, (Condition("units", "=", 2),), (Condition("good", "filled"),)):
            for sort in ("day", "-day", "-units"):
                for number in (1, 2, 7):
                    page = reader.page(where, sort=(sort,), size=20, page=number)
                    shown.append((page.total, page.hidden, tuple(row["meter"] for row in page.rows)))
    return shown


@pytest.mark.usefixtures("few")
def test_summaries_say_what_the_rows_say_to_everybody(
    world: dict[str, Scope], dataset: str, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [(name, day, agency, 4 - units) for name, day, agency, units in ROWS[:150:3]]
    for rows, more, there in ((ROWS, {}, 300), (changed, {"replace": False}, 300), (ROWS[40:], {}, 260)):
        put(*rows, **more)
        for who, scope in world.items():
            with entered(SYSTEM):
                monkeypatch.setattr(summaries, "FEWEST_ROWS", 10**9)
                counted, listed = answers(dataset, scope), pages(dataset, scope)
                monkeypatch.setattr(summaries, "FEWEST_ROWS", 1)
                summaries.make(contract(dataset), current_version(dataset))
                for _asked_again in range(2):
                    assert answers(dataset, scope) == counted, who
                    assert pages(dataset, scope) == listed, who
            if who in {"nobody", "public", "system"}:
                assert counted[0] == [(there if who == "system" else 0,)], who


@pytest.mark.usefixtures("few")
def test_the_next_summary_is_made_from_the_one_before(
    put: Put, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = put(*ROWS)
    declared = contract(dataset)
    summaries.make(declared, first)
    second = put(("m000", FIRST, "dhs", 9), replace=False)
    before = summaries._before(declared, second)
    assert before is not None
    assert (len(before.added), len(before.removed)) == (1, 1)
    # m000 was of dor with 0 units; all else stays, and the line that counts nothing any more is gone.
    summaries.make(declared, second)
    with entered(SYSTEM), Reader(dataset, scope=SYSTEM) as reader:
        assert dict(reader.values("agency")) == {"dor": 74, "dhs": 76, "dor-tax": 75, "unassigned": 75}
        assert (9, 1) in reader.grouped(("units",))
    put(*ROWS[:1])
    third = current_version(dataset)
    summaries.make(declared, third)
    with entered(SYSTEM), Reader(dataset, scope=SYSTEM) as reader:
        assert reader.grouped(("agency", "units")) == [("dor", 0, 1)]
    assert tables.listing(dataset, third).rows == 1


@pytest.mark.usefixtures("few")
def test_whoever_asks_first_does_not_wait_and_later_ones_find_it(put: Put, dataset: str) -> None:
    version = put(*ROWS)
    declared = contract(dataset)
    with entered(SYSTEM), Reader(dataset, scope=SYSTEM) as reader:
        assert dict(reader.values("agency"))["dor"] == 75
    for _ in range(200):
        if summaries.place(declared, version).exists():
            break
        time.sleep(0.05)
    assert summaries.ready_or_begun(declared, version) is not None


@pytest.mark.usefixtures("few")
def test_one_process_makes_them_and_another_goes_without(put: Put, dataset: str) -> None:
    version = put(*ROWS)
    declared = contract(dataset)
    path = summaries.place(declared, version)
    path.parent.mkdir(parents=True)
    with summaries._alone(path.parent) as alone:
        assert alone
        summaries.make(declared, version)
        assert not path.exists()
    summaries.make(declared, version)
    assert path.exists()


@pytest.mark.usefixtures("few")
def test_a_key_is_looked_for_only_where_it_can_be(put: Put, dataset: str) -> None:
    version = put(*ROWS)
    declared = contract(dataset)
    files = tables.listing(dataset, version).files
    key = key_of(["m031", "2026-12-02"])
    assert len(files) == 4
    assert keyfiles.files_with(declared, version, key) == list(files), "without lists, all files may hold it"
    summaries.make(declared, version)
    assert [Path(file).parent.name for file in keyfiles.files_with(declared, version, key)] == [
        "_part=m2026-12"
    ]
    assert keyfiles.files_with(declared, version, key_of(["m031", "2026-12-03"])) == []
    lists = keyfiles.folder(dataset)
    (lists / f"{Path(files[0]).name}.keys").write_bytes(b"")
    assert keyfiles.files_with(declared, version, key)[0] == files[0], "a list of no use is no list"


def test_whose_a_row_is_belongs_to_every_summary() -> None:
    from stateworks.kernel.lake.feeds import feeds

    for one in feeds():
        declared = one.contract()
        for summary in summaries.summaries_of(declared):
            assert declared.agency is None or declared.agency in summary.columns(declared)
