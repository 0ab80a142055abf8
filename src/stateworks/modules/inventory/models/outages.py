"""Outages and the systems they hit: the clock that runs from declared to known."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization, Vendor
from stateworks.modules.inventory.models.places import Site, Technology
from stateworks.modules.inventory.models.systems import Component, System


class OutageSource(models.TextChoices):
    """What failed first."""

    SYSTEM = "system", "System"
    COMPONENT = "component", "Component"
    VENDOR = "vendor", "Vendor"
    SITE = "site", "Site"
    TECHNOLOGY = "technology", "Technology"


@keeps_history()
class Outage(models.Model):
    """Something failed, or a drill says so: declared, its impact confirmed, restored, closed.

    The graph is frozen when it is declared: `graph_version` names it, and the candidates stand in its impacts. The time
    to identify runs from `declared_at` to `identified_at`, the moment the list of systems hit was confirmed.

    It belongs to whom the failed system belongs to; that of a place, a product or a vendor to whom it is given, otherwise to
    the whole state. The database sees to that, so that what is told of it reaches nobody from whom the system is kept.
    """

    code = models.SlugField(max_length=40, unique=True, help_text="Short stable code.")
    title = models.CharField(max_length=200)
    drill = models.BooleanField(default=False, help_text="An exercise; it counts apart from real ones.")
    source = models.CharField(max_length=10, choices=OutageSource.choices)
    system = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="outages_begun"
    )
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, blank=True, related_name="outages_begun"
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_outages"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="outages")
    technology = models.ForeignKey(
        Technology, on_delete=models.PROTECT, null=True, blank=True, related_name="outages"
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inventory_outages",
        help_text="Whose outage it is; that of the system where a system or a part of one failed.",
    )
    began_at = models.DateTimeField(
        null=True, blank=True, help_text="When it really began, where that is known."
    )
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outages_declared",
    )
    identified_at = models.DateTimeField(
        null=True, blank=True, help_text="When the list of systems hit was confirmed."
    )
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outages_identified",
    )
    restored_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="Declared by mistake.")
    graph_version = models.BigIntegerField(null=True, blank=True, help_text="The graph it was judged by.")
    critical = models.BooleanField(
        default=False, help_text="It touches one of the state's ten most critical systems."
    )
    reference = models.CharField(
        max_length=80, blank=True, help_text="The ticket or incident it is known by elsewhere."
    )
    cause = models.TextField(blank=True, help_text="What was found to be the cause.")

    class Meta:
        ordering = ["-declared_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source="system", system__isnull=False)
                | Q(source="component", component__isnull=False)
                | Q(source="vendor", vendor__isnull=False)
                | Q(source="site", site__isnull=False)
                | Q(source="technology", technology__isnull=False),
                name="inventory_outage_names_its_source",
                violation_error_message="Name what failed.",
            ),
            models.CheckConstraint(
                condition=Q(identified_at__isnull=True) | Q(identified_at__gte=F("declared_at")),
                name="inventory_outage_identified_after",
                violation_error_message="The impact is known after the outage is declared.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(identified_at__isnull=False)
                | Q(cancelled_at__isnull=False),
                name="inventory_outage_closed_known",
                violation_error_message="An outage is closed after its impact is confirmed.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Verdict(models.TextChoices):
    """What people say about a candidate."""

    CANDIDATE = "candidate", "Not yet known"
    HIT = "hit", "Affected"
    SPARED = "spared", "Not affected"


@keeps_history()
class OutageImpact(models.Model):
    """A system that an outage may hit, by the frozen graph or because somebody saw it, and what its owner says."""

    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="impacts")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="outage_impacts")
    predicted = models.BooleanField(default=True, help_text="The graph named it.")
    strength = models.CharField(
        max_length=4, blank=True, help_text="hard: would stop; soft: would get worse."
    )
    hops = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Steps from what failed.")
    path = models.JSONField(
        default=list, blank=True, help_text="The shortest way from what failed, as names."
    )
    via = models.JSONField(
        default=list, blank=True, help_text="Ids of the dependencies on that way, for back-testing."
    )
    verdict = models.CharField(max_length=9, choices=Verdict.choices, default=Verdict.CANDIDATE)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="impacts_decided",
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        # By its id: a join to the outage would lose the rows of those from whom what failed is kept.
        ordering = ["outage_id", "hops", "system"]
        constraints = [
            models.UniqueConstraint(fields=["outage", "system"], name="inventory_impact_once"),
            models.CheckConstraint(
                condition=Q(verdict="candidate", decided_at__isnull=True) | ~Q(verdict="candidate"),
                name="inventory_impact_decided",
                violation_error_message="What nobody has decided has no time of decision.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.system_id} {self.verdict}"
