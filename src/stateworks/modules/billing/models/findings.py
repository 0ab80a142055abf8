"""What does not look right: anomalies of draft invoices, ledger lines coded wrongly; and who uses the portal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.models.costs import CostPool
from stateworks.modules.billing.models.invoices import Invoice


@keeps_history()
class AnomalyFinding(models.Model):
    """Something on an invoice that looks wrong, with the dollars at risk and two business days to resolve it."""

    code = models.CharField(max_length=140, unique=True, help_text="Short stable code.")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="findings")
    detector = models.CharField(max_length=40, help_text="Which detector found it.")
    text = models.TextField(help_text="What looks wrong.")
    cents = models.BigIntegerField(default=0, help_text="How much is at risk, in cents.")
    found_at = models.DateTimeField(help_text="When it was found.")
    due_on = models.DateField(help_text="The second business day after it was found.")
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="When it was resolved.")
    resolved_on = models.DateField(null=True, blank=True, help_text="The local day it was resolved.")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(blank=True, help_text="What it was, and what was done.")

    class Meta:
        ordering = ["-found_at", "code"]

    def __str__(self) -> str:
        return self.code


@keeps_history()
class CodingRule(models.Model):
    """That ledger lines of one coding are wrong, and how they are coded rightly; of several that fit, the one that says most."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    cost_center = models.CharField(max_length=40, blank=True, help_text="Cost center; empty: any.")
    object_code = models.CharField(max_length=40, blank=True, help_text="Object of expenditure; empty: any.")
    fund = models.CharField(max_length=40, blank=True, help_text="Fund; empty: any.")
    right_cost_center = models.CharField(
        max_length=40, blank=True, help_text="The right cost center; empty: the same."
    )
    right_object_code = models.CharField(
        max_length=40, blank=True, help_text="The right object; empty: the same."
    )
    right_fund = models.CharField(max_length=40, blank=True, help_text="The right fund; empty: the same.")
    reason = models.CharField(max_length=300, help_text="Why the coding is wrong.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["cost_center", "object_code", "fund"],
                name="billing_coding_rule_once",
                violation_error_message="Another rule is about the same lines.",
            ),
            models.CheckConstraint(
                condition=~Q(right_cost_center="", right_object_code="", right_fund=""),
                name="billing_coding_rule_says_what_is_right",
                violation_error_message="Say the right cost center, object or fund.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CodingState(models.TextChoices):
    """Whether a wrong coding is one."""

    SUGGESTED = "suggested", "Suggested"
    CONFIRMED = "confirmed", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"


@keeps_history()
class CodingFinding(models.Model):
    """A ledger line that is coded wrongly, as its journal, line and cents say it, with the coding that would be right.

    One that a program suggests waits for a person; one that a person brings is confirmed by that.
    """

    code = models.SlugField(max_length=140, unique=True, help_text="Short stable code.")
    source = models.CharField(max_length=80, help_text="The ledger.")
    journal = models.CharField(max_length=80, help_text="Number of the journal.")
    line = models.CharField(max_length=40, help_text="Number of the line in its journal.")
    posted_on = models.DateField(help_text="Day it was posted.")
    cents = models.BigIntegerField(help_text="How much, in cents.")
    text = models.CharField(max_length=300, blank=True, help_text="What the line says it was for.")
    cost_center = models.CharField(max_length=40, blank=True, help_text="The cost center it has.")
    object_code = models.CharField(max_length=40, blank=True, help_text="The object it has.")
    fund = models.CharField(max_length=40, blank=True, help_text="The fund it has.")
    right_cost_center = models.CharField(
        max_length=40, blank=True, help_text="The cost center it should have."
    )
    right_object_code = models.CharField(max_length=40, blank=True, help_text="The object it should have.")
    right_fund = models.CharField(max_length=40, blank=True, help_text="The fund it should have.")
    reason = models.CharField(max_length=300, help_text="What is wrong with the coding.")
    suggested = models.ForeignKey(
        CostPool, on_delete=models.PROTECT, null=True, blank=True, related_name="coding_findings",
        help_text="The pool that would gather it.",
    )  # fmt: skip
    state = models.CharField(
        max_length=10,
        choices=CodingState.choices,
        default=CodingState.CONFIRMED,
        help_text="Whether it is one.",
    )
    decided_on = models.DateField(null=True, blank=True, help_text="Local day on which a person decided.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    decision = models.TextField(blank=True, help_text="What was decided, and why.")
    corrected_on = models.DateField(null=True, blank=True, help_text="Day the coding was corrected.")
    settled_on = models.DateField(
        null=True, blank=True, editable=False,
        help_text="Day the ledger was seen to have the correction; from then on its own lines count.",
    )  # fmt: skip

    class Meta:
        ordering = ["-posted_on", "code"]
        constraints = [
            models.UniqueConstraint(fields=["source", "journal", "line"], name="billing_coding_finding_once"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | Q(corrected_on__isnull=True),
                name="billing_coding_dismissed_is_not_corrected",
                violation_error_message="What is dismissed is not corrected.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


@keeps_history()
class PortalEvent(models.Model):
    """That somebody of an agency opened an invoice or a page of usage: what adoption is measured by."""

    code = models.SlugField(max_length=140, unique=True, help_text="Agency, account, page and day.")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="portal_events")
    page = models.CharField(max_length=40, help_text="Which page was opened.")
    happened_on = models.DateField(help_text="The local day.")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-happened_on", "code"]

    def __str__(self) -> str:
        return self.code
