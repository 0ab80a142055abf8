"""Costs by the taxonomy's words, by hand: what is spent, what is charged, and words that nobody knows."""

from __future__ import annotations

from stateworks.kernel.access.scope import SYSTEM
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.transparency import NO_POOL, NO_WORD, Part, costs_of


def loaded(shop: Shop) -> None:
    """A tower with one part, a solution; $100 of rent, $20 in no pool, and three machines at $12.50."""
    top = models.TaxonomyTerm.objects.create(code="t1", name="Data Center", layer="tower")
    models.TaxonomyTerm.objects.create(code="t2", name="Facilities", layer="tower", parent=top)
    models.TaxonomyTerm.objects.create(code="s1", name="Platform Services", layer="solution")
    models.CostPool.objects.update(tower="Facilities")
    models.Sku.objects.filter(code="vm").update(solution="Platform Services")
    models.Sku.objects.filter(code="rent").update(solution="Ground rent")
    shop.spent(
        ("j", "1", "2026-09-05", "B1", "5100", "100.00"), ("j", "2", "2026-09-06", "B9", "5100", "20.00")
    )
    shop.used(("a", "dhs-1", "vm", "2026-09-02", "3"))
    shop.issue(SEPTEMBER)


def test_by_hand(shop: Shop) -> None:
    loaded(shop)
    found = costs_of(SYSTEM, "FY27", current_version("billing.gl_transaction"))
    assert found.towers.groups == (
        ("Data Center", 10_000, (Part("Data Center", "Facilities", "Rent", 10_000),)),
        (NO_WORD, 2_000, (Part(NO_WORD, NO_WORD, NO_POOL, 2_000),)),
    )
    # The rent is passed on by heads, all of it.
    assert [(top, cents) for top, cents, _ in found.solutions.groups] == [
        ("Ground rent", 10_000), ("Platform Services", 3_750),
    ]  # fmt: skip
    assert found.unknown == ("Ground rent",)
    assert costs_of(SYSTEM, "FY26", current_version("billing.gl_transaction")).towers.groups == ()


def test_the_page_shows_all_the_cost_and_an_agencys_own_charges(shop: Shop) -> None:
    loaded(shop)
    office = text_of(client(shop, "auditor").get("/billing/costs/?year=FY27"))
    assert "The office spent $120.00 in FY27" in office
    assert "1 word is not in the taxonomy : Ground rent." in office
    dot = client(shop, "dot")
    page = text_of(dot.get("/billing/costs/?year=FY27"))
    # Two of five heads.
    assert (
        "The office spent $120.00" in page
        and "$40.00" in page
        and "$37.50" not in page
        and "Ground rent." not in page
    )
    rows = dot.get("/billing/costs/?year=FY27&format=csv").content.decode().splitlines()
    assert rows == [
        "view,top,word,name,cents", "tower,Data Center,Facilities,Rent,10000",
        f"tower,{NO_WORD},{NO_WORD},{NO_POOL},2000", "solution,Ground rent,Ground rent,rent,4000",
    ]  # fmt: skip
