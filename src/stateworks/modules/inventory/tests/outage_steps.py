"""What people do in an outage, for tests: declare it, judge, confirm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.modules.inventory.lookup import find
from stateworks.modules.inventory.models import Outage, OutageImpact
from stateworks.modules.inventory.tests.conftest import AT, Room
from stateworks.modules.inventory.verbs import outages


def later(minutes: int) -> dt.datetime:
    return AT + dt.timedelta(minutes=minutes)


def declared(room: Room, name: str = "db", who: str = "administrator", **more: Any) -> Outage:
    by = room.accounts[who]
    with entered(scope_of(by)) as scope:
        return outages.declare(find(name, scope=scope), by=by, at=AT, **more)


def say(
    room: Room, outage: Outage, codes: list[str], verdict: str, who: str = "administrator", **more: Any
) -> int:
    by = room.accounts[who]
    with entered(scope_of(by)):
        return outages.decide(
            outage.code,
            [room.systems[code].pk for code in codes],
            verdict,
            by=by,
            at=more.pop("at", later(3)),
            **more,
        )


def act(room: Room, verb: Any, outage: Outage, who: str = "administrator", **more: Any) -> Any:
    by = room.accounts[who]
    with entered(scope_of(by)):
        return verb(outage.code, by=by, at=more.pop("at", later(7)), **more)


def verdicts(outage: Outage) -> dict[str, str]:
    with entered(SYSTEM):
        return dict(OutageImpact.objects.filter(outage=outage).values_list("system__code", "verdict"))
