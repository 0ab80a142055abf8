"""The fictional state's cost centers: budgets, and forecasts that owners submit each month; what is spent the ledger knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import following, parse_period
from stateworks.kernel.demo import World
from stateworks.kernel.org.models import LineOfService, Person
from stateworks.modules.billing.demo.rows import Drawn

Row = Mapping[str, Any]
SECTIONS = {
    "C00": ("Buildings", "mot-finance", ""), "C01": ("Administration", "mot-finance", ""),
    "C02": ("Service desk", "mot-service-desk", "service-desk"),
    "C03": ("Identity and access", "mot-security", "identity-and-access"),
    "C04": ("Security monitoring", "mot-security", "security-monitoring"),
    "C05": ("Project management", "mot-portfolio-office", "project-management"),
    "C06": ("Printing", "mot-end-user-computing", "printing"), "C07": ("Billed services", "mot-hosting", ""),
}  # fmt: skip
"""Name, section and line of service of what is shared, by the code that the ledger uses; each billed service has its own."""
OBJECTS = ("5100", "5300", "5500", "5700")
ROUNDS = ("2026-08", "2026-09", "2026-10")
"""The months in which owners say what they expect."""
LATE = {("C05", "2026-09"), ("C05", "2026-10"), ("C07", "2026-10"), ("S-mainframe", "2026-10")}
"""Who did not say so in which month."""
REASONS = (
    "A vacancy is filled earlier than planned.", "The license is renewed for fewer seats.",
    "The contractor stays until the move is done.", "The new lease starts a month later.",
)  # fmt: skip


@dataclass
class CenterTruth:
    """Rows by dataset, and what is true of them in cents: spent by cost center and month, budgeted, and expected last."""

    centers: list[Row] = field(default_factory=list)
    budgets: list[Row] = field(default_factory=list)
    forecasts: list[Row] = field(default_factory=list)
    spent: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    budget: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    expected: dict[tuple[str, str], int] = field(default_factory=dict)
    reasons: int = 0
    """How many forecasts differ from the one before by more than a twentieth, and say why."""

    def records(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the record types with their rows."""
        yield from (
            ("cost_center", self.centers), ("cost_center_budget", self.budgets),
            ("cost_center_forecast", self.forecasts),
        )  # fmt: skip


def draw_centers(world: World, drawn: Drawn) -> CenterTruth:
    """Draw it all; what is spent is added up from the lines that the ledger is made of."""
    made, chance = CenterTruth(), world.random("billing.centers")
    for line in drawn.ledger:
        dollars, _, cents = str(line["Amount"]).partition(".")
        made.spent[str(line["Cost center"]), f"{line['Posted']:%Y-%m}"] += int(dollars) * 100 + int(cents)
    with entered(SYSTEM):
        centers = list(_centers(drawn))
    for code, name, section, owner, service in centers:
        made.centers.append(
            {"code": code, "name": name, "organization": section, "owner": owner, "line_of_service": service,
             "starts_on": "2020-07-01", "ends_on": ""}
        )  # fmt: skip
        _budgets(made, chance, code)
        for round_ in ROUNDS:
            if (code, round_) not in LATE:
                _forecast(made, chance, code, round_, world.by.email)
    return made


def _centers(drawn: Drawn) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield code, name, section, owner and line of service: of what is shared, then of each billed service."""
    first: dict[str, str] = {}
    for section, person in Person.objects.order_by("pk").values_list("organization__code", "code"):
        first.setdefault(section, person)
    for code, (name, section, service) in SECTIONS.items():
        yield code, name, section, first.get(section, ""), service
    services = {one.code: one for one in LineOfService.objects.select_related("section")}
    billed = {str(pool["code"]): str(pool.get("line_of_service") or "") for pool in drawn.pools}
    for rule in drawn.pool_rules:
        sold = services.get(billed.get(str(rule["pool"]), ""))
        if sold is not None and sold.section is not None:
            section = sold.section.code
            yield str(rule["cost_center"]), sold.name, section, first.get(section, ""), sold.code


def _budgets(made: CenterTruth, chance: Random, code: str) -> None:
    """Budget two fiscal years by month, each about what a month cost; what is shared by object, a service in one sum."""
    objects = OBJECTS if code in SECTIONS else ("",)
    spent = [cents for (center, _), cents in sorted(made.spent.items()) if center == code]
    usual = sum(spent) // len(spent) // len(objects)
    for year in (2025, 2026):
        for month in _months(f"{year}-07", 12):
            for object_code in objects:
                cents = usual * chance.randrange(92, 112) // 100 // 10_000 * 10_000
                made.budgets.append(
                    {
                        "center": code,
                        "month": month,
                        "object_code": object_code,
                        "cents": cents,
                        "note": "As enacted",
                    }
                )
                made.budget[code, month] += cents


def _forecast(made: CenterTruth, chance: Random, code: str, round_: str, who: str) -> None:
    """Say what the twelve months from the round's on come to: as before, or a little else, or a lot else with a reason."""
    at = f"{round_}-{chance.randrange(5, 15):02}T15:00:00Z"
    for place, month in enumerate(_months(round_, 12), 1):
        before = made.expected.get((code, month))
        # Of a year that has no budget yet, the same month of the year before is expected.
        usual = made.budget.get((code, month)) or made.budget[code, f"{int(month[:4]) - 1}{month[4:]}"]
        draw, far = chance.random(), chance.choice((86, 91, 108, 117))
        cents, reason = before or usual, ""
        if before and draw < 0.12:
            cents, reason = before * far // 100, chance.choice(REASONS)
            made.reasons += 1
        elif before and draw < 0.3:
            cents = before * 102 // 100
        made.expected[code, month] = cents
        made.forecasts.append(
            {"code": f"{code}.{month}.{round_}.{place}", "center": code, "month": month, "made_in": round_, "cents": cents,
             "reason": reason, "made_at": at, "made_by": who}
        )  # fmt: skip


def _months(first: str, count: int) -> list[str]:
    found = [parse_period(first)]
    while len(found) < count:
        found.append(following(found[-1]))
    return [one.label for one in found]
