"""What an agency means to spend, what it has set aside, and what is expected to be charged."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService, Organization
from stateworks.modules.billing.models.customers import BillingAccount
from stateworks.modules.billing.models.periods import MONTH

YEAR = "The year in which the fiscal year ends."


@keeps_history()
class Budget(models.Model):
    """What an agency means to spend in a fiscal year, on one line of service or from one of its accounts."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="billing_budgets")
    account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="budgets",
        help_text="The account of the agency that pays; empty where the budget is of a line of service.",
    )  # fmt: skip
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, null=True, blank=True, related_name="billing_budgets",
        help_text="The line of service; empty where the budget is of an account.",
    )  # fmt: skip
    fiscal_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)], help_text=YEAR)
    cents = models.BigIntegerField(validators=[MinValueValidator(0)], help_text="The budget, in cents.")
    note = models.CharField(max_length=400, blank=True, help_text="Where the figure comes from.")

    class Meta:
        ordering = ["fiscal_year", "organization", "line_of_service", "account"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "line_of_service", "fiscal_year"],
                name="billing_budget_once",
                nulls_distinct=False,
                violation_error_message="There is a budget for this already; change that one.",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True, line_of_service__isnull=False)
                | Q(account__isnull=False, line_of_service__isnull=True),
                name="billing_budget_of_one_thing",
                violation_error_message="A budget is of a line of service or of an account; name one of the two.",
            ),
            models.CheckConstraint(
                condition=Q(cents__gte=0),
                name="billing_budget_not_negative",
                violation_error_message="A budget is nothing or more.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.line_of_service_id or self.account_id} {self.fiscal_year}"


class EncumbranceStatus(models.TextChoices):
    """Whether cents are still set aside."""

    OPEN = "open", "Open"
    LIQUIDATED = "liquidated", "Liquidated"


@keeps_history()
class Encumbrance(models.Model):
    """Cents of an account that an agency has set aside for charges that are still to come."""

    code = models.SlugField(max_length=140, unique=True, help_text="Short stable code.")
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="encumbrances")
    fiscal_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)], help_text=YEAR)
    cents = models.BigIntegerField(
        validators=[MinValueValidator(0)], help_text="How much is set aside, in cents."
    )
    reference = models.CharField(max_length=120, blank=True, help_text="What the ledger calls it.")
    status = models.CharField(
        max_length=12, choices=EncumbranceStatus.choices, default=EncumbranceStatus.OPEN,
        help_text="Liquidated once the charge has come or the cents are free again.",
    )  # fmt: skip
    closed_on = models.DateField(
        null=True, blank=True, help_text="Day it was liquidated; empty while it is open."
    )

    class Meta:
        ordering = ["fiscal_year", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_on__isnull=True)
                | Q(status="liquidated", closed_on__isnull=False),
                name="billing_encumbrance_closed_when",
                violation_error_message="An encumbrance has a closing day once it is liquidated, and only then.",
            ),
            models.CheckConstraint(
                condition=Q(cents__gte=0),
                name="billing_encumbrance_not_negative",
                violation_error_message="What is set aside is nothing or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ForecastKind(models.TextChoices):
    """Where a forecast comes from."""

    COMPUTED = "computed", "Computed"
    SUBMITTED = "submitted", "Submitted"


@keeps_history()
class Forecast(models.Model):
    """What was expected on a day that a month's invoice would charge an agency for a line of service; never changed.

    A computed one has an interval, a submitted one the reason of whoever submitted it.
    """

    code = models.CharField(max_length=200, unique=True, help_text="Short stable code.")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="billing_forecasts")
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, related_name="billing_forecasts"
    )
    month = models.CharField(
        max_length=7, validators=[MONTH], help_text="The month of billing it is about, such as 2026-11."
    )
    kind = models.CharField(max_length=10, choices=ForecastKind.choices, default=ForecastKind.COMPUTED)
    cents = models.BigIntegerField(help_text="What is expected, in cents.")
    low_cents = models.BigIntegerField(
        help_text="Low end of the interval, in cents; a submitted one has none: the same."
    )
    high_cents = models.BigIntegerField(help_text="High end of the interval, in cents.")
    made_on = models.DateField(help_text="Day it was made.")
    known_month = models.CharField(
        max_length=7, blank=True, validators=[MONTH],
        help_text="The last month whose charges were known; empty where it was submitted."
    )  # fmt: skip
    reason = models.TextField(blank=True, help_text="Why; empty where it was computed.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_on", "month", "code"]
        indexes = [models.Index(fields=["organization", "month"], name="billing_forecast_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "line_of_service", "month", "known_month", "made_on"],
                condition=Q(kind="computed"),
                name="billing_forecast_once",
                violation_error_message="A forecast was computed that day already; it is kept as it was.",
            ),
            models.CheckConstraint(
                condition=Q(kind="computed", reason="") | (Q(kind="submitted") & ~Q(reason="")),
                name="billing_forecast_reason",
                violation_error_message="A submitted forecast has a reason, a computed one has none.",
            ),
            models.CheckConstraint(
                condition=Q(low_cents__isnull=True)
                | Q(low_cents__lte=F("cents"), high_cents__gte=F("cents")),
                name="billing_forecast_within",
                violation_error_message="A forecast lies within its interval.",
            ),
        ]

    def __str__(self) -> str:
        return self.code
