"""The state's websites: the registry of .gov domains, and what a scan of sites saw."""

from __future__ import annotations

from pathlib import Path

from stateworks.connectors.days import day
from stateworks.connectors.documents import Sheet, sheet
from stateworks.connectors.owners import AGENCY, FREE, Owners
from stateworks.connectors.systems import shortened
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option

WEBSITE = "inventory.website"
STATE = Option("state", "Only domains of this state, by its two letters, such as LA.")
DOMAIN = Option("domain", "Only this domain and what is below it, such as la.gov.")
REGISTRY = {"Domain name", "Domain type", "Organization name", "Security contact email"}
OUTSIDE = "Non-Federal Agency"
_NONE = ("(blank)", "blank", "none", "n/a")


def recognise_registry(glance: Glance) -> str | None:
    """Tell the registry's list by its columns."""
    if set(glance.header) >= REGISTRY:
        layout = "newer" if "Suborganization name" in glance.header else "older"
        return f"Its columns are those of the .gov registry, in the {layout} layout."
    return None


def recognise_consumers(glance: Glance) -> str | None:
    """Tell the scan's list of services by its columns."""
    if {"website", "domain", "visits", "cloud provider", "CMS provider"} <= set(glance.header):
        return "Its columns “website”, “cloud provider” and “CMS provider” are those of the site scan."
    return None


def recognise_standards(glance: Glance) -> str | None:
    """Tell the scan's list of standards by its columns."""
    if {"initial_domain", "scan_date", "title"} <= set(glance.header):
        return "Its columns “initial_domain”, “scan_date” and “title” are those of the site scan's standards."
    return None


def read_registry(path: Path, asked: Asked) -> Found:
    """Read every domain; the text (blank) for a security contact means that there is none."""
    table = _table(path, asked, REGISTRY)
    found, owners = _begun(table, asked, "dotgov")
    newer = "Suborganization name" in table.header
    state, passed = asked.option("state").upper(), 0
    for line, row in table.rows:
        domain = row["Domain name"].lower()
        if (state and row.get("State", "").upper() != state) or not _within(domain, asked):
            passed += 1
            continue
        part = row.get("Suborganization name", "") if newer else row["Organization name"]
        whole = row["Organization name"] if newer else row.get("Agency", "")
        names = tuple(dict.fromkeys(name for name in (part, whole) if name and name != OUTSIDE))
        contact = row["Security contact email"]
        found.add(
            WEBSITE, line,
            {
                "domain": domain, "kind": row["Domain type"], "city": row.get("City", ""),
                "registrant": shortened(", ".join(reversed(names)), 200), "organization": owners.known(*names) or None,
                "security_contact": "" if contact.lower() in _NONE else contact,
            },
            {"organization": owners.default or None},
        )  # fmt: skip
    _passed(found, passed, asked)
    return found


def read_consumers(path: Path, asked: Asked) -> Found:
    """Read who hosts each site, what it is edited with, and how often it is visited."""
    table = _table(path, asked, {"website", "visits", "cloud provider", "CMS provider"})
    found, owners = _begun(table, asked, "site-scanning")
    passed = 0
    for line, row in table.rows:
        domain = row["website"].lower()
        if not _within(domain, asked):
            passed += 1
            continue
        says = {
            "domain": domain, "visits": _whole(row["visits"]), "content_system": row["CMS provider"],
            "hosted_by": row["cloud provider"],
        }  # fmt: skip
        found.add(WEBSITE, line, {**says, **_owner(row, owners)}, _start(row, owners))
    _passed(found, passed, asked)
    return found


def read_standards(path: Path, asked: Asked) -> Found:
    """Read each site's title and the day on which it was looked at."""
    table = _table(path, asked, {"initial_domain", "scan_date", "title"})
    found, owners = _begun(table, asked, "site-scanning")
    passed = 0
    for line, row in table.rows:
        domain = row["initial_domain"].lower()
        if not _within(domain, asked):
            passed += 1
            continue
        says = {"domain": domain, "title": shortened(row["title"], 300), "scanned_on": day(row["scan_date"])}
        found.add(WEBSITE, line, {**says, **_owner(row, owners)}, _start(row, owners))
    _passed(found, passed, asked)
    return found


def _table(path: Path, asked: Asked, needed: set[str]) -> Sheet:
    table = sheet(path, asked.filename)
    missing = sorted(needed - set(table.header))
    if missing:
        raise Refused(
            f"{asked.filename} has no column {', '.join(f'“{name}”' for name in missing)}; it is no such list."
        )
    return table


def _begun(table: Sheet, asked: Asked, source: str) -> tuple[Found, Owners]:
    found = Found(notes=table.notes)
    for bad in table.bad:
        found.refuse(WEBSITE, bad.line, bad.code, bad.reason, bad.values)
    return found, Owners(source, asked.options, asked.at)


def _within(domain: str, asked: Asked) -> bool:
    wanted = asked.option("domain").lower().strip(".")
    return not wanted or domain == wanted or domain.endswith(f".{wanted}")


def _passed(found: Found, passed: int, asked: Asked) -> None:
    if passed:
        asked_for = " and ".join(asked.option(name) for name in ("state", "domain") if asked.option(name))
        found.notes.append(f"{passed:,} rows outside {asked_for} were passed over.")


def _owner(row: dict[str, str], owners: Owners) -> dict[str, str | None]:
    return {"organization": owners.known(row.get("bureau", ""), row.get("agency", "")) or None}


def _start(row: dict[str, str], owners: Owners) -> dict[str, str | None]:
    names = dict.fromkeys(name for name in (row.get("agency", ""), row.get("bureau", "")) if name)
    return {"organization": owners.default or None, "registrant": shortened(", ".join(names), 200) or None}


def _whole(text: str) -> str | None:
    """Return a count that was written as 5533.0; None where nothing was counted."""
    if not text:
        return None
    try:
        return str(int(float(text)))
    except (ValueError, OverflowError):
        return text


REGISTRY_LIST = Connector(
    name="dotgov",
    title=".gov domains",
    reads="The registry of .gov domains in either layout: each domain becomes a website with its owner and security contact.",
    datasets=(WEBSITE,),
    recognise=recognise_registry,
    read=read_registry,
    options=(STATE, DOMAIN, AGENCY),
    free=(FREE,),
)
CONSUMERS = Connector(
    name="site-scan-services",
    title="Site scan: services in use",
    reads="What a scan saw of each website: visits, who hosts it, what it is edited with.",
    datasets=(WEBSITE,),
    recognise=recognise_consumers,
    read=read_consumers,
    options=(DOMAIN, AGENCY),
    free=(FREE,),
)
STANDARDS = Connector(
    name="site-scan-standards",
    title="Site scan: titles and standards",
    reads="What a scan saw of each website: its title and the day it was looked at.",
    datasets=(WEBSITE,),
    recognise=recognise_standards,
    read=read_standards,
    options=(DOMAIN, AGENCY),
    free=(FREE,),
)
