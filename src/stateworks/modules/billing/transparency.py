"""What the office's own cost of a fiscal year is made of, by the towers of its taxonomy, and what was charged by solution.

Cost is the ledger's, gathered in pools as the draft gathers it; nothing is passed on or estimated. A word that the taxonomy
does not have is told, and counts under itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.clocks.fiscal import parse_period, parts
from stateworks.kernel.lake.engines import open_engine
from stateworks.modules.billing.gathering import pool_rules, spent_in
from stateworks.modules.billing.inputs import Spent, pool_of
from stateworks.modules.billing.models import (
    CostPool,
    InvoiceLine,
    InvoiceState,
    Layer,
    Sku,
    TaxonomyTerm,
)

NO_WORD, NO_POOL = "Not sorted yet", "In no pool"


@dataclass(frozen=True)
class Part:
    """What a pool or SKU comes to, in cents, under the word at the top of the taxonomy and its own."""

    top: str
    word: str
    name: str
    cents: int


@dataclass(frozen=True)
class Groups:
    """Parts by the word at the top, the dearest first; they add up to `cents`."""

    groups: tuple[tuple[str, int, tuple[Part, ...]], ...]

    @property
    def cents(self) -> int:
        """All of them together."""
        return sum(cents for _, cents, _ in self.groups)


@dataclass(frozen=True)
class Transparency:
    """A fiscal year's cost by tower, and its charges by solution; `unknown` are words that the taxonomy lacks."""

    towers: Groups
    solutions: Groups
    unknown: tuple[str, ...]


def costs_of(scope: Scope, year: str, version: int) -> Transparency:
    """Read a fiscal year such as FY26: the whole office's cost at a version of the ledger, and the charges that one may see."""
    span = parse_period(year)
    months = [one.label for one in parts(span, "month")]
    spent: tuple[Spent, ...] = ()
    if version >= 0:
        with open_engine() as engine:
            spent = spent_in(engine, version, months)
    lines = visible(
        InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED), scope, "invoice__organization"
    )
    charged = dict(lines.filter(origin__in=months).order_by().values_list("sku").annotate(sum=Sum("cents")))
    towers, solutions = _words(Layer.TOWER), _words(Layer.SOLUTION)
    pools = list(CostPool.objects.order_by("code"))
    skus = list(Sku.objects.filter(pk__in=charged).order_by("code"))
    used = [(one.tower, towers) for one in pools] + [(one.solution, solutions) for one in skus]
    return Transparency(
        grouped(_of_pools(spent, pools, towers)),
        grouped(part(one.solution, solutions, one.name, charged[one.pk]) for one in skus),
        tuple(sorted({word for word, known in used if word and word not in known}))
        if towers or solutions
        else (),
    )


def _words(layer: Layer) -> dict[str, str]:
    """Return the word at the top of each word of a view."""
    rows = {one.pk: one for one in TaxonomyTerm.objects.filter(layer=layer)}
    found = {}
    for one in rows.values():
        top, seen = one, {one.pk}
        while top.parent_id in rows and top.parent_id not in seen:
            top = rows[top.parent_id]
            seen.add(top.pk)
        found[one.name] = top.name
    return found


def _of_pools(spent: Iterable[Spent], pools: Iterable[CostPool], towers: Mapping[str, str]) -> list[Part]:
    rules = pool_rules()
    sums: dict[str, int] = {}
    for row in spent:
        pool = pool_of(rules, row.cost_center, row.object_code)
        code = pool.code if pool else ""
        sums[code] = sums.get(code, 0) + row.cents
    made = [part(one.tower, towers, one.name, sums[one.code]) for one in pools if sums.get(one.code)]
    if sums.get(""):
        made.append(Part(NO_WORD, NO_WORD, NO_POOL, sums[""]))
    return made


def part(word: str, known: Mapping[str, str], name: str, cents: int) -> Part:
    """Return what something comes to under its word; a word that is not known counts under itself."""
    return Part(known.get(word, word) or NO_WORD, word or NO_WORD, name, cents)


def grouped(found: Iterable[Part]) -> Groups:
    """Group parts by the word at the top."""
    by_top: dict[str, list[Part]] = {}
    for one in found:
        by_top.setdefault(one.top, []).append(one)
    groups = [
        (top, sum(one.cents for one in group), tuple(sorted(group, key=lambda one: (-one.cents, one.name))))
        for top, group in by_top.items()
    ]
    return Groups(tuple(sorted(groups, key=lambda group: (-group[1], group[0]))))
