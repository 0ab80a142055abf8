"""Mapping documents: whatever is wrong is told with its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.mapping import mapping_from, parse_mapping

GOOD = """
name: meters
dataset: test.meter
zone: America/Chicago
columns:
  meter: {from: [Meter, No], join: "-"}
  day: {from: Day, formats: "%d/%m/%Y"}
  agency: {constant: dor}
  good: {from: OK, values: {fine: true, No: "false", "-": {refuse: nobody looked, do: have a look}}}
rules: {rate: flat}
"""


@pytest.mark.usefixtures("dataset")
def test_a_mapping_is_read() -> None:
    mapping = parse_mapping(GOOD, "meters.yaml")
    assert (mapping.name, mapping.source, mapping.load, mapping.rules) == (
        "meters",
        "meters",
        "delta",
        {"rate": "flat"},
    )
    assert mapping.columns["meter"].sources == ("Meter", "No")
    assert mapping.columns["good"].values["fine"].to == "true"
    assert mapping.columns["good"].values["-"].do == "have a look"
    assert mapping.source_columns == ("Meter", "No", "Day", "OK")


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("name: meters", "", "name: it is missing."),
        ("test.meter", "test.metre", "dataset: There is no dataset test.metre"),
        ("zone: America/Chicago", "zone: Mars/Olympus", "zone: Mars/Olympus is no time zone"),
        ("agency:", "agencie:", "columns.agencie: test.meter has no such column; did you mean agency?"),
        ("formats:", "format:", "columns.day.format: this is not known; did you mean formats?"),
        (
            '"%d/%m/%Y"',
            "day first",
            "columns.day.formats: “day first” is no format; write one such as %d/%m/%Y %H:%M.",
        ),
        (
            "constant: dor",
            "constant: dor, from: Agency",
            "columns.agency: give it either `from` or `constant`.",
        ),
        ("do: have a look", "to: yes", "columns.good.values.-: give it either `to` or `refuse`."),
        ("rules: {rate: flat}", "load: sometimes", "load: sometimes is not known; write delta or snapshot."),
        ("rules: {rate: flat}", "rules: {rate", "meters.yaml, line "),
        ("columns:", "columns: 7\nx:", "columns: name at least one column"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_mapping(GOOD.replace(old, new), "meters.yaml")
    told = " ".join([refused.value.sentence, *refused.value.details])
    assert sentence in told
    assert "meters.yaml" in told


@pytest.mark.usefixtures("dataset")
def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        parse_mapping(GOOD.replace("agency:", "agencie:").replace("America/Chicago", "Nowhere"), "m.yaml")
    assert refused.value.sentence == "m.yaml has 2 faults."
    assert len(refused.value.details) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
PARTS = st.sampled_from(
    ["name", "dataset", "columns", "file", "zone", "load", "rules", "meter", "from", "values", "formats"]
)


@settings(deadline=None)
@given(st.dictionaries(PARTS, JSON | st.dictionaries(PARTS, JSON, max_size=4), max_size=6) | JSON)
def test_no_document_makes_the_reader_fall(document: object) -> None:
    from stateworks.kernel.lake.contracts import register_contract
    from stateworks.kernel.lake.tests.conftest import METER

    register_contract("test.meter", lambda: METER)
    # A refusal is fine, a mapping is fine; any other exception fails the test.
    with suppress(Refused):
        assert mapping_from(document, "any").columns
