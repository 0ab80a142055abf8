"""Uptime against its promise, by hand: by whole months, by service and system, for whom it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.modules.inventory.models import Monitor, MonitoringTool, System
from stateworks.modules.inventory.templatetags.inventory import span as span_words
from stateworks.modules.inventory.templatetags.inventory import uptime as share_words
from stateworks.modules.inventory.tests.conftest import AT, Room
from stateworks.modules.inventory.uptime import Time, services_of, span, uptimes

TODAY = date(2026, 11, 2)
DAY = 86_400


@pytest.fixture
def load(room: Room, tmp_path: Path, settings: Any) -> Callable[..., None]:
    """Load lines `service,id,state,from,to,system,agency` of a tool that lists what went wrong alone, in local time."""
    settings.TIME_ZONE = "America/Chicago"
    given = {
        "service": "Service",
        "reference": "Id",
        "state": "State",
        "started_at": "From",
        "ended_at": "To",
    }

    def run(*lines: str) -> None:
        path = tmp_path / "spans.csv"
        path.write_text("\n".join(["Service,Id,State,From,To,System,Agency", *lines]) + "\n")
        columns = {
            name: {"from": [source]}
            for name, source in (given | {"system": "System", "agency": "Agency"}).items()
        }
        mapping = mapping_from(
            {"name": "watcher", "dataset": "inventory.availability", "source": "watcher", "load": "delta",
             "zone": "America/Chicago", "columns": columns, "rules": {"gaps": "up"}}, "watcher",
        )  # fmt: skip
        made = import_feed("inventory.availability", path, mapping=mapping, by=None, at=AT)
        assert not made.quarantined

    return run


OCTOBER = (
    # Watched all October: 31 days. Down 3 h 6 min 3 s, planned 12 h, slow 1 h.
    "benefits web,0,up,2026-10-01 00:00,2026-10-01 00:01,benefits,dhs",
    "benefits web,1,down,2026-10-04 10:00,2026-10-04 13:06:03,benefits,dhs",
    "benefits web,2,maintenance,2026-10-11 00:00,2026-10-11 12:00,benefits,dhs",
    "benefits web,3,degraded,2026-10-12 08:00,2026-10-12 09:00,benefits,dhs",
    "benefits web,4,up,2026-10-31 23:58,2026-10-31 23:59,benefits,dhs",
    # A probe that knows the entity alone, and no organization.
    "probe-7,5,up,2026-10-01 00:00,2026-10-01 00:01,,",
    "probe-7,6,down,2026-10-20 00:00,2026-10-20 06:00,,",
    "probe-7,7,up,2026-10-31 23:58,2026-10-31 23:59,,",
    "mail,8,down,2026-10-02 00:00,2026-10-02 01:00,mail,doa",
)


def test_spans_are_whole_months_that_have_ended() -> None:
    assert span(date(2026, 11, 2), 1) == (date(2026, 10, 1), date(2026, 10, 31))
    assert span(date(2026, 11, 30), 3) == (date(2026, 8, 1), date(2026, 10, 31))
    assert span(date(2026, 3, 1), 12) == (date(2025, 3, 1), date(2026, 2, 28))
    assert span(date(2026, 1, 1), 1) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_share_is_never_rounded_up_to_its_promise() -> None:
    # Of 100,000 s 101 down: 99.899 % and no more, though one digit would say 99.9.
    time = Time(up=99_000, degraded=899, down=101, maintenance=500, unknown=700)
    assert (time.share, time.keeps(Decimal("99.9")), time.keeps(Decimal("99.899"))) == (
        Decimal("99.899"),
        False,
        True,
    )
    assert (Time(up=DAY * 3650 - 1, down=1).share, Time(up=5).share) == (Decimal("99.999"), Decimal(100))
    assert (Time(maintenance=9).share, Time(maintenance=9).keeps(Decimal(1)), Time(up=1).keeps(None)) == (
        None,
        None,
        None,
    )
    assert [share_words(one).replace("\N{NO-BREAK SPACE}", " ") for one in (Decimal("99.950"), Decimal(100), None)] == [
        "99.95 %", "100 %", "",
    ]  # fmt: skip
    told = [
        span_words(one).replace("\N{NO-BREAK SPACE}", " ")
        for one in (0, 40, 60, 3900, DAY, 2 * DAY + 7200, 3600)
    ]
    assert told == ["0", "40 s", "1 min", "1 h 5 min", "1 day", "2 days 2 h", "1 h"]


def test_a_system_against_its_promise(room: Room, load: Callable[..., None]) -> None:
    load(*OCTOBER)
    with entered(SYSTEM):
        own = System.objects.get(code="benefits")
        own.availability_target = Decimal("99.5")
        month, year = uptimes(own, [], TODAY)
        # 31 days less the 12 h planned are 2,635,200 s; 11,163 of them down: 99.576 %.
        assert sum(month.service.time.seconds) == 31 * DAY
        assert (month.service.time.down, month.service.time.maintenance, month.service.time.degraded) == (
            11_163,
            43_200,
            3_600,
        )
        assert (month.service.time.share, month.kept) == (Decimal("99.576"), True)
        assert (year.months, year.since, year.until, year.service.time) == (
            12, date(2025, 11, 1), date(2026, 10, 31), month.service.time,
        )  # fmt: skip
        own.availability_target = Decimal("99.577")
        assert uptimes(own, [], TODAY)[0].kept is False


def test_what_a_monitor_watches_is_the_systems_though_the_source_does_not_say_so(
    room: Room, load: Callable[..., None]
) -> None:
    load(*OCTOBER)
    with entered(SYSTEM):
        tool = MonitoringTool.objects.create(code="watcher", name="Watcher", approved=True)
        other = MonitoringTool.objects.create(code="another", name="Another", approved=True)
        portal = room.systems["portal"]
        theirs = Monitor(tool=other, entity="probe-7", system=portal, onboarded_on=TODAY)
        assert services_of(portal, [theirs], *span(TODAY, 1)) == []
        ours = Monitor.objects.create(tool=tool, entity="probe-7", system=portal, onboarded_on=TODAY)
        (found,) = services_of(portal, [ours], *span(TODAY, 1))
    assert (found.service, found.system, found.time.down) == ("probe-7", None, 6 * 3600)
    # Ann sees the portal, and with it how long it was up, though the row belongs to no organization that she sees.
    page = room.client("ann").get("/inventory/systems/portal/").content.decode()
    assert "probe-7" in page and "99.193\N{NO-BREAK SPACE}%" in page and "6\N{NO-BREAK SPACE}h" in page


def test_the_page_lists_for_whom_it_is(
    room: Room, load: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 2, 15, tzinfo=UTC))
    assert (
        "Nothing is known of these months"
        in room.client("auditor").get("/inventory/availability/").content.decode()
    )
    nothing = room.client("auditor").get("/inventory/systems/benefits/").content.decode()
    assert "no monitor's times have been loaded for it" in nothing
    load(*OCTOBER)
    with entered(SYSTEM):
        System.objects.filter(code="benefits").update(availability_target=Decimal("99.9"))
        System.objects.filter(code="mail").update(availability_target=Decimal("90"))
    rows = lambda who, more="": list(  # noqa: E731
        csv.DictReader(
            io.StringIO(room.client(who).get(f"/inventory/availability/?format=csv{more}").content.decode())
        )
    )
    # What falls short of its promise first, then the lowest.
    assert [(row["service"], row["system"], row["kept"]) for row in rows("auditor")] == [
        ("benefits web", "benefits", "no"), ("mail", "mail", "yes"), ("probe-7", "", ""),
    ]  # fmt: skip
    assert [row["service"] for row in rows("ann")] == ["benefits web"]
    assert rows("auditor", "&months=12")[0]["first day"] == "2025-11-01"
    assert rows("auditor", "&months=99")[0]["first day"] == "2026-10-01"
    page = room.client("auditor").get("/inventory/availability/").content.decode()
    assert "3 services you may see; 2 of them with a promise" in page.replace("\N{NO-BREAK SPACE}", " ")
    short = room.client("auditor").get("/inventory/availability/?short=1").content.decode()
    assert "benefits web" in short and "probe-7" not in short
    assert room.client("anonymous").get("/inventory/availability/").status_code == 302
    assert "Nothing is known" in room.client("nobody").get("/inventory/availability/").content.decode()
