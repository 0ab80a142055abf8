"""Owners of cost centers say what the coming months will come to: each time anew, with reasons; what was said before stays."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import allowed, require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import period_of
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.centers import known_month, months_open
from stateworks.modules.billing.models import CostCenter, CostCenterForecast
from stateworks.modules.billing.money import cents_given, dollars

AMOUNT, WHY = "amount", "why"
FILE_COLUMNS = ("month", "amount", "reason")


@dataclass(frozen=True)
class Expected:
    """What is expected of a month, in cents, and why."""

    month: str
    cents: int
    reason: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with what was said of a month: in its amount or its reason."""

    month: str
    part: str
    sentence: str


def may_forecast(account: Account | None, center: CostCenter) -> bool:
    """Tell whether somebody submits a cost center's forecasts: its owner, or who has the right where it belongs."""
    if account is None or account.pk is None or not account.is_active:
        return False
    owner = center.owner
    own = owner is not None and (
        account.person_id == owner.pk or (bool(owner.email) and owner.email.lower() == account.email.lower())
    )
    return own or allowed(account, "billing.forecast_center", center.organization)


def faults(center: CostCenter, rows: Sequence[Expected], *, today: date) -> list[Fault]:
    """Return all that is wrong with what is expected: months that are not open or named twice, reasons that are missing."""
    known = known_month(today)
    open_, newest = months_open(known), _newest(center)
    found, seen = [], set()
    for one in rows:
        if one.month not in open_:
            found.append(
                Fault(one.month, AMOUNT, f"{one.month} is not open; forecast {open_[0]} to {open_[-1]}.")
            )
        elif one.month in seen:
            found.append(Fault(one.month, AMOUNT, f"{one.month} is there twice; say once what you expect."))
        elif (
            (before := newest.get(one.month)) is not None
            and _far(one.cents, before.cents)
            and not one.reason.strip()
        ):
            found.append(Fault(one.month, WHY, (
                f"{one.month} was {dollars(before.cents)} and is now {dollars(one.cents)}, which is more than "
                f"{percent()} % off; say why."
            )))  # fmt: skip
        seen.add(one.month)
    return found


@transaction.atomic
def submit(
    code: str, rows: Sequence[Expected], *, by: Account | None, at: datetime
) -> list[CostCenterForecast]:
    """Keep what is expected of a cost center's coming months, as vintages of the month in which it is said; all or nothing.

    What this month's newest vintage says already is not kept twice. Returns the vintages that were added.
    Raises Refused with everything that is wrong.
    """
    with entered(SYSTEM):
        # Locked, so that two who submit at once are two vintages, one after the other.
        center = CostCenter.objects.select_for_update(of=("self",)).filter(code=code).first()
        if center is None:
            raise Refused(f"There is no cost center {code}; add it to the records of billing.cost_center.")
        if by is None:
            require(by, "billing.forecast_center", center.organization)
        elif not may_forecast(by, center):
            raise PermissionDenied(
                f"{by} may not submit forecasts of {center}; its owner does, or an owner, data steward or administrator there."
            )
        if not rows:
            raise Refused("Say what you expect of at least one month.")
        today = timezone.localdate(at)
        wrong = [one.sentence for one in faults(center, rows, today=today)]
        if wrong:
            raise _refusal(wrong, f"{len(wrong)} months are wrong; nothing was kept.")
        round_ = period_of(today, "month").label
        newest = _newest(center)
        counted = CostCenterForecast.objects.filter(center=center, made_in=round_).count()
        made: list[CostCenterForecast] = []
        for one in rows:
            before, reason = newest.get(one.month), one.reason.strip()
            if (
                before
                and before.made_in == round_
                and before.cents == one.cents
                and reason in ("", before.reason)
            ):
                continue
            made.append(CostCenterForecast(
                code=f"{code}.{one.month}.{round_}.{counted + len(made) + 1}", center=center, month=one.month, made_in=round_,
                cents=one.cents, reason=reason, made_at=at, made_by=by,
            ))  # fmt: skip
        CostCenterForecast.objects.bulk_create(made)
        if made:
            audit.record("submit forecast", f"billing.cost_center {code}", by=by, at=at,
                         after={one.month: one.cents for one in made})  # fmt: skip
    return made


def read_file(path: Path) -> list[Expected]:
    """Read a CSV file with the columns month, amount (dollars) and reason; everything that is wrong in it is told at once."""
    if not path.is_file():
        raise Refused(f"There is no file {path}; check its path.")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows, there = list(reader), reader.fieldnames or []
    except (UnicodeDecodeError, csv.Error):
        raise Refused(f"{path.name} is no CSV file in UTF-8; save it as one.") from None
    absent = [name for name in FILE_COLUMNS[:2] if name not in there]
    if absent:
        raise Refused(f"{path.name} has no column {absent[0]}; its columns are {', '.join(FILE_COLUMNS)}.")
    found, wrong = [], []
    for line, row in enumerate(rows, 2):
        try:
            found.append(
                Expected(
                    (row["month"] or "").strip(), cents_given(row["amount"] or ""), row.get("reason") or ""
                )
            )
        except Refused as refused:
            wrong.append(f"Line {line}: {refused.sentence}")
    if wrong:
        raise _refusal(wrong, f"{path.name} has {len(wrong)} wrong lines; nothing was kept.")
    return found


def _refusal(wrong: list[str], several: str) -> Refused:
    """Say the one thing that is wrong, or that several are and each of them."""
    return Refused(wrong[0]) if len(wrong) == 1 else Refused(several, wrong)


def _newest(center: CostCenter) -> dict[str, CostCenterForecast]:
    return {
        one.month: one for one in CostCenterForecast.objects.filter(center=center).order_by("made_at", "pk")
    }


def percent() -> int:
    """Return by how many percent a forecast may differ from the one before without a reason."""
    found: int = settings.BILLING_FORECAST_PERCENT
    if found < 0:
        raise Refused(f"STATEWORKS_BILLING_FORECAST_PERCENT is {found}; write 0 or more.")
    return found


def _far(cents: int, before: int) -> bool:
    return abs(cents - before) * 100 > percent() * abs(before)
