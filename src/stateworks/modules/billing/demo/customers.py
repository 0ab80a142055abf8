"""Whom the fictional state's office bills: departments, agencies and localities, and as many boards as make 150 of them."""

from __future__ import annotations

from itertools import product
from random import Random

from stateworks.kernel.demo import World
from stateworks.kernel.org.models import Organization, OrganizationKind
from stateworks.modules.billing.demo.rows import Drawn

AGENCIES, FEWEST = 150, 12
"""Agencies that are billed at scale 1, and at least."""
SECOND = 3
"""One in so many agencies pays from a second fund as well."""
FUNDS = (("100", "General fund"), ("210", "Federal grants"))
TRADES = (
    "Accountancy", "Acupuncture", "Appraisers", "Architects", "Athletic Trainers", "Auctioneers", "Barbers", "Boilers",
    "Cemeteries", "Chiropractors", "Contractors", "Cosmetology", "Counselors", "Court Reporters", "Dentistry", "Dietitians",
    "Electricians", "Elevators", "Embalmers", "Engineers", "Foresters", "Geologists", "Hearing Aids", "Home Inspectors",
    "Interior Design", "Interpreters", "Land Surveyors", "Landscape Architects", "Locksmiths", "Massage Therapy", "Midwifery",
    "Nursing", "Occupational Therapy", "Optometry", "Pharmacy", "Physical Therapy", "Pilots of the Port", "Plumbing",
    "Podiatry", "Polygraph Examiners", "Psychology", "Radiology", "Real Estate", "Respiratory Care", "River Boats",
    "Sanitarians", "Social Work", "Speech Pathology", "Veterinary Medicine", "Well Drillers",
)  # fmt: skip
BODIES = (("board", "Board of Examiners: {}"), ("fund", "Recovery Fund Commission: {}"))


def draw_accounts(made: Drawn, world: World, chance: Random) -> None:
    """Give every customer an account of the general fund, and one in three another that federal grants pay for."""
    wanted = max(FEWEST, round(AGENCIES * min(1, world.scale)))
    kinds = [OrganizationKind.STATE, OrganizationKind.SECTION, OrganizationKind.BOARD]
    customers = list(Organization.objects.exclude(kind__in=kinds).exclude(code="mot").order_by("code"))
    customers += _boards(wanted - len(customers))
    both = [(customer, 0) for customer in customers[:wanted]]
    both += [(customer, 1) for customer in customers[:wanted:SECOND]]
    for at, (customer, place) in enumerate(both):
        fund, name = FUNDS[place]
        code = f"{customer.code}-{fund}"[:60]
        made.accounts.append(
            {"code": code, "name": f"{customer.name}, {name.lower()}"[:200], "agency": customer.code, "fund": fund,
             "program": f"P{chance.randrange(10, 99)}"}
        )  # fmt: skip
        made.aliases.append({"source": "meter", "given": f"ACC-{at:04}", "account": code})


def _boards(n: int) -> list[Organization]:
    """Put boards and commissions into the tree, or find them there; they stand outside of the executive branch."""
    departments = list(Organization.objects.filter(kind=OrganizationKind.DEPARTMENT).order_by("code"))
    made = []
    for at, ((kind, name), trade) in enumerate(product(BODIES, TRADES)):
        if at >= n:
            break
        code = f"{kind}-{trade.lower().replace(' ', '-')}"
        defaults = {
            "name": name.format(trade), "kind": OrganizationKind.BOARD, "parent": departments[at % len(departments)],
            "executive_branch": False, "consolidated": False,
        }  # fmt: skip
        made.append(Organization.objects.get_or_create(code=code, defaults=defaults)[0])
    return made
