"""What is done regularly: a table of what, how often and when it was last asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs.kinds import Habit, habits
from stateworks.kernel.jobs.models import Job, Regular
from stateworks.kernel.jobs.queue import enqueue


def due_on(habit: Habit, local: datetime) -> date | None:
    """Return the day for which a habit is due at a local time: today, today's weekday, or the first of the month; else None.

    A month's is made up for as soon as somebody works again; a day that has gone by is not.
    """
    if habit.every == "day":
        return local.date() if local.hour >= habit.hour else None
    if habit.every == "weekday":
        return local.date() if local.weekday() < 5 and local.hour >= habit.hour else None
    first = local.date().replace(day=1)
    if local.day == 1 and local.hour < habit.hour:
        return (first - timedelta(days=1)).replace(day=1)
    return first


def enqueue_due(*, at: datetime) -> list[Job]:
    """Ask for everything regular that is due; of two workers that do so at once, one does."""
    from zoneinfo import ZoneInfo

    asked: list[Job] = []
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    for habit in habits():
        day = due_on(habit, local)
        if day is None:
            continue
        with entered(SYSTEM):
            Regular.objects.get_or_create(kind=habit.kind)
            waiting = Regular.objects.filter(Q(last_on=None) | Q(last_on__lt=day), kind=habit.kind)
            if waiting.update(last_on=day):
                job, new = enqueue(habit.kind, habit.kind, {"on": day.isoformat()}, by=None, at=at)
                asked += [job] if new else []
    return asked
