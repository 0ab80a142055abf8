"""Draws what the fictional state's office sells, spends and meters; cents of usage are worked out here, by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from stateworks.kernel.clocks.fiscal import fiscal_year_of, parse_period
from stateworks.kernel.demo import World
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing.demo.customers import draw_accounts
from stateworks.modules.billing.demo.metered import draw_usage
from stateworks.modules.billing.demo.rows import Drawn, Row
from stateworks.modules.billing.demo.taxonomy import draw_taxonomy
from stateworks.modules.billing.demo.tiered import TIERED, draw_builds, draw_tiers

ALLOCATED = ("service-desk", "identity-and-access", "security-monitoring", "project-management", "printing")
SUPPORT = ("facilities", "administration")
EXPENSES = (
    ("5100", "Salaries"), ("5300", "Office supplies"), ("5500", "Contractors"), ("5700", "Software subscriptions"),
)  # fmt: skip
"""Objects of expenditure, and what their lines say."""
VENDORS = {"5300": "Alder Office Supply", "5500": "Stonebridge Consulting", "5700": "Larkfield Software"}
"""Who is paid, by object."""
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
MISPRICED = (1_299_000_000, 775_500_000)
"""Services at these prices have a card with ten times the price for one month in eleven, from the fourth on."""
SHIFTED = Fraction(9, 5)
"""In one month in seven, from the fifth on, the heads of a large account are counted so many times."""


def draw(world: World, months: tuple[str, ...]) -> Drawn:
    """Draw everything; the same for the same seed and scale."""
    made = Drawn()
    chance = world.random("billing")
    draw_accounts(made, world, chance)
    _skus(made, chance, months)
    draw_tiers(made)
    _costs(made, chance, months)
    draw_taxonomy(made)
    draw_usage(made, chance, months)
    draw_builds(made)
    _portal(made, chance)
    return made


def _skus(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
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
            made.prices[service.code, year] = PRICES[at % len(PRICES)] * (100 + 2 * (year - years[0])) // 100
    may = [sku for sku, year in made.prices if made.prices[sku, year] in MISPRICED]
    often = sorted(sku for sku in may if sku not in TIERED)
    for month in months[3::11]:
        sku = chance.choice(often)
        made.wrong_prices[month, sku] = 10 * made.price(sku, month)
    for sku, year in made.prices:
        made.rates += _rates(made, sku, year)
    for month in months:
        span = parse_period(month)
        made.periods.append({"code": month, "starts_on": span.starts, "ends_on": span.ends})


def _rates(made: Drawn, sku: str, year: int) -> Iterator[Row]:
    """Yield the prices of a SKU in a year: one, or before, in and after a month in which it is wrong."""
    starts, ends = date(year - 1, 7, 1), date(year, 6, 30)
    wrong = sorted(month for month, of in made.wrong_prices if of == sku)
    spans = [parse_period(month) for month in wrong if starts <= parse_period(month).starts <= ends]
    for span in spans:
        if starts < span.starts:
            yield _rate(sku, year, starts, span.starts - timedelta(days=1), made.prices[sku, year])
        yield _rate(sku, year, span.starts, span.ends, 10 * made.prices[sku, year])
        starts = span.ends + timedelta(days=1)
    if starts <= ends:
        yield _rate(sku, year, starts, ends, made.prices[sku, year])


def _rate(sku: str, year: int, starts: date, ends: date, price: int) -> Row:
    return {
        "card": f"fy{year % 100}", "sku": sku, "starts_on": starts, "ends_on": ends,
        "price": f"{price // 10**8}.{price % 10**8:08}",
    }  # fmt: skip


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
    _heads(made, chance, months)
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


def _heads(made: Drawn, chance: Random, months: tuple[str, ...]) -> None:
    """Count the heads of each account once, and in a few months again, one of them wrongly, and the month after rightly."""
    heads = {str(account["code"]): chance.randrange(20, 2500) for account in made.accounts}
    large = sorted(heads, key=lambda code: -heads[code])[: max(2, len(heads) // 4)]
    counted = {months[0]: dict(heads)}
    for place in range(4, len(months), 7):
        wrong = chance.choice(large)
        counted[months[place]] = heads | {wrong: int(heads[wrong] * SHIFTED)}
        made.seeded |= {(months[place], wrong, sku): "share_shift" for sku in ALLOCATED}
        if place + 1 < len(months):
            counted[months[place + 1]] = dict(heads)
    for month, values in counted.items():
        made.driver_values += [
            {"code": f"heads-{month}-{code}"[:120], "driver": "heads", "period": month, "account": code, "pool": "", "amount": n}
            for code, n in values.items()
        ]  # fmt: skip


def _ledger(made: Drawn, chance: Random, month: str) -> None:
    """Sixty lines a month, each for some pool; a few are coded to another, in one month of eight more than a tenth."""
    first = date.fromisoformat(f"{month}-01")
    journal = f"J{month.replace('-', '')}"
    several = chance.randrange(8, 11) if chance.random() < 1 / 8 else chance.randrange(1, 6)
    wrong = set(chance.sample(range(60), several))
    total = 0
    for at in range(60):
        cents = chance.randrange(10_000, 4_000_000)
        day = first + timedelta(days=chance.randrange(28))
        total += cents
        code, what = chance.choice(EXPENSES)
        place = at % len(made.pools)
        other = (place + 1) % len(made.pools) if at in wrong else place
        text = f"{what}: {made.pools[place]['name']}"
        made.ledger.append(
            {"Journal": journal, "Line": at + 1, "Posted": day, "Fund": "700", "Object": code, "Cost center": f"C{other:02}",
             "Amount": f"{cents // 100}.{cents % 100:02}", "Description": text, "Vendor": VENDORS.get(code, ""),
             "Agency": "mot"}
        )  # fmt: skip
        if at in wrong:
            made.miscoded.add((journal, str(at + 1)))
            made.coding_findings.append(
                {"code": f"c{month}-{at + 1}", "source": "ledger", "journal": journal, "line": at + 1, "posted_on": day,
                 "cents": cents, "text": text, "cost_center": f"C{other:02}", "object_code": code, "fund": "700",
                 "right_cost_center": f"C{place:02}", "right_object_code": code, "right_fund": "700",
                 "reason": "Its words name another pool.", "suggested": made.pools[place]["code"],
                 "corrected_on": day + timedelta(days=9) if at % 2 else ""}
            )  # fmt: skip
    made.spent[month] = total


def _portal(made: Drawn, chance: Random) -> None:
    """Nine of ten customers opened an invoice in the first months of the portal."""
    for agency in sorted({str(row["agency"]) for row in made.accounts}):
        if chance.random() < 0.9:
            day = date(2026, 1, 5) + timedelta(days=chance.randrange(100))
            made.portal_events.append(
                {"code": f"{agency}-{day}", "agency": agency, "page": "invoice", "happened_on": day}
            )
