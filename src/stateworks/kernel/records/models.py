"""What people keep about their lists of records: views they come back to."""

from __future__ import annotations

from django.db import models

from stateworks.kernel.access.models import Account


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
