"""Months of billing: opened, closed, and opened again with a reason; rate cards approved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import Period, parse_period
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.gaps import gaps_of, tiers_of_no_price
from stateworks.modules.billing.models import BillingPeriod, PeriodState, RateCard
from stateworks.modules.billing.models.periods import is_month
from stateworks.modules.billing.verbs.forecasting import forecast


def month_named(code: str) -> Period:
    """Read a month, such as 2026-10; what is no month of the calendar is refused."""
    if not is_month(code):
        raise Refused(f"“{code}” is no month; write it as 2026-10.")
    return parse_period(code)


def period_named(code: str) -> BillingPeriod:
    """Return a month of billing; one that was never opened is refused, and so is what is no month."""
    found = BillingPeriod.objects.filter(code=code).first()
    if found is None:
        month_named(code)
        raise Refused(f"There is no billing period {code}; open it with `stateworks billing open {code}`.")
    return found


@transaction.atomic
def open_period(code: str, *, by: Account | None, at: datetime) -> BillingPeriod:
    """Open a month, such as 2026-10; one that is there already stays as it is."""
    require(by, "billing.run")
    month = month_named(code)
    found, made = BillingPeriod.objects.get_or_create(
        code=code, defaults={"starts_on": month.starts, "ends_on": month.ends}
    )
    if made:
        audit.record("open period", f"billing.period {code}", by=by, at=at)
    return found


@transaction.atomic
def close_period(code: str, *, by: Account | None, at: datetime, looking_ahead: bool = True) -> BillingPeriod:
    """Close a month whose invoices are issued: the database refuses every write in it from now on.

    Looking ahead, the coming months are forecast from what is known then, and that is kept.
    """
    require(by, "billing.approve")
    period = _locked(code)
    if period.state == PeriodState.CLOSED:
        return period
    if not period.runs.filter(state="issued").exists():
        raise Refused(f"{code} has no issued invoices; issue them first.")
    period.state, period.closed_at, period.closed_by = PeriodState.CLOSED, at, by
    period.save(update_fields=["state", "closed_at", "closed_by"])
    audit.record("close period", f"billing.period {code}", by=by, at=at)
    # Who may close a month need not be one of those who draft: the forecast is the office's own.
    if looking_ahead:
        with entered(SYSTEM):
            forecast(by=None, at=at)
    return period


@transaction.atomic
def reopen_period(code: str, *, reason: str, by: Account | None, at: datetime) -> BillingPeriod:
    """Open a closed month again; it takes a person who may approve, and a reason that stays on record."""
    require(by, "billing.approve")
    if not reason.strip():
        raise Refused("Say why the period is opened again; the reason stays on record.")
    period = _locked(code)
    if period.state != PeriodState.CLOSED:
        raise Refused(f"{code} is not closed.")
    period.state, period.closed_at, period.closed_by = PeriodState.OPEN, None, None
    period.reopened_why, period.reopened_by = reason.strip(), by
    period.save(update_fields=["state", "closed_at", "closed_by", "reopened_why", "reopened_by"])
    audit.record("reopen period", f"billing.period {code}", by=by, at=at, reason=reason.strip())
    return period


def _locked(code: str) -> BillingPeriod:
    period_named(code)
    return BillingPeriod.objects.select_for_update().get(code=code)


@transaction.atomic
def approve_card(code: str, *, by: Account | None, at: datetime, gaps_why: str = "") -> RateCard:
    """Approve a rate card: its rates count from now on, and never change.

    Days of the fiscal year without a price for a SKU of the card are refused by name, unless somebody says why they are meant;
    the reason stays on record. Tiers that belong to no price are refused.
    """
    require(by, "billing.approve")
    card = RateCard.objects.select_for_update().filter(code=code).first()
    if card is None:
        raise Refused(f"There is no rate card {code}; `stateworks data export billing.rate_card` lists them.")
    if card.approved:
        return card
    skus = card.rates.values("sku").distinct().count()
    if not skus:
        raise Refused(f"The rate card {code} has no rates yet; load some first.")
    if lost := tiers_of_no_price(card):
        raise Refused(
            f"The rate card {code} has tiers that belong to no price; give them its first day.", lost
        )
    gaps = gaps_of(card)
    if gaps and not gaps_why.strip():
        many = len(gaps) > 1
        raise Refused(
            f"The rate card {code} has {len(gaps)} {'gaps' if many else 'gap'} in its fiscal year; close "
            f"{'them' if many else 'it'}, or say with --gaps-why why that is meant.", gaps,
        )  # fmt: skip
    card.approved, card.approved_at, card.approved_by = True, at, by
    card.save(update_fields=["approved", "approved_at", "approved_by"])
    after = {"skus": skus} | ({"gaps": gaps} if gaps else {})
    audit.record(
        "approve rate card", f"billing.rate_card {code}", by=by, at=at, reason=gaps_why.strip() if gaps else "", after=after
    )  # fmt: skip
    return card
