"""A few rows of the inventory for the tests of all pages, loaded as files are: this layer does not know that module."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.apps import apps

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records.intake import import_records
from stateworks.web.tests.office import AT, Office

#: In an order in which everything is there before it is named. Days lie far back or far ahead: no page changes with today.
TABLES = {
    "capability": "code,name\nmoor-ships,Moor ships\n",
    "system": (
        "code,name,kind,agency,capability,owner,lifecycle,criticality,single_sign_on,identity_wave,identity_due_on\n"
        "berths,Berth plan,application,harbor,moor-ships,ann,production,1_essential,planned,1,2025-06-30\n"
        "tides,Tide tables,application,harbor,moor-ships,,production,2_important,enforced,1,2025-06-30\n"
        "cranes,Crane desk,application,port,moor-ships,ben,production,3_supporting,planned,2,2025-12-31\n"
    ),
    "dependency": "system,component,provider,provider_component,strength\nberths,,tides,,hard\ncranes,,tides,,soft\n",
    "monitoring_tool": "code,name,approved\nlookout,Lookout,true\n",
    "monitor": "tool,entity,system,name,onboarded_on\nlookout,tides-1,tides,Tides,2025-03-01\n",
    "check_item": "code,name,required\nalerts,Somebody is alerted,true\n",
    "outage": (
        "code,title,source,system,declared_at\n"
        "outage-tides,Tide tables are gone,system,tides,2026-02-09T08:20:00-06:00\n"
    ),
    "outage_impact": (
        "outage,system,predicted,strength,hops,verdict\n"
        "outage-tides,berths,true,hard,1,candidate\noutage-tides,cranes,true,soft,1,candidate\n"
    ),
    "campaign": (
        "code,title,asks_facts,asks_dependencies,opens_on,due_on,valid_days\n"
        "autumn,Autumn round,true,true,2025-09-01,2025-10-15,365\n"
    ),
    "rule": "code,title,check,severity,due_days\nan-owner,A system has an owner,no_owner,high,14\n",
    "rationalization": "system,assessed_on,value,fitness\nberths,2026-04-01,5,2\n",
}


def add_systems(office: Office, folder: Path) -> int:
    """Load the tables and note one finding about the Harbor Commission; return its number."""
    with entered(SYSTEM):
        person = apps.get_model("org", "Person")
        person.objects.create(code="ben", name="Ben Berth", email="ben@example.org", organization=office.port)
        for noun, rows in TABLES.items():
            file = folder / f"{noun}.csv"
            file.write_text(rows, encoding="utf-8")
            loaded = import_records(f"inventory.{noun}", file, by=office.accounts["data_steward"], at=AT)
            assert loaded.read and not loaded.quarantined, noun
        finding = apps.get_model("inventory", "Finding").objects.create(
            rule=apps.get_model("inventory", "Rule").objects.get(code="an-owner"),
            system=apps.get_model("inventory", "System").objects.get(code="tides"),
            text="Nobody owns it.", found_on=dt.date(2025, 1, 6), due_on=dt.date(2025, 1, 20),
        )  # fmt: skip
        return int(finding.pk)
