"""What systems share: the functions they serve, the places they stand in and the products they are made of."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Vendor


@keeps_history()
class Capability(models.Model):
    """A business function that systems serve, such as paying benefits; together they form the capability map."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "capabilities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="inventory_capability_not_its_own_parent",
                violation_error_message="A capability cannot be part of itself.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SiteKind(models.TextChoices):
    """What a place is."""

    DATA_CENTER = "data_center", "Data center"
    CLOUD_REGION = "cloud_region", "Cloud region"
    NETWORK_HUB = "network_hub", "Network hub"
    OFFICE = "office", "Office"


@keeps_history()
class Site(models.Model):
    """A data center, cloud region or other place in which environments and components stand, and with which they fail."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SiteKind.choices)
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_sites"
    )
    city = models.CharField(max_length=120, blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer used.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EndOfLife(models.TextChoices):
    """What is known about the end of a product's support."""

    DATED = "dated", "On a known day"
    ENDED = "ended", "Ended, day not known"
    NONE = "none", "Not announced"
    UNKNOWN = "unknown", "Not known"


@keeps_history()
class Technology(models.Model):
    """One release cycle of a product, such as PostgreSQL 16, with the day on which its maker ends support."""

    code = models.CharField(
        max_length=150, unique=True, help_text="Product and cycle in one, such as postgresql-16."
    )
    product = models.SlugField(max_length=80, help_text="Code of the product, such as postgresql.")
    cycle = models.CharField(max_length=60, help_text="The release cycle, such as 16 or 24.04.")
    name = models.CharField(max_length=200, blank=True, help_text="As people call it, such as PostgreSQL 16.")
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_technologies"
    )
    released_on = models.DateField(null=True, blank=True)
    support_ends_on = models.DateField(
        null=True, blank=True, help_text="Last day of active support; security fixes may go on."
    )
    end_of_life = models.CharField(max_length=8, choices=EndOfLife.choices, default=EndOfLife.UNKNOWN)
    ends_on = models.DateField(
        null=True, blank=True, help_text="Last day on which its maker mends security holes."
    )
    long_term = models.BooleanField(default=False, help_text="A release with long-term support.")
    latest = models.CharField(max_length=80, blank=True, help_text="Its newest version.")

    class Meta:
        ordering = ["product", "cycle"]
        verbose_name_plural = "technologies"
        constraints = [
            models.UniqueConstraint(fields=["product", "cycle"], name="inventory_technology_once"),
            models.CheckConstraint(
                condition=Q(end_of_life="dated", ends_on__isnull=False)
                | (~Q(end_of_life="dated") & Q(ends_on__isnull=True)),
                name="inventory_technology_dated",
                violation_error_message="A known end of life needs its day, and a day means that the end is known.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.product} {self.cycle}"
