"""The plan as data: an immutable tree per version, and what people record about its nodes over time."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history


class Stage(models.TextChoices):
    """How far a plan has come on its way to the public."""

    DRAFT = "draft", "Draft"
    CONSULTATION = "consultation", "In consultation"
    ADOPTED = "adopted", "Adopted"
    PUBLISHED = "published", "Published"


class Plan(models.Model):
    """A strategic plan that an office has adopted, or a child plan hung on one of its nodes."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    office = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=7)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.ADOPTED)
    review_due = models.DateField(null=True, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    parent_code = models.CharField(
        max_length=40, blank=True, help_text="Code of the parent's node it hangs on."
    )
    current = models.ForeignKey(
        "PlanVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="plans_plan_ends_after_start"),
            models.CheckConstraint(
                condition=Q(fiscal_year_start_month__range=(1, 12)), name="plans_plan_fiscal_month_1_to_12"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """A plan as it stood from a date; a change is a new version, never an overwrite."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField(help_text="First day this version answers for.")
    document = models.JSONField(
        help_text="The whole plan in the YAML format's structure; the rows below derive from it."
    )
    sha256 = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plans_version_once")]
        triggers = [
            pgtrigger.Protect(name="version_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class Node(models.Model):
    """A place in a plan's tree; offices name the levels differently, so the level is a word on the node."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="nodes")
    code = models.CharField(max_length=40)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    level = models.CharField(max_length=30)
    number = models.CharField(max_length=20, blank=True)
    order = models.PositiveIntegerField()
    title = models.TextField()
    aliases = models.JSONField(default=list, help_text="The plan's own short codes, such as CX1.2.")
    text = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    owner = models.CharField(max_length=200, blank=True)
    teams = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    see_also = models.JSONField(default=list, help_text="Codes of related nodes.")

    class Meta:
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="plans_node_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class IndicatorKind(models.TextChoices):
    """Whether the plan states it in an indicator table or promises it in an outcome paragraph."""

    INDICATOR = "indicator", "Indicator"
    KEY_RESULT = "key_result", "Key result"


class Indicator(models.Model):
    """What a plan promises to measure on a node: a definition, its goals and the people who answer for it."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="indicators")
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=40)
    aliases = models.JSONField(default=list)
    kind = models.CharField(max_length=12, choices=IndicatorKind.choices, default=IndicatorKind.INDICATOR)
    commitment = models.CharField(
        max_length=10,
        choices=[("committed", "Committed"), ("stretch", "Stretch"), ("learning", "Learning")],
        default="committed",
    )
    order = models.PositiveIntegerField()
    name = models.TextField()
    short_name = models.CharField(max_length=120, blank=True)
    goal = models.TextField(blank=True, help_text="The goal's phrase.")
    targets = models.JSONField(default=list, help_text="The goal as read: a list of TARGET objects.")
    assumption = models.TextField(blank=True, help_text="How a doubtful goal is read, and why.")
    measure = models.CharField(
        max_length=120, blank=True, help_text="Name of the measure in code; empty: not measured yet."
    )
    dataset = models.JSONField(default=list, help_text="Names of the datasets it comes, or will come, from.")
    calculation = models.TextField(blank=True, help_text="How the figure is counted, in words.")
    filters = models.JSONField(default=dict, help_text="Column to value; narrows the measure's rows.")
    parameters = models.JSONField(
        default=dict, help_text="What the measure's function takes, such as a session kind."
    )
    unit = models.CharField(max_length=20, blank=True)
    direction = models.CharField(
        max_length=4, choices=[("up", "Higher is better"), ("down", "Lower is better")], default="up"
    )
    frequency = models.CharField(max_length=12, default="quarterly")
    reporting_level = models.CharField(
        max_length=12,
        choices=[("key", "Key"), ("supporting", "Supporting"), ("general", "General")],
        default="key",
    )
    cumulative = models.BooleanField(
        default=False, help_text="A quarter's report adds up the fiscal year so far."
    )
    owner = models.CharField(
        max_length=200, blank=True, help_text="E-mail address of the person who answers for it."
    )
    steward = models.CharField(max_length=200, blank=True)
    approver = models.CharField(max_length=200, blank=True)
    minimum_n = models.PositiveIntegerField(
        default=0, help_text="Slices with fewer rows than this are suppressed."
    )
    rationale = models.TextField(blank=True)
    caveats = models.TextField(blank=True)

    class Meta:
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="plans_indicator_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PlanRecord(models.Model):
    """What people record about a plan's node or indicator over time; it outlives the plan's versions."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="%(class)ss")
    code = models.CharField(max_length=40, help_text="Code of the node or indicator.")

    class Meta:
        abstract = True


@keeps_history()
class Milestone(PlanRecord):
    """A dated promise with evidence, confirmed by somebody other than its owner."""

    key = models.SlugField(max_length=60, help_text="Short name, unique within the plan.")
    name = models.CharField(max_length=300)
    weight = models.PositiveSmallIntegerField(default=1)
    due = models.DateField(null=True, blank=True)
    forecast = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True, help_text="What shows it: a link or a description.")
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    finished_by = models.CharField(max_length=200, blank=True, help_text="Who recorded that it is done.")
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    after = models.SlugField(
        max_length=60, blank=True, help_text="Key of the milestone that must come first."
    )

    class Meta:
        ordering = ["plan", "code", "due"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_milestone_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by="")
                | (
                    ~Q(confirmed_by=F("owner")) & ~Q(confirmed_by=F("finished_by")) & Q(done_on__isnull=False)
                ),
                name="plans_milestone_confirmed_by_another",
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="plans_milestone_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.name


class MilestoneForecast(models.Model):
    """One forecast of a milestone, kept for good: a date that keeps moving tells its own story."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="forecasts")
    forecast = models.DateField()
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["milestone", "-made_at", "-id"]
        triggers = [
            pgtrigger.Protect(name="forecast_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


@keeps_history()
class ReportedValue(PlanRecord):
    """A figure somebody typed, pasted or imported for a period: shown as reported, never as computed."""

    grain = models.CharField(
        max_length=8, choices=[("month", "Month"), ("quarter", "Quarter"), ("year", "Fiscal year")]
    )
    period = models.CharField(max_length=10)
    starts = models.DateField()
    ends = models.DateField()
    value = models.FloatField()
    numerator = models.BigIntegerField(null=True, blank=True)
    n = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    evidence_name = models.CharField(max_length=255, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    reported_at = models.DateTimeField()
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="A later report replaced it; it stays visible."
    )

    class Meta:
        ordering = ["plan", "code", "-starts", "-reported_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code", "grain", "starts"],
                condition=Q(superseded_at__isnull=True),
                name="plans_reported_current_once",
            )
        ]


class CurrentReports(models.Manager["CurrentReport"]):
    """Leaves out the values that a later report replaced."""

    def get_queryset(self) -> models.QuerySet[CurrentReport]:
        """Return the values that stand."""
        return super().get_queryset().filter(superseded_at__isnull=True)


class CurrentReport(ReportedValue):
    """A reported value that stands: what lists, exports and measures see."""

    objects: ClassVar[CurrentReports] = CurrentReports()

    class Meta:
        proxy = True
        verbose_name = "reported value"


@keeps_history()
class VarianceNote(PlanRecord):
    """Why a value missed its goal, written by the owner before the report goes out."""

    grain = models.CharField(max_length=8)
    period = models.CharField(max_length=10)
    text = models.TextField()
    external_factor = models.CharField(
        max_length=40, blank=True, help_text="Code of the external factor it names."
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "code", "-written_at", "-id"]


@keeps_history()
class CheckIn(PlanRecord):
    """An owner's quarterly word on an initiative: confidence, note and what blocks it."""

    quarter = models.CharField(max_length=10)
    confidence = models.PositiveSmallIntegerField(help_text="0 (will not happen) to 10 (certain).")
    note = models.TextField(blank=True)
    blocker = models.TextField(blank=True)
    made_by = models.CharField(max_length=200)
    made_on = models.DateField()

    class Meta:
        ordering = ["plan", "code", "-made_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code", "quarter"], name="plans_check_in_once"),
            models.CheckConstraint(condition=Q(confidence__lte=10), name="plans_check_in_confidence_0_to_10"),
        ]


@keeps_history()
class MaturityCriterion(PlanRecord):
    """One criterion of a growth opportunity, the level it stands for, and the evidence that it is met."""

    key = models.SlugField(max_length=60)
    level = models.PositiveSmallIntegerField(help_text="Order of the maturity level in the plan's model.")
    text = models.TextField()
    met_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["plan", "code", "level"]
        verbose_name_plural = "maturity criteria"
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plans_maturity_criterion_once")]


class PilotDecision(models.TextChoices):
    """What was decided when a pilot ended."""

    STOP = "stop", "Stop"
    CONTINUE = "continue", "Continue"
    MODIFY = "modify", "Modify"


@keeps_history()
class Pilot(PlanRecord):
    """An experiment whose success figure was fixed before it started, and what was decided when it ended."""

    key = models.SlugField(max_length=60)
    hypothesis = models.TextField()
    population = models.TextField(blank=True)
    success = models.TextField(help_text="The figure that counts as success, fixed before the start.")
    starts = models.DateField()
    ends = models.DateField()
    result = models.TextField(blank=True)
    n = models.BigIntegerField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=PilotDecision.choices, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["plan", "code", "ends"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_pilot_once"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="plans_pilot_ends_after_start"),
        ]


class Reminder(models.Model):
    """An e-mail that told somebody what they owe; at most one a day to each person."""

    to = models.EmailField()
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    obligations = models.JSONField(default=list, help_text="What it listed.")

    class Meta:
        ordering = ["-sent_at"]
        constraints = [models.UniqueConstraint(fields=["to", "sent_on"], name="plans_reminder_once_a_day")]
