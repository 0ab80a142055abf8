"""Rounds of attestation: planned, opened for many systems at once, closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CharField, Value

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import local_day
from stateworks.kernel.records.changes import Invalid
from stateworks.modules.inventory.attesting import asked_systems, responsible
from stateworks.modules.inventory.models import (
    Aspect,
    AttestationRequest,
    Campaign,
    Lifecycle,
    RequestState,
)


@transaction.atomic
def plan_campaign(
    code: str,
    title: str,
    *,
    opens_on: date,
    due_on: date,
    asks_facts: bool = True,
    asks_dependencies: bool = True,
    organization: Organization | None = None,
    criticality: str = "",
    lifecycle: str = Lifecycle.PRODUCTION,
    valid_days: int = 365,
    by: Account | None,
    at: datetime,
) -> Campaign:
    """Set up a campaign that asks nobody yet; raises Invalid with a sentence for each wrong field."""
    require(by, "records.change", organization)
    campaign = Campaign(
        code=code.strip(), title=title.strip(), opens_on=opens_on, due_on=due_on, asks_facts=asks_facts,
        asks_dependencies=asks_dependencies, organization=organization, criticality=criticality, lifecycle=lifecycle,
        valid_days=valid_days,
    )  # fmt: skip
    try:
        campaign.full_clean()
    except ValidationError as error:
        fields = {
            name.replace("__all__", "due_on"): " ".join(texts) for name, texts in error.message_dict.items()
        }
        raise Invalid("The campaign cannot be set up yet; nothing was saved.", fields) from None
    campaign.save()
    _told("plan campaign", campaign, by, at, {"title": campaign.title, "due_on": due_on.isoformat()})
    return campaign


@transaction.atomic
def open_campaign(code: str, *, by: Account | None, at: datetime) -> int:
    """Ask: one request for each system and aspect; return how many. A campaign opens once."""
    campaign = _locked(code)
    require(by, "records.change", campaign.organization)
    if campaign.opened_at is not None:
        raise Refused(f"“{campaign.title}” was opened on {local_day(campaign.opened_at)} already.")
    today = local_day(at)
    if campaign.due_on < today:
        raise Refused(
            f"“{campaign.title}” was due on {campaign.due_on}; give it a later day before you open it."
        )
    aspects = [Aspect.FACTS] * campaign.asks_facts + [Aspect.DEPENDENCIES] * campaign.asks_dependencies
    with entered(SYSTEM):
        # The campaign may be about more than its opener sees; whom it asks is not for him to narrow.
        count = sum(_ask(campaign, aspect, today) for aspect in aspects)
    if not count:
        raise Refused("No system fits this campaign; widen its organization, criticality or lifecycle.")
    campaign.opened_at = at
    campaign.save(update_fields=["opened_at"])
    _told("open campaign", campaign, by, at, {"requests": count})
    return count


@transaction.atomic
def close_campaign(code: str, *, by: Account | None, at: datetime) -> tuple[int, int]:
    """End the round: return how many requests were answered and how many never were. Retired systems are let off."""
    campaign = _locked(code)
    require(by, "records.change", campaign.organization)
    if campaign.opened_at is None:
        raise Refused(f"“{campaign.title}” has not been opened.")
    if campaign.closed_at is not None:
        raise Refused(f"“{campaign.title}” was closed on {local_day(campaign.closed_at)} already.")
    with entered(SYSTEM):
        rows = AttestationRequest.objects.filter(campaign=campaign)
        rows.filter(state=RequestState.OPEN, system__lifecycle=Lifecycle.RETIRED).update(
            state=RequestState.WITHDRAWN
        )
        answered = rows.filter(state=RequestState.ANSWERED).count()
        never = rows.filter(state=RequestState.OPEN).count()
    campaign.closed_at = at
    campaign.save(update_fields=["closed_at"])
    _told("close campaign", campaign, by, at, {"answered": answered, "not_answered": never})
    return answered, never


@transaction.atomic
def withdraw_request(request: int, *, reason: str, by: Account | None, at: datetime) -> AttestationRequest:
    """Ask no longer about one system in one campaign, with a reason."""
    found = (
        AttestationRequest.objects.select_for_update(of=("self",))
        .select_related("campaign__organization", "system__organization")
        .filter(pk=request)
        .first()
    )
    if found is None:
        raise Refused("There is no such request that you may see.")
    require(by, "records.change", found.system.organization)
    if found.state != RequestState.OPEN:
        raise Refused(
            f"The request about {found.system.name} is {found.get_state_display().lower()} already."
        )
    if not reason.strip():
        raise Refused("Say why it is not asked any more.")
    found.state = RequestState.WITHDRAWN
    found.save(update_fields=["state"])
    audit.record(
        "withdraw request", f"inventory.campaign {found.campaign.code} {found.system.code} {found.aspect}",
        by=by, at=at, reason=reason.strip(),
    )  # fmt: skip
    return found


def _ask(campaign: Campaign, aspect: Aspect, today: date) -> int:
    """Write the requests of one aspect in one statement: a hundred thousand systems are no reason to wait."""
    text = CharField()
    rows = (
        asked_systems(campaign, today)
        .order_by()
        .annotate(
            asked_about=Value(str(aspect), output_field=text), waiting=Value(str(RequestState.OPEN), output_field=text),
            whose=responsible(today),
        )
        .values_list("pk", "asked_about", "waiting", "whose")
    )  # fmt: skip
    sql, parameters = rows.query.sql_with_params()
    table = connection.ops.quote_name(AttestationRequest._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (campaign_id, system_id, aspect, state, person_id) "
            f"SELECT %s::bigint, chosen.* FROM ({sql}) AS chosen",
            [campaign.pk, *parameters],
        )
        return int(cursor.rowcount)


def _locked(code: str) -> Campaign:
    found = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise Refused(f"There is no campaign {code}; check the code.")
    return found


def _told(verb: str, campaign: Campaign, by: Account | None, at: datetime, after: dict[str, Any]) -> None:
    audit.record(verb, f"inventory.campaign {campaign.code}", by=by, at=at, after=after)
