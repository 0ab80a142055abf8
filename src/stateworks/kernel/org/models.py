"""The nouns every module shares: who exists, who serves in which role, what the office sells and who supplies it."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from stateworks.kernel.history import keeps_history


class OrganizationKind(models.TextChoices):
    """What an organization is; localities are customers too, but stand outside the executive branch."""

    STATE = "state", "State"
    DEPARTMENT = "department", "Department or secretariat"
    AGENCY = "agency", "Agency"
    SECTION = "section", "Section"
    BOARD = "board", "Board or commission"
    MUNICIPALITY = "municipality", "Municipality"
    COUNTY = "county", "County or parish"
    SCHOOL_DISTRICT = "school_district", "School district"
    UTILITY = "utility", "Municipal utility"
    PUBLIC_SAFETY = "public_safety", "Local public safety"
    PLANNING_COMMISSION = "planning_commission", "Regional planning commission"


@keeps_history()
class Organization(models.Model):
    """A node of the one organization tree: the state, its departments, agencies and sections, and the localities served."""

    code = models.SlugField(
        max_length=40, unique=True, help_text="Short stable code, used in addresses and files."
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=OrganizationKind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    executive_branch = models.BooleanField(default=True, help_text="Part of the executive branch.")
    consolidated = models.BooleanField(
        default=False, help_text="Its IT staff and services are centralized in the office."
    )
    retired_on = models.DateField(null=True, blank=True, help_text="First day it no longer exists.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="org_organization_not_its_own_parent"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="state"),
                name="org_organization_one_state",
                violation_error_message="There is already a state: an instance serves exactly one.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationClosure(models.Model):
    """Every ancestor and descendant pair of the tree, each node with itself at depth 0; kept by a database trigger."""

    ancestor = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="org_closure_pair")]
        indexes = [models.Index(fields=["descendant", "ancestor"], name="org_closure_up")]


@keeps_history()
class OrganizationAlias(models.Model):
    """Another code or name under which a source system knows an organization, for a span of dates."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="aliases")
    source = models.CharField(max_length=80, blank=True, help_text="The source system; empty means any.")
    alias = models.CharField(max_length=200)
    valid = DateRangeField(
        null=True, blank=True, help_text="Dates for which the alias holds; empty means always."
    )

    class Meta:
        ordering = ["source", "alias"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "alias", "valid"], nulls_distinct=False, name="org_alias_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alias} = {self.organization_id}"


@keeps_history()
class Person(models.Model):
    """Somebody who works for or with the office; not an account, and never an identity number."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="people")
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AppointmentRole(models.TextChoices):
    """The standing roles that a state's IT governance names."""

    IT_LIAISON = "it_liaison", "IT liaison"
    SECURITY_OFFICER = "security_officer", "Information security officer"
    SECRETARIAT_CIO = "secretariat_cio", "Secretariat CIO"
    DATA_STEWARD = "data_steward", "Data steward"
    CHAMPION = "champion", "Portfolio champion"
    FISCAL_OFFICER = "fiscal_officer", "Fiscal officer"


@keeps_history()
class Appointment(models.Model):
    """A person holding a standing role for an organization, from a date until a date."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=24, choices=AppointmentRole.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="Last day in the role; empty while it lasts.")

    class Meta:
        ordering = ["organization", "role", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "role", "since"], name="org_appointment_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="org_appointment_ends_after_start",
            ),
        ]


@keeps_history()
class LineOfService(models.Model):
    """A service the office offers its customers, owned by a person and a section."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="lines_of_service"
    )
    section = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="lines_of_service"
    )
    started_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "lines of service"

    def __str__(self) -> str:
        return self.name


@keeps_history()
class Vendor(models.Model):
    """A company or body that supplies goods or services."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    website = models.URLField(blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
