"""Where money for cloud services may be saved: policies, what they find, and what was decided about it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization, Person
from stateworks.modules.billing.models.customers import BillingAccount

LONGEST_SPAN = 12
"""Months that a policy may look back."""


class FinopsKind(models.TextChoices):
    """What a policy looks for in providers' charges."""

    IDLE = "idle", "Idle: paid for and not used"
    UNTAGGED = "untagged", "Untagged: a tag is missing"
    UNATTACHED = "unattached", "Unattached: storage or address that nothing uses"


class PolicyState(models.TextChoices):
    """Whether a policy is run."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


@keeps_history()
class FinopsPolicy(models.Model):
    """A rule that charges of cloud resources must keep, as data: what it looks for, where, and from how much a month."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=FinopsKind.choices, help_text="What it looks for.")
    service_categories = models.CharField(
        max_length=300, blank=True, help_text="ServiceCategory of FOCUS, several with commas; empty: any."
    )
    resource_types = models.CharField(
        max_length=300, blank=True, help_text="ResourceType of FOCUS, several with commas; empty: any."
    )
    tag_key = models.CharField(
        max_length=120, blank=True,
        help_text="The tag: the one that must be there, or the one that tells what is attached.",
    )  # fmt: skip
    tag_value = models.CharField(
        max_length=120, blank=True,
        help_text="What the tag says of something unattached; empty: the tag is missing there.",
    )  # fmt: skip
    months = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SPAN)],
        help_text="In so many months one after the other it must be so.",
    )  # fmt: skip
    least_cents = models.BigIntegerField(
        default=0, validators=[MinValueValidator(0)], help_text="From how many cents a month it is told."
    )
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="finops_policies",
        help_text="Who gets what it finds.",
    )  # fmt: skip
    state = models.CharField(
        max_length=6, choices=PolicyState.choices, default=PolicyState.ACTIVE, help_text="Whether it is run."
    )
    checked_month = models.CharField(
        max_length=7, blank=True, editable=False, help_text="The last month it was run for."
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When that was.")

    class Meta:
        ordering = ["code"]
        verbose_name = "FinOps policy"
        verbose_name_plural = "FinOps policies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="untagged", tag_key=""),
                name="billing_finops_untagged_names_a_tag",
                violation_error_message="Name the tag that must be there.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="idle") | Q(tag_key=""),
                name="billing_finops_idle_has_no_tag",
                violation_error_message="Whether something is idle is told by its use, not by a tag.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="unattached", service_categories="", resource_types=""),
                name="billing_finops_unattached_names_what",
                violation_error_message="Name the service categories or resource types that can be attached.",
            ),
            models.CheckConstraint(
                condition=Q(tag_value="") | Q(kind="unattached") & ~Q(tag_key=""),
                name="billing_finops_value_of_a_tag",
                violation_error_message="Only a policy of what is unattached asks for the value of a tag, and it names the tag.",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=LONGEST_SPAN),
                name="billing_finops_months",
                violation_error_message=f"It looks back 1 to {LONGEST_SPAN} months.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FinopsState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    DEFERRED = "deferred", "Deferred"
    CLOSED = "closed", "No longer there"


@keeps_history()
class FinopsFinding(models.Model):
    """A resource that breaks a policy: what it costs a month, who decides, what was decided, and from which month it is saved.

    What was saved is never written down: it is computed from the charges of later months.
    """

    code = models.SlugField(max_length=140, unique=True, help_text="Short stable code.")
    policy = models.ForeignKey(FinopsPolicy, on_delete=models.PROTECT, related_name="findings")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="finops_findings",
        help_text="The agency that pays; the state where no account is known for the sub-account.",
    )  # fmt: skip
    account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="finops_findings",
        help_text="The account that pays.",
    )  # fmt: skip
    source = models.CharField(max_length=80, help_text="The provider, as aliases name it.")
    sub_account = models.CharField(max_length=200, blank=True, help_text="SubAccountId of FOCUS.")
    resource = models.CharField(max_length=500, help_text="ResourceId of FOCUS.")
    resource_name = models.CharField(max_length=300, blank=True, help_text="ResourceName of FOCUS.")
    service_category = models.CharField(max_length=120, blank=True, help_text="ServiceCategory of FOCUS.")
    resource_type = models.CharField(max_length=120, blank=True, help_text="ResourceType of FOCUS.")
    text = models.CharField(max_length=400, help_text="What was found, in a sentence.")
    first_month = models.CharField(max_length=7, help_text="The first month it was found in.")
    month = models.CharField(max_length=7, help_text="The last month it was found in.")
    cents = models.BigIntegerField(help_text="What it cost in that month, in cents.")
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="finops_findings",
        help_text="Who decides.",
    )  # fmt: skip
    state = models.CharField(
        max_length=8, choices=FinopsState.choices, default=FinopsState.OPEN, help_text="Where it stands."
    )
    reason = models.TextField(blank=True, help_text="Why it was decided so.")
    deferred_until = models.DateField(null=True, blank=True, help_text="Day from which it is open again.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    decided_cents = models.BigIntegerField(
        null=True, blank=True, help_text="What it cost a month when it was decided, in cents."
    )
    saving_cents = models.BigIntegerField(
        null=True, blank=True, help_text="What is expected to be saved a month, in cents."
    )
    baseline_month = models.CharField(
        max_length=7,
        blank=True,
        help_text="The month that later months are held against, since it was accepted.",
    )
    accepted_month = models.CharField(
        max_length=7,
        blank=True,
        help_text="The month in which it was accepted; what is saved counts from the next.",
    )

    class Meta:
        ordering = ["-cents", "code"]
        verbose_name = "FinOps finding"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "source", "sub_account", "resource"], name="billing_finops_finding_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="deferred") | Q(deferred_until__isnull=False),
                name="billing_finops_deferred_until",
                violation_error_message="Say until when it is deferred.",
            ),
            models.CheckConstraint(
                condition=Q(baseline_month="", accepted_month="")
                | ~Q(baseline_month="") & ~Q(accepted_month=""),
                name="billing_finops_baseline_of_accepted",
                violation_error_message="What is accepted has a month that later ones are held against.",
            ),
        ]

    def __str__(self) -> str:
        return self.resource_name or self.resource
