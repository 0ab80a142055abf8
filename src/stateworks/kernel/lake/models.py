"""Which version of each dataset is current, where it came from, and what was refused on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Dataset(models.Model):
    """The pointer to a dataset's current version: readers use this row, never the newest files they find."""

    name = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=8, choices=[("feed", "Feed"), ("record", "Record")])
    version = models.BigIntegerField(
        default=-1, help_text="Delta version readers use; -1 before the first data."
    )
    rows = models.BigIntegerField(default=0)
    fresh_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Mapping(models.Model):
    """A version of the way one kind of source file becomes a dataset's columns, bundled or written by a data steward."""

    name = models.SlugField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    dataset = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    document = models.JSONField(
        help_text="The mapping as data: columns, formats, values, zone, snapshot or delta."
    )
    bundled = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="lake_mapping_version")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ImportState(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview", "Preview"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Import(models.Model):
    """One attempt to load one file into one dataset, with its counts; the four counts add up to the rows read."""

    dataset = models.CharField(max_length=80)
    mapping = models.ForeignKey(
        Mapping, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    source = models.CharField(max_length=80, help_text="The source system whose rows these are.")
    filename = models.CharField(max_length=255)
    notes = models.JSONField(default=list, help_text="Sentences about what was assumed or left as it is.")
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RUNNING)
    progress = models.CharField(max_length=200, blank=True, help_text="What it is doing now, with numbers.")
    error = models.TextField(blank=True)
    read = models.BigIntegerField(default=0)
    inserted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0, help_text="Rows a snapshot no longer holds.")
    unassigned = models.BigIntegerField(
        default=0, help_text="Rows whose agency code maps to no organization."
    )
    derived = models.JSONField(default=dict, help_text="Counts of the datasets derived in the same import.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]


class DatasetVersion(models.Model):
    """A version of a dataset that an import or a snapshot committed, with the files it consists of."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    version = models.BigIntegerField()
    made_by = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    rows = models.BigIntegerField()
    created_at = models.DateTimeField()
    pinned = models.BooleanField(default=False, help_text="A signed value rests on it: kept for ever.")

    class Meta:
        ordering = ["dataset", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="lake_dataset_version_once")
        ]


class DataFile(models.Model):
    """The fingerprint of one Parquet file as it was written, so that a changed file can be told."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_in = models.BigIntegerField(help_text="The Delta version that added it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "path"], name="lake_data_file_once")]


class QuarantinedRow(models.Model):
    """A row that was refused, with the reason by column, until somebody fixes the source or dismisses it."""

    made_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="quarantine")
    dataset = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    row = models.BigIntegerField(help_text="Line of the row in its file; the header is line 1.")
    key = models.CharField(max_length=400, blank=True)
    code = models.CharField(max_length=60, help_text="Short reason code for counting.")
    reason = models.TextField(help_text="What is wrong, in which column, with which value, and what to do.")
    values = models.JSONField(help_text="The row as it stood in the file.")
    fingerprint = models.BigIntegerField(
        default=0, help_text="The same for the same row refused for the same reason."
    )
    seen_in = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        null=True,
        related_name="quarantine_seen",
        help_text="The last import that held it.",
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    dismissed_why = models.TextField(blank=True)
    fixed_by = models.ForeignKey(
        Import,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="fixed",
        help_text="A later import held it.",
    )

    class Meta:
        ordering = ["made_by", "row"]
        indexes = [
            models.Index(fields=["dataset", "code"], name="lake_quarantine_reason"),
            models.Index(fields=["dataset", "source", "fingerprint"], name="lake_quarantine_same"),
        ]
