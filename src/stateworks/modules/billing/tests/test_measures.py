"""Billing's measures, each figure worked out by hand from a few rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.adhoc import compute
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import AT, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs import coding

AS_OF = dt.date(2026, 11, 30)


def parts(name: str, as_of: dt.date = AS_OF, **more: Any) -> list[tuple[int | None, int | None]]:
    """Return numerator and denominator of each figure."""
    with entered(SYSTEM):
        snapshot_changed(at=AT)
        return [(one["numerator"], one["n"]) for one in compute(name, as_of=as_of, **more)]


def test_months_in_which_few_lines_are_coded_wrongly(shop: Shop) -> None:
    """September has ten lines and one error, October ten and two: one month of two keeps to a tenth."""
    for month in ("09", "10"):
        shop.spent(*((f"J{month}", n, f"2026-{month}-10", "B1", "5100", "1.00") for n in range(10)))
    for month, line in (("09", 1), ("10", 1), ("10", 2)):
        models.CodingFinding.objects.create(
            code=f"{month}-{line}", source="ledger", journal=f"J{month}", line=str(line), cents=100, reason="object",
            posted_on=dt.date(2026, int(month), 10), corrected_on=dt.date(2026, 11, 1),
        )  # fmt: skip
    assert parts("billing.coding_in_order") == [(1, 2)]
    assert parts("billing.coding_in_order", parameters={"limit_percent": 20}) == [(2, 2)]


def test_suggested_codings_are_no_errors_until_somebody_says_so(shop: Shop) -> None:
    """October has ten lines. One error is allowed; with two suggestions it is not known whether the month keeps to a tenth."""
    shop.spent(*(("J10", n, "2026-10-10", "B1", "5100", "1.00") for n in range(10)))
    for line in ("1", "2"):
        models.CodingFinding.objects.create(
            code=f"s-{line}", source="ledger", journal="J10", line=line, cents=100, reason="object", state="suggested",
            posted_on=dt.date(2026, 10, 10), cost_center="B1", object_code="5100",
            right_cost_center="B1", right_object_code="5600",
        )  # fmt: skip

    def value() -> float | None:
        with entered(SYSTEM):
            snapshot_changed(at=AT)
            (one,) = compute("billing.coding_in_order", as_of=AS_OF)
            return one["value"]

    first, second = models.CodingFinding.objects.order_by("code")
    assert value() is None
    coding.accept([first.code], by=None, at=AT)
    assert value() is None, "one error, and one more may be one"
    coding.accept([second.code], by=None, at=AT)
    assert value() == 0
    models.CodingFinding.objects.filter(pk=second.pk).update(state="dismissed", corrected_on=None)
    assert value() == 1


def test_invoices_are_reviewed_before_they_are_issued(shop: Shop) -> None:
    september(shop)
    shop.draft(SEPTEMBER)
    assert parts("billing.invoices_reviewed") in ([], [(None, 0)], [(0, 0)]), "drafts do not count"
    shop.issue(SEPTEMBER)
    assert parts("billing.invoices_reviewed") == [(2, 2)]
    assert sorted(parts("billing.invoices_reviewed", by="agency")) == [(1, 1), (1, 1)]


def test_anomalies_are_resolved_in_two_business_days(shop: Shop) -> None:
    """Of five, two were resolved by their day, one after it, one is open past it; one is not due by the last of November."""
    september(shop)
    shop.draft(SEPTEMBER)
    invoice = models.Invoice.objects.get(code="2026-09-dhs")
    for place, (due, resolved) in enumerate(
        ((5, 4), (5, 5), (5, 6), (5, None), (None, None)),
    ):
        models.AnomalyFinding.objects.create(
            code=f"f{place}", invoice=invoice, detector="level", text="odd", cents=1, found_at=AT,
            due_on=dt.date(2026, 11, due) if due else dt.date(2026, 12, 1),
            resolved_on=dt.date(2026, 11, resolved) if resolved else None,
            resolved_at=AT if resolved else None,
        )  # fmt: skip
    assert parts("billing.anomalies_resolved") == [(2, 4)]


def test_agencies_that_use_the_portal(shop: Shop) -> None:
    """First used on 2 June: judged on 2 October. Of two departments one looked by then, the other a day later."""
    Organization.objects.create(
        code="city", name="City", kind="municipality", parent=shop.state, executive_branch=False
    )
    for agency, day in ((shop.dhs, dt.date(2026, 6, 2)), (shop.dot, dt.date(2026, 10, 3))):
        models.PortalEvent.objects.create(
            code=agency.code, organization=agency, page="invoice", happened_on=day
        )
    assert parts("billing.portal_adoption") == [(1, 2)]
    assert parts("billing.portal_adoption", dt.date(2026, 10, 1)) in ([], [(None, 0)], [(0, 0)]), (
        "not due yet"
    )
    assert parts("billing.portal_adoption", parameters={"months": 5}) == [(2, 2)]
