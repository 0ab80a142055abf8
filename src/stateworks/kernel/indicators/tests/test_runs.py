"""Runs on a real lake and a real database: figures, what is kept from run to run, seals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from stateworks.kernel.indicators import read, runs, seals
from stateworks.kernel.indicators.models import Cover, Statement, Value, Verdict
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.tests.visits import AT, visit, write
from stateworks.kernel.indicators.verify import verify

pytestmark = pytest.mark.usefixtures("visits")
AS_OF = date(2026, 10, 31)


def spec(measure: str = "tests.answered", **more: object) -> IndicatorSpec:
    fields = {"plan": "p", "plan_version": 1, "code": "1.1.1", "measure": measure, **more}
    return IndicatorSpec(**fields)  # type: ignore[arg-type]


def run(*specs: IndicatorSpec, as_of: date = AS_OF, at: object = AT, **more: object) -> runs.Run:
    return runs.execute(specs, plan="p", plan_version=1, as_of=as_of, at=at, **more)  # type: ignore[arg-type]


def september() -> list[dict[str, object]]:
    """Five visits: July answered; August not; September answered, unknown, and a test that is left out."""
    return [
        visit(1, "2026-07-10"),
        visit(2, "2026-08-10", answered=False, agency="doe"),
        visit(3, "2026-09-10"),
        visit(4, "2026-09-11", answered=None),
        visit(5, "2026-09-12", test=True),
    ]


def test_a_run_stores_integer_parts_by_period_and_slice() -> None:
    write(september())
    made = run(spec(targets=(Target(comparator=">=", value=75, unit="percent"),)))
    quarter = read.value_of(made, "1.1.1", "FY27 Q1")
    assert quarter is not None
    # Answered: visits 1 and 3; denominator: 1, 2, 3 and the unknown 4; 5 is left out.
    assert quarter.parts == {"numerator": 2, "denominator": 4, "unknown": 1}
    assert (quarter.value, quarter.n, quarter.left_out) == (0.5, 4, {"test visit": 1})
    assert {role: count for role, (count, _) in quarter.fingerprints.items()} == {
        "numerator": 2, "denominator": 4, "left out": 1
    }  # fmt: skip
    doe = read.value_of(made, "1.1.1", "FY27 Q1", dimension="agency", member="doe")
    assert doe is not None
    assert (doe.parts["numerator"], doe.n) == (0, 1)
    assert [one.period for one in read.history(made, "1.1.1", "month")] == ["2026-07", "2026-08", "2026-09"]
    verdict = Verdict.objects.get(run=made)
    assert (verdict.standing, verdict.attainment, verdict.period) == ("scored", "missed", "FY27 Q1")
    assert made.counts == {"missed": 1}


def figures(made: runs.Run) -> set[tuple[object, ...]]:
    """Everything a run stands on, comparable between runs."""
    names = set(Cover.objects.filter(run=made).values_list("figure", flat=True))
    return {
        (value.indicator, value.figure, value.grain, value.period, value.starts, value.ends, value.dimension, value.member,
         str(sorted(value.parts.items())), value.value, value.n, value.low, value.high, value.suppressed,
         str(sorted(value.fingerprints.items())), str(sorted(value.left_out.items())))
        for figure in names for value in read.values(made, figure=figure)
    }  # fmt: skip


EVERY = (
    "tests.answered", "tests.top_topics", "tests.people", "tests.time", "tests.visits", "tests.wait", "tests.money",
    "tests.rating", "tests.followed_up",
)  # fmt: skip


def three_years() -> dict[int, dict[str, object]]:
    """Ninety visits from September 2024 to August 2026, of all kinds."""
    made = {}
    for n in range(90):
        month = 8 + n * 24 // 90
        day = date(2024 + month // 12, month % 12 + 1, n % 27 + 1)
        made[n] = visit(n, day.isoformat(), answered=(True, False, None)[n % 3], agency=f"a{n % 3}", topic=f"t{n % 5}",
                        person=f"p{n % 17}", seconds=n * 37 % 901, cents=n * 101, rating=n % 5 + 1 if n % 7 else None,
                        test=n % 11 == 0, due_on=day + timedelta(days=20))  # fmt: skip
    return made


def changes(kind: str, rows: dict[int, dict[str, object]]) -> dict[int, dict[str, object]]:
    """What became of the visits since the first run."""
    made = {n: dict(row) for n, row in rows.items()}
    if kind == "late rows":
        made[100] = visit(100, "2026-03-03", topic="t1", seconds=5, agency="a1")
        made[101] = visit(101, "2024-12-24", answered=False, agency="new", cents=12, rating=1)
    elif kind == "changed rows":
        made[80] |= {"answered": True, "seconds": 4, "rating": 5, "cents": 1}
        made[81] |= {"visited_on": date(2025, 2, 2)}
        made[82] |= {"test": True}
    elif kind == "removed rows":
        for n in (0, 44, 45, 87):
            del made[n]
    elif kind == "a whole month removed":
        made = {n: row for n, row in made.items() if str(row["visited_on"])[:7] != "2026-05"}
    elif kind == "agencies mapped otherwise":
        for row in made.values():
            if row["agency"] == "a1" and str(row["visited_on"]) >= "2025-10":
                row["agency"] = "a2"
    return made


@pytest.mark.parametrize(
    ("kind", "days", "minimum_n"),
    [
        ("nothing", 1, 0),
        ("late rows", 0, 0),
        ("late rows", 50, 3),
        ("changed rows", 1, 0),
        ("removed rows", 0, 3),
        ("a whole month removed", 1, 0),
        ("agencies mapped otherwise", 50, 0),
    ],
)
def test_what_is_kept_and_added_up_equals_what_is_computed_from_scratch(
    kind: str, days: int, minimum_n: int
) -> None:
    rows = three_years()
    write(list(rows.values()))
    specs = [spec(name, code=str(at), minimum_n=minimum_n) for at, name in enumerate(EVERY)]
    first = run(*specs, as_of=date(2026, 8, 12))
    write(list(changes(kind, rows).values()), at=AT + timedelta(days=1))
    later = {"as_of": date(2026, 8, 12) + timedelta(days=days), "at": AT + timedelta(days=2)}
    kept, whole = run(*specs, **later), run(*specs, **later, incremental=False)
    assert figures(kept) == figures(whole)
    assert figures(kept)
    assert verdicts_of(kept) == verdicts_of(whole)
    if not minimum_n:  # otherwise a touched month touches its fiscal year, and here that is all of them
        assert Statement.objects.filter(covers__run=kept, run=first).exists(), "nothing was kept"
    again = run(*specs, **{**later, "at": AT + timedelta(days=3)})
    assert figures(again) == figures(whole)
    assert verify(at=AT + timedelta(days=4)).differences == []


def verdicts_of(made: runs.Run) -> list[tuple[object, ...]]:
    names = (
        "indicator",
        "standing",
        "attainment",
        "outlook",
        "confidence",
        "period",
        "value",
        "n",
        "low",
        "high",
        "why",
    )
    return list(Verdict.objects.filter(run=made).order_by("indicator").values_list(*names))


def test_other_targets_keep_the_figures_and_judge_anew() -> None:
    write(list(three_years().values()))
    first = run(spec(targets=(Target(comparator=">=", value=1, unit="percent"),)))
    again = run(
        spec(targets=(Target(comparator=">=", value=99, unit="percent"),)), at=AT + timedelta(hours=1)
    )
    assert not Statement.objects.filter(run=again).exists()
    assert figures(again) == figures(first)
    assert [Verdict.objects.get(run=one).attainment for one in (first, again)] == ["met", "missed"]


def test_a_touched_month_is_all_that_is_read_of_what_can_be_added_up() -> None:
    rows = three_years()
    write(list(rows.values()))
    first = run(spec(), as_of=date(2026, 8, 12))
    rows[88]["answered"] = rows[88]["answered"] is not True
    write(list(rows.values()), at=AT + timedelta(days=1))
    kept = run(spec(), as_of=date(2026, 8, 12), at=AT + timedelta(days=2))
    statement = Statement.objects.get(run=kept)
    assert "DATE '2026-08-01' AND DATE '2026-08-12'" in statement.sql
    whole = Statement.objects.get(run=first)
    assert statement.parameters["adds"] == [[whole.pk, ["2026-07"]]]
    assert set(kept.values.values_list("period", flat=True)) == {"2026-08", "FY27 Q1", "FY27"}


@pytest.mark.parametrize(
    "measure", ["tests.answered", "tests.top_topics", "tests.people", "tests.time", "tests.visits"]
)
def test_a_run_after_late_data_equals_a_run_from_scratch(measure: str) -> None:
    write(
        [visit(n, f"202{5 + n % 2}-{n % 12 + 1:02d}-15", topic=f"t{n % 5}", seconds=n * 7) for n in range(60)]
    )
    first = run(spec(measure), as_of=date(2026, 9, 20))
    assert figures(first)
    # A late row in March 2026, one that moves from one month to another, and a new one in the open month.
    late = [
        visit(100, "2026-03-03", topic="t1", seconds=5),
        visit(13, "2026-05-05", topic="t3", seconds=91),
        visit(101, "2026-10-10", topic="t2", seconds=8),
    ]
    write(late, at=AT + timedelta(days=1), replace=False)
    kept = run(spec(measure), at=AT + timedelta(days=2))
    whole = run(spec(measure), at=AT + timedelta(days=2), incremental=False)
    assert figures(kept) == figures(whole)
    assert Statement.objects.filter(covers__run=kept, run=first).exists(), "nothing was kept"
    assert Value.objects.filter(run=kept).count() < Value.objects.filter(run=whole).count()


def test_nothing_changed_means_nothing_computed() -> None:
    write(september())
    first = run(spec())
    again = run(spec(), at=AT + timedelta(hours=1))
    assert not Statement.objects.filter(run=again).exists()
    assert figures(again) == figures(first)
    assert Verdict.objects.get(run=again).value == Verdict.objects.get(run=first).value


def test_a_changed_definition_keeps_nothing() -> None:
    write(september())
    run(spec())
    again = run(spec(filters={"agency": "dot"}), at=AT + timedelta(hours=1))
    assert Statement.objects.filter(run=again).count() == 1
    value = read.value_of(again, "1.1.1", "FY27 Q1")
    assert value is not None
    assert value.parts == {"numerator": 2, "denominator": 3, "unknown": 1}


def test_known_at_uses_the_data_of_then() -> None:
    write(september())
    write([visit(6, "2026-09-13")], at=AT + timedelta(days=1), replace=False)
    then = run(spec(), known_at=AT, at=AT + timedelta(days=2))
    now = run(spec(), at=AT + timedelta(days=2))
    assert [read.value_of(one, "1.1.1", "2026-09").n for one in (then, now)] == [2, 3]  # type: ignore[union-attr]


def test_as_of_hides_what_came_after() -> None:
    write(september())
    made = run(spec(), as_of=date(2026, 8, 31))
    assert [one.period for one in read.history(made, "1.1.1", "month")] == ["2026-07", "2026-08"]


def test_no_rows_give_no_value_but_a_count_gives_zero() -> None:
    write([visit(1, "2026-07-10"), visit(2, "2026-09-10")])
    share, count = spec(), spec("tests.visits", code="2")
    made = run(share, count)
    assert [one.period for one in read.history(made, "1.1.1", "month")] == ["2026-07", "2026-09"]
    months = {one.period: one.value for one in read.history(made, "2", "month")}
    assert months == {"2026-07": 1, "2026-08": 0, "2026-09": 1, "2026-10": 0}


def test_without_data_without_measure_and_without_such_a_measure() -> None:
    bare = IndicatorSpec(plan="p", plan_version=1, code="2")
    planned = IndicatorSpec(
        plan="p", plan_version=1, code="4", datasets=("tests.visit", "moon.rock", "moon.dust", "moon.ice")
    )
    unknown = IndicatorSpec(plan="p", plan_version=1, code="3", measure="tests.nowhere")
    made = run(spec(), bare, unknown, planned)
    found = {
        verdict.indicator: (verdict.standing, verdict.why) for verdict in Verdict.objects.filter(run=made)
    }
    assert found == {
        "1.1.1": ("no_data", "There is no data in tests.visit yet."),
        "2": ("not_measured", "No measure is bound to it yet."),
        "3": ("not_measured", "Its measure tests.nowhere does not exist in this installation."),
        "4": (
            "not_measured",
            "No measure is bound to it yet. It is to come from moon.rock, moon.dust, moon.ice (not part of this "
            "installation) and tests.visit (here already).",
        ),
    }
    assert made.counts == {"no_data": 1, "not_measured": 3}


def test_a_finished_run_refuses_changes_in_the_database_itself() -> None:
    from django.db import transaction

    write(september())
    made = run(spec())
    for sql in (
        "UPDATE indicators_value SET value = 1",
        "DELETE FROM indicators_value",
        "UPDATE indicators_statement SET sql = 'SELECT 1'",
        "UPDATE indicators_verdict SET attainment = 'met'",
        "UPDATE indicators_run SET counts = '{}'",
        "DELETE FROM indicators_cover",
        f"INSERT INTO indicators_cover (run_id, statement_id, indicator, figure, periods) VALUES ({made.pk}, "
        f"{Statement.objects.get().pk + 1}, 'x', '', '{{}}')",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_seals_chain() -> None:
    write(september())
    first, second = run(spec()), run(spec(), at=AT + timedelta(hours=1))
    assert second.previous_hash == first.seal
    assert first.seal == seals.seal_of(first.content_hash, "")
    assert list(seals.breaks()) == []


def test_a_restatement_needs_a_reason() -> None:
    from stateworks.kernel.errors import Refused

    write(september())
    first = run(spec())
    with pytest.raises(Refused, match="late data"):
        run(spec(), supersedes=first, reason="because")
    write([visit(6, "2026-09-13")], at=AT + timedelta(days=1), replace=False)
    run(spec(), supersedes=first, reason="late data", at=AT + timedelta(days=2))
    said = read.as_reported("p", "1.1.1", "2026-09")
    assert [(one.n, one.reason) for one in said] == [(2, ""), (3, "late data")]
