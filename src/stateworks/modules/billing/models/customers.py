"""Who is charged, and for what: accounts, what other systems call them, services and what is sold of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService, Organization


@keeps_history()
class BillingAccount(models.Model):
    """An account of an agency that charges are booked to: one fund, appropriation and program of its budget."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="billing_accounts")
    fund = models.CharField(max_length=40, blank=True, help_text="The fund that pays.")
    appropriation = models.CharField(max_length=40, blank=True, help_text="The appropriation that pays.")
    program = models.CharField(max_length=40, blank=True, help_text="The program the cost is for.")
    starts_on = models.DateField(null=True, blank=True, help_text="First day of charges; empty: always.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of charges; empty while it lasts.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="billing_account_in_order",
                violation_error_message="An account ends after it starts.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class AccountAlias(models.Model):
    """What a source of usage, charges or costs calls an account."""

    source = models.CharField(max_length=80, help_text="The source system, as its mapping names it.")
    given = models.CharField(max_length=200, help_text="The account in the source's own words.")
    account = models.ForeignKey(BillingAccount, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["source", "given"]
        verbose_name_plural = "account aliases"
        constraints = [models.UniqueConstraint(fields=["source", "given"], name="billing_account_alias_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.given}"


class Recovery(models.TextChoices):
    """How the cost of a service comes back."""

    BILLED = "billed", "Billed by rate"
    ALLOCATED = "allocated", "Allocated"
    PASSED_ON = "passed_on", "Passed on at cost"


@keeps_history()
class Sku(models.Model):
    """What is sold or allocated of a line of service, in one unit."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    line_of_service = models.ForeignKey(LineOfService, on_delete=models.PROTECT, related_name="billing_skus")
    recovery = models.CharField(max_length=10, choices=Recovery.choices, default=Recovery.BILLED)
    unit = models.CharField(max_length=40, blank=True, help_text="What a quantity of one is.")
    solution = models.CharField(max_length=120, blank=True, help_text="Solution in the TBM taxonomy.")
    federal_group = models.CharField(
        max_length=80, blank=True, help_text="Group in the reconciliation under 2 CFR 200."
    )
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer sold.")

    class Meta:
        ordering = ["code"]
        verbose_name = "SKU"

    def __str__(self) -> str:
        return self.name


@keeps_history()
class SkuAlias(models.Model):
    """What a source calls something that is sold: a meter, a service, a product."""

    source = models.CharField(max_length=80, help_text="The source system, as its mapping names it.")
    given = models.CharField(max_length=200, help_text="The thing in the source's own words.")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["source", "given"]
        verbose_name = "SKU alias"
        verbose_name_plural = "SKU aliases"
        constraints = [models.UniqueConstraint(fields=["source", "given"], name="billing_sku_alias_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.given}"
