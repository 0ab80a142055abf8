"""The service desk's own nouns; tickets and their updates are feeds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import LineOfService


@keeps_history()
class RequestType(models.Model):
    """A kind of request that customers can choose, such as a new laptop, offered by a line of service."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    line_of_service = models.ForeignKey(
        LineOfService, on_delete=models.PROTECT, null=True, blank=True, related_name="request_types"
    )
    offered_on = models.DateField(null=True, blank=True, help_text="First day customers could choose it.")
    retired_on = models.DateField(null=True, blank=True, help_text="First day they no longer can.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offered_on__isnull=True)
                | Q(retired_on__isnull=True)
                | Q(retired_on__gt=F("offered_on")),
                name="desk_request_type_retired_after_offered",
                violation_error_message="A request type cannot be retired before it is offered.",
            )
        ]

    def __str__(self) -> str:
        return self.name
