"""The fictional State of Meridian: its departments, agencies, localities, people and lines of service."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import FIRST_DAY, World
from stateworks.kernel.org.models import (
    Appointment,
    AppointmentRole,
    LineOfService,
    Organization,
    OrganizationAlias,
    OrganizationKind,
    Person,
    Vendor,
)

STATE = "meridian"
OFFICE = "mot"

# Department: its agencies. Long names are there on purpose: real agencies have them, and pages must bear them.
DEPARTMENTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("dhs", "Department of Human Services"): (
        "Family Assistance Administration",
        "Office of Child Support Enforcement and Paternity Establishment",
        "Division of Aging and Disability Services",
    ),
    ("dph", "Department of Public Health"): (
        "Bureau of Vital Records",
        "State Laboratory",
        "Office of Emergency Medical Services and Trauma System Coordination",
    ),
    ("dot", "Department of Roads and Transit"): (
        "Motor Vehicle Services",
        "Bridge Inspection Bureau",
        "Port Authority",
    ),
    ("dor", "Department of Revenue"): ("Taxpayer Services", "Audit and Collections"),
    ("doc", "Department of Corrections"): ("Probation and Parole", "Northfield Correctional Center"),
    ("dps", "Department of Public Safety"): ("State Police", "Fire Marshal", "Emergency Management Agency"),
    ("dep", "Department of the Environment"): ("Air Quality Board", "Water Resources Division"),
    ("doe", "Department of Education"): ("School Finance Office", "Office of Early Learning"),
    ("dol", "Department of Labor and Workforce"): ("Unemployment Insurance", "Job Centers"),
    ("dva", "Department of Veterans Services"): ("Veterans Home at Harlan",),
    ("dag", "Department of Agriculture"): ("Plant Industry Inspection",),
    ("dnr", "Department of Natural Resources and Wildlife"): ("State Parks", "Fisheries Management"),
    ("dcm", "Department of Commerce"): ("Tourism Office",),
    ("dfi", "Department of Financial Institutions"): (),
    ("doa", "Department of Administration"): (
        "Procurement Office",
        "Facilities Management",
        "Retirement Systems",
    ),
    ("ago", "Office of the Inspector General"): (),
}
LOCALITIES: tuple[tuple[str, str, OrganizationKind], ...] = (
    ("port-lyon", "City of Port Lyon", OrganizationKind.MUNICIPALITY),
    ("harlan-county", "Harlan County", OrganizationKind.COUNTY),
    ("lakeview-schools", "Lakeview Unified School District", OrganizationKind.SCHOOL_DISTRICT),
    ("port-lyon-water", "Port Lyon Water and Light", OrganizationKind.UTILITY),
    ("harlan-911", "Harlan County Emergency Communications", OrganizationKind.PUBLIC_SAFETY),
    ("river-valley-plan", "River Valley Planning Commission", OrganizationKind.PLANNING_COMMISSION),
)
SECTIONS = (
    "Service Desk",
    "End User Computing",
    "Network Services",
    "Hosting",
    "Security",
    "Application Services",
    "Data Services",
    "Finance",
    "Customer Engagement",
    "Portfolio Office",
)
SERVICES: tuple[tuple[str, str], ...] = (
    ("Service desk", "Service Desk"),
    ("Desktop and laptop support", "End User Computing"),
    ("Mobile devices", "End User Computing"),
    ("E-mail and calendar", "End User Computing"),
    ("Office productivity suite", "End User Computing"),
    ("Identity and access", "Security"),
    ("Virtual private network", "Network Services"),
    ("Wide area network", "Network Services"),
    ("Wireless network", "Network Services"),
    ("Telephony", "Network Services"),
    ("Contact centers", "Network Services"),
    ("Server hosting", "Hosting"),
    ("Cloud hosting", "Hosting"),
    ("Mainframe", "Hosting"),
    ("Storage and backup", "Hosting"),
    ("Database services", "Data Services"),
    ("Data integration", "Data Services"),
    ("Geographic information", "Data Services"),
    ("Application development", "Application Services"),
    ("Application support", "Application Services"),
    ("Website hosting", "Application Services"),
    ("Enterprise resource planning", "Application Services"),
    ("Security monitoring", "Security"),
    ("Project management", "Portfolio Office"),
    ("Printing", "End User Computing"),
)
GIVEN = (
    "Ada",
    "Ben",
    "Carla",
    "Dov",
    "Elena",
    "Farid",
    "Grace",
    "Hiro",
    "Ines",
    "Jamal",
    "Keiko",
    "Luis",
    "Mona",
    "Nils",
    "Olga",
    "Priya",
    "Quinn",
    "Rosa",
    "Sam",
    "Tara",
    "Umar",
    "Vera",
    "Wes",
    "Ximena",
    "Yusuf",
    "Zoe",
)
FAMILY = (
    "Abbott",
    "Brandt",
    "Castillo",
    "Dubois",
    "Egan",
    "Foster",
    "Greene",
    "Holt",
    "Ito",
    "Jansen",
    "Keller",
    "Lund",
    "Marsh",
    "Novak",
    "Okafor",
    "Pratt",
    "Quist",
    "Rowe",
    "Silva",
    "Turner",
    "Udall",
    "Voss",
    "Weber",
    "Yates",
    "Zimmer",
)


def slug(text: str) -> str:
    """A code from a name: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]


def build(world: World) -> dict[str, Any]:
    """Write the state's organizations, people, appointments, lines of service and vendors; safe to repeat."""
    world.say("Organizations, people and lines of service")
    with entered(SYSTEM):
        state = place(STATE, "State of Meridian", OrganizationKind.STATE, None)
        for (code, name), agencies in DEPARTMENTS.items():
            department = place(code, name, OrganizationKind.DEPARTMENT, state)
            for agency in agencies:
                place(f"{code}-{slug(agency)}"[:40], agency, OrganizationKind.AGENCY, department)
        office = place(
            OFFICE,
            "Meridian Office of Technology",
            OrganizationKind.AGENCY,
            Organization.objects.get(code="doa"),
        )
        for section in SECTIONS:
            place(f"{OFFICE}-{slug(section)}", section, OrganizationKind.SECTION, office)
        for code, name, kind in LOCALITIES:
            place(code, name, kind, state, executive=False)
        for organization in Organization.objects.all():
            OrganizationAlias.objects.get_or_create(
                organization=organization,
                source="meridian-desk",
                alias=f"MER-{organization.code.upper()}",
                valid=None,
            )
        people = hire(world)
        offer(people)
        for code, name in (
            ("northwind-telecom", "Northwind Telecom"),
            ("bluepeak-cloud", "Bluepeak Cloud"),
            ("harbor-systems", "Harbor Systems Integration"),
            ("keystone-devices", "Keystone Devices"),
        ):
            Vendor.objects.get_or_create(code=code, defaults={"name": name})
        return {"organizations": Organization.objects.count(), "people": Person.objects.count()}


def place(
    code: str, name: str, kind: OrganizationKind, parent: Organization | None, *, executive: bool = True
) -> Organization:
    """Put an organization into the tree, or find it there."""
    organization, _ = Organization.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "kind": kind,
            "parent": parent,
            "executive_branch": executive,
            "consolidated": executive,
        },
    )
    return organization


def hire(world: World) -> dict[str, Person]:
    """Give every executive organization two people, a liaison and a security or fiscal officer; by person code."""
    random = world.random("office.people")
    people: dict[str, Person] = {}
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    random.shuffle(names)
    # Boards come with what they are billed, later; a second build must draw what the first one drew.
    without = (OrganizationKind.STATE, OrganizationKind.BOARD)
    for organization in Organization.objects.exclude(kind__in=without).order_by("code"):
        for second in range(2):
            name = names.pop()
            code = slug(name)
            person, _ = Person.objects.get_or_create(
                code=code,
                defaults={"name": name, "email": f"{code}@meridian.example", "organization": organization},
            )
            people[code] = person
            role = (
                AppointmentRole.IT_LIAISON
                if second == 0
                else random.choice(
                    [
                        AppointmentRole.SECURITY_OFFICER,
                        AppointmentRole.FISCAL_OFFICER,
                        AppointmentRole.DATA_STEWARD,
                    ]
                )
            )
            Appointment.objects.get_or_create(
                person=person, organization=organization, role=role, since=FIRST_DAY
            )
    return people


def offer(people: dict[str, Person]) -> None:
    """Write the lines of service, each with its section and an owner from that section."""
    by_organization: dict[str, Person] = {}
    for person in people.values():
        by_organization.setdefault(person.organization.code, person)
    for name, section in SERVICES:
        code = f"{OFFICE}-{slug(section)}"
        LineOfService.objects.get_or_create(
            code=slug(name),
            defaults={
                "name": name,
                "section": Organization.objects.get(code=code),
                "owner": by_organization.get(code),
                "started_on": date(2020, 7, 1),
            },
        )
