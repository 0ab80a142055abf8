"""Reported values: a figure somebody types for a period, labelled so everywhere, kept when another replaces it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.clocks.fiscal import Period, parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import current_of, local_day, plan_named
from stateworks.kernel.plans.models import Indicator, Plan, ReportedValue

LARGEST_EVIDENCE = 50 * 1024 * 1024


@dataclass(frozen=True)
class Evidence:
    """A file that shows where a figure comes from: its name and the hash by which it is kept."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Report:
    """One figure to report, in the indicator's own unit: 71.8 for 71.8 %, with its parts where they are known."""

    code: str
    period: str
    value: float
    numerator: int | None = None
    n: int | None = None
    note: str = ""


def keep_evidence(name: str, content: bytes) -> Evidence:
    """Keep a file under the hash of its content; the same file is kept once."""
    if not content:
        raise Refused(f"{name} is empty; choose the file again.")
    if len(content) > LARGEST_EVIDENCE:
        raise Refused(
            f"{name} is larger than {LARGEST_EVIDENCE // 1024**2} MB; link to it in the note instead."
        )
    digest = hashlib.sha256(content).hexdigest()
    path = evidence_path(digest)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return Evidence(name.replace("\\", "/").rsplit("/", 1)[-1][:255], digest)


def evidence_path(sha256: str) -> str:
    """Return where a kept file lies in the storage."""
    return f"evidence/{sha256[:2]}/{sha256}"


def report_value(
    plan: str,
    code: str,
    period: str,
    value: float,
    *,
    numerator: int | None = None,
    n: int | None = None,
    note: str = "",
    evidence: Evidence | None = None,
    by: Account | None,
    at: datetime,
) -> ReportedValue:
    """Report one value; the value it replaces stays, marked as superseded. The same value again changes nothing."""
    with transaction.atomic():
        found = plan_named(plan)
        report = Report(code, period, value, numerator, n, note)
        indicator, parsed = checked(found, report, at)
        return _save(found, indicator, parsed, report, evidence, by=by, at=at)


def report_values(
    plan: str,
    reports: Iterable[Report],
    *,
    evidence: Evidence | None = None,
    by: Account | None,
    at: datetime,
) -> list[ReportedValue]:
    """Report many values, all or none."""
    with transaction.atomic():
        found = plan_named(plan)
        saved = []
        for report in reports:
            indicator, parsed = checked(found, report, at)
            saved.append(_save(found, indicator, parsed, report, evidence, by=by, at=at))
        return saved


def current_value(plan: Plan, code: str, period: Period) -> ReportedValue | None:
    """Return what is reported for a period now."""
    return ReportedValue.objects.filter(
        plan=plan, code=code, grain=period.grain, starts=period.starts, superseded_at__isnull=True
    ).first()


def checked(plan: Plan, report: Report, at: datetime) -> tuple[Indicator, Period]:
    """Return the indicator and period of a report, or refuse what cannot be."""
    indicator = current_of(plan).indicators.filter(code=report.code).first()
    if indicator is None:
        raise Refused(f"The plan {plan.slug} has no indicator {report.code}; check the code.")
    period = begun_period(plan, report.period, at)
    check_figure(indicator, report)
    return indicator, period


def begun_period(plan: Plan, label: str, at: datetime) -> Period:
    """Return the period of a label in the plan's calendar, or refuse one that has not begun."""
    period = parse_period(label, plan.fiscal_year_start_month)
    if period.starts > local_day(at):
        raise Refused(
            f"{period.label} begins on {period.starts}; its value can be reported once it has begun."
        )
    return period


def check_figure(indicator: Indicator, report: Report) -> None:
    """Refuse a figure that cannot be: no number, a share beyond 100 %, more hits than cases."""
    if not math.isfinite(report.value):
        raise Refused(f"{report.value} is no figure; write a number.")
    if not may_exceed_whole(indicator) and not 0 <= report.value <= 100:
        raise Refused(f"{report.value:g} % cannot be a share; write a number from 0 to 100.")
    for name, part in (("numerator", report.numerator), ("n", report.n)):
        if part is not None and part < 0:
            raise Refused(f"The {name} is {part}; write 0 or more.")
    if indicator.unit == "percent" and report.numerator is not None and report.n is not None:
        if report.numerator > report.n and not may_exceed_whole(indicator):
            raise Refused(
                f"The numerator {report.numerator} is larger than n, {report.n}; check which is which."
            )
        share = 100 * report.numerator / report.n if report.n else None
        if share is not None and abs(share - report.value) > 0.5:
            raise Refused(
                f"{report.numerator} of {report.n} is {share:.1f} %, not {report.value:g} %; correct one of them."
            )


def may_exceed_whole(indicator: Indicator) -> bool:
    """Tell whether a figure may lie outside 0 to 100: it is no share, or it is a change."""
    return indicator.unit != "percent" or any(target.get("change") for target in indicator.targets)


def _save(
    plan: Plan,
    indicator: Indicator,
    period: Period,
    report: Report,
    evidence: Evidence | None,
    *,
    by: Account | None,
    at: datetime,
) -> ReportedValue:
    # The plan's row is the lock: two people reporting at once take turns, and the later one supersedes.
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    before = current_value(plan, indicator.code, period)
    fields = {
        "value": report.value,
        "numerator": report.numerator,
        "n": report.n,
        "note": report.note.strip(),
    }
    if before is not None:
        same = all(getattr(before, name) == value for name, value in fields.items())
        if same and (evidence is None or before.evidence_sha256 == evidence.sha256):
            return before
        before.superseded_at = at
        before.save(update_fields=["superseded_at"])
        if evidence is None and before.value == report.value:
            evidence = Evidence(before.evidence_name, before.evidence_sha256)
    saved = ReportedValue.objects.create(
        plan=plan,
        code=indicator.code,
        grain=period.grain,
        period=period.label,
        starts=period.starts,
        ends=period.ends,
        evidence_name=evidence.name if evidence else "",
        evidence_sha256=evidence.sha256 if evidence else "",
        reported_by=by,
        reported_at=at,
        **fields,
    )
    audit.record(
        "report value",
        f"plan.reported {plan.slug} {indicator.code} {period.label}",
        by=by,
        at=at,
        reason=saved.note,
        before={"value": before.value, "numerator": before.numerator, "n": before.n} if before else None,
        after={
            "value": saved.value,
            "numerator": saved.numerator,
            "n": saved.n,
            "evidence": saved.evidence_sha256,
        },
    )
    return saved
