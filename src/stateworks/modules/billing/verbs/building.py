"""Building the prices of a draft card: a forecast is recorded with its reason, and its break-even price is taken over."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.modules.billing.building import building_of
from stateworks.modules.billing.models import Rate, RateBuild, RateCard, Sku

PLACES, DIGITS = 6, 12


@transaction.atomic
def build(
    code: str, sku: str, *, units: str, reason: str, adopt: bool, by: Account | None, at: datetime
) -> RateBuild:
    """Record what a SKU's price on a draft card rests on, with a forecast of its units; or take the price over as well.

    `units` is a text such as 1200 or 1200.5; empty means the units that are forecast already. The cost is the last closed
    year's, or the one that is recorded. Refused where it is not known.
    """
    require(by, "billing.build")
    card = RateCard.objects.select_for_update().filter(code=code).first()
    if card is None:
        raise Refused(f"There is no rate card {code}.")
    if card.approved:
        raise Refused(
            f"The rate card {code} is approved; its prices never change. Build those of another card."
        )
    if not reason.strip():
        raise Refused("Say why; the reason stays on record.")
    with entered(SYSTEM):
        known = building_of(code).of(sku)
    if known.pool is None or known.carry is None:
        raise Refused(
            f"The cost of {sku} is not known. {known.why} Record a cost that you can answer for as billing.rate_build."
        )
    forecast = _units(units) if units.strip() else known.units
    if forecast <= 0:
        raise Refused(
            f"Nothing of {sku} was used in the last closed months; say how many units you forecast."
        )
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        made, _ = RateBuild.objects.update_or_create(
            card=card, sku=Sku.objects.get(code=sku),
            defaults={"pool_cents": known.pool, "carry_cents": known.carry, "units": forecast, "note": reason.strip()},
        )  # fmt: skip
        if adopt:
            _adopt(made)
    audit.record(
        "adopt break-even price" if adopt else "build price", f"billing.rate_card {code}", by=by, at=at, reason=reason.strip(),
        after={"sku": sku, "pool_cents": made.pool_cents, "carry_cents": made.carry_cents, "units": str(made.units),
               "break_even": str(made.break_even)},
    )  # fmt: skip
    return made


def _units(text: str) -> Decimal:
    """Read a number of units."""
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        found = Decimal(0)
    if (
        not found.is_finite()
        or found <= 0
        or found.adjusted() >= DIGITS
        or found != found.quantize(Decimal(1).scaleb(-PLACES))
    ):
        raise Refused(
            f"“{text.strip()}” is no number of units; write one above zero with at most {PLACES} decimals, such as 1200 or "
            "1200.5."
        )
    return found


def _adopt(made: RateBuild) -> None:
    """Write the break-even price as the one price of the SKU on the card, for the whole fiscal year where it had none."""
    price, sku = made.break_even, made.sku.code
    if price < 0:
        raise Refused(
            f"The break-even price of {sku} is below zero, since more is carried forward than it costs; pay the rest back by "
            "credit."
        )
    rates = list(made.card.rates.filter(sku=made.sku).order_by("starts_on"))
    if len(rates) > 1 or made.card.tiers.filter(sku=made.sku).exists():
        what = "several prices" if len(rates) > 1 else "tiers"
        raise Refused(
            f"{sku} has {what} on {made.card.code}, and one price does not say what they are to be; change them under Rates, "
            "and try the card on the last closed months."
        )
    if rates:
        rates[0].price = price
        rates[0].save(update_fields=["price"])
        return
    year = parse_period(f"FY{made.card.fiscal_year}")
    Rate.objects.create(card=made.card, sku=made.sku, starts_on=year.starts, ends_on=year.ends, price=price)
