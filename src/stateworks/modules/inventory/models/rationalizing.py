"""What to do with each system, and the state's websites."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from stateworks.kernel.history import keeps_history
from stateworks.kernel.org.models import Organization
from stateworks.modules.inventory.models.systems import System


class Disposition(models.TextChoices):
    """What is to become of a system."""

    TOLERATE = "tolerate", "Tolerate"
    INVEST = "invest", "Invest"
    MIGRATE = "migrate", "Migrate"
    ELIMINATE = "eliminate", "Eliminate"


def _grade(help_text: str) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=help_text, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


@keeps_history()
class Rationalization(models.Model):
    """How a system was judged on a day (value, fitness, cost, risk), what follows, and what a person decided."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="rationalizations")
    assessed_on = models.DateField()
    value = _grade("Worth to the business, 1 (little) to 5 (much).")
    fitness = _grade("Technical fitness, 1 (poor) to 5 (sound).")
    risk = _grade("Risk of going on as it is, 1 (low) to 5 (high).")
    annual_cost_cents = models.BigIntegerField(null=True, blank=True, help_text="Cost in a year, in cents.")
    proposed = models.CharField(max_length=9, choices=Disposition.choices, blank=True)
    decided = models.CharField(max_length=9, choices=Disposition.choices, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rationalizations",
    )
    reason = models.TextField(blank=True)
    target_on = models.DateField(null=True, blank=True, help_text="Day by which it is to be so.")
    successor = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="succeeds",
        help_text="The system that takes over.",
    )  # fmt: skip

    class Meta:
        ordering = ["system", "-assessed_on"]
        constraints = [
            models.UniqueConstraint(fields=["system", "assessed_on"], name="inventory_rationalization_once"),
            models.CheckConstraint(
                condition=(Q(decided="") & Q(decided_on__isnull=True))
                | (~Q(decided="") & Q(decided_on__isnull=False)),
                name="inventory_rationalization_decided",
                violation_error_message="A decision has its day, and a day means that something was decided.",
            ),
            models.CheckConstraint(
                condition=Q(annual_cost_cents__isnull=True) | Q(annual_cost_cents__gte=0),
                name="inventory_rationalization_cost",
                violation_error_message="A cost is not negative.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 1, f"{name}__lte": 5}),
                    name=f"inventory_rationalization_{name}",
                    violation_error_message=f"The {name} is a grade from 1 to 5.",
                )
                for name in ("value", "fitness", "risk")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} on {self.assessed_on}"


@keeps_history()
class Website(models.Model):
    """A domain or site that belongs to the state or one of its localities."""

    domain = models.CharField(
        max_length=253, unique=True, help_text="Its host name, such as dmv.example.gov."
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="websites",
        help_text="Whose it is, where that is known.",
    )  # fmt: skip
    registrant = models.CharField(max_length=200, blank=True, help_text="Whose it is, as the registry says.")
    kind = models.CharField(max_length=60, blank=True, help_text="The registry's type, such as City.")
    city = models.CharField(max_length=120, blank=True)
    security_contact = models.EmailField(blank=True)
    system = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="websites",
        help_text="The system that serves it.",
    )  # fmt: skip
    title = models.CharField(max_length=300, blank=True)
    content_system = models.CharField(max_length=80, blank=True, help_text="What it is edited with.")
    hosted_by = models.CharField(
        max_length=120, blank=True, help_text="The cloud provider, where one was seen."
    )
    visits = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Visits in the last month counted."
    )
    scanned_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="First day it is no longer registered.")

    class Meta:
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain
