"""Looks for rows of usage that are there twice, or that take back: the engine counts them, and only odd ones leave the lake.

The same account, SKU, moment and quantity under another event id, or from another source, is the same use. To group
all rows by all that they say costs many times what adding them up does. So the engine first groups one number made of it, in
a big month for one in eight of these numbers: rows that say the same have the same number, and are looked at together or not
at all. Of n rows that are there twice all are overlooked with a chance of (7/8)^n; a file that was loaded twice never is.
Only the accounts and SKUs that this points to are then grouped in full.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake.contracts import PART
from stateworks.modules.billing.detectors.facts import OddUsage
from stateworks.modules.billing.feeds import USAGE
from stateworks.modules.billing.inputs import Used, coded

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from stateworks.kernel.lake.engines import Engine

BIG = 5_000_000
"""From so many rows on a sample is looked at first."""
SAMPLE = 8
Thing = tuple[str, str]
"""Codes of account and SKU."""
Words = tuple[str, str, str]
"""Source, account and SKU, in the source's words."""


def odd_usage(
    engine: Engine, version: int, month: str, used: Iterable[Used], accounts: Mapping[str, str], skus: Mapping[str, str],
    *, last: str = "", big: int = BIG,
) -> tuple[dict[Thing, OddUsage], dict[Thing, OddUsage]]:  # fmt: skip
    """Return a month's rows that are there twice and rows of less than nothing, by account and SKU.

    `used` is the month added up, which says what is named in it. Where the month before had as many repeats of the same account
    and SKU, its meter says the same twice as a habit (two servers that run all day), and nothing is odd.
    """
    words = [((one.source, one.account, one.sku), one.rows) for one in used if one.month == month]
    if version < 0 or not words:
        return {}, {}

    def meant(one: Words) -> Thing:
        source, account, sku = one
        return coded(accounts, source, account), coded(skus, source, sku)

    rows = _month(engine, version, month)
    back = _sums(engine, rows.filter(rows.quantity < 0), meant)
    named = sorted({one for one, _ in words})
    sampled = sum(n for _, n in words) > big
    twice = _repeats(engine, rows, _pointed_to(engine, rows, named, meant, sampled=sampled), "odd_words")
    if twice and last:
        before = _month(engine, version, last)
        found = engine.execute(before.select("source", "account", "sku").distinct()).to_pylist()
        again = [(row["source"], row["account"], row["sku"]) for row in found]
        known = sorted((meant(one), one) for one in again if meant(one) in twice)
        usual = _repeats(engine, before, known, "last_words")
        twice = {
            thing: one
            for thing, one in twice.items()
            if thing not in usual or usual[thing].rows * 2 < one.rows
        }
    return twice, back


def _month(engine: Engine, version: int, month: str) -> ir.Table:
    rows = engine.table(USAGE, version=version)
    return rows.filter(rows[PART] == f"m{month}")


def _sums(engine: Engine, rows: ir.Table, meant: Callable[[Words], Thing]) -> dict[Thing, OddUsage]:
    """Return how many rows there are, and how much they say was used."""
    sums = rows.group_by(["source", "account", "sku"]).aggregate(n=rows.count(), amount=rows.quantity.sum())
    found: dict[Thing, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for row in engine.execute(sums).to_pylist():
        one = found[meant((row["source"], row["account"], row["sku"]))]
        one[0] += row["n"]
        one[1] += Decimal(row["amount"])
    return {thing: OddUsage(n, amount) for thing, (n, amount) in found.items() if all(thing)}


def _pointed_to(
    engine: Engine, rows: ir.Table, words: Sequence[Words], meant: Callable[[Words], Thing], *, sampled: bool
) -> list[tuple[Thing, Words]]:
    """Return accounts and SKUs that may have repeats, with all words that mean them."""
    said = (rows.account.hash() ^ rows.sku.hash()) ^ (rows.started_at.hash() ^ rows.quantity.hash())
    numbered = rows.select("source", "account", "sku", said=said)
    looked = numbered.filter(numbered.said % SAMPLE == 0) if sampled else numbered
    grouped = looked.group_by("said").aggregate(n=looked.count())
    twice = grouped.filter(grouped.n > 1)
    things: set[Thing] = set()
    if engine.execute(twice.limit(1)).num_rows:
        pairs = numbered.semi_join(twice, "said").select("source", "account", "sku").distinct()
        found = engine.execute(pairs).to_pylist()
        things = {meant((row["source"], row["account"], row["sku"])) for row in found}
    # What two sources, or two words of one, mean alike has other numbers for the same use.
    several = {thing for thing, n in Counter(map(meant, words)).items() if n > 1}
    return [(thing, one) for one in words if all(thing := meant(one)) and thing in things | several]


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
