"""Everything a scorecard page shows, read in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.plans.models import Indicator, Node
from stateworks.web import words
from stateworks.web.promises import promises_of
from stateworks.web.scorecard.changes import Changes, Move, changes
from stateworks.web.scorecard.choice import Choice
from stateworks.web.scorecard.history import History, history, published_history
from stateworks.web.scorecard.lines import Branch, Line, branches_of, counts_of, line_of, measured
from stateworks.web.scorecard.published import published_verdicts, signatures
from stateworks.web.verdict_words import Bucket


@dataclass(frozen=True)
class Told:
    """One move in words, with the way to its rows."""

    text: str
    because: str
    better: bool
    url: str


@dataclass(frozen=True)
class Board:
    """A scorecard, ready to be shown."""

    slug: str
    title: str
    as_of: dt.date | None
    open_period: str
    run: Run | None
    total: int
    measured: int
    shown: int
    counts: list[tuple[Bucket, int]]
    branches: list[Branch]
    parts: list[tuple[str, str]]
    owners: list[str]
    changes: Changes | None
    told: list[Told]
    published_only: bool


def board_for(choice: Choice, *, published_only: bool, scope: Scope) -> Board:
    """Read a plan's scorecard; visitors get signed figures and nothing that hints at others.

    What a move came from is told by the slices that the scope sees.

    Nodes, indicators, verdicts, signatures, history and the slices of what moved: a fixed number of queries.
    """
    plan, run = choice.plan, choice.run
    if plan is None or plan.current_id is None:
        return Board("", "", None, "", None, 0, 0, 0, [], [], [], [], None, [], published_only)
    nodes = list(
        Node.objects.filter(version=plan.current_id).only(
            "id", "code", "number", "parent_id", "level", "title", "order"
        )
    )
    indicators = list(
        Indicator.objects.filter(version=plan.current_id).defer("filters", "parameters", "caveats")
    )
    signed = signatures(plan.slug, run.as_of, approved_only=published_only) if run else {}
    points: History = {}
    verdicts: dict[str, Verdict] = {}
    if run is not None and published_only:
        verdicts = published_verdicts(signed)
        points = published_history(plan.slug, run.as_of, plan.fiscal_year_start_month)
    elif run is not None:
        verdicts = {row.indicator: row for row in Verdict.objects.filter(run=run)}
        points = history(run.pk, run.as_of, plan.fiscal_year_start_month)
    promised = promises_of(plan, indicators, run.as_of) if run is not None and not published_only else {}
    lines = {
        one.code: line_of(
            one, verdicts.get(one.code), points, signed.get(one.code, ()), published_only=published_only,
            promises=promised.get(one.code, ()),
        )
        for one in indicators
    }  # fmt: skip
    branches = branches_of(nodes, indicators, lines, choice.filters)
    every = list(lines.values())
    moved = None
    if run is not None:
        units = {one.code: (one.unit, one.direction) for one in indicators if one.unit != "milestone"}
        moved = changes(points, units, run.as_of, run=None if published_only else run.pk, scope=scope)
    return Board(
        slug=plan.slug,
        title=plan.title,
        as_of=run.as_of if run else None,
        open_period=_open_period(run.as_of, plan.fiscal_year_start_month) if run else "",
        run=run,
        total=len(every),
        measured=measured(every),
        shown=sum(len(section.lines) for branch in branches for section in branch.sections),
        counts=counts_of(every),
        branches=branches,
        parts=[
            (branch.code, branch.title)
            for branch in branches_of(nodes, indicators, lines, type(choice.filters)())
        ],
        owners=sorted({line.owner for line in every if line.owner}),
        changes=moved,
        told=[_told(move, plan.slug, lines) for move in moved.moves] if moved else [],
        published_only=published_only,
    )


def _open_period(as_of: dt.date, start_month: int) -> str:
    """Say which quarter is still open on the day: "Q2 open"; on a quarter's last day, "Q2 closed"."""
    from stateworks.kernel.clocks.fiscal import period_of

    quarter = period_of(as_of, "quarter", start_month)
    name = quarter.label.split()[-1]
    return f"{name} {'closed' if quarter.closed(as_of) else 'open'}"


def _told(move: Move, slug: str, lines: dict[str, Line]) -> Told:
    """Put a move in a sentence, and what it came from in a second."""
    line = lines[move.code]
    text = f"{line.name} {move.words} to {words.figure(move.now, move.unit)}"
    rows = reverse("web:rows", args=[slug, move.code]) + f"?period={move.after.period}"
    return Told(text, because(move), move.better, rows)


def because(move: Move) -> str:
    """Where a move came from, slice by slice: "3.1 points of it from password reset"; empty when nothing stands out.

    Slices that moved the other way can offset more than the whole: then the strongest made "more than all of it".
    """
    whole = move.now - move.was
    sentences = []
    for dimension in sorted({one.dimension for one in move.contributions}):
        parts = [one for one in move.contributions if one.dimension == dimension]
        strong = [one for one in parts if abs(one.share) >= abs(whole) * 0.2][:2]
        if not strong:
            continue
        together = sum(one.share for one in strong)
        size = (
            f"{words.amount(0.0, together, move.unit)} of it"
            if abs(together) <= abs(whole)
            else "more than all of it"
        )
        listed = words.listed([one.name or one.member or "not given" for one in strong])
        kind = "" if dimension == "agency" else f"{words.level_words(dimension).lower()} "
        sentences.append(f"{size} from {kind}{listed}")
    return "; ".join(sentences)
