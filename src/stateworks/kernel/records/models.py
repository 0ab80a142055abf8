"""What is kept about records and their lists: views that people come back to, and what a previewed file would change."""

from __future__ import annotations

from django.db import models

from stateworks.kernel.access.models import Account
from stateworks.kernel.lake.models import Import


class SavedView(models.Model):
    """A list's address under a name: its search, filters, order and columns, for oneself or for everybody."""

    dataset = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    query = models.TextField(
        blank=True, help_text="The list's address after the question mark, in its fixed order."
    )
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False, help_text="Shown to everybody who may open the list.")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "dataset", "name"],
                name="records_view_once",
                violation_error_message="You have a view of this name already; choose another name.",
            ),
        ]
        indexes = [models.Index(fields=["dataset", "shared"], name="records_view_shared")]

    def __str__(self) -> str:
        return self.name


class PreviewedChange(models.Model):
    """A record that loading a previewed file would add or change, each column before and after as text."""

    made_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="changes")
    line = models.BigIntegerField(help_text="Line of the row in its file; the header is line 1.")
    key = models.CharField(max_length=400)
    new = models.BooleanField()
    fields = models.JSONField(help_text="By column what it was and what it would become.")

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["made_by", "line"], name="records_previewed_line")]

    def __str__(self) -> str:
        return f"{self.key}, line {self.line}"
