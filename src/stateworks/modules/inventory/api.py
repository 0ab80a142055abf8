"""The inventory's part of the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from stateworks.modules.inventory.impact import impact_of
from stateworks.modules.inventory.lookup import find
from stateworks.web import asked
from stateworks.web.api.answers import ErrorOut
from stateworks.web.api.tokens import SIGNED_IN

router = Router(tags=["inventory"])


class AffectedOut(Schema):
    """A system that is hit, or could be the cause."""

    system: str
    name: str
    agency: str
    criticality: str
    critical_rank: int | None
    owner: str | None
    owner_email: str | None
    hops: int
    kind: Literal["hard", "soft"]
    path: list[str]


class OtherOut(Schema):
    """A part, place, product or vendor that could be the cause."""

    kind: str
    code: str
    name: str
    strength: Literal["hard", "soft"]
    hops: int


class ImpactOut(Schema):
    """Who is hit when something fails: what the account may see in rank order, the rest as numbers."""

    source: str
    source_kind: str
    source_name: str
    direction: Literal["down", "up"]
    elapsed_ms: float
    affected: list[AffectedOut]
    hidden: int
    agencies: list[str]
    unknown: int
    reduced: list[str]
    total: int
    others: list[OtherOut]


@router.get(
    "impact",
    response={200: ImpactOut, 400: ErrorOut, 401: ErrorOut, 422: ErrorOut},
    auth=SIGNED_IN,
)
def impact(
    request: HttpRequest,
    name: Annotated[str, Query(max_length=200)],
    direction: Literal["down", "up"] = "down",
    kind: Literal["system", "component", "vendor", "site", "technology"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> dict[str, Any]:
    """Tell who is hit when something fails (down), or what could have caused its failure (up).

    `name` is a code, a name or an alias. The first `limit` are listed in rank order; `total` says how many there are.
    """
    scope = asked.scope(request)
    source = find(name, kind=kind, scope=scope)
    found = impact_of(source, direction=direction, scope=scope, today=timezone.localdate(), limit=limit)
    return found.as_json()
