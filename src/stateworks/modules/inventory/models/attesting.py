"""Owners vouch for what the inventory says: campaigns, what is asked of whom, and what was answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization, Person
from stateworks.modules.inventory.models.systems import Criticality, Lifecycle, System


class Aspect(models.TextChoices):
    """What is vouched for."""

    FACTS = "facts", "Facts of the system"
    DEPENDENCIES = "dependencies", "What it depends on"


@keeps_history()
class Campaign(models.Model):
    """A round in which owners are asked to vouch for their systems, from a day until a day due."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    title = models.CharField(max_length=200)
    asks_facts = models.BooleanField(default=True, help_text="Asks for the facts of each system.")
    asks_dependencies = models.BooleanField(default=True, help_text="Asks what each system depends on.")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="attestation_campaigns",
        help_text="Systems of this organization and below; empty: of the whole state.",
    )  # fmt: skip
    criticality = models.CharField(
        max_length=12, choices=Criticality.choices, blank=True, help_text="This and above; empty: all."
    )
    lifecycle = models.CharField(
        max_length=12, choices=Lifecycle.choices, blank=True, default=Lifecycle.PRODUCTION
    )
    opens_on = models.DateField()
    due_on = models.DateField()
    valid_days = models.PositiveSmallIntegerField(default=365, help_text="How long an answer counts.")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opens_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="inventory_campaign_in_order",
                violation_error_message="A campaign is due after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(asks_facts=True) | Q(asks_dependencies=True),
                name="inventory_campaign_asks",
                violation_error_message="A campaign asks for facts, for dependencies, or for both.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", "Waiting for an answer"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


@keeps_history()
class AttestationRequest(models.Model):
    """What a campaign asks one person about one system."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="requests")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="attestation_requests")
    aspect = models.CharField(max_length=12, choices=Aspect.choices)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="attestation_requests",
        help_text="Who is asked; empty where the system has no owner.",
    )  # fmt: skip
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "system", "aspect"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "system", "aspect"], name="inventory_request_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.system_id} {self.aspect}"


class AttestationKind(models.TextChoices):
    """What an owner did: an import that changes nothing is none of these."""

    CHANGED = "changed", "Changed and vouched for"
    REAFFIRMED = "reaffirmed", "Reaffirmed as it stands"
    NONE = "none", "Depends on nothing"


@keeps_history()
class Attestation(models.Model):
    """Somebody vouched for a system's facts or dependencies on a day, until a day."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="attestations")
    aspect = models.CharField(max_length=12, choices=Aspect.choices)
    kind = models.CharField(max_length=10, choices=AttestationKind.choices)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="attestations"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="attestations"
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="attestations"
    )
    at = models.DateTimeField()
    on = models.DateField()
    until = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was taken back; it then counts for nothing."
    )
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True,
        related_name="attestations_withdrawn",
    )  # fmt: skip
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["system", "aspect", "-at"], name="inventory_attested_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("on")),
                name="inventory_attestation_in_order",
                violation_error_message="An attestation lasts from its day until a later one.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="none") | Q(aspect="dependencies"),
                name="inventory_attestation_none",
                violation_error_message="Only dependencies can be none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.aspect} {self.kind} on {self.on}"
