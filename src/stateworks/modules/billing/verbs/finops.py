"""The FinOps cycle: policies find resources, somebody decides about each, and later months say what was saved.

A check tells of one month. What it finds again stays as it is; what it does not find any more is closed; what was rejected or
deferred and is there at another amount is open again. What was accepted stays accepted while it is there: how its amount changes
is what was saved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import allowed, require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import parse_period, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import store
from stateworks.kernel.org.models import Organization, Person
from stateworks.modules.billing.feeds import FOCUS
from stateworks.modules.billing.finops.judging import Found, Key, Policy, judge, words
from stateworks.modules.billing.finops.reading import resources_in
from stateworks.modules.billing.gathering import translations
from stateworks.modules.billing.inputs import coded
from stateworks.modules.billing.models import (
    AccountAlias,
    BillingAccount,
    FinopsFinding,
    FinopsPolicy,
    FinopsState,
    PolicyState,
)
from stateworks.modules.billing.money import dollars

SAME = 0.11
"""Two months' amounts are the same up to this part of the larger: by its days alone, March costs a tenth more than February."""
MARK = 12
"""Characters of the fingerprint in a finding's code."""
SEEN = (
    "organization_id",
    "account_id",
    "resource_name",
    "service_category",
    "resource_type",
    "text",
    "month",
    "cents",
)
"""What a check says of a finding; the rest is what people said."""
DECIDED = ("state", "deferred_until", "reason", "decided_at", "decided_by", "decided_cents")
"""What is another when a finding opens again."""
DECISIONS = {
    "accept": FinopsState.ACCEPTED, "reject": FinopsState.REJECTED, "defer": FinopsState.DEFERRED,
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What a check of one policy came to: how many it found, of them new, opened again, closed, and not judged."""

    policy: str
    found: int
    cents: int
    fresh: int
    again: int
    closed: int
    not_judged: int

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return dict(vars(self))


@transaction.atomic
def check(month: str, *, by: Account | None, at: datetime) -> list[Checked]:
    """Run every active policy over a month's charges and keep what is found; the same month again changes nothing."""
    require(by, "billing.run")
    label = _month(month)
    version = store.current_version(FOCUS)
    with entered(SYSTEM):
        policies = list(
            FinopsPolicy.objects.select_for_update().filter(state=PolicyState.ACTIVE).order_by("code")
        )
        later = next((one for one in policies if one.checked_month > label), None)
        if later is not None:
            raise Refused(
                f"{later.code} was run for {later.checked_month} already; what it found tells of that month. Run it for that one "
                "or a later one."
            )
        if not policies:
            raise Refused(
                "No policy is active; add one to FinOps policies, or load a file of them with `stateworks data import`."
            )
        span = _span(label, max(one.months for one in policies))
        resources = resources_in(span, version)
        if not any(label in one.months for one in resources):
            raise Refused(
                f"There are no charges of resources in {label}; load the provider's file with `stateworks billing load`."
            )
        payers = _payers(one.key for one in resources)
        done = []
        for one in policies:
            found, unknown = judge(_policy(one), resources, span[-one.months :])
            done.append(_kept(one, found, unknown, label, payers, by=by, at=at))
        return done


def _month(month: str) -> str:
    period = parse_period(month)
    if period.grain != "month":
        raise Refused(f"“{month[:40]}” is no month; write it as 2026-10.")
    return period.label


def _span(month: str, n: int) -> list[str]:
    """Return so many months up to one, oldest first."""
    found = [parse_period(month)]
    while len(found) < n:
        found.append(previous(found[-1]))
    return [one.label for one in reversed(found)]


def _policy(one: FinopsPolicy) -> Policy:
    return Policy(
        one.code, one.kind, words(one.service_categories), words(one.resource_types),
        tag=one.tag_key, value=one.tag_value, months=one.months, least_cents=one.least_cents,
    )  # fmt: skip


def _payers(keys: Iterable[Key]) -> Mapping[tuple[str, str], BillingAccount]:
    """Return the account of each sub-account, by source and sub-account, as charges are passed on by."""
    accounts = {one.code: one for one in BillingAccount.objects.select_related("organization")}
    table = translations(AccountAlias.objects.values_list("source", "given", "account__code"), accounts)
    pairs = {(source, sub) for source, sub, _ in keys}
    return {pair: accounts[code] for pair in pairs if (code := coded(table, *pair))}


def _kept(
    policy: FinopsPolicy, found: Sequence[Found], unknown: int, month: str,
    payers: Mapping[tuple[str, str], BillingAccount], *, by: Account | None, at: datetime,
) -> Checked:  # fmt: skip
    """Keep what a policy found in a month."""
    known: dict[Key, FinopsFinding] = {
        (one.source, one.sub_account, one.resource): one for one in policy.findings.select_for_update()
    }
    organizations = {one.code: one for one in Organization.objects.all()}
    state = next(one for one in organizations.values() if one.parent_id is None)
    today = timezone.localdate(at)
    fresh: list[FinopsFinding] = []
    again: list[FinopsFinding] = []
    seen: list[FinopsFinding] = []
    for one in found:
        payer = payers.get(one.resource.key[:2])
        agency = payer.organization if payer else organizations.get(one.resource.agency, state)
        row = known.get(one.resource.key)
        made = row or FinopsFinding(
            code=_code(policy, one.resource.key), policy=policy, first_month=month, owner_id=policy.owner_id,
            source=one.resource.key[0], sub_account=one.resource.key[1], resource=one.resource.key[2],
        )  # fmt: skip
        if row is not None and _opens_again(row, one.cents, today):
            _reopen(row)
            again.append(row)
        made.organization, made.account, made.text = agency, payer, one.text
        made.resource_name = one.resource.name[:300]
        made.service_category, made.resource_type = (
            one.resource.service_category[:120],
            one.resource.resource_type[:120],
        )
        made.month, made.cents = month, one.cents
        (fresh if row is None else seen).append(made)
    there = {one.resource.key for one in found}
    gone = [one for key, one in known.items() if key not in there and one.state != FinopsState.CLOSED]
    for row in gone:
        row.state, row.deferred_until = FinopsState.CLOSED, None
    FinopsFinding.objects.bulk_create(fresh, batch_size=1000)
    FinopsFinding.objects.bulk_update(
        [*seen, *gone], [*SEEN, *DECIDED], batch_size=500,
    )  # fmt: skip
    policy.checked_month, policy.checked_at = month, at
    policy.save(update_fields=["checked_month", "checked_at"])
    if fresh or again or gone:
        audit.record("check policy", f"billing.finops_policy {policy.code}", by=by, at=at,
                     after={"month": month, "fresh": len(fresh), "again": len(again), "closed": len(gone)})  # fmt: skip
    return Checked(
        policy.code, len(found), sum(one.cents for one in found), len(fresh), len(again), len(gone), unknown
    )


def _code(policy: FinopsPolicy, key: Key) -> str:
    """Return what a finding is called by: the policy, the end of the resource's name for people, and a fingerprint."""
    mark = hashlib.sha256("|".join(key).encode()).hexdigest()[:MARK]
    tail = slugify(key[2].rstrip("/").rpartition("/")[2])[:50].strip("-")
    return "-".join(part for part in (policy.code, tail, mark) if part)


def _opens_again(row: FinopsFinding, cents: int, today: date) -> bool:
    """Tell whether a finding that is there waits for a decision anew."""
    if row.state == FinopsState.CLOSED:
        return True
    if row.state == FinopsState.DEFERRED and row.deferred_until is not None and row.deferred_until <= today:
        return True
    if row.state not in (FinopsState.REJECTED, FinopsState.DEFERRED) or row.decided_cents is None:
        return False
    return abs(cents - row.decided_cents) > SAME * max(cents, row.decided_cents)


@transaction.atomic
def open_again(*, at: datetime) -> int:
    """Open what was deferred until today or before, and return how many; done again, it finds nothing to do."""
    with entered(SYSTEM):
        rows = list(
            FinopsFinding.objects.select_for_update(of=("self",)).filter(
                state=FinopsState.DEFERRED, deferred_until__lte=timezone.localdate(at)
            )
        )
        for row in rows:
            _reopen(row)
        FinopsFinding.objects.bulk_update(rows, DECIDED, batch_size=500)
        for row in rows:
            audit.record("open finding", f"billing.finops_finding {row.code}", by=None, at=at)
    return len(rows)


def _reopen(row: FinopsFinding) -> None:
    """Open a finding again: its decision is in its history. From when an accepted one is saved stays."""
    row.state, row.deferred_until, row.reason = FinopsState.OPEN, None, ""
    row.decided_at = row.decided_by = row.decided_cents = None


def may_decide(finding: FinopsFinding, by: Account | None) -> bool:
    """Tell whether an account decides about a finding: by right at the agency, or because it is the person named as owner."""
    if by is None:
        return False
    # Asked of the table, since the person may be of an agency that is not seen.
    named = Person.objects.filter(finops_findings=finding, email__iexact=by.email).exclude(email="").exists()
    return named or allowed(by, "billing.save", finding.organization)


@transaction.atomic
def decide(
    finding: FinopsFinding, decision: str, *, reason: str = "", until: date | None = None,
    saving_cents: int | None = None, by: Account | None, at: datetime,
) -> FinopsFinding:  # fmt: skip
    """Accept, reject or defer a finding; `saving_cents` is what is expected to be saved a month, all of it unless said.

    What is accepted is held against the last month it was found in, from the month after the decision on. To decide otherwise
    later is possible; what is rejected then saves nothing any more.
    """
    if not may_decide(finding, by):
        require(by, "billing.save", finding.organization)
    if decision not in DECISIONS:
        raise Refused("Choose to accept, reject or defer the finding.")
    today = timezone.localdate(at)
    with entered(SYSTEM):
        row = FinopsFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        if row.state == FinopsState.CLOSED:
            raise Refused(
                f"{row.code} is not there any more since after {row.month}; there is nothing to decide."
            )
        if decision != "accept" and not reason.strip():
            raise Refused("Say why; the reason stays on record.")
        if decision == "defer" and (until is None or until <= today):
            raise Refused("Say until when it is deferred: a day after today.")
        row.state, row.reason, row.decided_at, row.decided_by = DECISIONS[decision], reason.strip(), at, by
        row.decided_cents, row.deferred_until = row.cents, until if decision == "defer" else None
        if decision == "accept":
            expected = row.cents if saving_cents is None else saving_cents
            if not 0 < expected <= row.cents:
                raise Refused(
                    f"It cost {dollars(row.cents)} in {row.month}; expect to save more than nothing and no more than that."
                )
            row.saving_cents = expected
            row.baseline_month = row.baseline_month or row.month
            row.accepted_month = row.accepted_month or f"{today:%Y-%m}"
        else:
            row.saving_cents, row.baseline_month, row.accepted_month = None, "", ""
        row.save()
        audit.record(f"{decision} finding", f"billing.finops_finding {row.code}", by=by, at=at, reason=reason.strip(),
                     after={"cents": row.cents, "saving_cents": row.saving_cents, "until": str(until or "")})  # fmt: skip
    return row
