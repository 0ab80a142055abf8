"""What was computed, when, from which data, and how to compute it again."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Attainment(models.TextChoices):
    """Whether the goal is reached, by the exact rule on the unrounded value."""

    MET = "met", "Met"
    MISSED = "missed", "Missed"
    PENDING = "pending", "Pending"


class Outlook(models.TextChoices):
    """Where an open period is heading."""

    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"


class Standing(models.TextChoices):
    """Why an indicator has, or has not, a scored value; the first that applies wins."""

    RETIRED = "retired", "Retired"
    NOT_MEASURED = "not_measured", "Not measured yet"
    NO_DATA = "no_data", "No data"
    STALE = "stale", "Stale"
    SUPPRESSED = "suppressed", "Suppressed"
    BASELINE = "baseline", "Baseline or learning"
    REPORTED = "reported", "Reported, not computed"
    SCORED = "scored", "Scored"


class Grain(models.TextChoices):
    """The length of a period."""

    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Fiscal year"


class Run(models.Model):
    """One computation of a plan's indicators as of a date; append-only and sealed to the run before it."""

    plan = models.SlugField(max_length=80)
    plan_version = models.PositiveIntegerField()
    as_of = models.DateField(help_text="Business date: what had happened by then.")
    known_at = models.DateTimeField(help_text="Data versions: what was known by then.")
    engine = models.CharField(max_length=10, default="duckdb")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    reason = models.TextField(blank=True)
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        help_text="The run whose figures this one restates, for the reason given.",
    )
    counts = models.JSONField(default=dict, help_text="Indicators by verdict.")
    content_hash = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    seal = models.CharField(
        max_length=64, blank=True, help_text="Hash over the content and the previous seal."
    )

    class Meta:
        ordering = ["-id"]
        get_latest_by = "id"
        indexes = [models.Index(fields=["plan", "-as_of", "-id"], name="indicators_run_latest")]


class Statement(models.Model):
    """The compiled query behind a block of values, with all that is needed to run it again."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="statements")
    indicator = models.CharField(max_length=40)
    figure = models.CharField(
        max_length=60, blank=True, help_text="Which of the measure's figures; empty: the main one."
    )
    measure = models.CharField(max_length=120)
    measure_version = models.PositiveIntegerField()
    definition_hash = models.CharField(max_length=64)
    goal_hash = models.CharField(max_length=64, blank=True)
    basis = models.CharField(
        max_length=64, help_text="Hash of everything but the data: equal ones may share values."
    )
    datasets = models.JSONField(help_text="Dataset name to version.")
    sql = models.TextField(help_text="Gives the integer parts by period, slice and role.")
    rows_sql = models.TextField(help_text="Gives the rows behind them between $starts and $ends.")
    parameters = models.JSONField(
        default=dict, help_text="What turns the parts into values: shape, dates, periods."
    )
    values_hash = models.CharField(max_length=64, help_text="Over the values as the database keeps them.")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "indicator"], name="indicators_statement_of")]


class Cover(models.Model):
    """A run's use of a statement, its own or an earlier run's: for these periods its figures are that statement's."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="covers")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="covers")
    indicator = models.CharField(max_length=40)
    figure = models.CharField(max_length=60, blank=True)
    periods = ArrayField(models.CharField(max_length=10))

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "statement"], name="indicators_cover_once")]
        indexes = [models.Index(fields=["run", "indicator"], name="indicators_cover_of")]


class Value(models.Model):
    """One figure: an indicator, a period, a slice; the integer parts it derives from, and its rows' fingerprint.

    A value belongs to the statement that computed it; which runs stand on it, `Cover` tells. That both are there a trigger
    checks once for all values of a run, since keys checked one by one cost more than all the rest of storing them.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="values", db_constraint=False)
    statement = models.ForeignKey(
        Statement, on_delete=models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )
    indicator = models.CharField(max_length=40)
    figure = models.CharField(max_length=60, blank=True)
    grain = models.CharField(max_length=8, choices=Grain.choices)
    period = models.CharField(max_length=10, help_text="2026-10, FY27 Q2 or FY27.")
    starts = models.DateField()
    ends = models.DateField(help_text="Last day of the period.")
    dimension = models.CharField(max_length=60, blank=True, help_text="Empty: statewide.")
    member = models.CharField(max_length=200, blank=True, help_text="The slice, such as an agency's code.")
    parts = models.JSONField(
        help_text="Integer parts: counts, seconds, cents; sums and sums of squares as text."
    )
    value = models.FloatField(null=True, blank=True)
    n = models.BigIntegerField(default=0)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    left_out = models.JSONField(default=dict, help_text="Rows left out, by reason.")
    fingerprints = models.JSONField(
        default=dict, help_text="By role: row count and sum of key hashes (as text)."
    )
    suppressed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "period", "dimension", "member"], name="indicators_value_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["statement"], condition=models.Q(dimension=""), name="indicators_value_statewide"
            )
        ]


class Verdict(models.Model):
    """How one indicator stands in one run, as of its date: three fields, never one colour."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="verdicts")
    indicator = models.CharField(max_length=40)
    measure = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=14, choices=Standing.choices)
    attainment = models.CharField(max_length=8, choices=Attainment.choices, blank=True)
    outlook = models.CharField(max_length=10, choices=Outlook.choices, blank=True)
    confidence = models.JSONField(default=dict, help_text="n, interval, signals, and `label` in words.")
    grain = models.CharField(max_length=8, choices=Grain.choices, blank=True)
    period = models.CharField(max_length=10, blank=True)
    value = models.FloatField(null=True, blank=True)
    n = models.BigIntegerField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    why = models.TextField(help_text="One sentence: what the verdict rests on, or why there is none.")
    unit = models.CharField(max_length=20, blank=True)
    definition_hash = models.CharField(max_length=64, blank=True)
    datasets = models.JSONField(default=dict, help_text="The version of each dataset that the run looked at.")
    targets = models.JSONField(default=list, help_text="Each target with its own attainment.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "indicator"], name="indicators_verdict_once")]


class SignOff(models.Model):
    """An approver's word that a run's value of an indicator may be published; bound to the run's seal."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="sign_offs")
    indicator = models.CharField(max_length=40)
    grain = models.CharField(max_length=8, choices=Grain.choices)
    period = models.CharField(max_length=10)
    seal = models.CharField(max_length=64)
    definition_hash = models.CharField(max_length=64)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-prepared_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(prepared_by=models.F("approved_by")) | models.Q(approved_by__isnull=True),
                name="indicators_preparer_cannot_approve",
            )
        ]
