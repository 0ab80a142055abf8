"""Who watches over systems: monitoring tools, what is onboarded to them, and the observability checklist."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Person
from stateworks.modules.inventory.models.systems import System


@keeps_history()
class MonitoringTool(models.Model):
    """A tool that watches systems; the approved ones count towards onboarding."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code, such as new-relic.")
    name = models.CharField(max_length=120)
    approved = models.BooleanField(default=False, help_text="Approved by the office for all agencies.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class Monitor(models.Model):
    """What a monitoring tool watches of a system, since when, and under which id the tool knows it."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="monitors")
    tool = models.ForeignKey(MonitoringTool, on_delete=models.PROTECT, related_name="monitors")
    entity = models.CharField(max_length=300, help_text="The tool's own id of what it watches.")
    name = models.CharField(max_length=200, blank=True, help_text="The tool's own name of it.")
    onboarded_on = models.DateField(help_text="First day on which it is watched.")
    offboarded_on = models.DateField(null=True, blank=True, help_text="First day on which it no longer is.")

    class Meta:
        ordering = ["tool", "entity"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "entity"], name="inventory_monitor_once"),
            models.CheckConstraint(
                condition=Q(offboarded_on__isnull=True) | Q(offboarded_on__gte=F("onboarded_on")),
                name="inventory_monitor_in_order",
                violation_error_message="What is watched ends after it began.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.entity


@keeps_history()
class CheckItem(models.Model):
    """One point of the baseline for observability, such as an alert when the system is down."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    help = models.TextField(blank=True, help_text="How to tell whether it is so.")
    required = models.BooleanField(default=True, help_text="Part of the baseline.")
    order = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer asked.")

    class Meta:
        ordering = ["order", "code"]
        verbose_name = "observability item"

    def __str__(self) -> str:
        return self.name


class CheckState(models.TextChoices):
    """What was found."""

    PASSED = "passed", "In place"
    FAILED = "failed", "Missing"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


@keeps_history()
class Check(models.Model):
    """What was found for one system and one point of the observability baseline; a finding grows old."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="checks")
    item = models.ForeignKey(CheckItem, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(max_length=14, choices=CheckState.choices)
    checked_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="Last day on which it still counts.")
    checked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="observability_checks"
    )
    evidence = models.CharField(
        max_length=400, blank=True, help_text="Where to see it, or why it does not apply."
    )

    class Meta:
        ordering = ["system", "item"]
        verbose_name = "observability check"
        constraints = [
            models.UniqueConstraint(fields=["system", "item"], name="inventory_check_once"),
            models.CheckConstraint(
                condition=~Q(state="not_applicable") | ~Q(evidence=""),
                name="inventory_check_reason",
                violation_error_message="Say why it does not apply.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.item_id} {self.state}"
