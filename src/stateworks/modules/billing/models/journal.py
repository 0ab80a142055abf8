"""What goes to the state's ledger: balanced entries for issued invoices and for corrected codings, and their export."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stateworks.modules.billing.models.findings import CodingFinding
from stateworks.modules.billing.models.invoices import Invoice
from stateworks.modules.billing.models.periods import BillingPeriod


class JournalEntry(models.Model):
    """The entry of an issued invoice, or of a corrected coding, with the month whose export takes it along.

    The database sees to it that its postings add up to zero and never change.
    """

    code = models.CharField(
        max_length=40, unique=True, help_text="JV- and the invoice's number, or CC- and the finding's code."
    )
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    finding = models.OneToOneField(
        CodingFinding, on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    period = models.ForeignKey(
        BillingPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections",
        help_text="The month that a correction is exported with.",
    )  # fmt: skip
    posted_on = models.DateField(help_text="Day of issue, or of the correction.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, finding__isnull=True, period__isnull=True)
                | Q(invoice__isnull=True, finding__isnull=False, period__isnull=False),
                name="billing_entry_of_one",
            )
        ]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return self.code


class Posting(models.Model):
    """One side of an entry: what an account owes (positive), what a service earned (negative), or expenditure moved."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    ledger_account = models.CharField(max_length=20, help_text="receivable, revenue or expenditure.")
    subject = models.CharField(
        max_length=100, help_text="The billing account, the line of service, or cost center and object."
    )
    fund = models.CharField(max_length=40, blank=True, help_text="The fund that pays; empty for revenue.")
    cents = models.BigIntegerField(help_text="Debit is positive, credit negative.")

    class Meta:
        ordering = ["entry", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "ledger_account", "subject", "fund"], name="billing_posting_once"
            ),
            models.CheckConstraint(condition=~Q(cents=0), name="billing_posting_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.ledger_account} {self.subject}"


class ErpExport(models.Model):
    """That a month's entries were handed to the state's ledger: how many, with which control total, and what it answered."""

    period = models.OneToOneField(BillingPeriod, on_delete=models.PROTECT, related_name="erp_export")
    postings = models.PositiveIntegerField()
    control_cents = models.BigIntegerField(help_text="The sum of all debits, in cents.")
    sha256 = models.CharField(max_length=64, help_text="Of the file's bytes.")
    exported_at = models.DateTimeField()
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True, help_text="What the ledger calls the batch.")

    class Meta:
        ordering = ["period"]
        verbose_name = "export to the ledger"

    def __str__(self) -> str:
        return f"export {self.period_id}"
