"""Tickets of a fictional service desk, each drawn to an outcome, and what is therefore true about them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from stateworks.kernel.demo import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

ZONE = "America/Chicago"

# Category: line of service, weight, chance that an incident is resolved at first contact, escalation group.
CATEGORIES: dict[str, tuple[str, float, float, str]] = {
    "Password reset": ("identity-and-access", 15, 0.95, "Identity"),
    "Account locked": ("identity-and-access", 8, 0.93, "Identity"),
    "Multi-factor sign-in": ("identity-and-access", 6, 0.84, "Identity"),
    "E-mail delivery": ("e-mail-and-calendar", 7, 0.71, "Messaging"),
    "Calendar sharing": ("e-mail-and-calendar", 3, 0.86, "Messaging"),
    "Office suite": ("office-productivity-suite", 6, 0.83, "Desktop"),
    "Laptop hardware": ("desktop-and-laptop-support", 7, 0.38, "Desktop"),
    "Software installation": ("desktop-and-laptop-support", 6, 0.69, "Desktop"),
    "Slow computer": ("desktop-and-laptop-support", 4, 0.62, "Desktop"),
    "Printing": ("printing", 6, 0.74, "Desktop"),
    "Mobile phone": ("mobile-devices", 4, 0.70, "Mobile"),
    "VPN connection": ("virtual-private-network", 6, 0.79, "Network"),
    "Wireless": ("wireless-network", 3, 0.66, "Network"),
    "Network outage": ("wide-area-network", 2, 0.12, "Network"),
    "Desk phone": ("telephony", 3, 0.57, "Voice"),
    "Call center queue": ("contact-centers", 1, 0.25, "Voice"),
    "Shared drive": ("storage-and-backup", 3, 0.68, "Hosting"),
    "File restore": ("storage-and-backup", 1.5, 0.22, "Hosting"),
    "Server unavailable": ("server-hosting", 1.5, 0.08, "Hosting"),
    "Database access": ("database-services", 1.5, 0.33, "Data"),
    "Business application error": ("application-support", 5, 0.41, "Applications"),
    "Application access": ("application-support", 4, 0.81, "Applications"),
    "Website change": ("website-hosting", 1.5, 0.35, "Applications"),
    "Financial system": ("enterprise-resource-planning", 2.5, 0.52, "Applications"),
    "Suspicious e-mail": ("security-monitoring", 3, 0.77, "Security"),
}
CHANNELS = (("Phone", 0.52), ("Chat", 0.16), ("E-mail", 0.16), ("Web", 0.14), ("Walk-in", 0.02))
SLOW_CHANNELS = ("E-mail", "Web")
BAD_QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
"""A mail migration went wrong: first contact fell everywhere, most for mail and sign-in."""
DIP = (
    date(2026, 9, 26),
    LAST_DAY,
    ("dhs", "dor"),
    ("Password reset", "Account locked", "Multi-factor sign-in"),
)
"""In the last weeks two large departments moved to a new sign-in: the easiest calls no longer were easy."""


def draw_tickets(random: np.random.Generator, count: int) -> pl.DataFrame:
    """Draw tickets with their outcome and the minutes and instants that follow from it (naive local time)."""
    import numpy as np
    import polars as pl

    opened = arrivals(random, count)
    agencies, weights = agency_weights(random)
    agency = random.choice(len(agencies), size=count, p=weights)
    names = list(CATEGORIES)
    share = np.array([CATEGORIES[name][1] for name in names])
    category = random.choice(len(names), size=count, p=share / share.sum())
    channel = random.choice(len(CHANNELS), size=count, p=[weight for _, weight in CHANNELS])
    frame = pl.DataFrame(
        {
            "number": [f"T{200000 + i}" for i in range(count)],
            "kind": np.where(random.random(count) < 0.8, "Incident", "Request"),
            "opened": opened,
            "agency": np.array(agencies)[agency],
            "category": np.array(names)[category],
            "service": np.array([CATEGORIES[name][0] for name in names])[category],
            "group2": np.array([CATEGORIES[name][3] for name in names])[category],
            "channel": np.array([name for name, _ in CHANNELS])[channel],
            "priority": random.choice(
                ["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"], size=count, p=[0.02, 0.13, 0.6, 0.25]
            ),
            "agent": random.integers(1, 41, size=count),
        }
    )
    chance = np.array([CATEGORIES[name][2] for name in names])[category] + drift(
        frame, random, len(agencies), agency
    )
    outcome = draw_outcome(random, np.clip(chance, 0.02, 0.985), frame["opened"].cast(pl.Date))
    return with_instants(frame.with_columns(outcome=pl.Series(outcome)), random)


def arrivals(random: np.random.Generator, count: int) -> np.ndarray:
    """Opening instants: weekdays and office hours mostly, busier in September and April, a little growth a year."""
    import numpy as np

    days = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
    weekday = (days.astype("datetime64[D]").view("int64") - 4) % 7
    month = days.astype("datetime64[M]").view("int64") % 12 + 1
    weight = np.where(weekday < 5, 1.0, 0.06) * (1 + 0.08 * np.arange(len(days)) / 365)
    weight *= np.select([month == 9, month == 4, month == 7, month == 12], [1.25, 1.15, 0.85, 0.8], 1.0)
    day = np.sort(random.choice(len(days), size=count, p=weight / weight.sum()))
    # Between 09:00 and 15:59, so that a reply within the hour is within service hours too.
    second = random.integers(9 * 3600, 16 * 3600, size=count)
    return (days[day].astype("datetime64[s]") + second).astype("datetime64[us]")


def agency_weights(random: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """The codes of the organizations that call the desk, and how much each calls: few call most."""
    import numpy as np

    from stateworks.kernel.org.models import Organization, OrganizationKind

    # Boards come with what they are billed, after the desk's part: a second build must draw what the first one drew.
    excluded = (OrganizationKind.STATE, OrganizationKind.SECTION, OrganizationKind.BOARD)
    codes = list(
        Organization.objects.exclude(kind__in=excluded).order_by("code").values_list("code", flat=True)
    )
    weights = random.pareto(1.6, size=len(codes)) + 0.15
    large = np.array([code in DIP[2] for code in codes])
    weights = np.where(large, weights.sum() / 6, weights)
    return codes, weights / weights.sum()


def drift(frame: pl.DataFrame, random: np.random.Generator, agencies: int, agency: np.ndarray) -> np.ndarray:
    """How far each ticket's chance lies off its category's: its agency, a slow gain, a bad quarter and the last dip."""
    import numpy as np
    import polars as pl

    effect: np.ndarray = random.normal(0, 0.05, size=agencies)[agency]
    years = (frame["opened"].cast(pl.Date) - pl.Series([FIRST_DAY])).dt.total_days().to_numpy() / 365
    effect += 0.02 * years
    day = pl.col("opened").cast(pl.Date)
    bad = frame.select(day.is_between(*BAD_QUARTER)).to_series().to_numpy()
    mail = (
        frame.select(pl.col("service").is_in(["e-mail-and-calendar", "identity-and-access"]))
        .to_series()
        .to_numpy()
    )
    effect -= np.where(bad, np.where(mail, 0.2, 0.06), 0)
    since, until, departments, categories = DIP
    at_home = pl.any_horizontal([pl.col("agency").str.starts_with(code) for code in departments])
    dip = (
        frame.select(day.is_between(since, until) & at_home & pl.col("category").is_in(categories))
        .to_series()
        .to_numpy()
    )
    effect -= np.where(dip, 0.7, 0)
    return effect


def draw_outcome(random: np.random.Generator, chance: np.ndarray, days: pl.Series) -> np.ndarray:
    """Draw an outcome per ticket: first, later (tier 1, but beyond the hour), escalated, reopened or open."""
    import holidays
    import numpy as np
    from django.conf import settings

    first = random.random(len(chance)) < chance
    other = random.choice(
        ["later", "escalated", "reopened", "open"], size=len(chance), p=[0.2, 0.68, 0.09, 0.03]
    )
    # On a day off no service hour passes, so nothing can be late: such a ticket goes to the second line instead.
    off = holidays.country_holidays(
        "US", subdiv=settings.HOLIDAYS_STATE, years=range(FIRST_DAY.year, LAST_DAY.year + 1)
    )
    closed = (days.dt.weekday() > 5).to_numpy() | days.is_in(list(off)).to_numpy()
    other = np.where((other == "later") & closed, "escalated", other)
    return np.where(first, "first", other)


def with_instants(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Add the instants of assignment, resolution, reopening and closing that an outcome implies."""
    import polars as pl

    count = len(frame)
    quick = pl.Series(random.gamma(2.2, 5.5, size=count).clip(2, 45) * 60).cast(pl.Int64)
    slow = pl.Series(random.gamma(1.6, 30, size=count).clip(4, 400) * 3600).cast(pl.Int64)
    wait = pl.Series(random.integers(20, 100, size=count) * 60)
    beyond = pl.Series(random.integers(61 * 60, 110 * 60, size=count))
    return (
        frame.with_columns(quick=quick, slow=slow, wait=wait, beyond=beyond)
        .with_columns(
            resolved=pl.when(pl.col("outcome") == "first")
            .then(pl.col("opened") + pl.duration(seconds="quick"))
            .when(pl.col("outcome") == "later")
            .then(pl.col("opened") + pl.duration(seconds="beyond"))
            .when(pl.col("outcome") == "escalated")
            .then(pl.col("opened") + pl.duration(seconds=pl.col("wait") + pl.col("slow")))
            .when(pl.col("outcome") == "reopened")
            .then(pl.col("opened") + pl.duration(seconds="quick")),
        )
        .with_columns(
            # No expert works in the small hours, when the clocks change and a local time may not exist or exist twice.
            resolved=pl.when(pl.col("resolved").dt.hour() < 4)
            .then(pl.col("resolved") + pl.duration(hours=5))
            .otherwise("resolved")
        )
        .with_columns(
            reopened=pl.when(pl.col("outcome") == "reopened").then(pl.col("resolved") + pl.duration(hours=2)),
        )
        .with_columns(
            final=pl.when(pl.col("outcome") == "reopened")
            .then(pl.col("reopened") + pl.duration(minutes=30))
            .otherwise("resolved"),
        )
        .with_columns(closed=pl.col("final") + pl.duration(days=3))
    )


def first_contact_truth(tickets: pl.DataFrame) -> pl.DataFrame:
    """Incidents closed by the last day, by month of closing and agency: how many, and how many at first contact."""
    import polars as pl

    return (
        tickets.filter((pl.col("kind") == "Incident") & (pl.col("closed").cast(pl.Date) <= LAST_DAY))
        .group_by(pl.col("closed").dt.strftime("%Y-%m").alias("month"), "agency", "category", "channel")
        .agg(counted=pl.len(), first_contact=(pl.col("outcome") == "first").sum())
    )


def local(column: str) -> pl.Expr:
    """The instant of a local time, so that a span over a change of the clocks has its real length."""
    import polars as pl

    return pl.col(column).dt.replace_time_zone(ZONE, ambiguous="earliest")


def tier1_truth(tickets: pl.DataFrame) -> pl.DataFrame:
    """Incidents resolved at tier 1 by the last day, by month of resolving and agency: how many, and their seconds."""
    import polars as pl

    return (
        tickets.filter(
            (pl.col("kind") == "Incident")
            & pl.col("outcome").is_in(["first", "later", "reopened"])
            & (pl.col("final").cast(pl.Date) <= LAST_DAY)
        )
        .group_by(pl.col("final").dt.strftime("%Y-%m").alias("month"), "agency", "category")
        .agg(resolved=pl.len(), seconds=(local("final") - local("opened")).dt.total_seconds().sum())
    )
