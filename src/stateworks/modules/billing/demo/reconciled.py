"""What the fictional state's federal reconciliation rests on: what each billed service costs, who pays, what was kept.

Each service's cost follows what it earns, overhead included, so that its reserve stays where it was; one earns far more than
it costs and is over the limit, which is known to be true. The overhead is worked out here by hand, from two pools that serve
each other, and not by the program that is tried on it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from random import Random

from stateworks.kernel.clocks.fiscal import fiscal_year_of
from stateworks.modules.billing.demo.drawn import ALLOCATED
from stateworks.modules.billing.demo.rows import Drawn
from stateworks.modules.billing.demo.taxonomy import TOWER_OF_SERVICE

YEAR = 2026
"""The last fiscal year whose months are all closed."""
COST, COST_WHEN_OVER = Fraction(98, 100), Fraction(70, 100)
"""Cost as a part of what is earned. 2 % a year are some seven days of cost, 30 % far more than sixty."""
OPENING_DAYS, OPENING_DAYS_WHEN_OVER = 20, 50
"""Days of what a service earns; 50 of them are more than 70 days of cost where cost is 70 %."""
PASSED_ON_OPENING = 500_000
OBJECTS = (
    ("5100", "Pay", "allowable", "2 CFR 200.430, compensation for personal services."),
    ("5300", "Supplies", "allowable", "2 CFR 200.453, materials and supplies."),
    ("5500", "Contract services", "allowable", "2 CFR 200.459, professional services."),
    ("5700", "Software subscriptions", "allowable", "2 CFR 200.453; used up within the year."),
    ("6100", "Equipment", "capital", "2 CFR 200.439: counts as depreciation, not when it is bought."),
    ("6900", "Entertainment", "unallowable", "2 CFR 200.438."),
    ("9100", "Transfer to the general fund", "transfer", "Leaves the fund and pays for no service."),
)


def reconcile(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
    """Add cost, pools and records of the reconciliation to what was drawn; needs usage and ledger to be there."""
    earned: dict[tuple[str, str], int] = defaultdict(int)
    in_all: dict[str, int] = defaultdict(int)
    in_year: dict[str, int] = defaultdict(int)
    for (month, _account, sku), cents in made.cents.items():
        earned[month, sku] += cents
        in_all[sku] += cents
        in_year[sku] += cents if fiscal_year_of(date.fromisoformat(f"{month}-01")) == YEAR else 0
    services = [sku for sku in in_all if in_all[sku]]
    services.sort(key=lambda sku: (-in_year[sku], sku))
    made.over = services[0]
    _pools(made, services, in_all, months)
    for month in months:
        overhead = _overhead(made, month)
        for sku in services:
            part = COST_WHEN_OVER if sku == made.over else COST
            own = earned[month, sku] * part - overhead * Fraction(in_all[sku], sum(in_all.values()))
            _spend(made, month, sku, "5500", max(100, int(own)))
    first = next(month for month in months if fiscal_year_of(date.fromisoformat(f"{month}-01")) == YEAR)
    _spend(made, first, services[1], "6100", 4_800_000)
    _spend(made, first, services[2], "6900", 123_456)
    _spend(made, first, services[3], "9100", 250_000)
    _records(made, chance, services, in_year, months)


def _pools(made: Drawn, services: list[str], in_all: dict[str, int], months: tuple[str, ...]) -> None:
    """Give each service a pool that its rates bring back; the pool of all of them is passed on by what they earn."""
    made.drivers.append({"code": "earned", "name": "What services earn", "unit": "dollars"})
    made.pools = [{**row, "line_of_service": ""} for row in made.pools]
    names = {str(row["code"]): str(row["name"]) for row in made.skus}
    for sku in services:
        pool = f"service-{sku}"
        made.pools.append({
            "code": pool, "name": f"Service: {names[sku]}", "line_of_service": sku,
            "tower": TOWER_OF_SERVICE.get(sku, "Workplace"),
        })  # fmt: skip
        made.pool_rules.append({"code": pool, "pool": pool, "cost_center": _center(sku)})
        made.driver_values.append(
            {"code": f"earned-{sku}"[:120], "driver": "earned", "period": months[0], "account": "", "pool": pool,
             "amount": in_all[sku] // 100 + 1}
        )  # fmt: skip
    for model in made.allocation_models:
        made.allocation_rules.append(
            {
                "model": model["code"],
                "pool": "billed-services",
                "step": 90,
                "driver": "earned",
                "sku": ALLOCATED[3],
            }
        )


def _center(sku: str) -> str:
    return f"S-{sku}"[:40]


def _overhead(made: Drawn, month: str) -> Fraction:
    """What billed services are passed in a month: A = a + F x p and F = f + A x q, of which each passes on a part.

    Administration goes by staff, facilities by space; p is the part of space that administration has, q that of staff in
    facilities.
    """
    spent: dict[str, int] = defaultdict(int)
    for row in made.ledger:
        if str(row["Posted"])[:7] == month:
            spent[row["Cost center"]] += round(float(row["Amount"]) * 100)
    own = {pool["pool"]: spent[pool["cost_center"]] for pool in made.pool_rules}
    heads, space = (
        {row["pool"]: Fraction(row["amount"]) for row in made.driver_values if row["driver"] == name}
        for name in ("staff", "space")
    )
    p = space["administration"] / sum(space.values())
    q = heads["facilities"] / sum(heads.values())
    administration = (own["administration"] + own["facilities"] * p) / (1 - p * q)
    facilities = own["facilities"] + administration * q
    return (
        own["billed-services"]
        + administration * heads["billed-services"] / sum(heads.values())
        + facilities * space["billed-services"] / sum(space.values())
    )


def _spend(made: Drawn, month: str, sku: str, code: str, cents: int) -> None:
    made.ledger.append(
        {"Journal": f"S{month.replace('-', '')}", "Line": len(made.ledger) + 1, "Posted": date.fromisoformat(f"{month}-20"),
         "Fund": "700", "Object": code, "Cost center": _center(sku), "Amount": f"{cents // 100}.{cents % 100:02}",
         "Description": "Cost of the service", "Vendor": "", "Agency": "mot"}
    )  # fmt: skip
    made.spent[month] += cents


def _records(
    made: Drawn, chance: Random, services: list[str], in_year: dict[str, int], months: tuple[str, ...]
) -> None:
    made.federal_rules.append(
        {"code": "2-cfr-200", "fiscal_year": 2015, "line_of_service": "", "reserve_days": 60, "adjustment_cents": 50_000_000,
         "due_months": 6, "source": "2 CFR 200, appendix V, G.2 and G.4"}
    )  # fmt: skip
    made.expense_objects += [
        {"code": code, "name": name, "treatment": treatment, "reason": reason} for code, name, treatment, reason in OBJECTS
    ]  # fmt: skip
    for at, account in enumerate(made.accounts):
        if account["fund"] == "210" or at % 3 == 1:
            made.federal_shares.append(
                {"account": account["code"], "award": f"93.{chance.randrange(500, 900)}", "percent": chance.randrange(50, 91),
                 "starts_on": f"{months[0]}-01", "ends_on": ""}
            )  # fmt: skip
    days = sum(1 for month in months if fiscal_year_of(date.fromisoformat(f"{month}-01")) == YEAR) * 30
    for sku in services:
        kept = OPENING_DAYS_WHEN_OVER if sku == made.over else OPENING_DAYS
        made.reserve_balances.append(
            {"line_of_service": sku, "fiscal_year": YEAR, "opening_cents": in_year[sku] * kept // days,
             "refunded_cents": 0, "note": "Closing balance of the year before, as agreed."}
        )  # fmt: skip
    for sku in ALLOCATED:
        made.reserve_balances.append(
            {"line_of_service": sku, "fiscal_year": YEAR, "opening_cents": PASSED_ON_OPENING, "refunded_cents": 0,
             "note": "Passed on at cost; what rounding left."}
        )  # fmt: skip
    made.depreciation.append(
        {"code": f"fy{YEAR % 100}-equipment", "line_of_service": services[1], "fiscal_year": YEAR,
         "cents": 80_000, "note": "Equipment of $48,000 over five years; one month."}
    )  # fmt: skip
