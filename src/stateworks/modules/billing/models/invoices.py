"""Invoices and what happens to them: lines, the review of each, disputes and credits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.models.customers import BillingAccount, Sku
from stateworks.modules.billing.models.periods import MONTH, BillingPeriod, BillingRun


class InvoiceState(models.TextChoices):
    """Where an invoice stands."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    ISSUED = "issued", "Issued"


@keeps_history()
class Invoice(models.Model):
    """What an agency is charged for a month. Once issued the database lets nobody change it or its lines."""

    code = models.SlugField(max_length=100, unique=True, help_text="Month and agency, such as 2026-10-dhs.")
    number = models.CharField(max_length=20, blank=True, help_text="Given when it is issued, without gaps.")
    period = models.ForeignKey(BillingPeriod, on_delete=models.PROTECT, related_name="invoices")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invoices")
    run = models.ForeignKey(
        BillingRun, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices", editable=False
    )
    state = models.CharField(
        max_length=10, choices=InvoiceState.choices, default=InvoiceState.DRAFT, editable=False
    )
    cents = models.BigIntegerField(default=0, help_text="The sum of its lines, in cents.")
    reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When it was reviewed.")
    issued_at = models.DateTimeField(null=True, blank=True, help_text="When it was issued.")
    due_on = models.DateField(null=True, blank=True, help_text="Day by which it is to be paid.")
    note = models.TextField(blank=True, help_text="What the agency should know.")

    class Meta:
        ordering = ["-period", "code"]
        constraints = [
            models.UniqueConstraint(fields=["run", "organization"], name="billing_invoice_one_an_agency"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(state="issued"), name="billing_invoice_number_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="issued") & Q(issued_at__isnull=False) & Q(run__isnull=False) & ~Q(number="")
                )
                | (~Q(state="issued") & Q(issued_at__isnull=True)),
                name="billing_invoice_issued_by_a_run",
                violation_error_message="An invoice is issued by a run, with a number, never by a file.",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.code


class LineKind(models.TextChoices):
    """Where a charge comes from."""

    USAGE = "usage", "Usage"
    ALLOCATED = "allocated", "Allocated cost"
    PASSED_ON = "passed_on", "Passed on at cost"
    CREDIT = "credit", "Credit"


@keeps_history()
class InvoiceLine(models.Model):
    """One charge: an account, what for, the month it is for, how much of it, its price and its cents.

    A line for an earlier month is a correction: what that month comes to now, less what was charged for it before.
    """

    code = models.CharField(
        max_length=120, unique=True, help_text="The invoice's code and the line's number."
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="invoice_lines")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="invoice_lines")
    kind = models.CharField(max_length=10, choices=LineKind.choices, default=LineKind.USAGE)
    origin = models.CharField(
        max_length=7, validators=[MONTH], help_text="The month the charge is for, such as 2026-09."
    )
    source = models.CharField(
        max_length=80,
        blank=True,
        help_text="Pool or provider the cost comes from; empty for usage at a rate.",
    )
    quantity = models.DecimalField(
        max_digits=38, decimal_places=20, default=0, help_text="How much; for cost passed on, the dollars."
    )
    price = models.DecimalField(
        max_digits=18, decimal_places=8, null=True, blank=True, help_text="Dollars for one unit."
    )
    cents = models.BigIntegerField(help_text="The charge, in cents.")
    rows = models.BigIntegerField(default=0, help_text="Rows of the source that it rests on.")

    class Meta:
        ordering = ["invoice", "id"]
        indexes = [
            models.Index(fields=["account", "origin"], name="billing_line_account"),
            models.Index(fields=["origin"], name="billing_line_origin"),
            models.Index(fields=["invoice"], condition=Q(kind="credit"), name="billing_line_credit"),
        ]

    def __str__(self) -> str:
        return self.code


@keeps_history()
class InvoiceReview(models.Model):
    """That somebody looked at an invoice before it was issued, after the detectors did."""

    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="review")
    detected_at = models.DateTimeField(null=True, blank=True, help_text="When the detectors looked at it.")
    findings = models.PositiveIntegerField(default=0, help_text="How many findings the detectors had.")
    reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When a person had reviewed it.")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, help_text="What was seen.")

    class Meta:
        ordering = ["invoice_id"]

    def __str__(self) -> str:
        return f"review {self.invoice_id}"


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", "Open"
    UPHELD = "upheld", "Upheld"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


@keeps_history()
class Dispute(models.Model):
    """An agency's objection to a line of an issued invoice, with the day by which it is answered."""

    code = models.CharField(max_length=140, unique=True, help_text="Short stable code.")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="disputes")
    cents = models.BigIntegerField(help_text="How much of the line is disputed, in cents.")
    reason = models.TextField(help_text="What is wrong, in the agency's words.")
    filed_on = models.DateField(help_text="Day it was filed.")
    due_on = models.DateField(help_text="Day by which it is answered.")
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=DisputeState.choices, default=DisputeState.OPEN, editable=False
    )
    resolved_on = models.DateField(null=True, blank=True, help_text="Day it was decided.")
    resolution = models.TextField(blank=True, help_text="What was decided, and why.")

    class Meta:
        ordering = ["-filed_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("filed_on")),
                name="billing_dispute_in_order",
                violation_error_message="A dispute is answered after it is filed.",
            ),
            models.CheckConstraint(
                condition=Q(state="open", resolved_on__isnull=True)
                | (~Q(state="open") & Q(resolved_on__isnull=False)),
                name="billing_dispute_resolved_when",
                violation_error_message="A dispute is decided on its own page, never by a file.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


@keeps_history()
class Credit(models.Model):
    """Cents given back for a line of an issued invoice; the next invoice carries them. Never more than the line came to."""

    code = models.CharField(max_length=140, unique=True, help_text="Short stable code.")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credits")
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, null=True, blank=True, related_name="credits", editable=False
    )
    cents = models.BigIntegerField(help_text="How much is given back, in cents.")
    reason = models.TextField(help_text="Why.")
    given_on = models.DateField(help_text="Day it was given.")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-given_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gt=0),
                name="billing_credit_is_positive",
                violation_error_message="A credit is more than nothing.",
            )
        ]

    def __str__(self) -> str:
        return self.code
