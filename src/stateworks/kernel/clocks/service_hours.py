"""When a service is open: weekly hours in one time zone, less holidays, as a table of open spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from stateworks.kernel.clocks.holidays import state_holidays
from stateworks.kernel.errors import Refused

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = time(0)
OFFICE_DAY = ((time(8), time(17)),)


@dataclass(frozen=True)
class ServiceHours:
    """The hours of a week in which a service is open, in local time, and the state whose holidays it keeps.

    `week` gives each weekday (0 is Monday) its spans; a span that ends at midnight is written with 00:00. `state` empty
    means open on holidays too; `closed` and `extra` are single days that differ, such as a storm or a Saturday drive.
    """

    zone: str
    week: Mapping[int, tuple[tuple[time, time], ...]]
    state: str = ""
    closed: frozenset[date] = field(default_factory=frozenset)
    extra: Mapping[date, tuple[tuple[time, time], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for day, spans in [*self.week.items(), *self.extra.items()]:
            before = None
            for starts, ends in spans:
                if ends != MIDNIGHT and ends <= starts:
                    raise Refused(
                        f"The service hours of {day} end at {ends:%H:%M}, before they start at {starts:%H:%M}."
                    )
                if before is not None and (before == MIDNIGHT or starts < before):
                    raise Refused(f"The service hours of {day} overlap at {starts:%H:%M}.")
                before = ends

    @cached_property
    def tz(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)

    def spans_on(self, day: date) -> tuple[tuple[time, time], ...]:
        """Return the local hours of one day."""
        if day in self.extra:
            return self.extra[day]
        if day in self.closed or (self.state and day in state_holidays(self.state, (day.year,))):
            return ()
        return tuple(self.week.get(day.weekday(), ()))

    def local_day(self, instant: datetime) -> date:
        """Return the local date of an instant."""
        return instant.astimezone(self.tz).date()

    def calendar(self, first: datetime, last: datetime) -> OpenSpans:
        """Return the open spans from the local day of one instant to that of another."""
        return OpenSpans.between(self, self.local_day(first), self.local_day(last))


def office_hours(zone: str, state: str = "") -> ServiceHours:
    """Return Monday to Friday from 8:00 to 17:00."""
    return ServiceHours(zone, dict.fromkeys(range(5), OFFICE_DAY), state)


def round_the_clock(zone: str) -> ServiceHours:
    """Return hours that never close."""
    return ServiceHours(zone, dict.fromkeys(range(7), ((MIDNIGHT, MIDNIGHT),)))


@dataclass(frozen=True)
class OpenSpans:
    """Open spans in seconds since 1970 (UTC), in order and apart, with the open seconds before each: one lookup answers.

    Local hours become instants day by day, so that a day on which clocks change has the hours it really has.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def between(cls, hours: ServiceHours, first: date, last: date) -> OpenSpans:
        """Lay out the open spans of every local day from the first to the last."""
        starts: list[int] = []
        ends: list[int] = []
        day = first
        while day <= last:
            for opens, closes in hours.spans_on(day):
                end_day = day + timedelta(days=1) if closes == MIDNIGHT else day
                begin, end = _seconds(day, opens, hours.tz), _seconds(end_day, closes, hours.tz)
                if end <= begin:
                    continue
                if ends and begin <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(begin)
                    ends.append(end)
            day += timedelta(days=1)
        before, total = [], 0
        for begin, end in zip(starts, ends, strict=True):
            before.append(total)
            total += end - begin
        return cls(tuple(starts), tuple(ends), tuple(before))

    def open_before(self, second: int) -> int:
        """Return the open seconds from the calendar's start until an instant."""
        place = bisect_right(self.starts, second) - 1
        if place < 0:
            return 0
        return self.before[place] + min(second, self.ends[place]) - self.starts[place]

    def instant_after(self, open_seconds: int) -> int | None:
        """Return the instant by which so many seconds have been open; None where the calendar ends earlier."""
        place = max(0, bisect_right(self.before, open_seconds) - 1)
        if open_seconds > 0 and place and self.before[place] == open_seconds:
            place -= 1  # the end of a span, not the start of the next
        if not self.starts or self.before[place] + self.ends[place] - self.starts[place] < open_seconds:
            return None
        return self.starts[place] + open_seconds - self.before[place]


def _seconds(day: date, at: time, tz: ZoneInfo) -> int:
    """Return the instant of a local time; one that clocks skip is the moment they were moved, one shown twice the first."""
    local = datetime.combine(day, at, tz)
    instant = local.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) != local.replace(tzinfo=None):
        # Skipped: the offset that held before puts it as far behind the change as it stands behind on the clock face.
        after = local.replace(fold=1).astimezone(UTC)
        instant = _change_between(min(after, instant), max(after, instant), tz)
    return int(instant.timestamp())


def _change_between(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    offset = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
