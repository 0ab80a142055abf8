"""Looks for rows of usage that are there twice, or that take back: the engine counts them, and only odd ones leave the lake.

What is taken back is added up when an import ends (`BACK`). The same account, SKU, moment and quantity under another event id, or
from another source, is the same use. To group all rows by all that they say costs many times what adding them up does. So the
engine first groups one number made of it, when an import ends, and what has a number in common is kept beside the rows (`ALIKE`).
Only the accounts and SKUs that this points to are grouped in full.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.partanswers import answered
from stateworks.modules.billing.detectors.facts import OddUsage
from stateworks.modules.billing.feeds import ALIKE, BACK, USAGE, USED
from stateworks.modules.billing.inputs import Used, coded

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from stateworks.kernel.lake.engines import Engine

Thing = tuple[str, str]
"""Codes of account and SKU."""
Words = tuple[str, str, str]
"""Source, account and SKU, in the source's words."""


def odd_usage(
    engine: Engine, version: int, month: str, used: Iterable[Used], accounts: Mapping[str, str], skus: Mapping[str, str],
    *, last: str = "",
) -> tuple[dict[Thing, OddUsage], dict[Thing, OddUsage]]:  # fmt: skip
    """Return a month's rows that are there twice and rows of less than nothing, by account and SKU.

    `used` is the month added up, which says what is named in it. Where the month before had as many repeats of the same account
    and SKU, its meter says the same twice as a habit (two servers that run all day), and nothing is odd.
    """
    words = sorted({(one.source, one.account, one.sku) for one in used if one.month == month})
    if version < 0 or not words:
        return {}, {}

    @cache
    def meant(one: Words) -> Thing:
        source, account, sku = one
        return coded(accounts, source, account), coded(skus, source, sku)

    back = _taken_back(answered(engine, BACK, version, f"m{month}"), meant)
    alike = answered(engine, ALIKE, version, f"m{month}").to_pylist()
    pointed = {meant(_words(row)) for row in alike}
    # What two sources, or two words of one, mean alike has other numbers for the same use.
    pointed |= {thing for thing, n in Counter(map(meant, words)).items() if n > 1}
    looked = [(thing, one) for one in words if all(thing := meant(one)) and thing in pointed]
    twice = _repeats(engine, _month(engine, version, month), looked, "odd_words")
    if twice and last:
        before = answered(engine, USED, version, f"m{last}")
        again = {_words(row) for row in before.select(["source", "account", "sku"]).to_pylist()}
        known = sorted((meant(one), one) for one in again if meant(one) in twice)
        usual = _repeats(engine, _month(engine, version, last), known, "last_words")
        twice = {
            thing: one
            for thing, one in twice.items()
            if thing not in usual or usual[thing].rows * 2 < one.rows
        }
    return twice, back


def _month(engine: Engine, version: int, month: str) -> ir.Table:
    rows = engine.table(USAGE, version=version)
    return rows.filter(rows[PART] == f"m{month}")


def _taken_back(sums: pa.Table, meant: Callable[[Words], Thing]) -> dict[Thing, OddUsage]:
    """Return how many rows take back, and how much they say was used."""
    found: dict[Thing, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for row in sums.to_pylist():
        one = found[meant(_words(row))]
        one[0] += row["n"]
        one[1] += Decimal(row["quantity"])
    return {thing: OddUsage(n, amount) for thing, (n, amount) in found.items() if all(thing)}


def _words(row: Mapping[str, Any]) -> Words:
    return row["source"], row["account"], row["sku"]


def _repeats(
    engine: Engine, rows: ir.Table, words: Sequence[tuple[Thing, Words]], name: str
) -> dict[Thing, OddUsage]:
    """Group the rows of some accounts and SKUs by all that they say, and return what is there more than once."""
    import pyarrow as pa

    if not words:
        return {}
    things = sorted({thing for thing, _ in words})
    places = {thing: at for at, thing in enumerate(things)}
    table = pa.table({
        "source": [source for _, (source, _, _) in words], "account": [account for _, (_, account, _) in words],
        "sku": [sku for _, (_, _, sku) in words], "thing": [places[thing] for thing, _ in words],
    })  # fmt: skip
    joined = rows.inner_join(engine.lookup(name, table), ["source", "account", "sku"])
    said = joined.select("thing", "started_at", "quantity")
    grouped = said.group_by(["thing", "started_at", "quantity"]).aggregate(n=said.count())
    twice = grouped.filter((grouped.n > 1) & (grouped.quantity > 0))
    more = twice.mutate(more=twice.n - 1, amount=twice.quantity * (twice.n - 1))
    sums = more.group_by("thing").aggregate(n=more.more.sum(), amount=more.amount.sum())
    return {
        things[row["thing"]]: OddUsage(int(row["n"]), Decimal(row["amount"]))
        for row in engine.execute(sums).to_pylist()
    }
