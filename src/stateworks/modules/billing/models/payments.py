"""How invoices are paid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from stateworks.kernel.history import keeps_history
from stateworks.modules.billing.models.invoices import Invoice


@keeps_history()
class Payment(models.Model):
    """Cents that were received or transferred for an issued invoice; all of them together never exceed what it came to."""

    code = models.SlugField(max_length=140, unique=True, help_text="Short stable code.")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    cents = models.BigIntegerField(help_text="How much was received, in cents.")
    received_on = models.DateField(help_text="Day it was received or transferred.")
    reference = models.CharField(
        max_length=120, blank=True, help_text="What its source calls it, such as a document of the ledger."
    )

    class Meta:
        ordering = ["-received_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gt=0),
                name="billing_payment_is_positive",
                violation_error_message="A payment is more than nothing.",
            )
        ]

    def __str__(self) -> str:
        return self.code
