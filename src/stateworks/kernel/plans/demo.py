"""The fictional state adopts the bundled plans: people, reported values and milestones, then a run a month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import parse_period, periods_between
from stateworks.kernel.demo import LAST_DAY, World
from stateworks.kernel.indicators import signing
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.lake.models import DatasetVersion
from stateworks.kernel.plans import verbs
from stateworks.kernel.plans.amendments import with_indicator, with_node
from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Milestone
from stateworks.kernel.plans.reporting import Report, report_values
from stateworks.kernel.plans.scoring import run_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.kernel.records.snapshot import snapshot_changed

MAIN = "louisiana-ots"
OTHERS = ("massachusetts-eotss", "technology-health")
RECORDED = ("plan.milestone", "plan.reported", "plan.check_in", "plan.pilot", "plan.maturity")
"""The records about plans, which change from quarter to quarter."""

# Indicator: what the office typed in before a measure existed, quarter by quarter from FY26 Q1 to FY27 Q1, and cases.
REPORTED: dict[str, tuple[tuple[float, ...], int | None]] = {
    "1.1.1": ((4.02, 4.05, 3.88, 4.04, 4.11), 910),
    "1.5.1": ((22, 25, 19, 29, 33), 640),
    "2.1.1": ((14, 18, 21, 24, 27), 212),
    "2.1.5": ((9, 12, 17, 19, 23), 212),
    "2.6.1": ((96.4, 95.8, 93.9, 95.3, 96.1), 18450),
    "2.6.2": ((93.1, 93.8, 94.4, 94.9, 95.6), 2310),
    "2.6.3": ((99.2, 100, 99.6, 100, 99.7), 286),
    "2.7.1": ((81, 84, 86, 88, 91), 148),
    "2.8.1": ((40, 55, 70, 85, 90), 20),
    "3.1.6": ((88, 93, 97, 100, 100), 420),
    "3.1.7": ((71, 74, 79, 83, 82), 61),
}
QUARTERS = ("FY26 Q1", "FY26 Q2", "FY26 Q3", "FY26 Q4", "FY27 Q1")

# Milestone: the day it was done and what shows it; the third column says whether somebody else has confirmed it.
DONE: dict[str, tuple[date, str, bool]] = {
    "survey-rebranded": (
        date(2025, 9, 18),
        "Published survey, version 3, and the announcement to agencies",
        True,
    ),
    "survey-revamped": (date(2025, 7, 22), "Launch note of the renewed survey", True),
    "survey-dashboard": (date(2025, 9, 30), "Dashboard address in the staff handbook", True),
    "results-distribution-method": (
        date(2026, 3, 12),
        "Procedure 14, approved by the steering committee",
        True,
    ),
    "survey-link-in-signatures": (
        date(2025, 11, 4),
        "Sample of 50 signatures, checked by the engagement team",
        False,
    ),
}

SIGNED = ("1.2.1", "1.2.3", "1.4.3", "1.5.2", "1.5.5", "1.6.1")
"""What the approver has signed, so that visitors see something."""
PREPARED = "1.2.2"
"""What waits for the approver."""


def adopt(world: World, people: dict[str, Account]) -> None:
    """Load the bundled plans and record what an office would have recorded by the last day; `people` by role."""
    world.say("Plans, reported values and milestones")
    fresh = not DatasetVersion.objects.filter(dataset__name__in=RECORDED).exists()
    for slug in (MAIN, *OTHERS):
        content = read_plan((settings.PLANS_FOLDER / f"{slug}.yaml").read_bytes(), name=f"{slug}.yaml")
        content = answered_for(content, people) if slug == MAIN else content
        load_plan(content, by=people["planner"], at=world.at, note="Adopted for the demo")
    for end in quarter_ends():
        at = midnight_after(end)
        told = [one for one in reports() if parse_period(one.period).ends < end]
        report_values(MAIN, told, by=people["owner"], at=world.at)
        _finish(end, people, at)
        if fresh:
            # What the records said at each quarter's end, so that later questions about then have an answer.
            snapshot_changed(RECORDED, at=at)
    report_values(MAIN, reports(), by=people["owner"], at=world.at)


def _finish(until: date, people: dict[str, Account], at: datetime) -> None:
    """Record the milestones that were done by a day and are not recorded yet."""
    waiting = set(Milestone.objects.filter(plan__slug=MAIN, done_on=None).values_list("key", flat=True))
    for key, (day, evidence, confirmed) in DONE.items():
        if key not in waiting or day > until:
            continue
        verbs.finish_milestone(MAIN, key, done_on=day, evidence=evidence, by=people["owner"], at=at)
        if confirmed:
            verbs.confirm_milestone(MAIN, key, by=people["approver"], at=at)


def quarter_ends() -> list[date]:
    """The last days of the demo's last quarters, from the one before the plan began to the last that has closed."""
    return [
        period.ends
        for period in periods_between(date(2025, 4, 1), LAST_DAY, "quarter")
        if period.ends <= LAST_DAY
    ]


def midnight_after(day: date) -> datetime:
    """The instant at which a day is over in the state."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def answered_for(content: PlanContent, people: dict[str, Account]) -> PlanContent:
    """Name owner, steward and approver of every indicator, and an owner of every objective."""
    for node, _parent in list(content.every_node()):
        if node.level == "objective":
            content = with_node(content, node.code, owner=people["owner"].email)
        for indicator in node.indicators:
            content = with_indicator(
                content,
                indicator.code,
                owner=people["owner"].email,
                steward=people["data_steward"].email,
                approver=people["approver"].email,
            )
    return content


def reports() -> Iterable[Report]:
    """The figures an office had in its spreadsheet."""
    for code, (values, n) in REPORTED.items():
        for quarter, value in zip(QUARTERS, values, strict=True):
            yield Report(code, quarter, value, n=n, note="Carried over from the quarterly spreadsheet")


def runs(world: World, people: dict[str, Account]) -> list[Run]:
    """Compute the main plan as of the end of the demo's last three months, the others as of the last; unless nothing is new.

    Some figures of the main plan are signed.
    """
    last = Run.objects.filter(plan=MAIN, as_of=LAST_DAY, finished_at__isnull=False).first()
    if last is not None and not DatasetVersion.objects.filter(created_at__gt=last.started_at).exists():
        return [last]
    made = []
    for day in (date(2026, 8, 31), date(2026, 9, 30), LAST_DAY):
        world.say(f"Indicators as of {day}")
        made.append(run_plan(MAIN, as_of=day, by=world.by, at=world.at))
    main = made[-1]
    made += [run_plan(slug, as_of=LAST_DAY, by=world.by, at=world.at) for slug in OTHERS]
    with entered(SYSTEM):
        for code in SIGNED:
            signing.approve(
                signing.prepare(main, code, by=people["owner"], at=world.at),
                by=people["approver"],
                at=world.at,
            )
        signing.prepare(main, PREPARED, by=people["owner"], at=world.at)
    return made
