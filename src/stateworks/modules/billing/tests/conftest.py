"""A small office that bills two agencies, with what it sells, what it costs and what was used in two months."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.models import Import
from stateworks.kernel.org.models import LineOfService, Organization
from stateworks.modules.billing import models
from stateworks.modules.billing.verbs import drafting, issuing
from stateworks.modules.billing.verbs.periods import approve_card, open_period

AT = dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)
SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"
METER = ("Event", "Account", "Item", "Used at", "Quantity", "Agency")
LEDGER = ("Journal", "Line", "Posted", "Fund", "Object", "Cost center", "Amount", "Agency")


@dataclass
class Shop:
    """What was built, for tests to ask about.

    storage-gb costs $0.02315 a unit, vm $12.50, and backup-gb $0.02, from October on $0.03;
    the pool `rent` follows heads, 3 of dhs-1, 1 of dot-1 and 1 of dot-2.
    """

    state: Organization
    dhs: Organization
    dot: Organization
    accounts: dict[str, Account]
    folder: Path
    files: int = 0
    clock: dt.datetime = AT
    seen: dict[str, Any] = field(default_factory=dict)

    def used(self, *rows: tuple[Any, ...]) -> Import:
        """Load usage: event, account, item, day, quantity."""
        lines = [(event, who, what, f"{day}T12:00:00", n, "") for event, who, what, day, n in rows]
        return import_feed(
            "billing.usage", self.file(METER, lines), mapping="meridian-meter", by=None, at=self.clock
        )

    def spent(self, *rows: tuple[Any, ...]) -> Import:
        """Load ledger lines: journal, line, day, cost center, object, amount."""
        lines = [
            (journal, line, day, "100", code, center, n, "") for journal, line, day, center, code, n in rows
        ]
        return import_feed(
            "billing.gl_transaction",
            self.file(LEDGER, lines),
            mapping="meridian-ledger",
            by=None,
            at=self.clock,
        )

    def file(self, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Path:
        """Write rows as a file of their own."""
        self.files += 1
        path = self.folder / f"file-{self.files}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([list(header), *rows])
        return path

    def draft(self, code: str, **more: Any) -> models.BillingRun:
        """Draft a month."""
        return drafting.draft(code, by=None, at=self.clock, **more)

    def issue(self, code: str) -> models.BillingRun:
        """Draft, resolve, review, approve and issue a month."""
        run = self.draft(code)
        for finding in models.AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True):
            issuing.resolve(finding.code, "as it should be", by=None, at=self.clock)
        issuing.review_rest(code, by=None, at=self.clock)
        issuing.approve(code, by=None, at=self.clock)
        return issuing.issue(code, by=None, at=self.clock)

    def lines(self, code: str) -> dict[tuple[str, str, str], int]:
        """Return a month's lines: cents by account, SKU and month of origin."""
        rows = models.InvoiceLine.objects.filter(invoice__period__code=code)
        return {
            (account, sku, origin): cents
            for account, sku, origin, cents in rows.values_list(
                "account__code", "sku__code", "origin", "cents"
            )
        }


@pytest.fixture
def shop(db: None, tmp_path: Path) -> Iterator[Shop]:
    """The office, in a scope that sees everything."""
    with entered(SYSTEM):
        yield built(tmp_path)


def built(folder: Path) -> Shop:
    """Write the office's records."""
    state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
    dhs, dot = (
        Organization.objects.create(code=code, name=name, kind="department", parent=state)
        for code, name in (("dhs", "Human Services"), ("dot", "Transportation"))
    )
    accounts = {
        who: _account(who, role, place)
        for who, role, place in (
            ("administrator", Role.ADMINISTRATOR, state), ("data_steward", Role.DATA_STEWARD, state),
            ("owner", Role.OWNER, state), ("approver", Role.APPROVER, state), ("auditor", Role.AUDITOR, state),
            ("dhs", Role.AGENCY_LIAISON, dhs), ("dot", Role.AGENCY_LIAISON, dot),
        )
    }  # fmt: skip
    for code, agency in (("dhs-1", dhs), ("dot-1", dot), ("dot-2", dot)):
        models.BillingAccount.objects.create(code=code, name=code.upper(), organization=agency, fund="100")
    models.AccountAlias.objects.create(
        source="meter", given="Human Services", account=models.BillingAccount.objects.get(code="dhs-1")
    )
    hosting = LineOfService.objects.create(code="hosting", name="Hosting", section=state)
    skus = {
        code: models.Sku.objects.create(code=code, name=code, line_of_service=hosting, recovery=recovery, unit=unit)
        for code, recovery, unit in (
            ("storage-gb", "billed", "GB"), ("vm", "billed", "machine"), ("backup-gb", "billed", "GB"), ("rent", "allocated", ""),
            ("cloud", "passed_on", "dollar"),
        )
    }  # fmt: skip
    card = models.RateCard.objects.create(code="fy27", title="FY27", fiscal_year=2027)
    july, october, june = dt.date(2026, 7, 1), dt.date(2026, 10, 1), dt.date(2027, 6, 30)
    for sku, price, starts, ends in (
        ("storage-gb", "0.02315", july, june), ("vm", "12.50", july, june),
        ("backup-gb", "0.02", july, october - dt.timedelta(days=1)), ("backup-gb", "0.03", october, june),
    ):  # fmt: skip
        models.Rate.objects.create(
            card=card, sku=skus[sku], price=Decimal(price), starts_on=starts, ends_on=ends
        )
    approve_card("fy27", by=None, at=AT)
    for code in (SEPTEMBER, OCTOBER, NOVEMBER):
        open_period(code, by=None, at=AT)
    _pool(skus["rent"])
    return Shop(state, dhs, dot, accounts, folder)


def _pool(sku: models.Sku) -> None:
    pool = models.CostPool.objects.create(code="rent", name="Rent")
    models.PoolRule.objects.create(code="rent", pool=pool, cost_center="B1")
    heads = models.Driver.objects.create(code="heads", name="Heads")
    month = models.BillingPeriod.objects.get(code=SEPTEMBER)
    for code, n in (("dhs-1", 3), ("dot-1", 1), ("dot-2", 1)):
        account = models.BillingAccount.objects.get(code=code)
        models.DriverValue.objects.create(
            code=f"heads-{code}", driver=heads, period=month, account=account, amount=n
        )
    model = models.AllocationModel.objects.create(
        code="fy27", title="FY27", fiscal_year=2027, method="step_down"
    )
    models.AllocationRule.objects.create(model=model, pool=pool, driver=heads, sku=sku)


def _account(who: str, role: str, place: Organization) -> Account:
    made = Account.objects.create_user(f"{who}@example.org", name=who.title())
    Grant.objects.create(account=made, role=role, organization=place, since=dt.date(2024, 1, 1))
    return made
