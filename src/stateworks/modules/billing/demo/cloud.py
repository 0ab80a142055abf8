"""What the fictional state's cloud provider charges, in FOCUS, with resources that are known to break a policy.

An account's charges stay below what a detector of invoices looks at, so that what is seeded here is found by policies alone. A
resource that is accepted to be stopped is charged until the end of August 2026; one of them goes on, and one costs more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import following, parse_period
from stateworks.kernel.demo import World

PROVIDER, SOURCE, SKU = "Cumulus Cloud", "cumulus-cloud", "cloud-at-cost"
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")
"""Months that the provider charged; the fiscal year that is reconciled ends before."""
DECIDED_MONTH, DECIDED_AT = "2026-08", datetime(2026, 8, 31, 15, tzinfo=UTC)
EVERY = 3
"""One account in so many uses the cloud."""
TAG, ATTACHED = "cost-center", "attached-to"
POLICIES: tuple[Mapping[str, Any], ...] = (
    {"code": "idle", "name": "Paid for two months and not used", "kind": "idle",
     "service_categories": "Compute, Databases", "resource_types": "", "tag_key": "", "tag_value": "", "months": 2,
     "least_cents": 1000},
    {"code": "no-cost-center", "name": "Without a cost center", "kind": "untagged", "service_categories": "",
     "resource_types": "", "tag_key": TAG, "tag_value": "", "months": 1, "least_cents": 1000},
    {"code": "loose-disk", "name": "Disks that no machine has", "kind": "unattached", "service_categories": "Storage",
     "resource_types": "Volume", "tag_key": ATTACHED, "tag_value": "", "months": 1, "least_cents": 1000},
    {"code": "loose-address", "name": "Addresses that nothing uses", "kind": "unattached", "service_categories": "",
     "resource_types": "Public IP address", "tag_key": "", "tag_value": "", "months": 1, "least_cents": 1000},
)  # fmt: skip
"""Record rows of the policies that the demo runs."""


@dataclass(frozen=True)
class Kind:
    """A kind of resource: what FOCUS says of it, how much it consumes, and the policy it breaks, if any."""

    name: str
    service: str
    category: str
    type: str
    unit: str
    consumed: str
    breaks: str = ""


KINDS = (
    Kind("vm", "Virtual Machines", "Compute", "Virtual machine", "Hours", "720"),
    Kind("disk", "Block Storage", "Storage", "Volume", "GB", "250"),
    Kind("loose", "Block Storage", "Storage", "Volume", "GB", "250", breaks="loose-disk"),
    Kind("bare", "Virtual Machines", "Compute", "Virtual machine", "Hours", "720", breaks="no-cost-center"),
    Kind("spare", "Managed Databases", "Databases", "Database", "Requests", "0", breaks="idle"),
    Kind("ip", "IP Addresses", "Networking", "Public IP address", "Hours", "0", breaks="loose-address"),
    # What only looks like it: not idle long enough, too cheap, without a word on use, with tags that cannot be read.
    Kind("lull", "Managed Databases", "Databases", "Database", "Requests", "0"),
    Kind("penny", "Managed Databases", "Databases", "Database", "Requests", "0"),
    Kind("mute", "Managed Databases", "Databases", "Database", "Requests", ""),
    Kind("odd", "Virtual Machines", "Compute", "Virtual machine", "Hours", "720"),
)
BARE_TAGS = ("", '{"env": "prod"}', f'{{"{TAG}": ""}}', f'{{"{TAG.title()}": "4711"}}')
"""Tags that do not name a cost center: keys are compared as they are written."""


@dataclass
class Cloud:
    """Rows in FOCUS, and what is true of them: by month, the policy and resource of each finding."""

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    sub_accounts: dict[str, str] = field(default_factory=dict)
    truth: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    cents: dict[tuple[str, str], int] = field(default_factory=dict)
    """By month and resource."""
    accepted: tuple[str, ...] = ()
    """Resources whose findings are accepted in August."""


def draw_cloud(chance: Random, accounts: Sequence[str], months: Sequence[str] = MONTHS) -> Cloud:
    """Draw what the provider charged accounts; the same for the same seed."""
    made = Cloud(sub_accounts={f"sub-{at:04}": code for at, code in enumerate(accounts)})
    stopped: list[str] = []
    for at, sub in enumerate(made.sub_accounts):
        for place, kind in enumerate(KINDS):
            # The first two accounts have some of each, the others what comes.
            if at > 1 and chance.random() < 0.5:
                continue
            name = f"{kind.name}-{at:03}{place}"
            cents = 300 if kind.name == "penny" else chance.randrange(2_000, 4_800)
            accepted = bool(kind.breaks) and chance.random() < 0.4
            stopped += [name] if accepted else []
            bare = chance.choice(BARE_TAGS)
            for month in months:
                charged = _charged(name, cents, stopped, month)
                if charged:
                    made.cents[month, name] = charged
                    made.rows.append(_row(kind, name, sub, month, charged, bare, months))
                if charged and kind.breaks and (kind.breaks != "idle" or month > months[0]):
                    made.truth[month].add((kind.breaks, name))
    made.accepted = tuple(stopped)
    return made


def _charged(name: str, cents: int, stopped: Sequence[str], month: str) -> int:
    """What a resource is charged in a month: of those accepted, the first stays, the second costs half as much again."""
    if name not in stopped or month <= DECIDED_MONTH or name == stopped[0]:
        return cents
    return cents * 3 // 2 if name == stopped[1] else 0


def _row(
    kind: Kind, name: str, sub: str, month: str, cents: int, bare: str, months: Sequence[str]
) -> Mapping[str, Any]:
    span = parse_period(month)
    consumed = "900" if kind.name == "lull" and months.index(month) % 2 == 0 else kind.consumed
    tags = f'{{"{TAG}": "{sub}"{_attached(kind, name)}}}'
    tags = {"bare": bare, "odd": f"{TAG}={sub}"}.get(kind.name, tags)
    amount = f"{cents // 100}.{cents % 100:02}"
    return {
        "BillingAccountId": "meridian", "BillingAccountName": "State of Meridian", "BillingCurrency": "USD",
        "BillingPeriodStart": f"{span.starts}T00:00:00Z", "BillingPeriodEnd": f"{following(span).starts}T00:00:00Z",
        "ChargePeriodStart": f"{span.starts}T00:00:00Z", "ChargePeriodEnd": f"{following(span).starts}T00:00:00Z",
        "ChargeCategory": "Usage", "ChargeClass": "", "ChargeDescription": f"{kind.type} by the month",
        "BilledCost": amount, "EffectiveCost": amount, "ListCost": amount, "ContractedCost": amount,
        "InvoiceIssuerName": PROVIDER, "ProviderName": PROVIDER, "PublisherName": PROVIDER, "PricingQuantity": "1",
        "PricingUnit": "Months", "ServiceCategory": kind.category, "ServiceName": kind.service, "SubAccountId": sub,
        "ResourceId": f"/{sub}/{name}", "ResourceName": name, "ResourceType": kind.type, "ConsumedQuantity": consumed,
        "ConsumedUnit": kind.unit, "Tags": tags,
    }  # fmt: skip


def _attached(kind: Kind, name: str) -> str:
    return f', "{ATTACHED}": "vm-of-{name}"' if kind.name == "disk" else ""


def aliases_of(cloud: Cloud) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return the rows that say whose sub-accounts are, and what services are passed on as."""
    services = sorted({kind.service for kind in KINDS})
    return (
        [{"source": SOURCE, "given": sub, "account": code} for sub, code in cloud.sub_accounts.items()],
        [{"source": SOURCE, "given": service, "sku": SKU} for service in services],
    )


def save(world: World, cloud: Cloud) -> None:
    """Run the policies at the end of August and of the last month, and let some of what is found be decided in between."""
    from stateworks.modules.billing.models import FinopsFinding, FinopsPolicy
    from stateworks.modules.billing.verbs import finops

    with entered(SYSTEM):
        if not FinopsPolicy.objects.exclude(checked_month="").exists():
            finops.check(DECIDED_MONTH, by=None, at=DECIDED_AT)
            for one in FinopsFinding.objects.select_related("organization").order_by("code"):
                if one.resource_name in cloud.accepted:
                    finops.decide(one, "accept", reason="Nobody needs it.", by=None, at=DECIDED_AT)
                elif one.resource_name.startswith("bare-000"):
                    finops.decide(one, "reject", reason="Its owner is known and tags it with the next release.",
                                  by=None, at=DECIDED_AT)  # fmt: skip
        finops.check(MONTHS[-1], by=None, at=world.at)
