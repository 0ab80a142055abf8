"""The number that tells changed rows: what it is, spelled out once more in plain Python, and what it must tell apart."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from stateworks.kernel.lake.contracts import Contract, ContractColumn
from stateworks.kernel.lake.fingerprints import key_number_sql, key_of, key_sql, keys_of
from stateworks.kernel.lake.rowhash import row_hashes

WORD = 2**64


def drawn(text: str) -> int:
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:16], 16)


def mixed(name: str, value: int) -> int:
    number = ((value % WORD) ^ drawn(f"{name}\x1f")) + 0x9E3779B97F4A7C15
    number %= WORD
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 % WORD
    number = (number ^ number >> 27) * 0x94D049BB133111EB % WORD
    return number ^ number >> 31


def numbers(**columns: list[Any]) -> list[int]:
    frame = pl.DataFrame(columns)
    return row_hashes(frame, frame.columns).to_list()


def test_the_number_is_the_one_that_is_written_down() -> None:
    at = datetime(2027, 1, 5, 12, tzinfo=UTC)
    found = numbers(
        name=["ä", None], count=[-3, 7], day=[date(2027, 1, 5), None], at=[at, at], done=[True, None],
        share=[0.5, -0.0], price=[Decimal("1.50"), Decimal("2.00")],
    )  # fmt: skip
    start = drawn("rows 2\x1f")
    seconds = int(at.timestamp()) * 1_000_000
    half = 0x3FE0000000000000
    first = (
        drawn("name\x1fä") + mixed("count", -3) + mixed("day", 20_823) + mixed("at", seconds) + mixed("done", 1)
        + mixed("share", half) + drawn("price\x1f1.50")
    )  # fmt: skip
    # An empty value adds nothing, and minus zero is zero.
    second = mixed("count", 7) + mixed("at", seconds) + mixed("share", 0) + drawn("price\x1f2.00")
    assert found == [(start + total) % WORD >> 4 for total in (first, second)]
    # Pinned, so that a library that computes otherwise one day does not go unnoticed.
    assert found == [252_115_188_751_712_594, 729_794_510_100_590_827]
    assert all(0 <= number < 2**60 for number in found)


def test_texts_that_hardly_repeat_have_the_same_numbers() -> None:
    """From some thousand different texts on, DuckDB hashes each row's own instead of each text once."""
    texts = [None, "", "ä\x1fb", *(str(at) for at in range(5000)), "7", None]
    found = numbers(name=texts)
    start = drawn("rows 2\x1f")
    for text, number in zip(texts, found, strict=True):
        assert number == (start + (0 if text is None else drawn(f"name\x1f{text}"))) % WORD >> 4


def test_what_differs_has_another_number() -> None:
    rows = [("a", "b"), ("b", "a"), ("ab", ""), ("", "ab"), (None, "b"), ("a", None), ("", "b"), (None, None)]
    found = numbers(one=[one for one, _ in rows], two=[two for _, two in rows])
    assert len(set(found)) == len(rows)
    found = numbers(one=[0, 1, None, 2], two=[1, 0, 1, -1])
    assert len(set(found)) == 4


def test_the_rule_that_computed_columns_rest_on_is_part_of_it() -> None:
    frame = pl.DataFrame({"one": [1]})
    assert row_hashes(frame, ["one"], "rule v1").item() != row_hashes(frame, ["one"], "rule v2").item()
    assert row_hashes(frame, ["one"], "rule v1").item() == row_hashes(frame, ["one"], "rule v1").item()


def test_a_key_has_one_hash_in_whichever_way_it_is_computed() -> None:
    declared = Contract(
        dataset="test.keys",
        columns=(
            ContractColumn("source", "VARCHAR", True, "", ()),
            ContractColumn("number", "VARCHAR", False, "", ()),
            ContractColumn("at", "TIMESTAMPTZ", False, "", ()),
        ),
        key=("source", "number", "at"),
    )
    values = "('ä', 'INC1', TIMESTAMPTZ '1970-01-01 00:00:01+00'), ('b', NULL, NULL), ('', '', NULL)"
    rows = f'(VALUES {values}) t(source, number, "at")'
    found = duckdb.sql(
        f"SELECT {key_number_sql(declared)} AS fast, {key_sql(declared)} AS slow FROM {rows}"
    ).pl()
    spelled: list[list[str | None]] = [["ä", "INC1", "1000000"], ["b", None, None], ["", "", None]]
    assert keys_of(found["fast"]).to_list() == found["slow"].to_list() == [key_of(key) for key in spelled]
    assert key_of(["abc"]) == 0x900150983CD24FB  # the MD5 of abc begins so in RFC 1321
