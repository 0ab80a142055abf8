"""The words that the fictional state sorts its costs and services by: a part of those that the TBM taxonomy has."""

from __future__ import annotations

from stateworks.modules.billing.demo.rows import Drawn

TOWERS = {
    "Data Center": ("Facilities",), "Compute": ("Servers", "Mainframe"), "Storage": ("Online Storage",),
    "Network": ("LAN/WAN", "Voice"), "Platform": ("Database", "Middleware"),
    "Application": ("Development", "Support & Operations"),
    "End User": ("Workplace", "Mobile Devices", "Service Desk"), "Output": ("Central Print",),
    "Security & Compliance": ("Identity & Access Management", "Cyber Security"),
    "IT Management": ("Strategic Planning", "IT Finance"), "Delivery": ("Client Management",),
}  # fmt: skip
TOWER_OF = {
    "facilities": "Facilities", "administration": "Strategic Planning", "pool-service-desk": "Service Desk",
    "pool-identity-and-access": "Identity & Access Management", "pool-security-monitoring": "Cyber Security",
    "pool-project-management": "Client Management", "pool-printing": "Central Print", "billed-services": "IT Finance",
}  # fmt: skip
TOWER_OF_SERVICE = {
    "application-development": "Development", "application-support": "Support & Operations", "cloud-hosting": "Servers",
    "contact-centers": "Voice", "data-integration": "Middleware", "database-services": "Database", "mainframe": "Mainframe",
    "enterprise-resource-planning": "Support & Operations", "geographic-information": "Support & Operations",
    "mobile-devices": "Mobile Devices", "server-hosting": "Servers", "storage-and-backup": "Online Storage",
    "telephony": "Voice", "virtual-private-network": "LAN/WAN", "website-hosting": "Servers", "wide-area-network": "LAN/WAN",
    "wireless-network": "LAN/WAN",
}  # fmt: skip
"""The tower of a billed service's own pool; of those that are not named here it is the workplace."""
SOLUTIONS = (
    "Workplace Services",
    "Platform Services",
    "Delivery Services",
    "Infrastructure Services",
    "Business Services",
)
SOLUTION_OF = {
    "application-development": 2, "application-support": 2, "cloud-hosting": 3, "contact-centers": 4, "data-integration": 1,
    "database-services": 1, "mainframe": 3, "server-hosting": 3, "storage-and-backup": 3, "website-hosting": 1,
    "wide-area-network": 3, "wireless-network": 3, "virtual-private-network": 3, "project-management": 2,
    "security-monitoring": 3, "geographic-information": 4, "enterprise-resource-planning": 4,
}  # fmt: skip
"""Place of a service's solution; those that are not named here serve people at their desks."""


def draw_taxonomy(made: Drawn) -> None:
    """Draw the terms, and give each pool its tower and each SKU its solution."""
    for top, below in TOWERS.items():
        made.taxonomy.append(_term(f"tower-{_code(top)}", top, "tower", ""))
        made.taxonomy += [_term(f"tower-{_code(one)}", one, "tower", f"tower-{_code(top)}") for one in below]
    made.taxonomy += [_term(f"solution-{_code(one)}", one, "solution", "") for one in SOLUTIONS]
    made.pools = [{**row, "tower": TOWER_OF[str(row["code"])]} for row in made.pools]
    made.skus = [{**row, "solution": SOLUTIONS[SOLUTION_OF.get(str(row["code"]), 0)]} for row in made.skus]


def _term(code: str, name: str, layer: str, parent: str) -> dict[str, str]:
    return {"code": code, "name": name, "layer": layer, "parent": parent, "version": "TBM 5, in part"}


def _code(name: str) -> str:
    return name.lower().replace(" & ", "-and-").replace(" ", "-").replace("/", "-")
