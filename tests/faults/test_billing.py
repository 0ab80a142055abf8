"""Twenty kills over a month of billing, from the usage file to the closed month, and two drafts at once.

After each kill a step is done or not begun, and the month done again is what an undisturbed one is: the same lines, invoices,
numbers, vouchers and charges in the lake, each once. Every month has the same usage, so each is known from the first.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.standing import Standing
from tests.faults.table import Facts, Record, Tally

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

KILLS = 20
ITEMS = 12
"""Things that are sold; each of two accounts uses each twice a month."""
BOOKS: dict[str, tuple[Sequence[str], list[Sequence[object]]]] = {
    "office.line_of_service": (("code", "name"), [("hosting", "Hosting")]),
    "billing.account": (("code", "name", "agency"), [("doa-1", "DOA", "doa"), ("ldh-1", "Health", "ldh")]),
    "billing.sku": (
        ("code", "name", "line_of_service", "recovery", "unit"),
        [(f"item-{at}", f"Item {at}", "hosting", "billed", "piece") for at in range(ITEMS)],
    ),
    "billing.rate_card": (("code", "title", "fiscal_year"), [("fy27", "FY27", 2027), ("fy28", "FY28", 2028)]),
    "billing.rate": (
        ("card", "sku", "starts_on", "ends_on", "price"),
        [(f"fy{year % 100}", f"item-{at}", f"{year - 1}-07-01", f"{year}-06-30", f"{at + 1}.125")
         for year in (2027, 2028) for at in range(ITEMS)],
    ),
}  # fmt: skip


def month_of(turn: int) -> str:
    """The month of a turn, from July 2026 on."""
    return f"{2026 + (6 + turn) // 12}-{(6 + turn) % 12 + 1:02}"


def written(path: Path, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([heads, *rows])
    return str(path)


def asked(folder: Path, month: str) -> dict[str, Any]:
    """A month's commands: again each does nothing twice."""
    usage = [
        (f"{month}-{account}-{at}-{half}", f"{account}-1", f"item-{at}", f"{month}-1{half}T09:00:00", f"{at + half}.5")
        for account in ("doa", "ldh") for at in range(ITEMS) for half in (0, 1)
    ]  # fmt: skip
    file = written(folder / f"usage-{month}.csv", ("Event", "Account", "Item", "Used at", "Quantity"), usage)
    steps = (
        ["open", month], ["load", file, "--mapping", "meridian-meter"], ["draft", month],
        ["review", month, "--resolve", "as it should be"], ["approve", month], ["issue", month],
        ["export", month, "--out", str(folder / f"{month}.csv")], ["close", month],
    )  # fmt: skip
    return {"commands": [["billing", *step] for step in steps]}


def seen(standing: Standing) -> Facts:
    """What is there of every month, step by step, by plain SQL and from the lake's own files."""
    found: Facts = Counter()
    for month, state in standing.rows("SELECT code, state FROM billing_billingperiod"):
        found["opened", month] += 1
        found["closed", month] += state == "closed"
    for row in (
        standing.lake("billing.usage", "event, quantity::VARCHAR") if standing.has("billing.usage") else ()
    ):
        found["used", row[0][:7], *row] += 1
    for row in standing.rows(
        "SELECT p.code, i.code, l.code, l.kind, l.origin, l.cents, l.quantity::text FROM billing_invoiceline l "
        "JOIN billing_invoice i ON i.id = l.invoice_id JOIN billing_billingperiod p ON p.id = i.period_id"
    ):
        found["drafted", *row] += 1
    for row in standing.rows(
        "SELECT p.code, i.code FROM billing_invoicereview r JOIN billing_invoice i ON i.id = r.invoice_id "
        "JOIN billing_billingperiod p ON p.id = i.period_id WHERE r.reviewed_at IS NOT NULL"
    ):
        found["reviewed", *row] += 1
    for month, approved, issued in standing.rows(
        "SELECT p.code, r.approved_at, r.issued_at FROM billing_billingrun r "
        "JOIN billing_billingperiod p ON p.id = r.period_id WHERE r.state <> 'replaced'"
    ):
        found["approved", month] += approved is not None
        found["issued", month] += issued is not None
    for row in standing.rows(
        "SELECT p.code, i.number, i.cents FROM billing_invoice i JOIN billing_billingperiod p ON p.id = i.period_id "
        "WHERE i.state = 'issued'"
    ):
        found["issued", *row] += 1
    for row in standing.rows(
        "SELECT p.code, i.number, sum(s.cents)::bigint, sum(abs(s.cents))::bigint FROM billing_posting s "
        "JOIN billing_journalentry e ON e.id = s.entry_id JOIN billing_invoice i ON i.id = e.invoice_id "
        "JOIN billing_billingperiod p ON p.id = i.period_id GROUP BY 1, 2"
    ):
        found["issued", row[0], "voucher", *row[1:]] += 1
    if standing.has("billing.rated_charge"):
        for row in standing.lake("billing.rated_charge", "period, line, cents"):
            found["issued", row[0], "charge", *row[1:]] += 1
    for (month,) in standing.rows(
        "SELECT p.code FROM billing_erpexport x JOIN billing_billingperiod p ON p.id = x.period_id"
    ):
        found["exported", month] += 1
    return +found


def moved(facts: Facts, month: str, to: str) -> Facts:
    """The facts of a month as those of another one would be."""

    def told(part: object) -> object:
        if not isinstance(part, str):
            return part
        return part.replace(month, to).replace(month.replace("-", ""), to.replace("-", ""))

    return Counter({tuple(told(part) for part in fact): n for fact, n in facts.items() if fact[1] == month})


def in_steps(facts: Facts) -> Facts:
    """The same, with step and month together as what is there whole or not at all."""
    return Counter({((fact[0], fact[1]), *fact[2:]): n for fact, n in facts.items()})


def test_a_month_of_billing(standing: Standing, tmp_path: Path, record_property: Record) -> None:
    """Each step is a transaction of its own, with the lake's tables that it writes."""
    tally = Tally("killed: billing")
    files = {name: written(tmp_path / f"{name}.csv", *table) for name, table in BOOKS.items()}
    cards = [["billing", "approve-card", card] for card in ("fy27", "fy28")]
    prepared = [["data", "import", name, file] for name, file in files.items()]
    standing.undisturbed({"commands": [*prepared, *cards]}, [0] * (len(prepared) + len(cards)))
    first = month_of(0)
    ends = [0] * 8
    places = standing.undisturbed(asked(tmp_path, first), ends)
    pattern = seen(standing)
    # Two accounts, twelve items each, two invoices: 0.5 + 1.5 of item-0 at 1.125, 1.5 + 2.5 of item-1 at 2.125, …
    cents = 2 * sum(round((2 * at + 2) * (at + 1.125) * 100) for at in range(ITEMS))
    assert sum(int(str(fact[3])) for fact in pattern if fact[:1] == ("issued",) and fact[2:3] != ("charge",)
               and fact[2:3] != ("voucher",) and len(fact) == 4) == cents  # fmt: skip
    for turn in range(1, KILLS + 1):
        month = month_of(turn)
        before = seen(standing)
        whole = before + moved(pattern, first, month)
        standing.forks.kill(asked(tmp_path, month), turn, KILLS, places, tally.where)
        tally.interrupted(in_steps(before), in_steps(whole), in_steps(seen(standing)))
        standing.undisturbed(asked(tmp_path, month), ends)
        tally.repeated(whole, seen(standing))
    assert standing.left_over() == []
    proved = standing.forks.ask(["billing", "prove", "--all", "--format", "json"])
    assert proved["status"] == [0], proved["errors"]
    told = json.loads(proved["output"][0])
    assert told == {"lines": 2 * ITEMS * (KILLS + 1), "cents": cents * (KILLS + 1), "difference_cents": 0}
    _two_at_once(standing, tmp_path)
    tally.tell(record_property)
    tally.holds()


def _two_at_once(standing: Standing, folder: Path) -> None:
    """Two who draft the same month at the same time make one draft."""
    month = month_of(KILLS + 1)
    opened = {"commands": asked(folder, month)["commands"][:2]}
    standing.undisturbed(opened, [0, 0])
    both = [standing.made.started(["billing", "draft", month]) for _ in range(2)]
    for process in both:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0 and json.loads(out.splitlines()[-1])["status"] == 0, errors
    ((runs, invoices, lines),) = standing.rows(
        "SELECT (SELECT count(*) FROM billing_billingrun r WHERE r.period_id = p.id), "
        "(SELECT count(*) FROM billing_invoice i WHERE i.period_id = p.id), "
        "(SELECT count(*) FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id WHERE i.period_id = p.id) "
        "FROM billing_billingperiod p WHERE p.code = %s", month,
    )  # fmt: skip
    assert (runs, invoices, lines) == (1, 2, 2 * ITEMS)
