"""Where the office's own money is spent: cost centers, what each means to spend a month, and what its owner expects."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService, Organization, Person
from stateworks.modules.billing.models.periods import MONTH


@keeps_history()
class CostCenter(models.Model):
    """A part of the office that spends money and answers for it; ledger lines name it by its code."""

    code = models.SlugField(max_length=40, unique=True, help_text="The cost center as the ledger writes it.")
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cost_centers")
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="cost_centers",
        help_text="Who answers for it and submits its forecasts.",
    )  # fmt: skip
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, null=True, blank=True, related_name="cost_centers",
        help_text="The line of service it works for; empty where it serves several.",
    )  # fmt: skip
    starts_on = models.DateField(null=True, blank=True, help_text="First day it is used; empty: always was.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day it is used; empty while it is.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="billing_center_span",
                violation_error_message="A cost center ends on the day it starts or later.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@keeps_history()
class CostCenterBudget(models.Model):
    """What a cost center means to spend in a month, on one object of expenditure or in all."""

    center = models.ForeignKey(CostCenter, on_delete=models.PROTECT, related_name="budgets")
    month = models.CharField(max_length=7, validators=[MONTH], help_text="The month, such as 2026-11.")
    object_code = models.CharField(
        max_length=40, blank=True, help_text="Object of expenditure; empty where the budget is of the whole month."
    )  # fmt: skip
    cents = models.BigIntegerField(help_text="The budget, in cents.")
    note = models.CharField(max_length=400, blank=True, help_text="Where the figure comes from.")

    class Meta:
        ordering = ["center", "month", "object_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["center", "month", "object_code"],
                name="billing_center_budget_once",
                violation_error_message="There is a budget for this already; change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.center_id} {self.month} {self.object_code}".strip()


@keeps_history()
class CostCenterForecast(models.Model):
    """What was expected in one month that a cost center spends in another; the database refuses every change of it."""

    code = models.CharField(max_length=80, unique=True, help_text="Short stable code.")
    center = models.ForeignKey(CostCenter, on_delete=models.PROTECT, related_name="forecasts")
    month = models.CharField(
        max_length=7, validators=[MONTH], help_text="The month it is about, such as 2026-11."
    )
    made_in = models.CharField(
        max_length=7, validators=[MONTH], help_text="The month in which it was submitted."
    )
    cents = models.BigIntegerField(help_text="What is expected, in cents.")
    reason = models.TextField(
        blank=True, help_text="Why; needed where it differs from the one before by more than the office allows."
    )  # fmt: skip
    made_at = models.DateTimeField(help_text="When it was submitted.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "month", "code"]
        indexes = [models.Index(fields=["center", "month"], name="billing_center_forecast_month")]

    def __str__(self) -> str:
        return self.code
