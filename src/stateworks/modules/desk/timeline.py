"""One ticket in words: its facts, and what happened to it when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from stateworks.web import words


@dataclass(frozen=True)
class Happening:
    """One update on a ticket's timeline: when, what changed, and how long it had been."""

    at: dt.datetime
    said: tuple[str, ...]
    since: str


FACTS = (
    ("kind", "Kind"), ("state", "State"), ("state_given", "State in the source"), ("category", "Category"),
    ("subcategory", "Subcategory"), ("service", "Service"), ("priority", "Priority"), ("channel", "Channel"),
    ("assignment_group", "Last group"), ("first_tier", "First tier"), ("last_tier", "Last tier"),
    ("highest_tier", "Highest tier"), ("reassignments", "Reassigned"), ("handovers", "Handed over"), ("reopens", "Reopened"),
    ("opened_at", "Opened"), ("resolved_at", "Resolved"), ("closed_at", "Closed"), ("resolve_seconds", "Took"),
    ("service_seconds", "Took, in service hours"), ("resolve_seconds_net", "Took, without waiting"),
    ("waiting_seconds", "Waited for others"), ("made_sla", "Within its service level"),
)  # fmt: skip


def fact(row: dict[str, Any], name: str) -> str:
    """One fact as people say it: spans in hours, instants in the state's zone, yes and no."""
    value = row[name]
    if name.endswith("_seconds") or name == "resolve_seconds_net":
        return span_words(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return moment_words(value)
    if name in {"reassignments", "handovers", "reopens"}:
        return words.count_of(int(value), "time")
    return str(value).replace("_", " ") if name in {"state", "channel", "kind"} else str(value)


def moment_words(value: dt.datetime) -> str:
    """An instant in the state's time zone."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{words.day(local.date())}, {local:%H:%M}"


def span_words(seconds: int) -> str:
    """A span as people say it: "18 minutes", "3 hours 5 minutes", "2 days 4 hours"."""
    minutes, hours = divmod(seconds // 60, 60)[1], seconds // 3600
    if seconds < 60:
        return words.count_of(seconds, "second")
    if hours < 1:
        return words.count_of(minutes, "minute")
    if hours < 48:
        return f"{words.count_of(hours, 'hour')} {words.count_of(minutes, 'minute')}"
    return f"{words.count_of(hours // 24, 'day')} {words.count_of(hours % 24, 'hour')}"


#: What a timeline tells of an update, where it differs from the one before.
TOLD = (
    ("state", "is {}"), ("assignment_group", "with the group {}"), ("assignee", "with {}"), ("tier", "at tier {}"),
    ("category", "filed under {}"), ("priority", "priority {}"), ("channel", "came by {}"), ("reopens", "reopened {} times"),
)  # fmt: skip


def timeline_of(row: dict[str, Any], events: list[dict[str, Any]]) -> list[Happening]:
    """What happened to a ticket, oldest first; without logged updates, its own instants."""
    found: list[Happening] = []
    if not events:
        instants = [("opened_at", "opened"), ("resolved_at", "resolved"), ("closed_at", "closed")]
        known = sorted((row[name], word) for name, word in instants if row.get(name))
        for place, (at, word) in enumerate(known):
            since = span_words(int((at - known[place - 1][0]).total_seconds())) if place else ""
            found.append(Happening(at, (word,), since))
        return found
    before: dict[str, Any] = {}
    for event in events:
        said = [
            text.format(str(event[name]).replace("_", " "))
            for name, text in TOLD
            if event.get(name) not in (None, "", 0) and event.get(name) != before.get(name)
        ]
        at = event["happened_at"]
        since = span_words(int((at - found[-1].at).total_seconds())) if found else ""
        found.append(Happening(at, tuple(said) or ("updated, nothing of this changed",), since))
        before = event
    return found


def facts_of(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of a ticket that are known, each with its label."""
    return [(label, fact(row, name)) for name, label in FACTS if row.get(name) not in (None, "")]
