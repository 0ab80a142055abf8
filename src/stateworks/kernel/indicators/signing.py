"""Sign-off: two people say that a run's figure may be published; their word is bound to the run's seal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from stateworks.kernel.access.audit import record
from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import read
from stateworks.kernel.indicators.models import Cover, Run, SignOff, Standing, Verdict
from stateworks.kernel.lake.store import pin


def prepare(run: Run, indicator: str, *, note: str = "", by: Account, at: datetime) -> SignOff:
    """Put a run's figure of an indicator forward for approval; from here on its data versions are kept for ever."""
    if run.finished_at is None:
        raise Refused(f"Run {run.pk} is not finished, so nothing of it can be signed.")
    verdict = Verdict.objects.filter(run=run, indicator=indicator).first()
    if verdict is None:
        raise Refused(f"Run {run.pk} holds no indicator “{indicator}”.")
    if verdict.standing not in {Standing.SCORED, Standing.BASELINE} or not verdict.period:
        raise Refused(f"{indicator} has no computed figure in run {run.pk} to sign: {verdict.why}")
    with transaction.atomic():
        made = SignOff.objects.create(
            run=run, indicator=indicator, grain=verdict.grain, period=verdict.period, seal=run.seal,
            definition_hash=verdict.definition_hash, prepared_by=by, prepared_at=at, note=note,
        )  # fmt: skip
        for dataset, version in _versions(run, indicator):
            pin(dataset, version)
        record("prepare sign-off", _subject(made), by=by, at=at, reason=note, after=_told(made))
    return made


def approve(sign_off: SignOff, *, by: Account, at: datetime, note: str = "") -> SignOff:
    """Approve a prepared figure; whoever prepared it cannot, and a changed definition needs a new preparation."""
    with transaction.atomic():
        sign_off = SignOff.objects.select_for_update().select_related("run").get(pk=sign_off.pk)
        if sign_off.approved_by_id is not None:
            raise Refused(f"{_subject(sign_off)} is approved already.")
        if sign_off.prepared_by_id == by.pk:
            raise Refused("Whoever prepared a figure cannot approve it; ask another approver.")
        if lapsed(sign_off):
            raise Refused(
                f"The definition of {sign_off.indicator} has changed since it was prepared; prepare it again."
            )
        if sign_off.seal != sign_off.run.seal:
            raise Refused(f"Run {sign_off.run_id} is not the one that was prepared: its seal differs.")
        sign_off.approved_by, sign_off.approved_at = by, at
        sign_off.note = "\n".join(part for part in (sign_off.note, note) if part)
        sign_off.save(update_fields=["approved_by", "approved_at", "note"])
        record("approve sign-off", _subject(sign_off), by=by, at=at, reason=note, after=_told(sign_off))
    return sign_off


def lapsed(sign_off: SignOff) -> bool:
    """Whether the indicator's definition in the plan's latest run is another than the one that was signed."""
    latest = read.latest_run(sign_off.run.plan)
    if latest is None:
        return False
    now = (
        Verdict.objects.filter(run=latest, indicator=sign_off.indicator)
        .values_list("definition_hash", flat=True)
        .first()
    )
    return bool(now) and now != sign_off.definition_hash


def standing_sign_offs(plan: str, indicator: str | None = None) -> list[SignOff]:
    """Return the approved sign-offs that have not lapsed, newest first."""
    found = SignOff.objects.filter(run__plan=plan, approved_by__isnull=False).select_related(
        "run", "prepared_by", "approved_by"
    )
    if indicator is not None:
        found = found.filter(indicator=indicator)
    return [one for one in found if not lapsed(one)]


def told(plan: str, indicator: str) -> list[dict[str, Any]]:
    """Return an indicator's sign-offs as JSON, newest first, lapsed ones marked."""
    found = SignOff.objects.filter(run__plan=plan, indicator=indicator).select_related(
        "run", "prepared_by", "approved_by"
    )
    return [_told(one) | {"lapsed": lapsed(one)} for one in found]


def _versions(run: Run, indicator: str) -> Iterable[tuple[str, int]]:
    """Return every dataset version that a run's figures of an indicator rest on."""
    covers = Cover.objects.filter(run=run, indicator=indicator).select_related("statement")
    return sorted({pair for cover in covers for pair in cover.statement.datasets.items()})


def _subject(sign_off: SignOff) -> str:
    return f"indicator {sign_off.run.plan} {sign_off.indicator} {sign_off.period}"


def _told(sign_off: SignOff) -> dict[str, Any]:
    return {
        "run": sign_off.run_id, "period": sign_off.period, "seal": sign_off.seal,
        "prepared_by": str(sign_off.prepared_by), "prepared_at": sign_off.prepared_at.isoformat(),
        "approved_by": str(sign_off.approved_by) if sign_off.approved_by else None,
        "approved_at": sign_off.approved_at.isoformat() if sign_off.approved_at else None, "note": sign_off.note,
    }  # fmt: skip
