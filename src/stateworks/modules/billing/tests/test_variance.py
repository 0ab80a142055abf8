"""Why an invoice changed: by hand, and always to the cent."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.variance import Effects, _Side, _Sum, compared, variance


def october(shop: Shop) -> None:
    """Issue two months: backup costs more from October on, one machine is left of two, 10 GB of September come late."""
    september(shop)
    shop.used(("b1", "dhs-1", "backup-gb", "2026-09-10", "1000"))
    shop.issue(SEPTEMBER)
    shop.used(
        ("b2", "dhs-1", "backup-gb", "2026-10-10", "1500"),
        ("o1", "dhs-1", "storage-gb", "2026-10-01", "2000"),
        ("o2", "dhs-1", "vm", "2026-10-15", "1"),
        ("late", "dhs-1", "storage-gb", "2026-09-30", "10"),
    )
    shop.issue(OCTOBER)


def test_a_difference_by_hand(shop: Shop) -> None:
    october(shop)
    found = variance(models.Invoice.objects.get(code="2026-10-dhs"))
    assert found is not None
    assert {one.sku: one.effects for one in found.changes} == {
        # $20.00 for 1,000 GB, then $45.00 for 1,500: at the old price $30.00, so $10.00 by use and $15.00 by price.
        "backup-gb": Effects(price=1_500, volume=1_000),
        # 2,000 GB at $0.02315 are $46.30, $17.72 more; 1,244.5 GB of September are $28.81, 23 cents more than was charged.
        "storage-gb": Effects(volume=1_772, once=23),
        "vm": Effects(volume=-1_250),
        # The rent of September was charged, and none is spent in October.
        "rent": Effects(ended=-60_001),
    }
    assert found.effects.cents == found.invoice.cents - found.earlier.cents
    assert found.sentences == [
        "$600.01 less by what ended", "$15.22 more by use", "$15.00 more by prices", "$0.23 more by corrections and credits",
    ]  # fmt: skip
    assert json.loads(json.dumps(found.as_json()))["effects"]["ended"] == -60_001
    page = text_of(client(shop, "dhs").get("/billing/invoices/2026-10-dhs/"))
    assert "−$569.56 against September 2026 : $600.01 less by what ended" in page
    first = text_of(client(shop, "dhs").get("/billing/invoices/2026-09-dhs/"))
    assert "Why it changed" not in first, "there is nothing to compare it with"


_AMOUNTS = st.integers(-(10**9), 10**9)
_SIDES = st.builds(
    _Side,
    st.builds(
        _Sum,
        st.decimals(-(10**6), 10**6, places=6),
        _AMOUNTS,
        st.sets(st.sampled_from([Decimal("0.1"), Decimal("2")])),
    ),
    st.none() | _AMOUNTS,
    _AMOUNTS,
)
_KEYS = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"))


@given(st.dictionaries(_KEYS, _SIDES), st.dictionaries(_KEYS, _SIDES))
def test_the_causes_always_add_up(
    before: dict[tuple[str, str], _Side], now: dict[tuple[str, str], _Side]
) -> None:
    for side in (*before.values(), *now.values()):
        if not side.usage.prices:  # without a line there is neither quantity nor charge
            side.usage = _Sum()
    changes = compared(before, now, {"x": "X", "y": "Y"})
    assert sum(one.effects.cents for one in changes) == sum(side.cents for side in now.values()) - sum(
        side.cents for side in before.values()
    )
    for one in changes:
        assert one.now - one.before == one.effects.cents
