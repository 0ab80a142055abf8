"""Steps of billing beside the run: invoices on paper against typst alone, an allocation's solve, a line's way to its rows."""

from __future__ import annotations

import json
import random
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import billing, instance
from benchmarks.billing import AT, MONTH, Answer
from benchmarks.harness import Comparison, isolated

NAME = "billing-steps"
POOLS, CONSUMERS, EACH = 500, 300, 20
DRILLS = 40
ALLOCATION_SECONDS, DRILL_SECONDS = 1.0, 0.3


def said(folder: Path, scale: float) -> list[str]:
    """Return one line for each step that is measured against a time; each in a process of its own."""
    solved = isolated(solve, folder, scale)
    issued(folder, scale)
    drilled = isolated(drill, folder, scale)
    return [
        f"{POOLS} pools, each to {EACH} others and {CONSUMERS} consumers, solved exactly: {solved.answer:.2f} s of processor "
        f"time (wanted: under {ALLOCATION_SECONDS:g} s)",
        f"From an invoice line to its rows among {billing.usage_rows(scale):,}: {drilled.answer:.3f} s at the 95th of a hundred "
        f"(wanted: under {DRILL_SECONDS:g} s)",
    ]


def solve(_folder: Path, _scale: float) -> float:
    """Pass pools on that pass on to each other; return the processor's seconds."""
    import time

    from stateworks.modules.billing.allocation import allocate
    from stateworks.modules.billing.inputs import ACCOUNT

    chance = random.Random(1)
    pools = [f"p{at}" for at in range(POOLS)]
    weights = {}
    for pool in pools:
        to = {f"{ACCOUNT}c{at}": chance.randrange(1, 10**6) for at in range(CONSUMERS)}
        to |= {one: chance.randrange(1, 10**6) for one in chance.sample(pools, EACH) if one != pool}
        weights[pool] = to
    costs = {pool: chance.randrange(10**9) for pool in pools}
    began = time.process_time()
    found = allocate(costs, weights, method="reciprocal")
    took = time.process_time() - began
    assert sum(found.cents.values()) + sum(found.unallocated.values()) == sum(costs.values())
    return took


def issued(folder: Path, scale: float) -> None:
    """Have a month's invoices drafted, reviewed, approved and issued."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs import drafting, issuing

    billing.prepare(folder, scale)
    with entered(SYSTEM):
        drafting.draft(MONTH, by=None, at=AT)
        issuing.review_rest(MONTH, by=None, at=AT)
        issuing.approve(MONTH, by=None, at=AT)
        issuing.issue(MONTH, by=None, at=AT)


def drill(_folder: Path, _scale: float) -> float:
    """Return the seconds within which 95 of 100 ways from a line to its rows are gone, as the line's page asks for them."""
    import time

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing import proof
    from stateworks.modules.billing.models import InvoiceLine
    from stateworks.modules.billing.pages.invoices import SHOWN_ROWS

    with entered(SYSTEM):
        codes = sorted(InvoiceLine.objects.values_list("code", flat=True))
        chosen = random.Random(1).sample(codes, min(len(codes), DRILLS + 1))
        took = []
        for code in chosen:
            began = time.perf_counter()
            told = proof.derivation(proof.line_named(code), rows=SHOWN_ROWS)
            took.append(time.perf_counter() - began)
            assert told["rows_in_all"] > 0
    # The first asks for plans and connections that a process keeps.
    return quantiles(took[1:], n=20)[-1]


def _all_issued() -> list[Any]:
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.models import Invoice

    with entered(SYSTEM):
        return list(Invoice.objects.select_related("organization", "period").order_by("code"))


def papers(_folder: Path, _scale: float) -> Answer:
    """Set every invoice of the month on paper."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.documents.facts import facts_of
    from stateworks.modules.billing.documents.paper import pdf

    with entered(SYSTEM):
        made = [pdf(facts_of(one)) for one in _all_issued()]
    return lambda: _counted(made)


def by_typst(folder: Path, _scale: float) -> Answer:
    """Set the same template with data that lies ready."""
    import typst

    from stateworks.modules.billing.documents.paper import TEMPLATE

    made = []
    for invoice, timestamp in json.loads((folder / "told.json").read_text()):
        made.append(
            typst.compile(
                str(TEMPLATE), root=str(TEMPLATE.parent), ignore_system_fonts=True, pdf_standards=["ua-1"],
                sys_inputs={"invoice": invoice}, timestamp=timestamp,
            )
        )  # fmt: skip
    return lambda: _counted(made)


def _counted(made: list[bytes]) -> dict[str, Any]:
    import hashlib

    return {"papers": len(made), "sha256": hashlib.sha256(b"".join(made)).hexdigest()}


def ready(folder: Path, scale: float) -> None:
    """Issue a month of few events, and lay the invoices' data ready for typst alone."""
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.documents.facts import facts_of
    from stateworks.modules.billing.documents.paper import _told

    issued(folder, min(scale, 0.1))
    with entered(SYSTEM):
        facts = [facts_of(one) for one in _all_issued()]
        told = [(json.dumps(_told(one)), int(one.issued_at.timestamp())) for one in facts]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "told.json").write_text(json.dumps(told))


COMPARISONS = (
    Comparison(
        name="invoice-pdf", what="Invoices on paper, tagged", prepare=ready, ours=papers, baseline=by_typst,
        baseline_name="typst alone on the same template", target=1.3, rows=lambda _scale: instance.AGENCIES,
    ),
)  # fmt: skip
