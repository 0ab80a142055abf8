"""The scorecard's page and its file."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.web import asked
from stateworks.web.csv_cells import safe
from stateworks.web.scorecard.board import Board, board_for
from stateworks.web.scorecard.choice import choice_from


def scorecard(request: HttpRequest) -> HttpResponse:
    """Every indicator of a plan on one page; `format=csv` gives the same lines as a file."""
    choice = choice_from(request)
    board = board_for(choice, published_only=asked.account(request) is None, scope=asked.scope(request))
    if request.GET.get("format") == "csv":
        return as_csv(board)
    return render(
        request, "web/scorecard.html", {"board": board, "choice": choice, "filters": choice.filters}
    )


COLUMNS = (
    "plan", "as_of", "part", "objective", "id", "indicator", "period", "value", "unit", "low", "high", "n", "goal",
    "verdict", "outlook", "reported_not_computed", "signed_on", "why",
)  # fmt: skip


def as_csv(board: Board) -> HttpResponse:
    """The lines that are shown, as a file; figures unrounded, shares as fractions."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"scorecard-{board.slug}-{board.as_of.isoformat() if board.as_of else 'none'}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for branch in board.branches:
        for section in branch.sections:
            for line in section.lines:
                writer.writerow(
                    safe(
                        [
                            board.slug, board.as_of, branch.title, section.title, line.code, line.full_name, line.period,
                            line.value, line.unit, line.low, line.high, line.n, line.goal, line.bucket.word,
                            line.outlook, "yes" if line.reported else "no", line.signed_on, line.why,
                        ]
                    )
                )  # fmt: skip
    return response
