"""Record types of invoices, their lines and their reviews: runs and people's work write them, files do not change them."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.invoice",
        model=models.Invoice,
        title="Invoices",
        key=("code",),
        columns=(
            Column("code", "code", kept=True),
            Column("number", "number", kept=True),
            Column("period", "period__code", description="The month of billing.", kept=True),
            Column(
                "agency", "organization__code", description="Code of the agency that is charged.", kept=True
            ),
            Column("cents", "cents", kept=True),
            Column("reviewed_at", "reviewed_at", kept=True),
            Column("issued_at", "issued_at", kept=True),
            Column("due_on", "due_on", kept=True),
            Column("note", "note"),
        ),
        list_columns=("code", "number", "period", "agency", "cents", "reviewed_at", "issued_at", "due_on"),
        search=("code", "number"),
        filters=("period", "agency", "issued_at"),
        organization="organization",
        seen_once=("state", "issued"),
        change="billing.run",
        page="billing:invoice",
    )
)

register(
    RecordType(
        name="billing.invoice_line",
        model=models.InvoiceLine,
        title="Invoice lines",
        key=("code",),
        columns=(
            Column("code", "code", kept=True),
            Column("invoice", "invoice__code", description="Code of the invoice.", kept=True),
            Column("account", "account__code", description="Code of the account that is charged.", kept=True),
            Column("sku", "sku__code", description="What is charged for.", kept=True),
            Column("kind", "kind", description="Where the charge comes from.", kept=True),
            Column("origin", "origin", kept=True),
            Column("source", "source", kept=True),
            Column("quantity", "quantity", kept=True),
            Column("price", "price", kept=True),
            Column("cents", "cents", kept=True),
            Column("rows", "rows", kept=True),
        ),
        list_columns=("code", "invoice", "account", "sku", "kind", "origin", "quantity", "price", "cents"),
        search=("code",),
        filters=("invoice", "account", "sku", "kind", "origin"),
        organization="invoice__organization",
        seen_once=("invoice__state", "issued"),
        change="billing.run",
    )
)

register(
    RecordType(
        name="billing.invoice_review",
        model=models.InvoiceReview,
        title="Reviews of invoices",
        key=("invoice",),
        columns=(
            Column("invoice", "invoice__code", description="Code of the invoice.", kept=True),
            Column("detected_at", "detected_at", kept=True),
            Column("findings", "findings", kept=True),
            Column("reviewed_at", "reviewed_at", kept=True),
            Column("note", "note"),
        ),
        filters=("invoice",),
        organization="invoice__organization",
        seen_once=("invoice__state", "issued"),
        change="billing.review",
    )
)
