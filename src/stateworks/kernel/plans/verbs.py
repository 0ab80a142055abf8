"""What people do to a plan's milestones, check-ins, pilots and notes: change and audit entry in one transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import current_of, local_day, plan_named
from stateworks.kernel.plans.models import (
    CheckIn,
    Milestone,
    MilestoneForecast,
    Pilot,
    PilotDecision,
    Plan,
    VarianceNote,
)


@transaction.atomic
def start_milestone(plan: str, key: str, *, started_on: date, by: Account, at: datetime) -> Milestone:
    """Record the day on which work on a milestone began."""
    milestone = _milestone(plan, key)
    _not_in_the_future(started_on, at, "the start")
    if milestone.done_on and started_on > milestone.done_on:
        raise Refused(
            f"“{milestone.name}” was done on {milestone.done_on}; it cannot start on {started_on}, after that."
        )
    return _changed(milestone, "start milestone", {"started_on": started_on}, by=by, at=at)


@transaction.atomic
def finish_milestone(
    plan: str, key: str, *, done_on: date, evidence: str, evidence_sha256: str = "", by: Account, at: datetime
) -> Milestone:
    """Record that a milestone is done and what shows it; a confirmation given before lapses with the new claim."""
    milestone = _milestone(plan, key)
    _not_in_the_future(done_on, at, "the day it was done")
    if not evidence.strip():
        raise Refused(f"“{milestone.name}” needs evidence: a link, a file, or where to look.")
    if milestone.after:
        first = _milestone(plan, milestone.after)
        if first.done_on is None or first.done_on > done_on:
            when = f"done only on {first.done_on}" if first.done_on else "not done yet"
            raise Refused(
                f"“{first.name}” comes before “{milestone.name}” and is {when}; record that one first."
            )
    if milestone.started_on and done_on < milestone.started_on:
        raise Refused(f"“{milestone.name}” started on {milestone.started_on}; it cannot be done before that.")
    fields = {
        "done_on": done_on,
        "evidence": evidence.strip(),
        "evidence_sha256": evidence_sha256,
        "finished_by": by.email,
        "confirmed_by": "",
        "confirmed_on": None,
    }
    return _changed(milestone, "finish milestone", fields, by=by, at=at)


@transaction.atomic
def confirm_milestone(plan: str, key: str, *, by: Account, at: datetime, note: str = "") -> Milestone:
    """Confirm that a milestone is done; neither its owner nor who recorded it may."""
    milestone = _milestone(plan, key)
    if milestone.done_on is None:
        raise Refused(f"“{milestone.name}” is not recorded as done yet; its owner does that first.")
    if by.email in (milestone.owner, milestone.finished_by):
        role = "own" if by.email == milestone.owner else "recorded"
        raise Refused(f"You {role} “{milestone.name}”; somebody else has to confirm it.")
    fields = {"confirmed_by": by.email, "confirmed_on": local_day(at)}
    return _changed(milestone, "confirm milestone", fields, by=by, at=at, reason=note)


@transaction.atomic
def reopen_milestone(plan: str, key: str, *, reason: str, by: Account, at: datetime) -> Milestone:
    """Take back that a milestone is done, with a reason; its earlier states stay in the history."""
    milestone = _milestone(plan, key)
    if milestone.done_on is None:
        raise Refused(f"“{milestone.name}” is open already.")
    _reason(reason, "A milestone is reopened with a reason")
    fields = {"done_on": None, "finished_by": "", "confirmed_by": "", "confirmed_on": None}
    return _changed(milestone, "reopen milestone", fields, by=by, at=at, reason=reason)


@transaction.atomic
def move_forecast(
    plan: str, key: str, *, forecast: date, note: str = "", by: Account, at: datetime
) -> MilestoneForecast:
    """Record when a milestone is now expected; every forecast is kept, and a later day needs a reason."""
    milestone = _milestone(plan, key)
    if milestone.done_on is not None:
        raise Refused(f"“{milestone.name}” was done on {milestone.done_on} and needs no forecast.")
    expected = milestone.forecast or milestone.due
    if expected and forecast > expected and not note.strip():
        raise Refused(f"{forecast} is later than {expected}, expected so far; say why in a note.")
    _changed(milestone, "move forecast", {"forecast": forecast}, by=by, at=at, reason=note)
    return MilestoneForecast.objects.create(
        milestone=milestone, forecast=forecast, note=note.strip(), made_by=by, made_at=at
    )


@transaction.atomic
def check_in(
    plan: str,
    code: str,
    *,
    quarter: str,
    confidence: int,
    note: str = "",
    blocker: str = "",
    by: Account,
    at: datetime,
) -> CheckIn:
    """Record an owner's word on a node for a quarter; a second one for the quarter replaces the first."""
    found = plan_named(plan)
    _node(found, code)
    period = parse_period(quarter, found.fiscal_year_start_month)
    if period.grain != "quarter":
        raise Refused(f"A check-in is for a quarter such as FY27 Q2, not “{quarter}”.")
    if period.starts > local_day(at):
        raise Refused(f"{period.label} begins on {period.starts}; check in once it has begun.")
    if not 0 <= confidence <= 10:
        raise Refused(f"Confidence is a number from 0 (will not happen) to 10 (certain), not {confidence}.")
    fields = {
        "confidence": confidence,
        "note": note.strip(),
        "blocker": blocker.strip(),
        "made_by": by.email,
        "made_on": local_day(at),
    }
    before = CheckIn.objects.filter(plan=found, code=code, quarter=period.label).first()
    made, _ = CheckIn.objects.update_or_create(plan=found, code=code, quarter=period.label, defaults=fields)
    audit.record(
        "check in",
        f"plan.check_in {plan} {code} {period.label}",
        by=by,
        at=at,
        before=_plain({name: getattr(before, name) for name in fields}) if before else None,
        after=_plain(fields),
    )
    return made


@transaction.atomic
def plan_pilot(
    plan: str,
    code: str,
    key: str,
    *,
    hypothesis: str,
    success: str,
    starts: date,
    ends: date,
    population: str = "",
    by: Account,
    at: datetime,
) -> Pilot:
    """Set up a pilot before it starts: what is believed, for whom, and which figure will count as success."""
    found = plan_named(plan)
    if (
        not current_of(found).nodes.filter(code=code).exists()
        and not current_of(found).indicators.filter(code=code).exists()
    ):
        raise Refused(f"The plan {plan} has no node or key result {code}; check the code.")
    if starts < local_day(at):
        raise Refused(
            f"The pilot would start on {starts}, in the past; its success figure is fixed before it starts."
        )
    if ends < starts:
        raise Refused(f"The pilot would end on {ends}, before it starts on {starts}.")
    for name, text in (("hypothesis", hypothesis), ("success figure", success)):
        if not text.strip():
            raise Refused(f"A pilot needs a {name}.")
    if Pilot.objects.filter(plan=found, key=key).exists():
        raise Refused(f"The plan {plan} already has a pilot “{key}”; choose another key.")
    fields = {
        "code": code,
        "hypothesis": hypothesis.strip(),
        "population": population.strip(),
        "success": success.strip(),
        "starts": starts,
        "ends": ends,
    }
    pilot = Pilot.objects.create(plan=found, key=key, **fields)
    audit.record("plan pilot", f"plan.pilot {plan} {key}", by=by, at=at, after=_plain(fields))
    return pilot


@transaction.atomic
def decide_pilot(
    plan: str,
    key: str,
    *,
    decision: str,
    result: str,
    n: int | None = None,
    evidence: str = "",
    by: Account,
    at: datetime,
) -> Pilot:
    """Decide what a pilot leads to: stop, continue or modify. Before its end it can only be stopped."""
    pilot = Pilot.objects.select_for_update().filter(plan__slug=plan, key=key).first()
    if pilot is None:
        raise Refused(f"The plan {plan} has no pilot “{key}”; check the key.")
    if pilot.decision:
        raise Refused(f"The pilot {key} was decided on {pilot.decided_on}: {pilot.get_decision_display()}.")
    if decision not in PilotDecision.values:
        raise Refused(f"“{decision}” is no decision; use one of {', '.join(PilotDecision.values)}.")
    if local_day(at) < pilot.ends and decision != PilotDecision.STOP:
        raise Refused(f"The pilot {key} runs until {pilot.ends}; before that it can only be stopped.")
    if not result.strip():
        raise Refused(f"The pilot {key} needs a result: what was found, against “{pilot.success}”.")
    if n is not None and n < 0:
        raise Refused(f"n is {n}; write how many took part, 0 or more.")
    fields = {
        "decision": decision,
        "result": result.strip(),
        "n": n,
        "evidence": evidence.strip(),
        "decided_by": by.email,
        "decided_on": local_day(at),
    }
    for name, value in fields.items():
        setattr(pilot, name, value)
    pilot.save(update_fields=list(fields))
    audit.record("decide pilot", f"plan.pilot {plan} {key}", by=by, at=at, after=_plain(fields))
    return pilot


@transaction.atomic
def write_variance_note(
    plan: str, code: str, *, period: str, text: str, external_factor: str = "", by: Account, at: datetime
) -> VarianceNote:
    """Say why a value missed its goal; every note is kept, the latest is shown."""
    found = plan_named(plan)
    _indicator(found, code)
    parsed = parse_period(period, found.fiscal_year_start_month)
    if not text.strip():
        raise Refused(
            "The note is empty; say in a sentence why the goal was missed and what is done about it."
        )
    if external_factor:
        factors = list(current_of(found).nodes.filter(level="external_factor").values_list("code", flat=True))
        if external_factor not in factors:
            known = ", ".join(factors) or "it lists none"
            raise Refused(f"“{external_factor}” is no external factor of the plan; it has {known}.")
    note = VarianceNote.objects.create(
        plan=found,
        code=code,
        grain=parsed.grain,
        period=parsed.label,
        text=text.strip(),
        external_factor=external_factor,
        written_by=by,
        written_at=at,
    )
    audit.record(
        "write variance note",
        f"plan indicator {plan} {code} {parsed.label}",
        by=by,
        at=at,
        after={"text": note.text, "external_factor": external_factor},
    )
    return note


def _milestone(plan: str, key: str) -> Milestone:
    milestone = (
        Milestone.objects.select_for_update(of=("self",))
        .select_related("plan")
        .filter(plan__slug=plan, key=key)
        .first()
    )
    if milestone is None:
        raise Refused(f"The plan {plan} has no milestone “{key}”; check the key.")
    return milestone


def _node(plan: Plan, code: str) -> None:
    if not current_of(plan).nodes.filter(code=code).exists():
        raise Refused(f"The plan {plan.slug} has no node {code}; check the code.")


def _indicator(plan: Plan, code: str) -> None:
    if not current_of(plan).indicators.filter(code=code).exists():
        raise Refused(f"The plan {plan.slug} has no indicator {code}; check the code.")


def _changed(
    milestone: Milestone, verb: str, fields: dict[str, Any], *, by: Account, at: datetime, reason: str = ""
) -> Milestone:
    before = _plain({name: getattr(milestone, name) for name in fields})
    for name, value in fields.items():
        setattr(milestone, name, value)
    milestone.save(update_fields=list(fields))
    audit.record(
        verb,
        f"plan.milestone {milestone.plan.slug} {milestone.key}",
        by=by,
        at=at,
        reason=reason.strip(),
        before=before,
        after=_plain(fields),
    )
    return milestone


def _not_in_the_future(day: date, at: datetime, what: str) -> None:
    if day > local_day(at):
        raise Refused(f"{day} is in the future; {what} cannot be later than today.")


def _reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise Refused(f"{what}; say why.")


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
