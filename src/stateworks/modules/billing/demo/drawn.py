"""Draws what the fictional state's office sells, spends and meters; cents of usage are worked out here, by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stateworks.kernel.clocks.fiscal import fiscal_year_of, parse_period
from stateworks.kernel.demo import World
from stateworks.kernel.org.models import LineOfService, Organization, OrganizationKind

ACCOUNTS = 150
FUNDS = (("100", "General fund"), ("210", "Federal grants"), ("305", "Dedicated revenue"))
ALLOCATED = ("service-desk", "identity-and-access", "security-monitoring", "project-management", "printing")
SUPPORT = ("facilities", "administration")
UNITS = {
    "application-development": "hour", "application-support": "hour", "cloud-hosting": "server", "contact-centers": "seat",
    "data-integration": "feed", "database-services": "database", "desktop-and-laptop-support": "computer",
    "e-mail-and-calendar": "mailbox", "mainframe": "CPU hour", "mobile-devices": "device", "server-hosting": "server",
    "storage-and-backup": "GB", "telephony": "line", "website-hosting": "site", "wide-area-network": "circuit",
    "wireless-network": "access point",
}  # fmt: skip
PRICES = (
    4_250_000,
    125_000_000,
    2_315_000,
    18_700_500_000,
    9_450_000_000,
    1_299_000_000,
    775_500_000,
    64_000_000,
)
"""Prices in hundred-millionths of a dollar."""
TIERED = ("storage-and-backup", "e-mail-and-calendar")
"""Services whose units cost less from some on."""
TIERS = ((100, 80), (300, 60))
"""From so many units of a month on, so many percent of the first price."""
USED_BY = 8
"""How many billed services an account uses."""
SPIKES = 3
"""Seeded errors in a month: one account's use of one service ten times too high."""
Row = Mapping[str, Any]
Key = tuple[str, str, str]


@dataclass
class Drawn:
    """Rows by dataset, and what is true of them."""

    accounts: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    skus: list[Row] = field(default_factory=list)
    card_rows: list[Row] = field(default_factory=list)
    rates: list[Row] = field(default_factory=list)
    rate_tiers: list[Row] = field(default_factory=list)
    rate_builds: list[Row] = field(default_factory=list)
    periods: list[Row] = field(default_factory=list)
    pools: list[Row] = field(default_factory=list)
    pool_rules: list[Row] = field(default_factory=list)
    drivers: list[Row] = field(default_factory=list)
    driver_values: list[Row] = field(default_factory=list)
    allocation_models: list[Row] = field(default_factory=list)
    allocation_rules: list[Row] = field(default_factory=list)
    federal_rules: list[Row] = field(default_factory=list)
    federal_shares: list[Row] = field(default_factory=list)
    expense_objects: list[Row] = field(default_factory=list)
    reserve_balances: list[Row] = field(default_factory=list)
    depreciation: list[Row] = field(default_factory=list)
    coding_findings: list[Row] = field(default_factory=list)
    portal_events: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    late_usage: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    cents: dict[Key, int] = field(default_factory=dict)
    late_cents: dict[Key, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    seeded: list[Key] = field(default_factory=list)
    unknown_rows: int = 0
    over: str = ""
    """The one billed service that keeps more than federal rules allow."""
    prices: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def cards(self) -> list[str]:
        """The codes of the rate cards."""
        return [str(row["code"]) for row in self.card_rows]

    def records(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the record types in an order in which everything is there before it is named."""
        yield from (
            ("account", self.accounts), ("account_alias", self.aliases), ("sku", self.skus), ("period", self.periods),
            ("rate_card", self.card_rows), ("rate", self.rates),
            ("rate_tier", self.rate_tiers), ("rate_build", self.rate_builds), ("cost_pool", self.pools),
            ("pool_rule", self.pool_rules),
            ("driver", self.drivers), ("driver_value", self.driver_values), ("allocation_model", self.allocation_models),
            ("allocation_rule", self.allocation_rules), ("federal_rule", self.federal_rules),
            ("federal_share", self.federal_shares), ("expense_object", self.expense_objects),
            ("reserve_balance", self.reserve_balances), ("depreciation", self.depreciation),
        )  # fmt: skip


def draw(world: World, months: tuple[str, ...]) -> Drawn:
    """Draw everything; the same for the same seed and scale."""
    made = Drawn()
    chance = world.random("billing")
    _accounts(made, chance, max(8, round(ACCOUNTS * min(1, world.scale))))
    _skus(made, months)
    _tiers(made)
    _costs(made, chance, months)
    _usage(made, chance, months)
    _builds(made)
    _portal(made, chance)
    return made


def _accounts(made: Drawn, chance: Random, count: int) -> None:
    """Give every customer an account of a fund, and again of the next fund, until there are enough."""
    kinds = [OrganizationKind.STATE, OrganizationKind.SECTION]
    customers = list(Organization.objects.exclude(kind__in=kinds).exclude(code="mot").order_by("code"))
    for at in range(count):
        customer, (fund, name) = customers[at % len(customers)], FUNDS[at // len(customers) % len(FUNDS)]
        code = f"{customer.code}-{fund}"[:60]
        made.accounts.append(
            {"code": code, "name": f"{customer.name}, {name.lower()}"[:200], "agency": customer.code, "fund": fund,
             "program": f"P{chance.randrange(10, 99)}"}
        )  # fmt: skip
        made.aliases.append({"source": "meter", "given": f"ACC-{at:04}", "account": code})


def _skus(made: Drawn, months: tuple[str, ...]) -> None:
    """One thing is sold of each line of service; prices rise by 2 % from one fiscal year to the next."""
    years = sorted({fiscal_year_of(date.fromisoformat(f"{month}-01")) for month in months})
    made.card_rows = [
        {"code": f"fy{year % 100}", "title": f"Rates of FY{year % 100}", "fiscal_year": year}
        for year in years
    ]
    for at, service in enumerate(LineOfService.objects.order_by("code")):
        allocated = service.code in ALLOCATED
        made.skus.append(
            {"code": service.code, "name": service.name, "line_of_service": service.code,
             "recovery": "allocated" if allocated else "billed", "unit": "" if allocated else UNITS.get(service.code, "user"),
             "federal_group": "Central IT"}
        )  # fmt: skip
        for year in () if allocated else years:
            price = PRICES[at % len(PRICES)] * (100 + 2 * (year - years[0])) // 100
            made.prices[service.code, year] = price
            made.rates.append(
                {"card": f"fy{year % 100}", "sku": service.code, "starts_on": f"{year - 1}-07-01", "ends_on": f"{year}-06-30",
                 "price": f"{price // 10**8}.{price % 10**8:08}"}
            )  # fmt: skip
    for month in months:
        span = parse_period(month)
        made.periods.append({"code": month, "starts_on": span.starts, "ends_on": span.ends})


def _costs(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
    """Two pools serve each other and all the rest; five are passed on to accounts by heads; what rates bring back is not."""
    final = [f"pool-{code}" for code in ALLOCATED]
    for at, code in enumerate((*SUPPORT, *final, "billed-services")):
        made.pools.append({"code": code, "name": code.removeprefix("pool-").replace("-", " ").capitalize()})
        made.pool_rules.append({"code": code, "pool": code, "cost_center": f"C{at:02}"})
    made.drivers = [
        {"code": "staff", "name": "Staff of the office", "unit": "heads"},
        {"code": "space", "name": "Floor space", "unit": "square feet"},
        {"code": "heads", "name": "Heads of the agency", "unit": "heads"},
    ]
    for driver, of in (("staff", "facilities"), ("space", "administration")):
        for pool in (of, *final, "billed-services"):
            made.driver_values.append(
                {"code": f"{driver}-{pool}", "driver": driver, "period": months[0], "account": "", "pool": pool,
                 "amount": chance.randrange(5, 90)}
            )  # fmt: skip
    for account in made.accounts:
        made.driver_values.append(
            {"code": f"heads-{account['code']}", "driver": "heads", "period": months[0], "account": account["code"],
             "pool": "", "amount": chance.randrange(20, 2500)}
        )  # fmt: skip
    for card in made.card_rows:
        year = card["fiscal_year"]
        made.allocation_models.append(
            {
                "code": f"fy{year % 100}",
                "title": f"Allocation of FY{year % 100}",
                "fiscal_year": year,
                "method": "reciprocal",
            }
        )
        # The driver that says whom a support pool serves is the other's: staff sit in space, and space is administered.
        for step, (pool, driver, sku) in enumerate(
            (("administration", "staff", ALLOCATED[3]), ("facilities", "space", ALLOCATED[3]),
             *((pool, "heads", code) for pool, code in zip(final, ALLOCATED, strict=True))), 1,
        ):  # fmt: skip
            made.allocation_rules.append(
                {"model": f"fy{year % 100}", "pool": pool, "step": step, "driver": driver, "sku": sku}
            )
    for month in months:
        _ledger(made, chance, month)


def _ledger(made: Drawn, chance: Random, month: str) -> None:
    """Sixty lines a month; a few of them coded wrongly, in one month of eight more than a tenth."""
    first = date.fromisoformat(f"{month}-01")
    wrong = chance.randrange(8, 11) if chance.random() < 1 / 8 else chance.randrange(1, 6)
    total = 0
    for at in range(60):
        cents = chance.randrange(10_000, 4_000_000)
        day = first + timedelta(days=chance.randrange(28))
        total += cents
        made.ledger.append(
            {"Journal": f"J{month.replace('-', '')}", "Line": at + 1, "Posted": day, "Fund": "700", "Object": chance.choice(
                ("5100", "5300", "5500", "5700")), "Cost center": f"C{at % 8:02}", "Amount": f"{cents // 100}.{cents % 100:02}",
             "Description": "Expenditure of the office", "Agency": "mot"}
        )  # fmt: skip
        if at < wrong:
            made.coding_findings.append(
                {"code": f"c{month}-{at + 1}", "source": "ledger", "journal": f"J{month.replace('-', '')}", "line": at + 1,
                 "posted_on": day, "cents": cents, "reason": "The object is not used by this cost center.",
                 "suggested": made.pools[(at + 1) % 8]["code"], "corrected_on": day + timedelta(days=9) if at % 2 else ""}
            )  # fmt: skip
    made.spent[month] = total


def _usage(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
    """Each account uses some services every month; in each month a few are ten times too high, and some come late."""
    billed = [str(row["code"]) for row in made.skus if row["recovery"] == "billed"]
    usual = {
        (at, sku): chance.randrange(20, 400) * 1000
        for at in range(len(made.accounts))
        for sku in chance.sample(billed, USED_BY)
    }
    for place, month in enumerate(months):
        year = fiscal_year_of(date.fromisoformat(f"{month}-01"))
        # Enough months before, so that what is usual is known.
        spiked = set(chance.sample(sorted(usual), SPIKES)) if place >= 3 else set()
        for (at, sku), level in usual.items():
            amount = level * chance.randrange(92, 109) // 100
            key = (month, str(made.accounts[at]["code"]), sku)
            if (at, sku) in spiked:
                amount *= 10
                made.seeded.append(key)
            late = place == len(months) - 2 and chance.random() < 0.02
            row = _used(f"{month}-{at:04}-{sku}", f"ACC-{at:04}", sku, month, chance.randrange(1, 29), amount,
                        str(made.accounts[at]["agency"]))  # fmt: skip
            (made.late_usage if late else made.usage).append(row)
            (made.late_cents if late else made.cents)[key] = _worth(made, sku, year, amount)
        made.usage.append(_used(f"{month}-unknown", "ACC-9999", billed[0], month, 15, 1000, ""))
        made.unknown_rows += 1
    if not made.late_usage:
        made.late_usage.append(made.usage[-1])


def _used(event: str, account: str, sku: str, month: str, day: int, amount: int, agency: str) -> Row:
    return {
        "Event": event, "Account": account, "Item": sku, "Used at": f"{month}-{day:02}T18:00:00",
        "Quantity": f"{amount // 1000}.{amount % 1000:03}", "Agency": f"{agency}",
    }  # fmt: skip


def _cents(thousandths: int, price: int) -> int:
    """The cents of an amount in thousandths at a price in hundred-millionths of a dollar; half goes up."""
    one = 10**9
    return (thousandths * price + one // 2) // one


def _tiers(made: Drawn) -> None:
    """Give the services with tiers theirs on every card, at each rate of theirs."""
    for rate in made.rates:
        year = 2000 + int(str(rate["card"])[2:])
        for start, percent in TIERS if rate["sku"] in TIERED else ():
            price = made.prices[str(rate["sku"]), year] * percent // 100
            made.rate_tiers.append(
                {"card": rate["card"], "sku": rate["sku"], "starts_on": rate["starts_on"], "from_quantity": start,
                 "price": f"{price // 10**8}.{price % 10**8:08}"}
            )  # fmt: skip


def _builds(made: Drawn) -> None:
    """Say what the newest card's prices rest on: as many units as in the year before, and what these come to."""
    newest = max(int(card["fiscal_year"]) for card in made.card_rows)
    used: dict[str, int] = {}
    for row in (*made.usage, *made.late_usage):
        if fiscal_year_of(date.fromisoformat(str(row["Used at"])[:10])) == newest - 1:
            whole, part = str(row["Quantity"]).split(".")
            used[str(row["Item"])] = used.get(str(row["Item"]), 0) + int(whole) * 1000 + int(part)
    for sku, thousandths in sorted(used.items()):
        # Of a price with tiers no one number says what it brings.
        if sku not in TIERED:
            made.rate_builds.append(
                {"card": f"fy{newest % 100}", "sku": sku, "pool_cents": _cents(thousandths, made.prices[sku, newest]),
                 "carry_cents": 0, "units": f"{thousandths // 1000}.{thousandths % 1000:03}",
                 "note": f"As many units as in FY{(newest - 1) % 100}."}
            )  # fmt: skip


def _worth(made: Drawn, sku: str, year: int, thousandths: int) -> int:
    """The cents of an account's month of a service: what lies between two tiers is rounded for itself."""
    price = made.prices[sku, year]
    if sku not in TIERED:
        return _cents(thousandths, price)
    cents, top = 0, None
    for start, percent in reversed(((0, 100), *TIERS)):
        upper = thousandths if top is None else min(thousandths, top * 1000)
        if upper > start * 1000:
            cents += _cents(upper - start * 1000, price * percent // 100)
        top = start
    return cents


def _portal(made: Drawn, chance: Random) -> None:
    """Nine of ten customers opened an invoice in the first months of the portal."""
    for agency in sorted({str(row["agency"]) for row in made.accounts}):
        if chance.random() < 0.9:
            day = date(2026, 1, 5) + timedelta(days=chance.randrange(100))
            made.portal_events.append(
                {"code": f"{agency}-{day}", "agency": agency, "page": "invoice", "happened_on": day}
            )
