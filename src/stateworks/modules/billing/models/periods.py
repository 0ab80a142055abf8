"""Months of billing, and the runs that charge them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history

MONTH = RegexValidator(
    r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])\Z", "This is no month; write it as 2026-10.", code="month"
)
"""Years and months are computed from such texts, so that no other text may stand there."""


def is_month(text: str) -> bool:
    """Tell whether a text is a month, such as 2026-10."""
    try:
        MONTH(text)
    except ValidationError:
        return False
    return True


class PeriodState(models.TextChoices):
    """Whether a month still takes charges."""

    OPEN = "open", "Open"
    SOFT_CLOSED = "soft_closed", "Closing"
    CLOSED = "closed", "Closed"


@keeps_history()
class BillingPeriod(models.Model):
    """A month of billing. Once closed the database refuses every write in it; reopening takes a person and a reason."""

    code = models.SlugField(
        max_length=60, unique=True, validators=[MONTH], help_text="The month, such as 2026-10."
    )
    starts_on = models.DateField(help_text="First day.")
    ends_on = models.DateField(help_text="Last day.")
    state = models.CharField(
        max_length=12, choices=PeriodState.choices, default=PeriodState.OPEN, editable=False
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed.")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_why = models.TextField(blank=True, editable=False, help_text="Why it was opened again.")
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"),
                name="billing_period_is_a_month",
                violation_error_message="The code of a billing period is a month, such as 2026-10.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="billing_period_in_order",
                violation_error_message="A period ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="billing_period_closed_when",
                violation_error_message="A period is closed by command, never by a file.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RunState(models.TextChoices):
    """Where a run stands."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    ISSUED = "issued", "Issued"
    REPLACED = "replaced", "Replaced"


class BillingRun(models.Model):
    """One computation of a month's charges from pinned inputs; the same inputs are the same run."""

    period = models.ForeignKey(BillingPeriod, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.DRAFT)
    inputs_hash = models.CharField(max_length=64, help_text="SHA-256 of everything the charges follow from.")
    versions = models.JSONField(default=dict, help_text="The version of each dataset that was read.")
    months = models.JSONField(default=list, help_text="The months whose usage and costs were read.")
    parts = models.JSONField(default=dict, help_text="A fingerprint of each month's files, by dataset.")
    inputs = models.JSONField(default=dict, help_text="Prices, weights and names as they were.")
    checks = models.JSONField(default=dict, help_text="The sums of each stage, which must agree.")
    worklist = models.JSONField(default=list, help_text="What could not be charged, with the reason.")
    cents = models.BigIntegerField(default=0)
    engine = models.CharField(max_length=12, default="duckdb")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"],
                condition=~Q(state="replaced"),
                name="billing_run_one_a_period",
                violation_error_message="A month has one run at a time.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.inputs_hash[:12]}"
