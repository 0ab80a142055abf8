"""ServiceNow's configuration database, exported as CSV or XLSX: items, and the relations between them."""

from __future__ import annotations

from pathlib import Path

from stateworks.connectors.days import day, local_day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import Sheet, sheet
from stateworks.connectors.owners import AGENCY, FREE, Owners
from stateworks.connectors.systems import Told, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Person
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance

DEPENDENCY = "inventory.dependency"
SOURCE = "servicenow"
KINDS = {
    "cmdb_ci_business_app": "application", "cmdb_ci_appl": "application", "cmdb_ci_service": "application",
    "cmdb_ci_service_discovered": "application", "cmdb_ci_service_auto": "application", "cmdb_ci_web_site": "website",
    "business application": "application", "application": "application", "application service": "application",
    "business service": "application", "web site": "website",
}  # fmt: skip
STAGES = {
    "operational": "production", "installed": "production", "in production": "production", "in use": "production",
    "deploy": "production", "non-operational": "phase_out", "end of life": "phase_out", "retired": "retired",
    "decommissioned": "retired", "absent": "retired", "build": "development", "in development": "development",
    "pipeline": "planned", "on order": "planned", "planned": "planned", "design": "planned",
}  # fmt: skip
OPERATIONAL = {"1": "production", "2": "phase_out", "6": "retired"}
INSTALLED = {"1": "production", "2": "planned", "7": "retired"}
CRITICALITIES = {"1": "1_essential", "2": "2_important", "3": "3_supporting", "4": "4_minor"}
HARD, SOFT = "hard", "soft"
NEEDS = {
    "depends on": HARD, "runs on": HARD, "hosted on": HARD, "virtualized by": HARD, "stored on": HARD, "powered by": HARD,
    "contains": HARD, "uses": HARD, "consumes": HARD, "instantiates": HARD, "connects to": SOFT, "receives data from": SOFT,
}  # fmt: skip
SERVES = {
    "used by": HARD, "runs": HARD, "hosts": HARD, "virtualizes": HARD, "stores": HARD, "powers": HARD, "contained by": HARD,
    "consumed by": HARD, "provides": HARD, "instantiated by": HARD, "connected by": SOFT, "sends data to": SOFT,
}  # fmt: skip


def recognise_items(glance: Glance) -> str | None:
    """Tell items by the columns every export of them has."""
    names = {_plain(name) for name in glance.header}
    if (
        "name" in names
        and names & {"sysclassname", "class"}
        and names & {"sysid", "operationalstatus", "installstatus", "assettag"}
    ):
        return "Its columns “name” and “sys_class_name” are those of ServiceNow's configuration items."
    return None


def recognise_relations(glance: Glance) -> str | None:
    """Tell relations by parent, type and child."""
    names = {_plain(name) for name in glance.header}
    if {"parent", "child"} <= names and "type" in names and "::" in glance.text:
        return "Its columns “parent”, “type” and “child” are those of ServiceNow's relations."
    return None


def read_items(path: Path, asked: Asked) -> Found:
    """Read every item as a system; applications and services stay such, everything else is infrastructure."""
    table = sheet(path, asked.filename)
    name, of_class = table.column("name"), table.column("sys_class_name", "class")
    if not name or not of_class:
        raise Refused(f"{asked.filename} has no columns “name” and “sys_class_name”; add both to the export.")
    found, directory, owners = (
        Found(notes=table.notes),
        Directory(SOURCE),
        Owners(SOURCE, asked.options, asked.at),
    )
    for bad in table.bad:
        found.refuse("inventory.system", bad.line, bad.code, bad.reason, bad.values)
    read = _Columns(table)
    people = dict(Person.objects.values_list("code", "code")) | {
        text.lower(): code
        for code, *texts in Person.objects.values_list("code", "email", "name").order_by("-pk")
        for text in texts
        if text
    }
    told = []
    for line, row in table.rows:
        if not row[name]:
            found.refuse(
                "inventory.system", line, "name.empty", f"Line {line} has no name; give it one.", row
            )
            continue
        stage = read.stage(row)
        criticality = read.of(row, "business_criticality", "busines_criticality")
        says: dict[str, str | None] = {
            "lifecycle": stage, "criticality": CRITICALITIES.get(criticality[:1]),
            "purpose": read.of(row, "short_description", "description") or None,
            "owner": people.get(read.of(row, "owned_by", "business_owner", "it_application_owner").lower()),
            "steward": people.get(read.of(row, "managed_by", "supported_by").lower()),
        }  # fmt: skip
        starts: dict[str, str | None] = {"kind": KINDS.get(row[of_class].lower(), "infrastructure")}
        if stage == "retired":
            says["retired_on"] = day(read.of(row, "retirement_date", "decommissioned", "end_of_life"))
            starts["retired_on"] = day(read.of(row, "sys_updated_on", "updated")) or local_day(asked.at)
        identity = read.of(row, "sys_id") or f"{row[of_class]}:{row[name]}"
        organizations = tuple(
            read.of(row, column) for column in ("department", "company", "assignment_group")
        )
        told.append(
            Told(
                line,
                identity,
                row[name],
                organizations,
                says,
                starts,
                raw={name: row[name], of_class: row[of_class]},
            )
        )
    tell(found, directory, owners, told)
    return found


def read_relations(path: Path, asked: Asked) -> Found:
    """Read every relation as a dependency, the way its type reads."""
    table = sheet(path, asked.filename)
    read = _Columns(table)
    if not all(table.column(name) for name in ("parent", "type", "child")):
        raise Refused(
            f"{asked.filename} has no columns “parent”, “type” and “child”; add them to the export."
        )
    found, directory = Found(notes=table.notes), Directory(SOURCE)
    for bad in table.bad:
        found.refuse(DEPENDENCY, bad.line, bad.code, bad.reason, bad.values)
    for line, row in table.rows:
        parent, kind, child = (read.of(row, name) for name in ("parent", "type", "child"))
        ends = [
            directory.own(read.of(row, f"{name}.sys_id", f"{name}_sys_id")) or directory.find(text)
            for name, text in (("parent", parent), ("child", child))
        ]
        raw = {"parent": parent, "type": kind, "child": child}
        missing = [text for text, end in zip((parent, child), ends, strict=True) if not end]
        word = kind.partition("::")[0].strip().lower()
        strength = NEEDS.get(word) or SERVES.get(word)
        if missing:
            why = " ".join(directory.why_not(text) for text in missing)
            found.refuse(
                DEPENDENCY, line, "end.unknown", f"Line {line}: “{parent}” {kind} “{child}”: {why}", raw
            )
        elif strength is None:
            found.refuse(
                DEPENDENCY, line, "type.unknown",
                f"Line {line}: the type “{kind}” does not say which end needs the other; change it, for instance to "
                "“Depends on::Used by”.", raw,
            )  # fmt: skip
        elif ends[0] == ends[1]:
            found.refuse(
                DEPENDENCY,
                line,
                "edge.self",
                f"Line {line}: “{parent}” would depend on itself; take the row out.",
                raw,
            )
        else:
            system, provider = ends if word in NEEDS else reversed(ends)
            found.add(
                DEPENDENCY, line,
                {"system": system, "component": "", "provider": provider, "provider_component": "", "strength": strength},
                {"source": "imported"},
            )  # fmt: skip
    return found


class _Columns:
    """Finds a row's cell by the column's name or its label, whatever the case."""

    def __init__(self, table: Sheet) -> None:
        self._table = table
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, row: dict[str, str], *names: str) -> str:
        """Return the first of these cells that is there."""
        if names not in self._known:
            self._known[names] = self._table.column(*names)
        return row.get(self._known[names], "")

    def stage(self, row: dict[str, str]) -> str | None:
        """Return the stage: by the life cycle's stage, else whether it operates, else whether it is installed."""
        for column, numbers in (
            ("life_cycle_stage", {}),
            ("operational_status", OPERATIONAL),
            ("install_status", INSTALLED),
        ):
            text = self.of(row, column).lower()
            if found := numbers.get(text) or STAGES.get(text):
                return found
        return None


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


ITEMS = Connector(
    name="servicenow-items",
    title="ServiceNow configuration items",
    reads="Configuration items (cmdb_ci) as CSV or XLSX: each becomes a system, known again by its sys_id.",
    datasets=("inventory.system", "inventory.alias"),
    recognise=recognise_items,
    read=read_items,
    options=(AGENCY,),
    free=(FREE,),
)
RELATIONS = Connector(
    name="servicenow-relations",
    title="ServiceNow relations",
    reads="Relations between configuration items (cmdb_rel_ci) as CSV or XLSX: each becomes a dependency.",
    datasets=(DEPENDENCY,),
    recognise=recognise_relations,
    read=read_relations,
)
