"""The lines of a scorecard: one an indicator, grouped by the plan's own levels, counted by verdict."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.safestring import SafeString

from stateworks.kernel.indicators.models import Standing, Verdict
from stateworks.kernel.plans.models import Indicator, Node
from stateworks.web import words
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.promises import Promise
from stateworks.web.scorecard.choice import Filters
from stateworks.web.scorecard.history import History, Point, drawn
from stateworks.web.scorecard.published import Signature, signature_of
from stateworks.web.verdict_words import BUCKETS, BY_KEY, Bucket, bucket_of, is_measured, outlook_words


@dataclass(frozen=True)
class Line:
    """One indicator as the scorecard shows it."""

    code: str
    name: str
    full_name: str
    unit: str
    value: float | None
    figure: str
    detail: str
    goal: str
    bucket: Bucket
    outlook: str
    why: str
    reported: bool
    period: str
    spark: SafeString
    signed_on: dt.date | None
    prepared_on: dt.date | None
    owner: str
    reporting_level: str
    low: float | None
    high: float | None
    n: int | None
    promises: Sequence[Promise] = ()


@dataclass
class Section:
    """A node of the plan that carries indicators, such as an objective."""

    code: str
    title: str
    level: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Branch:
    """A top part of the plan, such as an activity or a pillar, with its sections and counts."""

    code: str
    number: str
    title: str
    level: str
    sections: list[Section] = field(default_factory=list)
    counts: list[tuple[Bucket, int]] = field(default_factory=list)


def line_of(
    indicator: Indicator,
    verdict: Verdict | None,
    points: History,
    signed: Sequence[Signature],
    *,
    published_only: bool,
    promises: Sequence[Promise] = (),
) -> Line:
    """Put one indicator in words; what was not published is not hinted at."""
    bucket = bucket_of(verdict)
    if published_only and verdict is None:
        bucket = BY_KEY["not_published"]
    unit = indicator.unit
    name = indicator.short_name or indicator.name
    name = name[:1].upper() + name[1:]
    shown = drawn(points, indicator.code, verdict.grain if verdict else "")
    signature = signature_of(signed, verdict.grain, verdict.period) if verdict else None
    value = verdict.value if verdict and bucket.key != "suppressed" else None
    return Line(
        code=indicator.code,
        name=name,
        full_name=indicator.name,
        unit=unit,
        value=value,
        figure=words.figure(value, unit),
        detail=_detail(verdict, unit) if value is not None else "",
        goal=goal_words(indicator.targets) or indicator.goal,
        bucket=bucket,
        outlook=outlook_words(verdict) if bucket.key in {"met", "missed", "pending", "at_risk"} else "",
        why=verdict.why if verdict else "",
        reported=bool(verdict and verdict.standing == Standing.REPORTED),
        period=verdict.period if verdict else "",
        spark=_spark(name, shown, indicator) if verdict else SafeString(""),
        signed_on=_local(signature.approved_at) if signature else None,
        prepared_on=_local(signature.prepared_at) if signature else None,
        owner=indicator.owner,
        reporting_level=indicator.reporting_level,
        low=verdict.low if verdict and value is not None else None,
        high=verdict.high if verdict and value is not None else None,
        n=verdict.n if verdict and value is not None else None,
        promises=promises,
    )


def _local(moment: dt.datetime | None) -> dt.date | None:
    from django.utils import timezone

    return timezone.localtime(moment).date() if moment else None


def _detail(verdict: Verdict | None, unit: str) -> str:
    if verdict is None:
        return ""
    parts = [words.interval(verdict.low, verdict.high, unit)]
    if verdict.n:
        parts.append(f"n{words.HARD_SPACE}{words.number(verdict.n)}")
    return ", ".join(part for part in parts if part)


def _spark(name: str, points: Sequence[Point], indicator: Indicator) -> SafeString:
    known = [point for point in points if point.value is not None]
    if len(known) < 2 or indicator.unit == "milestone":
        return SafeString("")
    goal = goal_words(indicator.targets)
    title = (
        f"{name}, {words.period_short(known[0].period)} to {words.period_short(known[-1].period)}: "
        f"from {words.figure(known[0].value, indicator.unit)} to {words.figure(known[-1].value, indicator.unit)}"
        + (f"; goal {goal}" if goal else "")
    )
    return sparkline([point.value for point in points], goal=goal_figure(indicator.targets), title=title)


def keep(line: Line, branch: str, filters: Filters) -> bool:
    """Whether a line passes the filters."""
    return (
        (not filters.buckets or line.bucket.key in filters.buckets)
        and (not filters.branch or branch == filters.branch)
        and (not filters.reporting_level or line.reporting_level == filters.reporting_level)
        and (not filters.owner or line.owner == filters.owner)
        and (not filters.signed or (line.signed_on is not None) == (filters.signed == "yes"))
        and (
            not filters.words
            or all(
                word in f"{line.code} {line.name} {line.full_name} {line.goal} {line.owner}".lower()
                for word in filters.words.lower().split()
            )
        )
    )


class Counted(Protocol):
    """Anything that stands in a bucket."""

    @property
    def bucket(self) -> Bucket:
        """The bucket."""


def counts_of(lines: Sequence[Counted]) -> list[tuple[Bucket, int]]:
    """How many lines stand in each bucket, in the fixed order, without empty buckets."""
    found = Counter(line.bucket.key for line in lines)
    return [(bucket, found[bucket.key]) for bucket in BUCKETS if found[bucket.key]]


def measured(lines: Sequence[Line]) -> int:
    """How many lines have a figure."""
    return sum(1 for line in lines if is_measured(line.bucket))


def branches_of(
    nodes: Sequence[Node], indicators: Sequence[Indicator], lines: Mapping[str, Line], filters: Filters
) -> list[Branch]:
    """Group lines by the top parts of the tree; a lone root (the whole programme) is not a part, its children are."""
    by_id = {node.pk: node for node in nodes}
    carrying = {indicator.node_id for indicator in indicators}
    ways = {key: _way(by_id[key], by_id) for key in carrying if key in by_id}
    roots = {way[0].pk for way in ways.values()}
    skip = 1 if len(roots) == 1 and all(len(way) > 2 for way in ways.values()) else 0
    branches: dict[int, Branch] = {}
    sections: dict[int, Section] = {}
    everything: dict[int, list[Line]] = {}
    for indicator in indicators:
        way = ways.get(indicator.node_id)
        line = lines.get(indicator.code)
        if way is None or line is None:
            continue
        top, own = way[min(skip, len(way) - 1)], way[-1]
        everything.setdefault(top.pk, []).append(line)
        if not keep(line, top.code, filters):
            continue
        if top.pk not in branches:
            branches[top.pk] = Branch(top.code, top.number, top.title, words.level_words(top.level))
        if own.pk not in sections:
            sections[own.pk] = Section(own.code, own.title, words.level_words(own.level))
            branches[top.pk].sections.append(sections[own.pk])
        sections[own.pk].lines.append(line)
    for key, branch in branches.items():
        branch.counts = counts_of(everything[key])
    return list(branches.values())


def _way(node: Node, by_id: Mapping[int, Node]) -> list[Node]:
    """The nodes from the root down to one."""
    way = [node]
    while way[-1].parent_id is not None and way[-1].parent_id in by_id:
        way.append(by_id[way[-1].parent_id])
    return way[::-1]
