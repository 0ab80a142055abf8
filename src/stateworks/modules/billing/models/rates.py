"""Rate cards and their rates: frozen once approved, so that what was charged can always be computed again."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from stateworks.kernel.history import keeps_history
from stateworks.modules.billing.models.customers import Sku
from stateworks.modules.billing.money import half_up


@keeps_history()
class RateCard(models.Model):
    """The prices of a fiscal year in one version; approved ones count, and are never changed."""

    code = models.SlugField(max_length=60, unique=True, help_text="Short stable code.")
    title = models.CharField(max_length=200)
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], help_text="The year in which the fiscal year ends."
    )
    note = models.TextField(blank=True, help_text="How the prices were made.")
    approved = models.BooleanField(default=False, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True, help_text="When it was approved.")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=False, approved_at__isnull=True)
                | Q(approved=True, approved_at__isnull=False),
                name="billing_card_approved_when",
                violation_error_message="A rate card is approved on its own page or by command, never by a file.",
            )
        ]

    def __str__(self) -> str:
        return self.title


@keeps_history()
class Rate(models.Model):
    """The price of one unit for a span of days; no day of a card has two prices for one thing."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="rates")
    starts_on = models.DateField(help_text="First day of the price.")
    ends_on = models.DateField(help_text="Last day of the price.")
    price = models.DecimalField(
        max_digits=18, decimal_places=8, validators=[MinValueValidator(0)], help_text="Dollars for one unit."
    )

    class Meta:
        ordering = ["card", "sku", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["card", "sku", "starts_on"], name="billing_rate_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="billing_rate_in_order",
                violation_error_message="A price ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="billing_rate_not_negative",
                violation_error_message="A price is zero or more; give back by credit.",
            ),
            # Numbers as ranges of one, since the embedded PostgreSQL has no btree_gist.
            ExclusionConstraint(
                name="billing_rate_no_overlap",
                expressions=[
                    (Func(F("card"), F("card"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("sku"), F("sku"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), "&&"),
                ],
                violation_error_message="Another price of this card covers some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.starts_on} {self.price}"


@keeps_history()
class RateTier(models.Model):
    """A price that holds from a quantity on: what an account uses of one thing in a month beyond it costs this.

    Tiers are graduated: the rate's own price holds from the first unit up to the first tier. A tier belongs to the rate of its
    card and SKU that starts on the same day; approval refuses one that belongs to none.
    """

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="tiers")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="tiers")
    starts_on = models.DateField(help_text="First day of the price that the tier belongs to.")
    from_quantity = models.DecimalField(
        max_digits=18,
        decimal_places=6,
        help_text="Units of a month after which it holds, counted by account and SKU.",
    )
    price = models.DecimalField(
        max_digits=18, decimal_places=8, help_text="Dollars for one unit beyond that quantity."
    )

    class Meta:
        ordering = ["card", "sku", "starts_on", "from_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "sku", "starts_on", "from_quantity"],
                name="billing_tier_once",
                violation_error_message="Another tier of this price begins at the same quantity.",
            ),
            models.CheckConstraint(
                condition=Q(from_quantity__gt=0),
                name="billing_tier_above_zero",
                violation_error_message="A tier begins above zero; up to the first one the rate's own price holds.",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="billing_tier_not_negative",
                violation_error_message="A tier's price is zero or more; give back by credit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.starts_on} from {self.from_quantity} {self.price}"


@keeps_history()
class RateBuild(models.Model):
    """What the price of one thing on a card rests on: the cost it has to bring back, and over how many units.

    What was recovered too much in an earlier year is carried forward and lowers the price; what is still to be recovered
    is below zero and raises it.
    """

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="builds")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="builds")
    pool_cents = models.BigIntegerField(help_text="Cost to be brought back in the year, in cents.")
    carry_cents = models.BigIntegerField(
        default=0,
        help_text="Recovered too much in earlier years, in cents; below zero where it was too little.",
    )
    units = models.DecimalField(
        max_digits=18, decimal_places=6, help_text="Units that are forecast for the year."
    )
    note = models.TextField(blank=True, help_text="Why these figures.")

    class Meta:
        ordering = ["card", "sku"]
        constraints = [
            models.UniqueConstraint(fields=["card", "sku"], name="billing_build_once"),
            models.CheckConstraint(
                condition=Q(units__gt=0),
                name="billing_build_has_units",
                violation_error_message="A forecast is above zero; without a unit there is no price.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.sku_id}"

    @property
    def break_even(self) -> Decimal:
        """Dollars for one unit at which the year brings back its cost."""
        return break_even(self.pool_cents, self.carry_cents, self.units)


def break_even(pool_cents: int, carry_cents: int, units: Decimal) -> Decimal:
    """Return cost less what is carried forward, by units: in dollars to eight places, half away from zero."""
    cents = Fraction(pool_cents - carry_cents) / Fraction(units)
    return Decimal(half_up(cents * 10**6)).scaleb(-8)
