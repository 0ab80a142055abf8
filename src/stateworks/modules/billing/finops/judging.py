"""Which resources break a policy, by what FOCUS says of them; pure functions, so that the same charges find the same.

FOCUS says what was paid for, how much of it was consumed, and what tags say. It does not say how busy a machine was, nor what a
disk or an address is attached to. So

- idle is what costs money in each month of a span while its charges for use all say that nothing was consumed. A machine that
  runs without work consumes hours and is not idle in that sense;
- untagged is what costs money while none of its charges has a tag, or has it with nothing in it;
- unattached is what of the named categories or types a tag says to be so, or lacks the tag that would say what it is attached to;
  where the policy names no tag, it is what consumed nothing, as with idle.

What a file leaves open is not judged: charges without a ConsumedQuantity say nothing of use, and Tags that are no JSON object
nothing of tags.

Source: FinOps Open Cost and Usage Specification 1.2, columns ConsumedQuantity, ResourceId, ResourceType, ServiceCategory, Tags.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from stateworks.modules.billing.money import dollars

Key = tuple[str, str, str]
"""Source, sub-account and resource."""


@dataclass(frozen=True)
class Month:
    """What the charges of a resource in one month say together; `tags` are the different texts of Tags."""

    cents: int
    uses: int = 0
    """Charges of the category Usage."""
    known_uses: int = 0
    """Those of them that say how much was consumed."""
    consumed: Decimal = Decimal(0)
    tags: tuple[str, ...] = ()

    @property
    def unused(self) -> bool | None:
        """Whether nothing was consumed; None where it is not said."""
        if not self.uses or self.known_uses < self.uses:
            return None
        return self.consumed == 0

    def lacks(self, tag: str, value: str = "") -> bool | None:
        """Whether a tag is missing or empty, or with a value whether it says that; None where tags cannot be read."""
        read = [_tags(text) for text in self.tags]
        found = [str(one[tag]).strip() for one in read if one is not None and one.get(tag) is not None]
        if value:
            return value in found if found or None not in read else None
        if any(found):
            return False
        return None if None in read else True


@dataclass(frozen=True)
class Resource:
    """A resource with what it is and its months; what it is, is said by its dearest charges of the last month."""

    key: Key
    name: str = ""
    service_category: str = ""
    resource_type: str = ""
    agency: str = ""
    months: Mapping[str, Month] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """What is looked for; `categories` and `types` are empty for any."""

    code: str
    kind: str
    categories: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    tag: str = ""
    value: str = ""
    months: int = 1
    least_cents: int = 0

    def concerns(self, resource: Resource) -> bool:
        """Tell whether a resource is of those the policy is about."""
        return (not self.categories or resource.service_category.casefold() in self.categories) and (
            not self.types or resource.resource_type.casefold() in self.types
        )


@dataclass(frozen=True)
class Found:
    """A resource that breaks a policy in the last month of its span, with what it cost in that month."""

    resource: Resource
    cents: int
    text: str


def words(text: str) -> frozenset[str]:
    """Return the words of a list with commas, as they are compared."""
    return frozenset(one.strip().casefold() for one in text.split(",") if one.strip())


def judge(policy: Policy, resources: Iterable[Resource], span: Sequence[str]) -> tuple[list[Found], int]:
    """Return what breaks a policy in a span of months, oldest first, and how many resources could not be judged."""
    found, unknown = [], 0
    for resource in sorted(resources, key=lambda one: one.key):
        months = [resource.months.get(label) for label in span]
        last = months[-1]
        if (
            last is None
            or not policy.concerns(resource)
            or last.cents <= 0
            or last.cents < policy.least_cents
        ):
            continue
        if any(one is None or one.cents <= 0 for one in months):
            continue
        verdicts = [_breaks(policy, one) for one in months if one is not None]
        if False in verdicts:
            continue
        if None in verdicts:
            unknown += 1
            continue
        found.append(Found(resource, last.cents, _sentence(policy, last.cents, len(span))))
    return found, unknown


def _breaks(policy: Policy, month: Month) -> bool | None:
    if policy.tag:
        return month.lacks(policy.tag, policy.value)
    return month.unused


def _sentence(policy: Policy, cents: int, n: int) -> str:
    many = f"{n} months running" if n > 1 else "the month"
    cost = f"{dollars(cents)} in the last month" if n > 1 else dollars(cents)
    if policy.tag and policy.value:
        return f"Its tag {policy.tag} says {policy.value} for {many}; it cost {cost}."
    if policy.tag:
        return f"It had no tag {policy.tag} for {many}; it cost {cost}."
    return f"Nothing of it was consumed for {many}; it cost {cost}."


def _tags(text: str) -> dict[str, Any] | None:
    """Return tags by key; None where they cannot be read. No tags at all are none."""
    if not text.strip():
        return {}
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
