"""Record types of findings, and of who uses the portal."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.anomaly_finding",
        model=models.AnomalyFinding,
        title="Anomalies",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("invoice", "invoice__code", description="Code of the invoice."),
            Column("detector", "detector"),
            Column("text", "text"),
            Column("cents", "cents"),
            Column("found_at", "found_at"),
            Column("due_on", "due_on"),
            Column("resolved_at", "resolved_at", kept=True),
            Column("resolved_on", "resolved_on", kept=True),
            Column("resolution", "resolution"),
        ),
        list_columns=("code", "invoice", "detector", "text", "cents", "found_at", "due_on", "resolved_on"),
        search=("code", "text"),
        filters=("detector", "due_on", "resolved_on"),
        organization="invoice__organization",
        seen_once=("invoice__state", "issued"),
        change="billing.review",
    )
)

register(
    RecordType(
        name="billing.coding_finding",
        model=models.CodingFinding,
        title="Wrong codings",
        key=("source", "journal", "line"),
        columns=(
            Column("code", "code"),
            Column("source", "source"),
            Column("journal", "journal"),
            Column("line", "line"),
            Column("posted_on", "posted_on"),
            Column("cents", "cents"),
            Column("text", "text"),
            Column("cost_center", "cost_center"),
            Column("object_code", "object_code"),
            Column("fund", "fund"),
            Column("right_cost_center", "right_cost_center"),
            Column("right_object_code", "right_object_code"),
            Column("right_fund", "right_fund"),
            Column("reason", "reason"),
            Column("suggested", "suggested__code"),
            Column("state", "state", kept=True),
            Column("decided_on", "decided_on", kept=True),
            Column("decision", "decision", kept=True),
            Column("corrected_on", "corrected_on"),
        ),
        list_columns=(
            "journal",
            "line",
            "posted_on",
            "cents",
            "reason",
            "suggested",
            "state",
            "corrected_on",
        ),
        search=("journal", "reason"),
        filters=("source", "state", "posted_on", "corrected_on"),
        change="billing.review",
    )
)

register(
    RecordType(
        name="billing.coding_rule",
        model=models.CodingRule,
        title="Coding rules",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("cost_center", "cost_center"),
            Column("object_code", "object_code"),
            Column("fund", "fund"),
            Column("right_cost_center", "right_cost_center"),
            Column("right_object_code", "right_object_code"),
            Column("right_fund", "right_fund"),
            Column("reason", "reason"),
        ),
        search=("code", "reason"),
        filters=("cost_center", "object_code", "fund"),
        change="billing.review",
    )
)

register(
    RecordType(
        name="billing.portal_event",
        model=models.PortalEvent,
        title="Use of the portal",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("agency", "organization__code", description="Code of the agency."),
            Column("page", "page"),
            Column("happened_on", "happened_on"),
        ),
        search=("code",),
        filters=("agency", "page", "happened_on"),
        organization="organization",
    )
)
