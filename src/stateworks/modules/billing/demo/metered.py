"""What the fictional state's meters say, with errors of every kind that a detector is for; where they are is known to be true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from stateworks.modules.billing.demo.rows import Drawn, Key, Row
from stateworks.modules.billing.demo.tiered import worth

USED_BY = 8
"""How many billed services an account uses; a second account uses half of them."""
SPIKES = 3
"""Seeded in a month: one account's use of one service ten times too high."""
ERRORS = ("vanished", "zero", "duplicate", "negative_usage")
"""Seeded in a month, once each; a use on a wrong account and a first use come on top."""
KNOWN = 3
"""Months before the first error, so that what is usual is known."""
WORTH = 70_000
"""Errors are seeded where a month comes to 700 dollars or more: the detectors leave alone what comes to less than 500."""
LATE = 0.02
Thing = tuple[int, str]
"""Place of an account, and SKU."""


@dataclass(frozen=True)
class Errors:
    """What goes wrong in a month: the kind by account and SKU, whose use goes to which other account, and first uses."""

    kinds: Mapping[Thing, str]
    onto: Mapping[Thing, int]
    first: Mapping[Thing, int]


def draw_usage(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
    """Let each account use some services every month; a few uses are wrong, and some come late."""
    billed = [str(row["code"]) for row in made.skus if row["recovery"] == "billed"]
    usual = {
        (at, sku): chance.randrange(20, 400) * 1000
        for at, account in enumerate(made.accounts)
        for sku in chance.sample(billed, USED_BY if account["fund"] == "100" else USED_BY // 2)
    }
    for place, month in enumerate(months):
        wrong = _errors(made, chance, usual, month) if place >= KNOWN else Errors({}, {}, {})
        for (at, sku), level in usual.items():
            amount = level * chance.randrange(92, 109) // 100
            day, drawn = chance.randrange(1, 29), chance.random()
            kind = wrong.kinds.get((at, sku), "")
            late = place == len(months) - 2 and not kind and drawn < LATE
            _use(made, month, wrong.onto.get((at, sku), at), sku, day, amount, kind, late=late)
        for (at, sku), amount in wrong.first.items():
            _use(made, month, at, sku, 15, amount, "new")
        made.usage.append(row_of(f"{month}-unknown", "ACC-9999", billed[0], month, 15, 1000, ""))
        made.unknown_rows += 1
    for (month, sku), _ in sorted(made.wrong_prices.items()):
        for key in made.cents:
            if key[0] == month and key[2] == sku:
                made.seeded[key] = "rate_change"
    if not made.late_usage:
        made.late_usage.append(made.usage[-1])


def _errors(made: Drawn, chance: Random, usual: Mapping[Thing, int], month: str) -> Errors:
    """Draw what goes wrong in a month; where a price is wrong, nothing else is."""
    dear = [
        (at, sku)
        for (at, sku), level in sorted(usual.items())
        if (month, sku) not in made.wrong_prices and worth(made, sku, month, level) >= WORTH
    ]
    drawn = chance.sample(dear, SPIKES + len(ERRORS) + 1)
    kinds = dict(zip(drawn, ("level",) * SPIKES + ERRORS, strict=False))
    source = drawn[-1]
    users = {at for at, sku in usual if sku == source[1]}
    others = [at for at in range(len(made.accounts)) if at not in users and _agency(made, at) not in
              {_agency(made, user) for user in users}]  # fmt: skip
    first = {(chance.choice(others), source[1]): usual[source]} if others else {}
    siblings = _siblings(made)
    may = [
        (at, sku)
        for at, sku in dear
        if at in siblings and (siblings[at], sku) not in usual and (at, sku) not in kinds
    ]
    onto = {}
    if may:
        moved = chance.choice(may)
        onto, kinds[moved] = {moved: siblings[moved[0]]}, "account"
    return Errors(kinds, onto, first)


def _agency(made: Drawn, at: int) -> str:
    return str(made.accounts[at]["agency"])


def _siblings(made: Drawn) -> dict[int, int]:
    """Return the other account of the same agency."""
    places: dict[str, list[int]] = {}
    for at in range(len(made.accounts)):
        places.setdefault(_agency(made, at), []).append(at)
    both = [found for found in places.values() if len(found) == 2]
    return {one: other for first, second in both for one, other in ((first, second), (second, first))}


def _use(
    made: Drawn, month: str, at: int, sku: str, day: int, amount: int, kind: str, *, late: bool = False
) -> None:
    """Write what a meter says of a use, right or wrong, and what it comes to in cents."""
    said = {
        "level": [amount * 10], "vanished": [], "zero": [0], "duplicate": [amount, amount],
        "negative_usage": [amount, -2 * amount],
    }.get(kind, [amount])  # fmt: skip
    key: Key = (month, str(made.accounts[at]["code"]), sku)
    cents = worth(made, sku, month, sum(said))
    for again, one in enumerate(said):
        event = f"{month}-{at:04}-{sku}" + (f"-{again}" if again else "")
        row = row_of(event, f"ACC-{at:04}", sku, month, day, one, str(made.accounts[at]["agency"]))
        (made.late_usage if late else made.usage).append(row)
    if said:
        (made.late_cents if late else made.cents)[key] = cents
    # Until it comes, use that is late has vanished.
    if kind or (late and cents >= WORTH):
        made.seeded[key] = kind or "vanished"


def row_of(event: str, account: str, sku: str, month: str, day: int, amount: int, agency: str) -> Row:
    """Return one event of use, with an amount in thousandths, as the meter writes it."""
    sign, whole = "-" if amount < 0 else "", abs(amount)
    return {
        "Event": event, "Account": account, "Item": sku, "Used at": f"{month}-{day:02}T18:00:00",
        "Quantity": f"{sign}{whole // 1000}.{whole % 1000:03}", "Agency": agency,
    }  # fmt: skip
