"""Money in billing's templates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template

from stateworks.modules.billing.money import dollars, half_up
from stateworks.web.words import MINUS, figure

register = template.Library()


@register.filter
def cents(amount: int | None) -> str:
    """Cents as people read them, with a true minus sign; empty for none."""
    return "" if amount is None else dollars(amount).replace("-", MINUS)


@register.filter
def difference(amount: int) -> str:
    """Cents more or less, with their sign; empty where there is no difference."""
    return f"{'+' if amount > 0 else ''}{cents(amount)}" if amount else ""


@register.filter
def exact(amount: Decimal | None) -> str:
    """An exact amount without zeros that say nothing; empty for none."""
    return "" if amount is None else f"{amount.normalize():,f}".replace("-", MINUS)


@register.filter
def about(amount: int | None) -> str:
    """Whole dollars, for what is only expected; empty for none."""
    return "" if amount is None else cents(half_up(Fraction(amount, 100)) * 100).removesuffix(".00")


@register.filter
def below(part: float) -> float:
    """A part without its sign, where words say which way it goes."""
    return abs(part)


@register.simple_tag
def share_of(amount: int, whole: int) -> str:
    """A part of a sum, in percent; nothing of nothing."""
    return figure(amount / whole, "percent") if whole else ""
