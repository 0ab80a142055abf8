"""Cents as whole numbers: how exact amounts become cents and how cents are shown.

Nothing here is a float. Quantities have up to 20 decimal places and prices eight; a product of both is exact, and one
rounding, half away from zero, makes it cents. A reversal is therefore the exact negative of what it reverses.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction

from stateworks.kernel.errors import Refused

Exact = Fraction | Decimal | int
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
"""Multiplies with room for every digit, and stops rather than lose one."""
LIMIT = 10**13
"""Dollars from which on an amount that is typed is taken for a mistake."""


def every_digit() -> AbstractContextManager[Context]:
    """Have sums keep every digit: a thread's usual 28 are fewer than a large amount with 20 decimal places has."""
    return localcontext(prec=_EXACT.prec)


def half_up(amount: Exact) -> int:
    """Return the nearest whole number; exactly half goes away from zero, so that signs turn with the amount."""
    exact = Fraction(amount)
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    rounded = whole + (2 * rest >= exact.denominator)
    return -rounded if exact < 0 else rounded


def rated(quantity: Decimal, price: Decimal) -> int:
    """Return the cents of a quantity at a price in dollars: exact product, one rounding."""
    # Each step with a context of its own: a number's own methods round to the 28 digits of the thread's.
    cents = _EXACT.multiply(_EXACT.multiply(quantity, price), 100)
    return int(cents.to_integral_value(ROUND_HALF_UP))


def cents_of(dollars: Decimal) -> int:
    """Return the cents of an amount in dollars.

    Raises ValueError where the amount has a fraction of a cent: whoever rounds says so by calling half_up.
    """
    cents = Fraction(dollars) * 100
    if cents.denominator != 1:
        raise ValueError(f"{dollars} has a fraction of a cent")
    return cents.numerator


def cents_given(text: str) -> int:
    """Read an amount of dollars as people write it, such as 12.50 or $1,200; raises Refused where it is none."""
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", ""))
        if abs(amount) >= LIMIT:
            raise Refused(f"“{text}” is more than any budget; write the amount in dollars, such as 12.50.")
        return cents_of(amount)
    except (InvalidOperation, ValueError, OverflowError):
        raise Refused(f"“{text}” is no amount of dollars; write it as 12.50.") from None


def dollars(cents: int) -> str:
    """Return cents as people read them, such as -$1,234.05."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{rest:02}"


def roughly(cents: float) -> str:
    """Return an amount in few characters for the axis of a chart, such as $905 K or $1.05 M."""
    amount, unit = abs(cents) / 100, ""
    for size, name in ((10**9, " B"), (10**6, " M"), (10**3, " K")):
        if amount >= size:
            amount, unit = amount / size, name
            break
    text = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return f"{'-' if cents < 0 else ''}${text}{unit}"
