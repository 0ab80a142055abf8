"""An answer about a part is kept when an import ends, holds for its files alone, and is the same where none is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from stateworks.kernel.lake import partanswers, summaries
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.partanswers import PartAnswer, answered, keep_answers

Put = Callable[..., int]
JANUARY, MARCH = date(2027, 1, 4), date(2027, 3, 4)


@pytest.fixture
def units(dataset: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PartAnswer]:
    """How many units a part has, asked of parts of any size."""
    monkeypatch.setattr(partanswers, "FEWEST_ROWS", 1)
    monkeypatch.setattr(summaries, "FEWEST_ROWS", 1)
    asked = PartAnswer(dataset, "units", lambda rows: rows.aggregate(units=rows.units.sum()))
    keep_answers(asked)
    yield asked
    partanswers._declared.pop((dataset, "units"))


def told(asked: PartAnswer, version: int, part: str) -> int:
    with open_engine() as engine:
        return int(answered(engine, asked, version, part).column("units")[0].as_py())


def test_an_answer_is_read_back_and_holds_for_its_files_alone(
    put: Put, dataset: str, units: PartAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = put(("a", JANUARY, "dor", 3), ("b", JANUARY, "dor", 4), ("a", MARCH, "dor", 5))
    assert told(units, first, "m2027-01") == 7, "nothing is kept yet: it is asked for"
    summaries.make(contract(dataset), first)
    second = put(("b", JANUARY, "dor", 40), replace=False)
    assert told(units, second, "m2027-01") == 43, "other files: what is kept does not hold"
    summaries.make(contract(dataset), second)
    monkeypatch.setattr(partanswers, "_found", None)
    assert [told(units, first, "m2027-01"), told(units, second, "m2027-01")] == [7, 43]
    assert [told(units, first, "m2027-03"), told(units, second, "m2027-03")] == [5, 5], (
        "its files are the same"
    )


def test_a_few_answers_about_each_part_are_kept(put: Put, dataset: str, units: PartAnswer) -> None:
    for at in range(5):
        partanswers.make(dataset, put(("a", JANUARY, "dor", at), ("a", MARCH, "dor", 1), replace=False))
    kept = partanswers._place(units, 0, "m2027-01").parent
    assert len(list(kept.iterdir())) == partanswers.KEPT
    assert len(list((kept.parent / "m2027-03").iterdir())) == 1
