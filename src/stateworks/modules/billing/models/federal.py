"""What the yearly reconciliation under 2 CFR 200 needs beside ledger and invoices; every service for itself."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing.models.customers import BillingAccount

YEAR = "The year in which the fiscal year ends."


@keeps_history()
class FederalShare(models.Model):
    """The part of an account's charges that a federal award pays; on one day an account has one award at most."""

    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="federal_shares")
    award = models.CharField(max_length=80, help_text="The award's number, such as 93.778 or a grant's id.")
    percent = models.DecimalField(
        max_digits=7, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Percent of the charges that the award pays.",
    )  # fmt: skip
    starts_on = models.DateField(help_text="First day; it counts for months that start on it or later.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day; empty while it lasts.")

    class Meta:
        ordering = ["account", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["account", "starts_on"], name="billing_federal_share_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="billing_federal_share_is_a_part",
                violation_error_message="A share is between 0 and 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="billing_federal_share_in_order",
                violation_error_message="A share ends after it starts.",
            ),
            ExclusionConstraint(
                name="billing_federal_share_no_overlap",
                expressions=[
                    (Func(F("account"), F("account"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), "&&"),
                ],
                violation_error_message="Another award pays for this account on some of these days; charge it to two accounts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.award} {self.starts_on}"


class Treatment(models.TextChoices):
    """How an object of expenditure counts under the federal cost principles."""

    ALLOWABLE = "allowable", "Allowable"
    CAPITAL = "capital", "Capital: counts as depreciation, not when it is bought"
    UNALLOWABLE = "unallowable", "Unallowable"
    TRANSFER = "transfer", "Transfer out of the fund, not an expense"


@keeps_history()
class ExpenseObject(models.Model):
    """An object of expenditure and whether a federal award may pay for it."""

    code = models.CharField(max_length=40, unique=True, help_text="The object as the ledger writes it.")
    name = models.CharField(max_length=200)
    treatment = models.CharField(max_length=12, choices=Treatment.choices)
    reason = models.CharField(max_length=400, blank=True, help_text="Why so, with the rule.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class ReserveBalance(models.Model):
    """What a billed service had at the start of a fiscal year, as agreed with the cognizant agency."""

    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, related_name="reserve_balances"
    )
    fiscal_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)], help_text=YEAR)
    opening_cents = models.BigIntegerField(help_text="Balance on the first day, in cents; negative if short.")
    refunded_cents = models.BigIntegerField(
        default=0, help_text="Paid back in the year for earlier years, in cents."
    )
    note = models.TextField(blank=True, help_text="Where the figure comes from.")

    class Meta:
        ordering = ["fiscal_year", "line_of_service"]
        constraints = [
            models.UniqueConstraint(
                fields=["line_of_service", "fiscal_year"], name="billing_reserve_balance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_of_service_id} {self.fiscal_year}"


@keeps_history()
class Depreciation(models.Model):
    """One line of a fiscal year's depreciation schedule: what of a capital item's cost falls on a billed service."""

    code = models.SlugField(max_length=80, unique=True, help_text="Short stable code.")
    line_of_service = models.ForeignKey(LineOfService, on_delete=models.PROTECT, related_name="depreciation")
    fiscal_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)], help_text=YEAR)
    cents = models.BigIntegerField(help_text="The year's depreciation, in cents.")
    note = models.CharField(max_length=400, blank=True, help_text="Which item, over which life.")

    class Meta:
        ordering = ["fiscal_year", "code"]
        verbose_name_plural = "depreciation"

    def __str__(self) -> str:
        return self.code


@keeps_history()
class FederalRule(models.Model):
    """Limits of the federal rules from a fiscal year on, for every billed service or for one that has its own agreement."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], help_text="The first fiscal year it holds for, by the year in which it ends."
    )  # fmt: skip
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, null=True, blank=True, related_name="federal_rules",
        help_text="The service with an agreement of its own; empty for all others.",
    )  # fmt: skip
    reserve_days = models.PositiveSmallIntegerField(help_text="Days of cash expenses that may be kept.")
    adjustment_cents = models.BigIntegerField(
        validators=[MinValueValidator(0)],
        help_text="Up to this a difference may be settled in allocated costs, in cents.",
    )
    due_months = models.PositiveSmallIntegerField(
        help_text="Months after the fiscal year within which the package is due."
    )
    source = models.CharField(max_length=400, help_text="Where the rule stands.")

    class Meta:
        ordering = ["fiscal_year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "line_of_service"],
                name="billing_federal_rule_once",
                nulls_distinct=False,
                violation_error_message="Another rule holds from that year on for the same.",
            ),
            models.CheckConstraint(
                condition=Q(adjustment_cents__gte=0),
                name="billing_federal_rule_not_negative",
                violation_error_message="A limit is zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.code
