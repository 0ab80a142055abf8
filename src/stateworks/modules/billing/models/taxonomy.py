"""The words that costs and services are sorted by: a taxonomy such as that of the TBM Council, as the office loads it."""

from __future__ import annotations

from django.db import models

from stateworks.kernel.history import keeps_history


class Layer(models.TextChoices):
    """The views of a taxonomy for technology business management."""

    COST_POOL = "cost_pool", "Cost pool"
    TOWER = "tower", "Tower"
    SOLUTION = "solution", "Solution"
    CONSUMER = "consumer", "Consumer"


@keeps_history()
class TaxonomyTerm(models.Model):
    """A word of the taxonomy; below a tower stand its sub-towers, below a solution its categories and offerings."""

    code = models.SlugField(max_length=120, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=120, help_text="As pools and SKUs write it.")
    layer = models.CharField(max_length=10, choices=Layer.choices, help_text="Which view it belongs to.")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts",
        help_text="What it is part of; empty at the top.",
    )  # fmt: skip
    version = models.CharField(max_length=40, blank=True, help_text="The edition it was taken from.")
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer used.")

    class Meta:
        ordering = ["layer", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "name"],
                name="billing_term_once",
                violation_error_message="Another term of this view has the same name; pools and SKUs could mean either.",
            )
        ]

    def __str__(self) -> str:
        return self.name
