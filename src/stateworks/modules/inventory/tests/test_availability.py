"""Seconds up and down by day, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.adhoc import compute
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.lake.models import Import
from stateworks.kernel.lake.read import Reader

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = 3600
COLUMNS = {
    "service": {"from": ["Service"]}, "reference": {"from": ["Id"]}, "state": {"from": ["State"]},
    "started_at": {"from": ["From"]}, "ended_at": {"from": ["To"]}, "agency": {"constant": "unassigned"},
}  # fmt: skip


@pytest.fixture
def load(transactional_db: None, tmp_path: Path, settings: Any) -> Callable[..., Import]:
    """Load lines `service,id,state,from,to` of a tool whose clock shows Chicago's time."""
    settings.TIME_ZONE = "America/Chicago"

    def run(*lines: str, gaps: str = "up", kind: str = "delta") -> Import:
        path = tmp_path / "spans.csv"
        path.write_text("\n".join(["Service,Id,State,From,To", *lines]) + "\n")
        mapping = mapping_from(
            {"name": "watcher", "dataset": "inventory.availability", "source": "watcher", "load": kind, "zone": "America/Chicago",
             "columns": COLUMNS, "rules": {"gaps": gaps}}, "watcher",
        )  # fmt: skip
        return import_feed("inventory.availability", path, mapping=mapping, by=None, at=AT)

    return run


def days() -> dict[tuple[str, date], dict[str, int]]:
    """Return the hours of each state by service and day."""
    with entered(SYSTEM) as scope, Reader("inventory.availability_day", scope=scope) as reader:
        return {
            (row["service"], row["day"]): {
                name.removesuffix("_seconds"): row[name] / HOUR
                for name in row
                if name.endswith("_seconds") and row[name]
            }
            for row in reader.rows()
        }


def test_a_span_over_midnight_is_cut_and_the_rest_of_the_day_is_up(load: Callable[..., Import]) -> None:
    load("mail,1,down,2026-10-01 22:00,2026-10-02 03:00")
    assert days() == {
        ("mail", date(2026, 10, 1)): {"up": 22, "down": 2},
        ("mail", date(2026, 10, 2)): {"up": 21, "down": 3},
    }


def test_of_spans_that_overlap_the_worst_holds_and_what_was_announced_is_no_outage(
    load: Callable[..., Import],
) -> None:
    load(
        "mail,1,degraded,2026-10-01 08:00,2026-10-01 12:00",
        "mail,2,down,2026-10-01 10:00,2026-10-01 14:00",
        "mail,3,maintenance,2026-10-01 13:00,2026-10-01 15:00",
        "mail,4,down,2026-10-01 10:30,2026-10-01 11:00",
    )
    # 8-10 badly, 10-13 down, 13-15 announced: 24 hours in all.
    assert days() == {("mail", date(2026, 10, 1)): {"up": 17, "degraded": 2, "down": 3, "maintenance": 2}}


def test_days_between_are_filled_and_a_day_may_have_23_or_25_hours(load: Callable[..., Import]) -> None:
    load("mail,1,down,2026-10-31 12:00,2026-10-31 13:00", "mail,2,down,2026-11-02 12:00,2026-11-02 13:00")
    # The clocks went back on Sunday 1 November 2026.
    assert days()[("mail", date(2026, 11, 1))] == {"up": 25}
    load("pay,1,down,2026-03-07 12:00,2026-03-07 13:00", "pay,2,down,2026-03-09 12:00,2026-03-09 13:00")
    assert days()[("pay", date(2026, 3, 8))] == {"up": 23}


def test_what_a_source_does_not_say_is_unknown_unless_it_lists_what_went_wrong_alone(
    load: Callable[..., Import],
) -> None:
    load(
        "mail,1,up,2026-10-01 00:00,2026-10-01 20:00",
        "mail,2,down,2026-10-01 20:00,2026-10-01 21:00",
        gaps="unknown",
    )
    assert days() == {("mail", date(2026, 10, 1)): {"up": 20, "down": 1, "unknown": 3}}


def test_a_span_that_lasts_is_followed_to_the_last_instant_known(load: Callable[..., Import]) -> None:
    load("mail,1,down,2026-10-01 20:00,", "pay,1,degraded,2026-10-02 01:00,2026-10-02 06:00")
    # The service itself was last heard of on the first.
    assert days()[("mail", date(2026, 10, 1))] == {"up": 20, "down": 4}


def test_a_correction_takes_the_old_days_away(load: Callable[..., Import]) -> None:
    load("mail,1,down,2026-10-01 20:00,2026-10-03 20:00")
    assert len(days()) == 3
    made = load("mail,1,down,2026-10-01 20:00,2026-10-01 21:00")
    assert days() == {("mail", date(2026, 10, 1)): {"up": 23, "down": 1}}
    counts = made.derived["inventory.availability_day"]
    assert (counts["read"], counts["updated"], counts["removed"]) == (1, 1, 2)
    again = load("mail,1,down,2026-10-01 20:00,2026-10-01 21:00")
    assert (again.unchanged, again.updated) == (1, 0)


def test_uptime_and_downtime(load: Callable[..., Import]) -> None:
    load(
        "mail,1,down,2026-10-01 00:00,2026-10-01 06:00",
        "mail,2,maintenance,2026-10-02 00:00,2026-10-02 12:00",
        "mail,3,down,2026-10-02 12:00,2026-10-02 15:00",
        "mail,4,maintenance,2026-10-03 00:00,2026-10-04 00:00",
        # The span ends with the first second of the fourth, a day of which nothing more is known.
    )
    up, down = (compute(f"inventory.{name}", as_of=date(2026, 10, 31))[0] for name in ("uptime", "downtime"))
    # 18 of 24 hours, then 9 of the 12 that were not announced; the third leaves nothing; the fourth was all up.
    assert up["value"] == pytest.approx((0.75 + 0.75 + 1) / 3, abs=0.000001)
    assert up["excluded"] == {"no time known": 1}
    assert down["value"] == 9


def test_a_rule_that_means_nothing_is_refused(load: Callable[..., Import]) -> None:
    with pytest.raises(Refused, match="gaps: maybe; it can be up or unknown"):
        load("mail,1,down,2026-10-01 20:00,2026-10-01 21:00", gaps="maybe")


def test_a_span_that_ends_before_it_begins_is_kept_aside(load: Callable[..., Import]) -> None:
    made = load(
        "mail,1,down,2026-10-01 20:00,2026-10-01 19:00", "mail,2,down,2026-10-01 20:00,2026-10-01 21:00"
    )
    assert (made.inserted, made.quarantined) == (1, 1)
