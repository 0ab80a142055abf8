"""Rows that are asked for by what they have in common lie side by side, and rows that are all new are not written twice."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.lake import partfiles
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.partfiles import PartFiles, side_by_side

TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "ä", "aa"]), st.text(max_size=3))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=60))
def test_rows_alike_lie_side_by_side_in_the_order_in_which_they_came(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    frame = pl.DataFrame(
        {"one": [one for one, _ in pairs], "two": [two for _, two in pairs], "at": range(len(pairs))},
        schema={"one": pl.String, "two": pl.String, "at": pl.Int64},
    )
    found = side_by_side(frame, ("one", "two")).rows()
    assert sorted(at for *_, at in found) == list(range(len(pairs))), "none is lost, none is there twice"
    runs = [(key, [at for *_, at in rows]) for key, rows in groupby(found, key=lambda row: row[:2])]
    assert len({key for key, _ in runs}) == len(runs), "each pair is one run"
    assert all(ats == sorted(ats) for _, ats in runs)
    firsts = [one for one, _, _ in found if one is not None]
    assert firsts == sorted(firsts), (
        "in the order of the first column, so that a block says from what to what it reaches"
    )
    assert side_by_side(frame, ()).rows() == frame.rows()


def test_places_are_numbered_anew_before_they_grow_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame(
        {name: [str((at * step) % 11) for at in range(200)] for name, step in (("a", 3), ("b", 5), ("c", 7))}
    )
    names = tuple(frame.columns)
    usual = side_by_side(frame, names)
    monkeypatch.setattr(partfiles, "LARGEST", 1)
    assert side_by_side(frame, names).equals(usual)
    assert usual.equals(frame.sort(names, maintain_order=True))


def test_a_reader_passes_over_most_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """900 rows of 30 accounts, 30 of each: in three blocks of six groups each account is in one or two of a block."""
    rows = pl.DataFrame({
        "account": [f"A{at % 30:02}" for at in range(900)], "n": range(900), PART: ["m2026-10"] * 900, LINE: range(1, 901),
    })  # fmt: skip
    monkeypatch.setattr(partfiles, "GROUP_ROWS", 50)
    monkeypatch.setattr(partfiles, "BLOCK_BYTES", 3 * int(rows[:100].estimated_size()))
    files = PartFiles(tmp_path, "i1", ("account",))
    for at in range(0, 900, 100):
        files.add(rows[at : at + 100])
    files.finish()
    (written,) = files.written
    assert (written.rows, written.part) == (900, "m2026-10")
    table = pq.ParquetFile(tmp_path / written.path)
    bounds = [
        (group.column(0).statistics.min, group.column(0).statistics.max)
        for group in (table.metadata.row_group(at) for at in range(table.num_row_groups))
    ]
    assert len(bounds) == 18
    for account in ("A00", "A07", "A29"):
        assert 3 <= sum(low <= account <= high for low, high in bounds) <= 6
    # Each line still knows its row: what is refused later is named by it.
    places = files.places()
    lying = table.read().column("n").to_pylist()
    assert [lying[place] + 1 for place in places["place"]] == places[LINE].to_list()
