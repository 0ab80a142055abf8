"""Proves lines of invoices: shows for one what it is made of, down to source rows, and adds all of them up again.

The rows are read at the version that the run pinned, with what the run kept of prices, names and weights. `readd.py` in
this folder, which needs nothing but Python, does the sums of a derivation over again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import PART, contract, literal
from stateworks.kernel.lake.partanswers import kept
from stateworks.modules.billing.feeds import FOCUS, LEDGER, NOBODY, NOTHING, PASSED, USAGE
from stateworks.modules.billing.inputs import ACCOUNT, coded, pool_of
from stateworks.modules.billing.models import BillingRun, InvoiceLine
from stateworks.modules.billing.money import every_digit
from stateworks.modules.billing.readd import allocated, passed_on, rated
from stateworks.modules.billing.tier_proof import rates_of, tiers_told

ROWS = 100_000
"""So many rows a derivation lists; more are added up and counted."""
DATASETS = {"usage": USAGE, "passed_on": FOCUS, "allocated": LEDGER}


def line_named(code: str) -> InvoiceLine:
    """Return a line by its code, or by its invoice's number and its own: 2026-10-dhs.3 or 202610-00012.3."""
    number, _, place = code.rpartition(".")
    found = (
        InvoiceLine.objects.filter(Q(code=code) | Q(invoice__number=number, code__endswith=f".{place}"))
        .select_related("invoice__run__period", "invoice__organization", "account", "sku", "invoice__period")
        .first()
    )
    if found is None:
        raise Refused(f"There is no invoice line {code} that you may see; write it as 2026-10-dhs.3.")
    return found


def derivation(line: InvoiceLine, *, rows: int = ROWS) -> dict[str, Any]:
    """Return what a line is made of: source rows, price or split, what was charged before, and the sum.

    Up to so many rows are listed. Call it in a scope that sees everything; who may see the line is asked before.
    """
    run = line.invoice.run
    if run is None:
        raise Refused(f"{line.code} was loaded from a file; nothing is known of what it rests on.")
    told: dict[str, Any] = {
        "line": line.code, "invoice": line.invoice.code, "number": line.invoice.number, "kind": line.kind,
        "agency": line.invoice.organization.code, "account": line.account.code, "sku": line.sku.code,
        "period": run.period.code, "origin": line.origin, "quantity": str(line.quantity.normalize()),
        "price": None if line.price is None else str(line.price.normalize()), "cents": line.cents,
        "earlier": _earlier(line),
    }  # fmt: skip
    if line.kind == "credit":
        return told | _credit(line)
    dataset = DATASETS[line.kind]
    told["dataset"] = {"name": dataset, "version": run.versions[dataset]}
    with _connection() as connection, every_digit():
        makers = {"usage": _usage, "passed_on": _passed_on, "allocated": _allocated}
        return told | makers[line.kind](connection, line, run, rows)


def _earlier(line: InvoiceLine) -> list[dict[str, Any]]:
    """Return the lines that charged for the same before, oldest first."""
    same = InvoiceLine.objects.filter(
        account=line.account_id, sku=line.sku_id, kind=line.kind, origin=line.origin, source=line.source, price=line.price,
        invoice__state="issued", invoice__period__starts_on__lt=line.invoice.period.starts_on,
    ).order_by("invoice__period__starts_on", "pk")  # fmt: skip
    return [
        {"line": code, "quantity": str(quantity.normalize()), "cents": cents}
        for code, quantity, cents in same.values_list("code", "quantity", "cents")
    ]


def _credit(line: InvoiceLine) -> dict[str, Any]:
    from stateworks.modules.billing.models import Credit

    credit = Credit.objects.select_related("line").get(code=line.source)
    return {
        "credit": credit.code, "credited_line": credit.line.code, "credited_cents": credit.line.cents, "given": credit.cents,
        "why": credit.reason,
    }  # fmt: skip


def _connection() -> Any:
    from stateworks.kernel.lake import session

    return session.connected()


def _from(dataset: str, run: BillingRun, month: str) -> str:
    """Return the FROM item of a month's rows at the run's version."""
    declared = contract(dataset)
    version = run.versions[dataset]
    files = [file for file in tables.listing(dataset, version).files if f"{PART}=m{month}/" in file]
    return f"({tables.select_files_sql(declared, version, files)}) AS r"


def _rows(connection: Any, sql: str) -> list[dict[str, Any]]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in found.fetchall()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, int | str) else value.isoformat()


def _usage(connection: Any, line: InvoiceLine, run: BillingRun, most: int) -> dict[str, Any]:
    """List the events of use: those that the source's words make this account's and this SKU's, at this price."""
    source = _from(USAGE, run, line.origin)
    rates = rates_of(run, line.sku.code, line.origin)
    tiered = any(one.get("tiers") for one in rates)
    days = [one for one in rates if tiered or Decimal(one["price"]) == line.price]
    spans = " OR ".join(
        f"used_on BETWEEN {literal(one['starts_on'])} AND {literal(one['ends_on'])}" for one in days
    )
    names = _words_sql(line, run, "account", "sku")
    where = f"WHERE {names} AND ({spans or 'false'})"
    # One pass for the rows that are listed and for all that there are, which the first row says also where none is to be listed.
    listed = _rows(
        connection,
        "SELECT source, event, account, sku, used_on, quantity, count(*) OVER () AS rows_in_all, "
        f"sum(quantity) OVER () AS rows_quantity FROM {source} {where} ORDER BY source, event LIMIT {max(most, 1)}",
    )
    told: dict[str, Any] = {"rows": listed[:most], "rows_in_all": 0, "rows_quantity": "0"}
    for row in listed:
        told |= {name: row.pop(name) for name in ("rows_in_all", "rows_quantity")}
    if not tiered:
        return told
    sums = connection.execute(f"SELECT used_on, sum(quantity) FROM {source} {where} GROUP BY ALL").fetchall()
    return told | tiers_told(days, {day.isoformat(): quantity for day, quantity in sums})


def _words_sql(line: InvoiceLine, run: BillingRun, who: str, what: str) -> str:
    """Return the condition that a row's words mean the line's account and SKU, by the translations that the run kept.

    It names words and compares columns with them, so that the lake reads the files and blocks alone in which they are.
    """
    account = _means_sql(run.inputs["accounts"], line.account.code, who, NOBODY)
    return f"{account} AND {_means_sql(run.inputs['skus'], line.sku.code, what, NOTHING)}"


def _means_sql(table: Mapping[str, str], code: str, column: str, nothing: str) -> str:
    """Return the condition that a word means a code, as `coded` has it: a source's own word comes before a code itself."""
    words = [(*key.split("|", 1), meant) for key, meant in table.items()]
    mine = sorted((source, word) for source, word, meant in words if meant == code)
    parts = []
    for source, word in mine:
        said = f"{column} = {literal(word)}"
        if word == nothing:
            said = f"({said} OR coalesce({column}, '') = '')"
        if source:
            parts.append(f"source = {literal(source)} AND {said}")
        else:
            others = [literal(name) for name, other, _ in words if name and other == word]
            parts.append(f"{said} AND source NOT IN ({', '.join(others)})" if others else said)
    exact = f"({' OR '.join(f'({one})' for one in parts) or 'false'})"
    given = sorted({word for _, word in mine})
    if not given or nothing in given:
        return exact
    # Said once more in a form by which blocks of a file can be passed over.
    return f"{column} IN ({', '.join(map(literal, given))}) AND {exact}"


def _passed_on(connection: Any, line: InvoiceLine, run: BillingRun, most: int) -> dict[str, Any]:
    """List the provider's charges, and the amounts of all who share its month: the cents are split among them."""
    source = _from(FOCUS, run, line.origin)
    names = _words_sql(line, run, "sub_account", "service")
    listed = _rows(
        connection,
        f"SELECT source, charge, sub_account, service, billed_cost FROM {source} WHERE {names} AND source = "
        f"{literal(line.source)} ORDER BY charge LIMIT {most}",
    )
    shares: dict[str, Decimal] = defaultdict(Decimal)
    in_all = 0
    for given, service, amount, n in _provider_sums(connection, line, run):
        account = coded(run.inputs["accounts"], line.source, given)
        sku = coded(run.inputs["skus"], line.source, service)
        key = share_key(account, sku, given, service, run.inputs["spans"], line.origin)
        shares[key] += amount
        if key == share_key(line.account.code, line.sku.code, "", "", {}, line.origin):
            in_all += n
    mine = share_key(line.account.code, line.sku.code, "", "", {}, line.origin)
    return {
        "rows": listed, "rows_in_all": in_all, "mine": mine,
        "shares": {key: format(amount.normalize(), "f") for key, amount in sorted(shares.items())},
    }  # fmt: skip


def _provider_sums(connection: Any, line: InvoiceLine, run: BillingRun) -> list[tuple[Any, ...]]:
    """Return sub-account, service, amount and number of rows of a provider's month: kept sums, or added up from the rows."""
    sums = kept(PASSED, run.versions[FOCUS], f"m{line.origin}")
    if sums is not None:
        rows = sums.select(["source", "account", "sku", "amount", "n"]).to_pylist()
        return [tuple(row.values())[1:] for row in rows if row["source"] == line.source]
    found: list[tuple[Any, ...]] = connection.execute(
        f"SELECT coalesce(sub_account, {literal(NOBODY)}), coalesce(service, {literal(NOTHING)}), sum(billed_cost), count(*) "
        f"FROM {_from(FOCUS, run, line.origin)} WHERE source = {literal(line.source)} GROUP BY ALL"
    ).fetchall()
    return found


def share_key(account: str, sku: str, given: str, service: str, spans: Mapping[str, Any], month: str) -> str:
    """Return how a share of a provider's month is named: in codes, or in the provider's words where it goes nowhere."""
    starts, ends = spans.get(account, ("", ""))
    outside = bool((ends and ends < f"{month}-01") or (starts and starts[:7] > month))
    known = account and sku and not outside
    return "|".join((account, sku, "", "") if known else ("", "", given, service))


def _allocated(connection: Any, line: InvoiceLine, run: BillingRun, most: int) -> dict[str, Any]:
    """List the ledger lines of the pool, and the whole month's pools and weights: they are solved together."""
    source = _from(LEDGER, run, line.origin)
    sums = connection.execute(
        f"SELECT coalesce(cost_center, ''), coalesce(object_code, ''), sum(cents), count(*) FROM {source} GROUP BY ALL"
    ).fetchall()
    costs: dict[str, int] = defaultdict(int)
    mine, in_all = [], 0
    for center, code, cents, n in sums:
        pool = pool_of(run.inputs["pools"], center, code)
        if pool is None:
            continue
        costs[pool] += int(cents)
        if pool == line.source:
            in_all += n
            mine.append(
                f"(coalesce(cost_center, '') = {literal(center)} AND coalesce(object_code, '') = {literal(code)})"
            )
    listed = _rows(
        connection,
        f"SELECT source, journal, line, posted_on, cost_center, object_code, cents FROM {source} "
        f"WHERE {' OR '.join(mine) or 'false'} ORDER BY source, journal, line LIMIT {most}",
    )
    model = run.inputs["models"].get(line.origin) or {"method": "direct", "order": [], "weights": {}}
    return {
        "rows": listed, "rows_in_all": in_all, "pool": line.source, "pools": dict(sorted(costs.items())),
        "method": model["method"], "order": model["order"], "weights": model["weights"],
        "receiver": f"account:{line.account.code}",
    }  # fmt: skip


def prove_all() -> dict[str, Any]:
    """Derive every issued line anew, run by run from source rows, and add up by how many cents they differ.

    A charge that the rows ask for and that no line has counts as a difference, too. Lines that a file brought rest on
    nothing known here; `unknown` says how many.
    """
    proof = _Proof()
    runs = BillingRun.objects.filter(state="issued").select_related("period").order_by("period__starts_on")
    for run in runs:
        proof.add(run)
    return proof.told()


class _Proof:
    """What the runs so far charged for each thing, and what was found."""

    def __init__(self) -> None:
        self.lines = self.cents = self.difference = 0
        self.wrong: list[str] = []
        self.charged: dict[tuple[str, ...], int] = defaultdict(int)

    def add(self, run: BillingRun) -> None:
        """Prove the lines of one run, the runs before it having been added."""
        expected = _expected(run)
        lines = InvoiceLine.objects.filter(invoice__run=run, invoice__state="issued")
        names = ("code", "kind", "account__code", "sku__code", "origin", "source", "price", "cents")
        now: dict[tuple[str, ...], int] = defaultdict(int)
        for code, *parts, price, cents in lines.order_by("pk").values_list(*names):
            self.lines += 1
            self.cents += cents
            key = (*parts, str((price or Decimal(0)).normalize()))
            if parts[0] == "credit":
                self._compare(code, cents, -_given(parts[-1]))
                continue
            now[key] += cents
            self._compare(code, cents, expected.get(key, 0) - self.charged[key])
        for key, cents in expected.items():
            if key not in now and cents != self.charged[key]:
                self._compare(f"{run.period.code}: no line for {' '.join(key)}", 0, cents - self.charged[key])
        for key, cents in now.items():
            self.charged[key] += cents

    def _compare(self, code: str, cents: int, expected: int) -> None:
        if cents != expected:
            self.difference += abs(cents - expected)
            self.wrong.append(code)

    def told(self) -> dict[str, Any]:
        """Return what was found."""
        unknown = InvoiceLine.objects.filter(invoice__state="issued", invoice__run=None).count()
        return {
            "lines": self.lines, "cents": self.cents, "difference_cents": self.difference, "wrong": self.wrong[:100],
            "unknown": unknown,
        }  # fmt: skip


def _given(code: str) -> int:
    from stateworks.modules.billing.models import Credit

    return Credit.objects.values_list("cents", flat=True).get(code=code)


def _expected(run: BillingRun) -> dict[tuple[str, ...], int]:
    """Return what everything comes to in the months that a run read, from the rows at its versions; by kind and key."""
    found: dict[tuple[str, ...], int] = {}
    with _connection() as connection, every_digit():
        for month in run.months:
            found |= _expected_usage(connection, run, month)
            found |= _expected_passed_on(connection, run, month)
            found |= _expected_allocated(connection, run, month)
    return found


def _expected_usage(connection: Any, run: BillingRun, month: str) -> dict[tuple[str, ...], int]:
    """Price each day's use by its own day: another way than that of the run, which cuts months where prices begin."""
    prices = defaultdict(list)
    for one in run.inputs["prices"]:
        prices[one["sku"]].append(one)
    steps = {sku for sku, found in prices.items() if any(one.get("tiers") for one in found)}
    days: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    rows = connection.execute(
        f"SELECT source, account, sku, used_on, sum(quantity) FROM {_from(USAGE, run, month)} GROUP BY ALL"
    ).fetchall()
    for source, given, item, day, quantity in rows:
        account, sku = coded(run.inputs["accounts"], source, given), coded(run.inputs["skus"], source, item)
        price = next(
            (one["price"] for one in prices[sku] if one["starts_on"] <= day.isoformat() <= one["ends_on"]),
            None,
        )
        if price is None or not account or not sku or _outside(run, account, month):
            continue
        if sku in steps:
            days[account, sku][day.isoformat()] += quantity
        else:
            sums["usage", account, sku, month, "", str(Decimal(price).normalize())] += quantity
    found = {key: rated(str(quantity), key[-1]) for key, quantity in sums.items()}
    for (account, sku), by_day in days.items():
        for one in tiers_told(rates_of(run, sku, month), by_day)["tiers"]:
            found["usage", account, sku, month, "", str(Decimal(one["price"]).normalize())] = one["cents"]
    return found


def _outside(run: BillingRun, account: str, month: str) -> bool:
    starts, ends = run.inputs["spans"].get(account, ("", ""))
    return bool((ends and ends < f"{month}-01") or (starts and starts[:7] > month))


def _expected_passed_on(connection: Any, run: BillingRun, month: str) -> dict[tuple[str, ...], int]:
    shares: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for source, given, service, amount in connection.execute(
        f"SELECT source, coalesce(sub_account, {literal(NOBODY)}), coalesce(service, {literal(NOTHING)}), sum(billed_cost) "
        f"FROM {_from(FOCUS, run, month)} GROUP BY ALL"
    ).fetchall():
        account, sku = (
            coded(run.inputs["accounts"], source, given),
            coded(run.inputs["skus"], source, service),
        )
        shares[source][share_key(account, sku, given, service, run.inputs["spans"], month)] += amount
    found: dict[tuple[str, ...], int] = {}
    for source, amounts in shares.items():
        for key, cents in passed_on({name: format(amount, "f") for name, amount in amounts.items()}).items():
            account, sku, _, _ = key.split("|", 3)
            if account:
                found["passed_on", account, sku, month, source, "0"] = cents
    return found


def _expected_allocated(connection: Any, run: BillingRun, month: str) -> dict[tuple[str, ...], int]:
    model = run.inputs["models"].get(month)
    costs: dict[str, int] = defaultdict(int)
    for center, code, cents in connection.execute(
        f"SELECT coalesce(cost_center, ''), coalesce(object_code, ''), sum(cents) FROM {_from(LEDGER, run, month)} GROUP BY ALL"
    ).fetchall():
        pool = pool_of(run.inputs["pools"], center, code)
        if pool is not None:
            costs[pool] += int(cents)
    if model is None or not costs:
        return {}
    found: dict[tuple[str, ...], int] = {}
    for (pool, receiver), cents in allocated(
        costs, model["weights"], model["method"], model["order"]
    ).items():
        if receiver and cents:
            account = receiver.removeprefix(ACCOUNT)
            found["allocated", account, model["skus"][pool], month, pool, "0"] = cents
    return found
