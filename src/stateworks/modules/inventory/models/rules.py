"""Rules that the inventory must keep, where it does not, and what was excused until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Person
from stateworks.modules.inventory.models.systems import System


class Severity(models.TextChoices):
    """How much it matters."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


@keeps_history()
class Rule(models.Model):
    """A rule of consistency as data: which check it is, with which figures, who must mend it and by when."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    title = models.CharField(max_length=200)
    check_name = models.SlugField(max_length=60, help_text="The check it runs; the rules page lists them.")
    parameters = models.JSONField(default=dict, blank=True, help_text="Figures of the check, such as days.")
    severity = models.CharField(max_length=6, choices=Severity.choices, default=Severity.MEDIUM)
    why = models.TextField(blank=True, help_text="Why it matters and what to do.")
    due_days = models.PositiveSmallIntegerField(default=30, help_text="Days to mend it.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["severity", "code"]

    def __str__(self) -> str:
        return self.title


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", "Open"
    EXCEPTED = "excepted", "Excused until a date"
    MENDED = "mended", "Mended"


@keeps_history()
class Finding(models.Model):
    """A rule that one system breaks, since when, who must mend it and by when."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="findings")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="findings")
    subject = models.CharField(
        max_length=200, blank=True, help_text="What of the system, such as a technology."
    )
    other = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="findings_about",
        help_text="The other system it is about; the text does not name it, since not all may see it.",
    )  # fmt: skip
    text = models.CharField(max_length=400, help_text="What is wrong, in a sentence.")
    state = models.CharField(max_length=8, choices=FindingState.choices, default=FindingState.OPEN)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_findings"
    )
    found_on = models.DateField()
    due_on = models.DateField()
    mended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="inventory_finding_by_due"),
            models.Index(fields=["owner", "state"], name="inventory_finding_by_owner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "system", "subject"],
                condition=~Q(state="mended"),
                name="inventory_finding_once",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("found_on")),
                name="inventory_finding_in_order",
                violation_error_message="A finding is due after it was found.",
            ),
            models.CheckConstraint(
                condition=Q(state="mended", mended_on__isnull=False)
                | (~Q(state="mended") & Q(mended_on__isnull=True)),
                name="inventory_finding_mended",
                violation_error_message="A mended finding has its day, an open one has none.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


@keeps_history()
class FindingException(models.Model):
    """A finding that somebody with the right excused, why, and until when; then it is open again."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="exceptions")
    reason = models.TextField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="finding_exceptions"
    )
    approved_at = models.DateTimeField()
    expires_on = models.DateField(help_text="Last day on which it holds.")

    class Meta:
        ordering = ["-approved_at"]

    def __str__(self) -> str:
        return f"{self.finding_id} until {self.expires_on}"
