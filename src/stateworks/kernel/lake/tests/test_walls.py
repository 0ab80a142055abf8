"""Refused rows hold anybody's data: the database shows them to those who answer for data, and to who loaded the file."""

from __future__ import annotations

from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.access.tests.conftest import World, world
from stateworks.kernel.lake.models import Import, QuarantinedRow

__all__ = ["world"]


def test_refused_rows_are_for_those_who_answer_for_data(world: World) -> None:
    with entered(SYSTEM):
        own = Import.objects.create(
            dataset="x",
            source="x",
            filename="x",
            sha256="",
            started_at=timezone.now(),
            by=world.accounts["steward"],
        )
        other = Import.objects.create(
            dataset="x", source="x", filename="x", sha256="", started_at=timezone.now()
        )
        for made_by in (own, other):
            QuarantinedRow.objects.create(
                made_by=made_by, dataset="x", source="x", row=1, code="c", reason="r", values={}
            )
    found = {}
    for who in ("admin", "auditor", "steward", "liaison", "nobody"):
        with entered(scope_of(world.accounts[who])):
            found[who] = QuarantinedRow.objects.count()
    assert found == {"admin": 2, "auditor": 2, "steward": 1, "liaison": 0, "nobody": 0}
