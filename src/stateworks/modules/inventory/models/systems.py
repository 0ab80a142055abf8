"""Systems, the parts they consist of, and where and of what these are."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization, Person, Vendor
from stateworks.modules.inventory.models.places import Capability, Site, Technology


class SystemKind(models.TextChoices):
    """What a system is for."""

    APPLICATION = "application", "Application"
    PLATFORM = "platform", "Shared platform"
    INFRASTRUCTURE = "infrastructure", "Infrastructure"
    WEBSITE = "website", "Website"
    AI = "ai", "AI use case"
    TOOL = "tool", "Tool or script"


class Lifecycle(models.TextChoices):
    """Where a system stands between its first idea and its end."""

    PLANNED = "planned", "Planned"
    DEVELOPMENT = "development", "In development"
    PRODUCTION = "production", "In production"
    PHASE_OUT = "phase_out", "Being phased out"
    RETIRED = "retired", "Retired"


class Criticality(models.TextChoices):
    """How much stops when a system stops; the first letters sort from most to least."""

    ESSENTIAL = "1_essential", "Mission essential"
    IMPORTANT = "2_important", "Important"
    SUPPORTING = "3_supporting", "Supporting"
    MINOR = "4_minor", "Minor"
    UNKNOWN = "9_unknown", "Not assessed"


class Hosting(models.TextChoices):
    """Who runs the machines."""

    STATE = "state", "State data center"
    AGENCY = "agency", "Agency premises"
    IAAS = "iaas", "Cloud infrastructure"
    PAAS = "paas", "Cloud platform"
    SAAS = "saas", "Software as a service"
    VENDOR = "vendor", "Vendor premises"
    UNKNOWN = "unknown", "Not known"


class Classification(models.TextChoices):
    """The most sensitive data a system holds."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    CONFIDENTIAL = "confidential", "Confidential"
    RESTRICTED = "restricted", "Restricted by law"
    UNKNOWN = "unknown", "Not assessed"


class IdentityStage(models.TextChoices):
    """How people sign in: whether the state's single sign-on is planned, offered beside others, or the only way."""

    NOT_ASSESSED = "not_assessed", "Not assessed"
    PLANNED = "planned", "Planned"
    OFFERED = "offered", "Offered, another way is left"
    ENFORCED = "enforced", "Enforced"
    EXEMPT = "exempt", "Exempt until a date"
    NOT_APPLICABLE = "not_applicable", "Nobody signs in"


class MfaState(models.TextChoices):
    """Whether a second factor is asked for, and of whom."""

    NOT_ASSESSED = "not_assessed", "Not assessed"
    NONE = "none", "None"
    OFFERED = "offered", "Offered"
    PRIVILEGED = "privileged", "Enforced for privileged accounts"
    ENFORCED = "enforced", "Enforced for all"
    EXEMPT = "exempt", "Exempt until a date"
    NOT_APPLICABLE = "not_applicable", "Nobody signs in"


class Redundancy(models.TextChoices):
    """What takes over when a system fails."""

    UNKNOWN = "unknown", "Not known"
    NONE = "none", "Nothing"
    COLD = "cold", "Cold standby"
    WARM = "warm", "Warm standby"
    HOT = "hot", "Hot standby"
    ACTIVE = "active", "Active in two places"


class RecoveryTest(models.TextChoices):
    """What the last recovery test showed; a backup job that ended well shows no recovery."""

    NEVER = "never", "Never tested"
    JOB_SUCCEEDED = "job_succeeded", "Backup job succeeded only"
    FAILED = "failed", "Restore failed"
    VERIFIED = "verified", "Restore verified"


@keeps_history()
class System(models.Model):
    """Something the state runs or buys as a whole, such as a case management application or a shared platform."""

    code = models.SlugField(
        max_length=80, unique=True, help_text="Short stable code, used in addresses and files."
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SystemKind.choices, default=SystemKind.APPLICATION)
    purpose = models.TextField(blank=True, help_text="What people do with it, in a sentence or two.")
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="inventory_systems",
        help_text="The agency it serves.",
    )
    capability = models.ForeignKey(
        Capability, on_delete=models.PROTECT, db_index=False, null=True, blank=True, related_name="systems",
        help_text="The business function it serves most.",
    )  # fmt: skip
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, null=True, blank=True, related_name="owned_systems",
        help_text="Who answers for it to the business.",
    )  # fmt: skip
    steward = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, null=True, blank=True, related_name="stewarded_systems",
        help_text="Who keeps it running and its record true.",
    )  # fmt: skip
    lifecycle = models.CharField(max_length=12, choices=Lifecycle.choices, default=Lifecycle.PRODUCTION)
    criticality = models.CharField(max_length=12, choices=Criticality.choices, default=Criticality.UNKNOWN)
    critical_rank = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        unique=True,
        help_text="Place among the state's most critical systems, 1 first.",
    )
    hosting = models.CharField(max_length=8, choices=Hosting.choices, default=Hosting.UNKNOWN)
    classification = models.CharField(
        max_length=12, choices=Classification.choices, default=Classification.UNKNOWN
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, db_index=False, null=True, blank=True, related_name="inventory_systems",
        help_text="Who delivers it, where it is bought.",
    )  # fmt: skip
    recovery_time_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Recovery-time objective: how long it may be down."
    )
    recovery_point_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Recovery-point objective: how much work may be lost."
    )
    availability_target = models.DecimalField(
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Promised uptime in percent, such as 99.9.",
    )
    redundancy = models.CharField(max_length=8, choices=Redundancy.choices, default=Redundancy.UNKNOWN)
    redundancy_tested_on = models.DateField(
        null=True, blank=True, help_text="Last day on which the other side really took over."
    )
    recovery_test = models.CharField(max_length=14, choices=RecoveryTest.choices, default=RecoveryTest.NEVER)
    recovery_tested_on = models.DateField(null=True, blank=True)
    single_sign_on = models.CharField(
        max_length=14, choices=IdentityStage.choices, default=IdentityStage.NOT_ASSESSED
    )
    second_factor = models.CharField(max_length=14, choices=MfaState.choices, default=MfaState.NOT_ASSESSED)
    local_accounts = models.BooleanField(
        null=True, blank=True, help_text="Whether a local account still passes by the single sign-on."
    )
    identity_exempt_until = models.DateField(null=True, blank=True, help_text="Last day of an exemption.")
    identity_wave = models.CharField(max_length=40, blank=True, help_text="The rollout wave it belongs to.")
    identity_due_on = models.DateField(null=True, blank=True, help_text="Day by which its wave is due.")
    website = models.URLField(max_length=300, blank=True)
    costs_url = models.URLField(max_length=300, blank=True, help_text="Where its costs are shown.")
    users = models.PositiveIntegerField(null=True, blank=True, help_text="How many people use it, roughly.")
    started_on = models.DateField(null=True, blank=True, help_text="First day in production.")
    retired_on = models.DateField(null=True, blank=True, help_text="First day it no longer runs.")
    attested_on = models.DateField(
        null=True, blank=True, help_text="Day its owner last changed or reaffirmed these facts."
    )
    attested_until = models.DateField(null=True, blank=True, help_text="Last day on which that still counts.")
    none_attested_on = models.DateField(
        null=True, blank=True, help_text="Day its owner said that it depends on nothing."
    )
    none_attested_until = models.DateField(
        null=True, blank=True, help_text="Last day on which that still counts."
    )

    class Meta:
        ordering = ["name", "code"]
        # What refers to a thing is listed in the order of its codes: an index of the reference alone finds, but does not order.
        indexes = [
            models.Index(fields=["organization", "code"], name="inventory_system_of_agency"),
            models.Index(fields=["capability", "code"], name="inventory_system_of_function"),
            models.Index(fields=["owner", "code"], name="inventory_system_of_owner"),
            models.Index(fields=["steward", "code"], name="inventory_system_of_steward"),
            models.Index(fields=["vendor", "code"], name="inventory_system_of_vendor"),
            models.Index(fields=["organization", "lifecycle"], name="inventory_system_by_agency"),
            models.Index(fields=["criticality", "name"], name="inventory_system_by_weight"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(lifecycle="retired") | Q(retired_on__isnull=False),
                name="inventory_system_retired_on_a_day",
                violation_error_message="A retired system needs the day since which it no longer runs.",
            ),
            models.CheckConstraint(
                condition=~(Q(single_sign_on="exempt") | Q(second_factor="exempt"))
                | Q(identity_exempt_until__isnull=False),
                name="inventory_system_exempt_until",
                violation_error_message="An exemption needs its last day; nothing is exempt for ever.",
            ),
            models.CheckConstraint(
                condition=Q(attested_on__isnull=True, attested_until__isnull=True)
                | Q(attested_until__gte=F("attested_on")),
                name="inventory_system_attested_until",
                violation_error_message="An attestation lasts from its day until a later one.",
            ),
            models.CheckConstraint(
                condition=Q(none_attested_on__isnull=True, none_attested_until__isnull=True)
                | Q(none_attested_until__gte=F("none_attested_on")),
                name="inventory_system_none_attested_until",
                violation_error_message="An attestation lasts from its day until a later one.",
            ),
            models.CheckConstraint(
                condition=Q(availability_target__isnull=True)
                | Q(availability_target__gt=0, availability_target__lte=100),
                name="inventory_system_availability_percent",
                violation_error_message="Promised uptime is more than 0 and at most 100 percent.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class SystemAlias(models.Model):
    """Another name under which a source or people know a system; the same name means one system in a source."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="aliases")
    source = models.CharField(max_length=80, blank=True, help_text="Who calls it so; empty means anybody.")
    alias = models.CharField(max_length=200)

    class Meta:
        ordering = ["source", "alias"]
        verbose_name_plural = "system aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "alias"],
                name="inventory_alias_once",
                violation_error_message="This name already means a system in this source.",
            )
        ]

    def __str__(self) -> str:
        return self.alias


class EnvironmentKind(models.TextChoices):
    """What an environment is for."""

    PRODUCTION = "production", "Production"
    STANDBY = "standby", "Standby for production"
    STAGING = "staging", "Staging"
    TEST = "test", "Test"
    DEVELOPMENT = "development", "Development"
    TRAINING = "training", "Training"


@keeps_history()
class Environment(models.Model):
    """A place in which a system runs for one purpose: production here, its standby there, a test beside them."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="environments")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=EnvironmentKind.choices)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="environments"
    )
    url = models.URLField(max_length=300, blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="First day it no longer runs.")

    class Meta:
        ordering = ["system", "name"]
        constraints = [models.UniqueConstraint(fields=["system", "name"], name="inventory_environment_once")]

    def __str__(self) -> str:
        return f"{self.system_id} {self.name}"


class ComponentKind(models.TextChoices):
    """What a part is."""

    SERVICE = "service", "Service"
    DATABASE = "database", "Database"
    SERVER = "server", "Server"
    QUEUE = "queue", "Queue"
    STORAGE = "storage", "Storage"
    NETWORK = "network", "Network device"
    MAINFRAME = "mainframe", "Mainframe"
    LIBRARY = "library", "Software library"
    OTHER = "other", "Other"


@keeps_history()
class Component(models.Model):
    """A part of a system that can fail alone: a database, a server, a queue, a library.

    Of the parts that share a `group` at least `min_up` must be up for the system to work; a part without a group is
    needed by itself, unless it is not `essential`: then the system only gets worse.
    """

    code = models.SlugField(max_length=120, unique=True, help_text="Short stable code.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=ComponentKind.choices, default=ComponentKind.OTHER)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="components")
    technology = models.ForeignKey(
        Technology, on_delete=models.PROTECT, null=True, blank=True, related_name="components"
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="inventory_components"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="components")
    version = models.CharField(max_length=80, blank=True)
    package_url = models.CharField(
        max_length=400, blank=True, help_text="Package address (purl) of a library."
    )
    essential = models.BooleanField(default=True, help_text="Without it the system does not work.")
    group = models.CharField(max_length=60, blank=True, help_text="Parts that stand in for one another.")
    min_up = models.PositiveSmallIntegerField(
        default=1, help_text="How many of the group must be up for the system to work."
    )
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer part of it.")

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["system", "kind"], name="inventory_component_by_system")]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_up__gte=1),
                name="inventory_component_min_up",
                violation_error_message="At least one of a group must be up.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class Stack(models.Model):
    """A technology that a system is built on."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="stack")
    technology = models.ForeignKey(Technology, on_delete=models.PROTECT, related_name="systems")
    role = models.CharField(max_length=80, blank=True, help_text="What it does there, such as database.")
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer built on it.")

    class Meta:
        ordering = ["system", "technology"]
        verbose_name_plural = "technology stacks"
        constraints = [models.UniqueConstraint(fields=["system", "technology"], name="inventory_stack_once")]

    def __str__(self) -> str:
        return f"{self.system_id} on {self.technology_id}"
