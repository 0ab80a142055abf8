"""Record types of FinOps policies and what they find."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.finops_policy",
        model=models.FinopsPolicy,
        title="FinOps policies",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name", description="What people call it."),
            Column("kind", "kind"),
            Column("service_categories", "service_categories"),
            Column("resource_types", "resource_types"),
            Column("tag_key", "tag_key"),
            Column("tag_value", "tag_value"),
            Column("months", "months"),
            Column("least_cents", "least_cents"),
            Column("owner", "owner__code", description="Code of the person who gets what it finds."),
            Column("state", "state"),
        ),
        list_columns=("code", "name", "kind", "tag_key", "months", "least_cents", "owner", "state"),
        search=("code", "name"),
        filters=("kind", "owner", "state"),
    )
)

register(
    RecordType(
        name="billing.finops_finding",
        model=models.FinopsFinding,
        title="FinOps findings",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("policy", "policy__code", description="Code of the policy."),
            Column("agency", "organization__code", description="Code of the agency that pays."),
            Column("account", "account__code", description="Code of the account that pays."),
            Column("source", "source"),
            Column("sub_account", "sub_account"),
            Column("resource", "resource"),
            Column("resource_name", "resource_name"),
            Column("service_category", "service_category"),
            Column("resource_type", "resource_type"),
            Column("text", "text"),
            Column("first_month", "first_month"),
            Column("month", "month"),
            Column("cents", "cents"),
            Column("owner", "owner__code", description="Code of the person who decides."),
            Column("state", "state", kept=True),
            Column("reason", "reason", kept=True),
            Column("deferred_until", "deferred_until", kept=True),
            Column("decided_at", "decided_at", kept=True),
            Column("decided_cents", "decided_cents", kept=True),
            Column("saving_cents", "saving_cents", kept=True),
            Column("baseline_month", "baseline_month", kept=True),
            Column("accepted_month", "accepted_month", kept=True),
        ),
        list_columns=(
            "code",
            "resource_name",
            "policy",
            "agency",
            "first_month",
            "month",
            "cents",
            "owner",
            "state",
        ),
        search=("resource", "resource_name"),
        filters=("policy", "agency", "owner", "state", "month"),
        organization="organization",
        change="billing.run",
        page="billing:finops_finding",
    )
)
