"""What is to be done outside a request, by whom it is done, and what is done regularly."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class Job(models.Model):
    """One piece of work that survives whoever does it: a worker that dies leaves it to the next one."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(
        max_length=120, help_text="What it is about, such as “import 12”; one at a time is under way."
    )
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    progress = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    error = models.TextField(blank=True, help_text="One sentence for a person; the log has the rest.")
    result = models.JSONField(default=dict, help_text="What it made, such as {“run”: 7}.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="A try after a failed one waits a little.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="A running job past this time belongs to a worker that is gone."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"], name="jobs_job_subject"),
            models.Index(fields=["state", "lease_until"], name="jobs_job_lease"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="jobs_job_one_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def under_way(self) -> bool:
        """Whether it is still to be ended."""
        return self.state in UNDER_WAY


class Worker(models.Model):
    """A process that does jobs, with the time at which it last said that it lives."""

    name = models.CharField(max_length=80, primary_key=True)
    place = models.CharField(max_length=120, blank=True, help_text="The machine's start and process table.")
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class Regular(models.Model):
    """When something that is done regularly was last asked for."""

    kind = models.CharField(max_length=60, primary_key=True)
    last_on = models.DateField(null=True, help_text="The day for which it was last asked.")

    def __str__(self) -> str:
        return self.kind
