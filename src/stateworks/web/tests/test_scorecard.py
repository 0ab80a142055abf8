"""The scorecard: what it counts, who sees what, what changed and why."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Verdict
from stateworks.kernel.plans.models import Milestone
from stateworks.web.promises import promise_of
from stateworks.web.scorecard.changes import Move, changes, contributions
from stateworks.web.scorecard.history import Point, labels_until, months_before
from stateworks.web.tests.office import AS_OF, PLAN, Office, signed
from stateworks.web.verdict_words import bucket_of

BEFORE, AFTER = dt.date(2026, 9, 1), dt.date(2026, 10, 1)


def point(starts: dt.date, value: float | None, n: int = 100) -> Point:
    return Point(f"{starts:%Y-%m}", starts, starts, value, n)


def verdict(standing: str, attainment: str = "", outlook: str = "") -> Verdict:
    return Verdict(standing=standing, attainment=attainment, outlook=outlook)


@pytest.mark.parametrize(
    ("standing", "attainment", "outlook", "bucket"),
    [
        ("scored", "met", "at_risk", "met"),
        ("scored", "missed", "on_track", "missed"),
        ("scored", "pending", "at_risk", "at_risk"),
        ("scored", "pending", "off_track", "at_risk"),
        ("scored", "pending", "on_track", "pending"),
        ("scored", "pending", "", "pending"),
        ("reported", "met", "", "met"),
        ("baseline", "met", "", "baseline"),
        ("suppressed", "met", "", "suppressed"),
        ("no_data", "", "", "no_data"),
        ("stale", "met", "", "stale"),
        ("not_measured", "", "", "not_measured"),
        ("retired", "met", "", "retired"),
    ],
)
def test_a_verdict_falls_in_one_bucket(standing: str, attainment: str, outlook: str, bucket: str) -> None:
    assert bucket_of(verdict(standing, attainment, outlook)).key == bucket
    assert bucket_of(None).key == "not_measured"


def move(was: float, now: float, n_before: int, n_after: int) -> Move:
    return Move(
        "1.2.1", "percent", "up", point(BEFORE, was, n_before), point(AFTER, now, n_after), was, now, 2.0
    )


def test_contributions_by_hand() -> None:
    """Whole: 75 of 100, then 71 of 100. A: 45 of 50, then 42 of 50; B: 30 of 50, then 29 of 50.

    A: 50/100·(0.84-0.75) - 50/100·(0.90-0.75) = 0.045 - 0.075 = -0.030. B: 0.5·(0.58-0.75) - 0.5·(0.60-0.75) = -0.010.
    """
    slices = {
        "A": {BEFORE: (0.90, 50), AFTER: (0.84, 50)},
        "B": {BEFORE: (0.60, 50), AFTER: (0.58, 50)},
    }
    found = {
        one.member: round(one.share, 6) for one in contributions(move(0.75, 0.71, 100, 100), "agency", slices)
    }
    assert found == {"A": -0.03, "B": -0.01}
    # One slice that is the whole explains nothing.
    assert not contributions(move(0.9, 0.84, 50, 50), "agency", {"A": slices["A"]})


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.integers(1, 500), st.floats(0, 1), st.floats(0, 1)),
        min_size=2,
        max_size=8,
    )
)
def test_contributions_explain_the_whole_move(slices: list[tuple[int, int, float, float]]) -> None:
    rows = [(n0, round(n0 * p0), n1, round(n1 * p1)) for n0, n1, p0, p1 in slices]
    n_before, n_after = sum(r[0] for r in rows), sum(r[2] for r in rows)
    was, now = sum(r[1] for r in rows) / n_before, sum(r[3] for r in rows) / n_after
    members = {
        str(at): {BEFORE: (hits0 / n0, n0), AFTER: (hits1 / n1, n1)}
        for at, (n0, hits0, n1, hits1) in enumerate(rows)
    }
    towards = sum(one.share for one in contributions(move(was, now, n_before, n_after), "agency", members))
    against = 2 * was - now  # as far the other way
    away = sum(one.share for one in contributions(move(was, against, n_before, n_after), "agency", members))
    # Shares with the move and, told by the opposite move, those against it: together the whole.
    assert towards + away == pytest.approx(now - was, abs=1e-9)


def test_only_unusual_moves_are_told() -> None:
    months = [months_before(AFTER, back) for back in range(12, -1, -1)]
    steady = [0.70, 0.71, 0.70, 0.71, 0.70, 0.71, 0.70, 0.71, 0.70, 0.71, 0.70, 0.71]
    points = {
        ("quiet", "month"): [point(at, value) for at, value in zip(months, [*steady, 0.702], strict=True)],
        ("loud", "month"): [point(at, value) for at, value in zip(months, [*steady, 0.60], strict=True)],
        ("new", "month"): [point(AFTER, 0.5)],
    }
    units = dict.fromkeys(("quiet", "loud", "new"), ("percent", "up"))
    found = changes(points, units, dt.date(2026, 10, 31), run=None)
    assert found is not None
    assert (found.since, found.until, found.compared) == ("September", "October", 2)
    assert [one.code for one in found.moves] == ["loud"]
    assert not found.moves[0].better
    assert changes({}, units, dt.date(2026, 10, 31), run=None) is None


def test_an_open_month_is_compared_when_it_has_closed() -> None:
    points = {("a", "month"): [point(dt.date(2026, 8, 1), 0.5), point(BEFORE, 0.9), point(AFTER, 0.1)]}
    found = changes(points, {"a": ("percent", "up")}, dt.date(2026, 10, 15), run=None)
    assert found is not None
    assert (found.since, found.until) == ("August", "September")


def test_lines_draw_thirteen_months_and_five_years() -> None:
    labels = labels_until(dt.date(2026, 10, 31), 7)
    assert labels[0] == "2025-10"
    assert "2026-10" in labels
    assert "FY27 Q2" in labels
    assert "FY22 Q2" in labels


def test_visitors_see_signed_figures_only(office: Office) -> None:
    visitor = office.client("anonymous")
    before = visitor.get("/").content.decode()
    assert "63</b>" in before
    assert "not published yet" in before
    assert " met</span>" not in before
    signed(office, "1.2.1")
    after = visitor.get("/").content.decode()
    assert re.search(r"62</b>\s*<span class=\"sw-verdict sw-verdict--not_published", after)
    assert after.count("Signed ") == 1
    page = visitor.get(f"/plans/{PLAN}/indicators/1.2.1/").content.decode()
    assert "How this was made" in page
    assert "The query, as it ran" in page
    for hidden in ("By agency", "Harbor Commission", "owner@", "See the rows", "Two agents were away"):
        assert hidden not in page, hidden
    other = visitor.get(f"/plans/{PLAN}/indicators/1.2.2/").content.decode()
    assert "no figure has been published yet" in other
    assert "How this was made" not in other
    rows = list(csv.DictReader(io.StringIO(visitor.get("/?format=csv").content.decode())))
    assert [row["id"] for row in rows if row["value"]] == ["1.2.1"]


def test_a_milestone_beside_a_figure_reads_as_what_it_is(office: Office) -> None:
    link = f'<a href="/plans/{PLAN}/milestones/impact-pilot-review/">Pilot of the incident review is held</a>'
    client = office.client("auditor")
    for path in ("/", f"/plans/{PLAN}/indicators/2.4.3/"):
        page = client.get(path).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert f"Milestone {link}: not done yet, due 30 Jun 2031" in page, path
        assert "pilot review done; " in page and "goal is a date" not in page, path
    assert (
        "Pilot of the incident review is held"
        in client.get(f"/plans/{PLAN}/milestones/impact-pilot-review/").content.decode()
    )
    # Nothing unpublished is hinted at.
    assert "impact-pilot-review" not in office.client("anonymous").get("/").content.decode()
    day = AS_OF
    for facts, words, icon in (
        ({}, "not done yet, without a date", "pending"),
        ({"due": day}, "not done yet, due 31 Jan 2027", "pending"),
        ({"due": day - dt.timedelta(1)}, "not done, due 30 Jan 2027, overdue", "missed"),
        ({"due": day, "forecast": day + dt.timedelta(5)}, "not done yet, due 31 Jan 2027, now expected 5 Feb 2027", "pending"),
        ({"due": day, "done_on": day}, "done 31 Jan 2027, due 31 Jan 2027; nobody else has confirmed it yet", "pending"),
        ({"due": day, "done_on": day, "confirmed_by": "x"}, "done 31 Jan 2027, due 31 Jan 2027; confirmed", "met"),
        ({"due": day - dt.timedelta(1), "done_on": day, "confirmed_by": "x"},
         "done 31 Jan 2027, late, due 30 Jan 2027; confirmed", "missed"),
        # What was done after the day that is looked at was not done then.
        ({"due": day, "done_on": day + dt.timedelta(1), "confirmed_by": "x"}, "not done yet, due 31 Jan 2027", "pending"),
    ):  # fmt: skip
        told = promise_of(Milestone(key="k", name="n", **facts), PLAN, day)
        assert (told.words.replace("\N{NO-BREAK SPACE}", " "), told.icon) == (words, icon), facts


def test_filters_narrow_and_stand_in_the_address(office: Office) -> None:
    client = office.client("planner")

    def ids(query: str) -> list[str]:
        text = client.get(f"/?format=csv&{query}").content.decode()
        return [row["id"] for row in csv.DictReader(io.StringIO(text))]

    everything = ids("")
    assert len(everything) == 63
    assert ids("words=first-contact") == ["1.2.1"]
    assert ids("words=nothing+like+it") == []
    assert ids("signed=yes") == []
    parts = [ids(f"part={code}") for code in ("1", "2", "3")]
    assert [len(part) for part in parts] == [20, 36, 7]
    with entered(SYSTEM):
        verdicts = {row.indicator: bucket_of(row).key for row in Verdict.objects.filter(run=office.run)}
    for bucket in set(verdicts.values()):
        assert sorted(ids(f"verdict={bucket}")) == sorted(
            code for code, key in verdicts.items() if key == bucket
        )
    assert "No indicator fits these filters" in client.get("/?words=zzz").content.decode()


def test_counts_add_up_and_a_wrong_date_is_said(office: Office) -> None:
    page = office.client("planner").get("/?as_of=yesterday").content.decode()
    assert "is not a date" in page
    counts = re.search(r'<ul class="sw-counts".*?</ul>', page, re.S)
    assert counts is not None
    assert sum(int(n) for n in re.findall(r"<b>(\d+)</b>", counts[0])) == 63
    assert office.client("planner").get("/?plan=nope").status_code == 404


def test_an_earlier_date_shows_the_earlier_run(office: Office) -> None:
    page = office.client("planner").get("/?as_of=2026-12-31").content.decode()
    assert "No figures yet" in page


def test_the_quarterly_report_is_a_workbook(office: Office) -> None:
    import openpyxl

    client = office.client("planner")
    page = client.get(f"/plans/{PLAN}/report/?quarter=FY27+Q2").content.decode()
    assert "Two agents were away." in page
    found = client.get(f"/plans/{PLAN}/report/?quarter=FY27+Q2&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(found.content))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "1.1.1" in cells
    assert client.get(f"/plans/{PLAN}/report/?quarter=2026-10").status_code == 404
