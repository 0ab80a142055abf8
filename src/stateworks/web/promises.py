"""Milestones that a goal promises beside its figure, as pages tell them: what, whether it is done, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from stateworks.kernel.plans.models import Indicator, Milestone, Plan
from stateworks.web import words


@dataclass(frozen=True)
class Promise:
    """One milestone: its name, how it stands in words with an icon, and the page where it is kept."""

    name: str
    words: str
    icon: str
    url: str


def promises_of(plan: Plan, indicators: Iterable[Indicator], as_of: dt.date) -> Mapping[str, list[Promise]]:
    """Return by code the milestones of indicators whose goal is a milestone and a figure; one query."""
    codes = [one.code for one in indicators if is_promise_beside_figure(one.targets)]
    found: dict[str, list[Promise]] = {}
    for row in Milestone.objects.filter(plan=plan, code__in=codes).order_by("due", "pk"):
        found.setdefault(row.code, []).append(promise_of(row, plan.slug, as_of))
    return found


def is_promise_beside_figure(targets: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a goal promises a milestone and something else."""
    kinds = {target.get("unit") == "milestone" for target in targets}
    return kinds == {True, False}


def promise_of(row: Milestone, slug: str, as_of: dt.date) -> Promise:
    """Say how a milestone stands on a day: done and confirmed, done and waiting for a second person, late, or not done."""
    url = reverse("web:milestone", args=[slug, row.key])
    due = f"due {words.day(row.due)}" if row.due else "without a date"
    if row.done_on is not None and row.done_on <= as_of:
        late = ", late" if row.due and row.done_on > row.due else ""
        done = f"done {words.day(row.done_on)}{late}, {due}"
        if not row.confirmed_by:
            return Promise(row.name, f"{done}; nobody else has confirmed it yet", "pending", url)
        return Promise(row.name, f"{done}; confirmed", "missed" if late else "met", url)
    moved = f", now expected {words.day(row.forecast)}" if row.forecast and row.forecast != row.due else ""
    if row.due and row.due < as_of:
        return Promise(row.name, f"not done, {due}, overdue{moved}", "missed", url)
    return Promise(row.name, f"not done yet, {due}{moved}", "pending", url)
