"""Where the office's own cost gathers and by what it is passed on: pools, drivers and the allocation model."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing.models.customers import BillingAccount, Sku
from stateworks.modules.billing.models.periods import BillingPeriod


@keeps_history()
class CostPool(models.Model):
    """Cost of one kind that is passed on together, in a tower of the TBM taxonomy."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    tower = models.CharField(max_length=120, blank=True, help_text="Tower in the TBM taxonomy.")
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, null=True, blank=True, related_name="cost_pools",
        help_text="The billed service whose rates bring its cost back; empty where it is passed on.",
    )  # fmt: skip
    retired_on = models.DateField(null=True, blank=True, help_text="First day it gathers nothing.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class PoolRule(models.Model):
    """Which ledger lines a pool gathers; of several rules that fit, the one that says most counts."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    pool = models.ForeignKey(CostPool, on_delete=models.CASCADE, related_name="rules")
    cost_center = models.CharField(max_length=40, blank=True, help_text="Cost center; empty: any.")
    object_code = models.CharField(max_length=40, blank=True, help_text="Object of expenditure; empty: any.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["cost_center", "object_code"],
                name="billing_pool_rule_once",
                violation_error_message="Another rule gathers the same lines.",
            )
        ]

    def __str__(self) -> str:
        return self.code


@keeps_history()
class Driver(models.Model):
    """What a cost follows, such as headcount or floor space."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True, help_text="What is counted.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class DriverValue(models.Model):
    """How much of a driver an account, or another pool, has in a month; several add up, the last month known holds on."""

    code = models.SlugField(max_length=120, unique=True, help_text="Short stable code.")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="values")
    period = models.ForeignKey(BillingPeriod, on_delete=models.PROTECT, related_name="driver_values")
    account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="driver_values",
        help_text="The account that has it; empty where a pool has it.",
    )  # fmt: skip
    pool = models.ForeignKey(
        CostPool, on_delete=models.PROTECT, null=True, blank=True, related_name="driver_values",
        help_text="The pool that has it; empty where an account has it.",
    )  # fmt: skip
    amount = models.DecimalField(
        max_digits=18, decimal_places=6, validators=[MinValueValidator(0)], help_text="How much of it."
    )

    class Meta:
        ordering = ["driver", "period", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True) | Q(pool__isnull=True),
                name="billing_driver_value_of_one",
                violation_error_message="A value belongs to an account or to a pool, not to both.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="billing_driver_value_not_negative",
                violation_error_message="A driver's amount is zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AllocationMethod(models.TextChoices):
    """How pools that serve each other are settled."""

    DIRECT = "direct", "Direct: pools pass nothing to each other"
    STEP_DOWN = "step_down", "Step-down: in order, and never back"
    RECIPROCAL = "reciprocal", "Reciprocal: all at once, exactly"


@keeps_history()
class AllocationModel(models.Model):
    """How the pools of a fiscal year are passed on."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    title = models.CharField(max_length=200)
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], unique=True, help_text="The year in which the fiscal year ends."
    )
    method = models.CharField(
        max_length=12, choices=AllocationMethod.choices, default=AllocationMethod.STEP_DOWN
    )
    note = models.TextField(blank=True, help_text="Why so.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


@keeps_history()
class AllocationRule(models.Model):
    """By which driver a pool is passed on, and under which SKU accounts see it; without one its cost stays unallocated.

    A pool whose cost the rates of a billed service bring back has no rule, or a driver with values of pools alone.
    """

    model = models.ForeignKey(AllocationModel, on_delete=models.CASCADE, related_name="rules")
    pool = models.ForeignKey(CostPool, on_delete=models.PROTECT, related_name="allocation_rules")
    step = models.PositiveSmallIntegerField(default=1, help_text="Place in the order of the steps.")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="allocation_rules")
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="allocation_rules",
        help_text="What accounts are charged for.",
    )  # fmt: skip

    class Meta:
        ordering = ["model", "step"]
        constraints = [
            models.UniqueConstraint(fields=["model", "pool"], name="billing_allocation_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.pool_id}"
