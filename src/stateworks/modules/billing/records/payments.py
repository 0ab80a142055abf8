"""The record type of payments: the ledger or whoever collects brings them, as a file or through the API."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.payment",
        model=models.Payment,
        title="Payments",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("invoice", "invoice__code", description="Code of the invoice that is paid."),
            Column("cents", "cents"),
            Column("received_on", "received_on"),
            Column("reference", "reference"),
        ),
        search=("code", "reference"),
        filters=("invoice", "received_on"),
        organization="invoice__organization",
    )
)
