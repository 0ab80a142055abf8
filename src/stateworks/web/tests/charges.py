"""An invoice of the Harbor Commission for the tests of all pages, loaded as files are: this layer does not know that module."""

from __future__ import annotations

from pathlib import Path

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records.intake import import_records
from stateworks.web.tests.office import AT, Office

#: In an order in which everything is there before it is named. A draft that a file brought: nothing is known of its lines.
TABLES = {
    "account": "code,name,agency,fund\nharbor-100,Harbor general,harbor,100\nport-100,Port general,port,100\n",
    "sku": "code,name,line_of_service,recovery,unit\nsign-in,Sign-in,identity,billed,account\n",
    "rate_card": "code,title,fiscal_year\nfy27,Rates of 2027,2027\n",
    "period": "code,starts_on,ends_on\n2027-01,2027-01-01,2027-01-31\n",
    "invoice": "code,period,agency,cents\n2027-01-harbor,2027-01,harbor,1250\n2027-01-port,2027-01,port,300\n",
    "invoice_line": (
        "code,invoice,account,sku,kind,origin,quantity,price,cents\n"
        "2027-01-harbor.1,2027-01-harbor,harbor-100,sign-in,usage,2027-01,100,0.125,1250\n"
        "2027-01-port.1,2027-01-port,port-100,sign-in,usage,2027-01,24,0.125,300\n"
    ),
    "cost_center": "code,name,organization\nharbor-docks,Docks,harbor\nport-piers,Piers,port\n",
    "finops_policy": "code,name,kind,months\nidle,Paid for and not used,idle,1\n",
    "finops_finding": (
        "code,policy,agency,account,source,sub_account,resource,text,first_month,month,cents,state\n"
        "idle-berths,idle,harbor,harbor-100,cloud,77,berths-db,Nothing of it was consumed.,2027-01,2027-01,4200,open\n"
        "idle-tides,idle,port,port-100,cloud,78,tides-db,Nothing of it was consumed.,2027-01,2027-01,900,open\n"
    ),
}


def add_charges(office: Office, folder: Path) -> None:
    """Load the tables."""
    with entered(SYSTEM):
        for noun, rows in TABLES.items():
            file = folder / f"billing-{noun}.csv"
            file.write_text(rows, encoding="utf-8")
            loaded = import_records(f"billing.{noun}", file, by=office.accounts["administrator"], at=AT)
            assert loaded.read and not loaded.quarantined, [row.reason for row in loaded.quarantine.all()]
