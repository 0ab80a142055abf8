"""What holds systems together: dependencies, and the interfaces through which data flows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization, Person
from stateworks.modules.inventory.models.systems import Component, System


class Strength(models.TextChoices):
    """Whether the dependant stops or only gets worse."""

    HARD = "hard", "Stops without it"
    SOFT = "soft", "Gets worse without it"


class Confidence(models.TextChoices):
    """How sure it is that the dependency exists."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class DependencySource(models.TextChoices):
    """How a dependency became known."""

    ATTESTED = "attested", "Said by an owner"
    IMPORTED = "imported", "Imported"
    DISCOVERED = "discovered", "Seen by a tool"
    INFERRED = "inferred", "Inferred"
    OUTAGE = "outage", "Shown by an outage"


@keeps_history()
class Dependency(models.Model):
    """A system, or one part of it, needs another system or one part of that.

    Providers of one dependant that share a `group` stand in for one another: the dependant stops when fewer than
    `min_up` of them are up. Both ends may attest, and an attestation ends on a day.
    """

    system = models.ForeignKey(
        System,
        on_delete=models.PROTECT,
        related_name="dependencies",
        help_text="The system that needs something.",
    )
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, blank=True, related_name="dependencies",
        help_text="The part of it that does; empty: the whole.",
    )  # fmt: skip
    provider = models.ForeignKey(
        System, on_delete=models.PROTECT, related_name="dependants", help_text="The system that is needed."
    )
    provider_component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, blank=True, related_name="dependants",
        help_text="The part of it that is; empty: the whole.",
    )  # fmt: skip
    strength = models.CharField(max_length=4, choices=Strength.choices, default=Strength.HARD)
    group = models.CharField(max_length=60, blank=True, help_text="Providers that stand in for one another.")
    min_up = models.PositiveSmallIntegerField(default=1, help_text="How many of the group must be up.")
    confidence = models.CharField(max_length=6, choices=Confidence.choices, default=Confidence.MEDIUM)
    source = models.CharField(
        max_length=10, choices=DependencySource.choices, default=DependencySource.IMPORTED
    )
    attested_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="attested_dependencies",
        help_text="Who said so for the dependant.",
    )  # fmt: skip
    attested_on = models.DateField(null=True, blank=True)
    attested_until = models.DateField(null=True, blank=True, help_text="Last day on which that still counts.")
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="confirmed_dependencies",
        help_text="Who said so for the provider.",
    )  # fmt: skip
    confirmed_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="First day on which it no longer holds.")

    class Meta:
        ordering = ["system", "provider", "id"]
        verbose_name_plural = "dependencies"
        indexes = [models.Index(fields=["provider", "system"], name="inventory_dependency_back")]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "component", "provider", "provider_component"],
                nulls_distinct=False,
                name="inventory_dependency_once",
                violation_error_message="This dependency is there already.",
            ),
            models.CheckConstraint(
                condition=~Q(system=F("provider")) | ~Q(component=F("provider_component")),
                name="inventory_dependency_not_on_itself_part",
                violation_error_message="A part cannot depend on itself.",
            ),
            models.CheckConstraint(
                condition=~Q(system=F("provider"))
                | Q(component__isnull=False, provider_component__isnull=False),
                name="inventory_dependency_not_on_itself",
                violation_error_message="A system cannot depend on itself; name the two parts, or the other system.",
            ),
            models.CheckConstraint(
                condition=Q(min_up__gte=1),
                name="inventory_dependency_min_up",
                violation_error_message="At least one of a group must be up.",
            ),
            models.CheckConstraint(
                condition=Q(attested_on__isnull=True, attested_until__isnull=True)
                | Q(attested_until__gte=F("attested_on")),
                name="inventory_dependency_attested_until",
                violation_error_message="An attestation lasts from its day until a later one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} needs {self.provider_id}"


class Direction(models.TextChoices):
    """Which way data flows through an interface."""

    SENDS = "sends", "System sends"
    RECEIVES = "receives", "System receives"
    BOTH = "both", "Both ways"


@keeps_history()
class Interface(models.Model):
    """A point through which a system exchanges data with another system or a partner, by machine or by hand."""

    code = models.SlugField(max_length=80, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="interfaces")
    other_system = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="interfaces_of_others",
        help_text="The system at the other end, where it is in the inventory.",
    )  # fmt: skip
    partner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_interfaces",
        help_text="The organization at the other end.",
    )  # fmt: skip
    partner_name = models.CharField(max_length=200, blank=True, help_text="A partner outside the state.")
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.BOTH)
    protocol = models.CharField(max_length=60, blank=True, help_text="Such as REST, SFTP, MQ, SOAP, e-mail.")
    data_types = models.TextField(blank=True, help_text="What data flows, one kind a line.")
    legacy_platform = models.CharField(max_length=120, blank=True, help_text="The platform it runs on today.")
    target_platform = models.CharField(max_length=120, blank=True, help_text="The platform it moves to.")
    manual = models.BooleanField(default=False, help_text="A person carries the data.")
    manual_step = models.TextField(blank=True, help_text="Who downloads or types what, and how often.")
    parallel_run = models.URLField(
        max_length=300, blank=True, help_text="Evidence that old and new gave the same."
    )
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer used.")

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(system=F("other_system")),
                name="inventory_interface_two_ends",
                violation_error_message="The other end is another system.",
            ),
            models.CheckConstraint(
                condition=Q(manual=False) | ~Q(manual_step=""),
                name="inventory_interface_manual_step",
                violation_error_message="Say who carries the data, what and how often.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
