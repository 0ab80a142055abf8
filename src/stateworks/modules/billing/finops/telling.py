"""A finding as commands and files tell it."""

from __future__ import annotations

from typing import Any

from stateworks.modules.billing.finops.saving import Cycle, Saving
from stateworks.modules.billing.models import FinopsFinding


def finding_told(one: FinopsFinding, found: Cycle) -> dict[str, Any]:
    """Return a finding with what it saved in the months that count."""
    saving = found.savings.get(one.pk, Saving())
    return {
        "code": one.code, "policy": one.policy.code, "kind": one.policy.kind, "agency": one.organization.code,
        "source": one.source, "sub_account": one.sub_account, "resource": one.resource, "name": one.resource_name,
        "text": one.text, "first_month": one.first_month, "month": one.month, "cents": one.cents,
        "owner": one.owner.code if one.owner else "", "state": one.state, "reason": one.reason,
        "deferred_until": one.deferred_until, "decided_at": one.decided_at, "saving_cents": one.saving_cents,
        "baseline_month": one.baseline_month, "baseline_cents": saving.baseline,
        "realised_cents": saving.cents if one.accepted_month else None,
        "months": [{"month": each.month, "cents": each.cents, "saved_cents": each.saved} for each in saving.counted],
    }  # fmt: skip
