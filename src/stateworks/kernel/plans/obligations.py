"""What each person owes to a plan or a module, and by when: one list, computed from what is recorded and never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

from django.db.models import Count, F, Min, Q

from stateworks.kernel.access.models import Grant, Role
from stateworks.kernel.clocks.fiscal import Period, parse_period, period_of, periods_between, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.models import Attainment, Run, SignOff, Standing, Verdict
from stateworks.kernel.indicators.read import latest_run
from stateworks.kernel.lake.models import QuarantinedRow
from stateworks.kernel.obligations import Obligation, registered, registered_kinds
from stateworks.kernel.plans.load import current_of
from stateworks.kernel.plans.models import (
    CheckIn,
    Indicator,
    Milestone,
    Node,
    Pilot,
    Plan,
    ReportedValue,
    VarianceNote,
)

Kind = Literal[
    "report",
    "note",
    "check_in",
    "milestone",
    "confirmation",
    "pilot",
    "refused_rows",
    "sign_off",
    "plan_review",
]
KINDS: dict[Kind, str] = {
    "report": "Report a value",
    "note": "Explain a missed goal",
    "check_in": "Check in",
    "milestone": "Finish a milestone",
    "confirmation": "Confirm a milestone",
    "pilot": "Decide a pilot",
    "refused_rows": "Look at refused rows",
    "sign_off": "Sign off a value",
    "plan_review": "Review the plan",
}

REPORT_DAYS = 15
"""Days after a period's end by which its value, note and confirmation are owed."""
SIGN_OFF_DAYS = 30
"""Days after a period's end by which a value is owed its approval."""
REFUSED_DAYS = 5
"""Days after an import by which its refused rows are owed a look."""
AHEAD_DAYS = 30
"""How far ahead the list looks."""


def kinds() -> dict[str, str]:
    """Return the words for every kind of obligation, the modules' included."""
    return {**{str(kind): words for kind, words in KINDS.items()}, **registered_kinds()}


def obligations(as_of: date, *, owner: str | None = None, ahead: int = AHEAD_DAYS) -> list[Obligation]:
    """Return everything owed and due up to `ahead` days after `as_of`, the longest overdue first.

    `owner` narrows it to one person's; an empty text to what nobody is named for.
    """
    found: list[Obligation] = []
    plans = Plan.objects.filter(current__isnull=False).filter(
        Q(retired_on__isnull=True) | Q(retired_on__gt=as_of)
    )
    for plan in plans.select_related("current"):
        found += _of_plan(plan, as_of)
    found += _refused_rows()
    found += registered(as_of, owner)
    last = as_of + timedelta(days=ahead)
    kept = [each for each in found if each.due <= last and (owner is None or each.owner == owner)]
    return sorted(kept, key=lambda each: (each.due, each.plan, each.code, each.kind, each.key))


def _of_plan(plan: Plan, as_of: date) -> Iterator[Obligation]:
    indicators = list(current_of(plan).indicators.select_related("node"))
    people = _people(plan, indicators)
    yield from _reports(plan, indicators, as_of)
    run = latest_run(plan.slug)
    if run is not None:
        verdicts = list(Verdict.objects.filter(run=run))
        yield from _notes(plan, indicators, verdicts)
        yield from _sign_offs(plan, indicators, run, verdicts)
    yield from _check_ins(plan, as_of)
    yield from _milestones(plan, people)
    yield from _pilots(plan, people)
    if plan.review_due is not None:
        yield Obligation(
            "plan_review", plan.slug, "", plan.title, "", plan.review_due, f"Review the plan “{plan.title}”."
        )


def periods_owed(frequency: str, plan: Plan, as_of: date) -> list[Period]:
    """Return the periods since the plan's start, the open one included, that an indicator's frequency asks for."""
    start = plan.fiscal_year_start_month
    first, last = plan.starts, min(as_of, plan.ends)
    if frequency == "monthly":
        return periods_between(first, last, "month", start)
    if frequency == "yearly":
        return periods_between(first, last, "year", start)
    quarters = periods_between(first, last, "quarter", start)
    return [each for each in quarters if each.label[-1] in "24"] if frequency == "half-yearly" else quarters


def _reports(plan: Plan, indicators: Iterable[Indicator], as_of: date) -> Iterator[Obligation]:
    """Values of indicators that nothing computes: the oldest one missing is owed, and how many more are."""
    given = set(
        ReportedValue.objects.filter(plan=plan, superseded_at__isnull=True).values_list(
            "code", "grain", "starts"
        )
    )
    for row in indicators:
        if row.measure or row.commitment == "learning":
            continue
        missing = [
            period
            for period in periods_owed(row.frequency, plan, as_of)
            if (row.code, period.grain, period.starts) not in given
        ]
        if not missing:
            continue
        later = [period for period in missing[1:] if period.closed(as_of)]
        more = f" {len(later)} later ones are missing too." if len(later) > 1 else ""
        more = f" {later[0].label} is missing too." if len(later) == 1 else more
        yield Obligation(
            "report", plan.slug, row.code, _name(row), row.owner, missing[0].ends + timedelta(days=REPORT_DAYS),
            f"Report {missing[0].label} of {row.code} {_name(row)}.{more}", missing[0].label,
        )  # fmt: skip


def _notes(plan: Plan, indicators: Iterable[Indicator], verdicts: Iterable[Verdict]) -> Iterator[Obligation]:
    by_code = {row.code: row for row in indicators}
    explained = set(VarianceNote.objects.filter(plan=plan).values_list("code", "period"))
    for verdict in verdicts:
        row = by_code.get(verdict.indicator)
        if row is None or verdict.attainment != Attainment.MISSED or (row.code, verdict.period) in explained:
            continue
        period = _period(plan, verdict.period)
        if period is None:
            continue
        yield Obligation(
            "note", plan.slug, row.code, _name(row), row.owner, period.ends + timedelta(days=REPORT_DAYS),
            f"{row.code} {_name(row)} missed its goal in {period.label}: say why.", period.label,
        )  # fmt: skip


def _sign_offs(
    plan: Plan, indicators: Iterable[Indicator], run: Run, verdicts: Iterable[Verdict]
) -> Iterator[Obligation]:
    by_code = {row.code: row for row in indicators if row.approver}
    signed = set(
        SignOff.objects.filter(run__plan=plan.slug, approved_at__isnull=False).values_list(
            "indicator", "period"
        )
    )
    for verdict in verdicts:
        row = by_code.get(verdict.indicator)
        if row is None or verdict.standing != Standing.SCORED or (row.code, verdict.period) in signed:
            continue
        period = _period(plan, verdict.period)
        if period is None or not period.closed(run.as_of):
            continue
        yield Obligation(
            "sign_off", plan.slug, row.code, _name(row), row.approver, period.ends + timedelta(days=SIGN_OFF_DAYS),
            f"Sign off {period.label} of {row.code} {_name(row)}.", period.label,
        )  # fmt: skip


def is_checked_in(node: Node) -> bool:
    """Tell whether a node is of the kind whose owner checks in each quarter."""
    return node.level == "initiative"


def _check_ins(plan: Plan, as_of: date) -> Iterator[Obligation]:
    """Each initiative owes a check-in a quarter, by its last day; one that missed a quarter is stale."""
    if not plan.starts <= as_of <= plan.ends:
        return
    now = period_of(as_of, "quarter", plan.fiscal_year_start_month)
    made = set(CheckIn.objects.filter(plan=plan).values_list("code", "quarter"))
    before = previous(now)
    for node in current_of(plan).nodes.all():
        if not is_checked_in(node) or (node.code, now.label) in made:
            continue
        stale = before.starts >= plan.starts and (node.code, before.label) not in made
        period = before if stale else now
        what = f"Check in on {node.code} {node.title}"
        yield Obligation(
            "check_in", plan.slug, node.code, node.title, node.owner, period.ends,
            f"{what}: no word for {before.label}, so it shows as stale." if stale else f"{what} for {now.label}.",
            now.label, stale=stale,
        )  # fmt: skip


def _milestones(plan: Plan, people: dict[str, tuple[str, str]]) -> Iterator[Obligation]:
    for each in Milestone.objects.filter(plan=plan, confirmed_by="").order_by("due"):
        owner, approver = people.get(each.code, ("", ""))
        if each.done_on is not None:
            yield Obligation(
                "confirmation", plan.slug, each.code, each.name, approver, each.done_on + timedelta(days=REPORT_DAYS),
                f"Confirm that “{each.name}” was done on {each.done_on}.", key=each.key,
            )  # fmt: skip
            continue
        due = each.due or plan.ends
        late = f" It is now expected on {each.forecast}." if each.forecast and each.forecast > due else ""
        yield Obligation(
            "milestone", plan.slug, each.code, each.name, each.owner or owner, due,
            f"“{each.name}” is due on {due}.{late}", key=each.key,
        )  # fmt: skip


def _pilots(plan: Plan, people: dict[str, tuple[str, str]]) -> Iterator[Obligation]:
    for each in Pilot.objects.filter(plan=plan, decision=""):
        yield Obligation(
            "pilot", plan.slug, each.code, each.hypothesis, people.get(each.code, ("", ""))[0], each.ends,
            f"The pilot {each.key} ends on {each.ends}: decide to stop, continue or modify.", key=each.key,
        )  # fmt: skip


def _refused_rows() -> Iterator[Obligation]:
    """Rows that an import refused and nobody has looked at: owed by the stewards of the indicators that read them."""
    waiting = (
        QuarantinedRow.objects.filter(dismissed_at__isnull=True, fixed_by__isnull=True)
        .values("dataset")
        .annotate(rows=Count("id"), since=Min("made_by__started_at"))
    )
    for group in waiting.order_by("dataset"):
        due = group["since"].date() + timedelta(days=REFUSED_DAYS)
        rows = "1 row" if group["rows"] == 1 else f"{group['rows']:,} rows"
        for steward in _stewards(group["dataset"]):
            yield Obligation(
                "refused_rows", "", group["dataset"], group["dataset"], steward, due,
                f"{rows} of {group['dataset']} wait in quarantine: fix the source or dismiss them.",
            )  # fmt: skip


def _stewards(dataset: str) -> list[str]:
    named = (
        Indicator.objects.filter(version__plan__current=F("version"), dataset__contains=[dataset])
        .exclude(steward="")
        .values_list("steward", flat=True)
    )
    if found := sorted(set(named)):
        return found
    grants = Grant.objects.filter(role=Role.DATA_STEWARD, until__isnull=True, account__is_active=True)
    return sorted(set(grants.values_list("account__email", flat=True))) or [""]


def _people(plan: Plan, indicators: Iterable[Indicator]) -> dict[str, tuple[str, str]]:
    """Return owner and approver by code of node or indicator."""
    found = {node.code: (node.owner, "") for node in current_of(plan).nodes.all()}
    return found | {row.code: (row.owner or row.node.owner, row.approver) for row in indicators}


def _period(plan: Plan, label: str) -> Period | None:
    try:
        return parse_period(label, plan.fiscal_year_start_month)
    except Refused:
        return None


def _name(row: Indicator) -> str:
    return row.short_name or row.name
