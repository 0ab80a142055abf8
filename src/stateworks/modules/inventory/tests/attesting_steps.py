"""What tests of attestations do again and again: look at a system, act as somebody, open a campaign."""

from __future__ import annotations

from datetime import date
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.modules.inventory.models import Campaign, System
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.verbs import campaigns

YEAR = date(2027, 11, 2)


def system(code: str) -> System:
    with entered(SYSTEM):
        return System.objects.get(code=code)


def as_(room: Room, who: str) -> Any:
    return entered(scope_of(room.accounts[who]))


def opened(room: Room, **more: Any) -> Campaign:
    """A campaign about every system in production, due in four weeks, whose answers count half a year."""
    fields = {"opens_on": TODAY, "due_on": date(2026, 11, 30), "valid_days": 180} | more
    with as_(room, "data_steward"):
        made = campaigns.plan_campaign(
            "fall", "Fall round", by=room.accounts["data_steward"], at=AT, **fields
        )
        campaigns.open_campaign("fall", by=room.accounts["data_steward"], at=AT)
    return made
