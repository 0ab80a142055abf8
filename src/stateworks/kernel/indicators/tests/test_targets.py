"""A target and its JSON: the contract's keys, an exact round trip, and refusals of what is no target."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.indicators.targets import Change, Target, Within

NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False),
)
NAMES = st.one_of(st.none(), st.text(min_size=1, max_size=20))


TARGETS = st.builds(
    Target,
    st.sampled_from(["committed", "stretch", "learning"]),
    st.sampled_from([">=", "<=", ">", "<", "="]),
    NUMBERS,
    NAMES,
    st.sampled_from([None, "day", "week", "month", "quarter", "year"]),
    st.none() | st.dates(),
    NAMES,
    st.none() | st.builds(Within, st.integers(1, 500), st.just("day"), NAMES),
    st.none()
    | st.builds(
        Change, st.sampled_from(["up", "down"]), st.sampled_from([None, True, False]), st.none() | NUMBERS
    ),
    NAMES,
)


@given(TARGETS)
def test_a_target_survives_the_round_trip(target: Target) -> None:
    again = Target.from_json(target.to_json())
    assert again == target
    assert again.to_json() == target.to_json()


def test_target_json_has_the_contract_keys() -> None:
    target = Target(comparator=">=", value=75, unit="percent", by=date(2026, 6, 30))
    assert target.to_json() == {
        "level": "committed",
        "comparator": ">=",
        "value": 75,
        "unit": "percent",
        "per": None,
        "by": "2026-06-30",
        "of": None,
        "within": None,
        "change": None,
        "baseline": None,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparator": "=>", "value": 1},
        {"value": 1},
        {"comparator": ">=", "value": "1"},
        {"comparator": ">=", "value": True},
        {"level": "hoped"},
        {"per": "decade"},
        {"change": {"direction": "sideways"}},
        {"goal": 3},
    ],
)
def test_a_wrong_target_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be one of|needs a comparator|must be a number|has no field"):
        Target.from_json(wrong)
