"""A small office that has everything pages show: organizations, people in each role, a plan, tickets, a run, signatures.

Built once a module inside one transaction that is rolled back at its end; each test's own writes are rolled back before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators import signing
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.lake.models import Import
from stateworks.kernel.org.models import Appointment, LineOfService, Organization, OrganizationAlias, Person
from stateworks.kernel.plans import reporting, verbs
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.yaml_format import read_plan

AT = dt.datetime(2027, 2, 3, 15, tzinfo=dt.UTC)
AS_OF = dt.date(2027, 1, 31)
MONTH = "2027-01"
PLAN = "louisiana-ots"
LONG_NAME = (
    "Office of Homeland Security, Emergency Preparedness and Interoperability, Statewide Radio and "
    "Communications Infrastructure Section"
)
#: Two of these six tickets are Port Authority's, four Harbor Commission's; the last closes before it opens.
TICKETS = """\
Number,Opened,Resolved,Closed,Updated,State,Channel,Category,Subcategory,Service,Priority,Company,Assignment group,Assigned to,Reassignment count,Reopen count,Made SLA
INC1,01/04/2027 09:00:00,01/04/2027 09:20:00,01/07/2027 09:20:00,01/07/2027 09:20:00,Closed,Phone,Password reset,,Identity,3 - Moderate,Harbor Commission,Service Desk,Agent 1,0,0,true
INC2,01/04/2027 10:00:00,01/05/2027 10:00:00,01/08/2027 10:00:00,01/08/2027 10:00:00,Closed,Email,Password reset,,Identity,3 - Moderate,Port Authority,Service Desk,Agent 2,0,0,false
INC3,01/05/2027 11:00:00,01/05/2027 15:00:00,01/09/2027 15:00:00,01/09/2027 15:00:00,Closed,Self-service,VPN,,Network,2 - High,Port Authority,Network team,Expert 3,1,0,true
INC4,01/06/2027 08:30:00,,,01/06/2027 09:00:00,On Hold,Phone,VPN,,Network,2 - High,Harbor Commission,Network team,Expert 3,1,0,true
INC5,01/06/2027 13:00:00,01/06/2027 13:10:00,01/07/2027 13:10:00,01/07/2027 13:10:00,Closed,Chat,Printing,,Printing,4 - Low,Harbor Commission,Service Desk,Agent 1,0,0,true
INC6,01/07/2027 13:00:00,01/06/2027 13:10:00,01/09/2027 13:10:00,01/09/2027 13:10:00,Closed,Chat,Printing,,Printing,4 - Low,Harbor Commission,Service Desk,Agent 1,0,0,true
"""  # noqa: E501


@dataclass
class Office:
    """What was built, for tests to ask about."""

    state: Organization
    harbor: Organization
    port: Organization
    accounts: dict[str, Account]
    plan: Plan
    run: Run
    tickets: Import
    preview: Import
    lake: Path
    files: Path
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser: "anonymous", or somebody signed in by the role's name; liaisons are "harbor" and "port"."""
        client = Client(HTTP_HOST="localhost")
        if who != "anonymous":
            with entered(SYSTEM):
                client.force_login(self.accounts[who])
        return client


@contextmanager
def built(folder: Path) -> Iterator[Office]:
    """Build the office; everything in the database is undone at the end."""
    lake, files = folder / "lake", folder / "files"
    with override_settings(LAKE_ROOT=lake, MEDIA_ROOT=files), transaction.atomic():
        yield _office(folder, lake, files)
        transaction.set_rollback(True)


def _office(folder: Path, lake: Path, files: Path) -> Office:
    from stateworks.kernel.lake.intake import import_feed
    from stateworks.kernel.plans.scoring import run_plan
    from stateworks.kernel.records.intake import import_records

    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
        harbor = _agency("harbor", "Harbor Commission", state)
        port = _agency("port", "Port Authority", state)
        _agency("radio", LONG_NAME, state)
        accounts = _accounts(state, harbor, port)
        person = Person.objects.create(
            code="ann", name="Ann Liaison", email="ann@example.org", organization=harbor
        )
        Appointment.objects.create(
            person=person, organization=harbor, role="it_liaison", since=dt.date(2026, 1, 1)
        )
        LineOfService.objects.create(code="identity", name="Identity", section=state)
        for slug in (PLAN, "massachusetts-eotss"):
            load_plan(
                read_plan((Path(settings.PLANS_FOLDER) / f"{slug}.yaml").read_bytes()),
                by=accounts["planner"],
                at=AT,
            )
        reporting.report_value(
            PLAN, "1.1.1", "FY27 Q2", 4.2, n=310, note="Yearly survey", by=accounts["owner"], at=AT
        )
        verbs.write_variance_note(
            PLAN, "1.2.1", period="FY27 Q2", text="Two agents were away.", by=accounts["owner"], at=AT
        )
        file = folder / "incidents.csv"
        file.write_text(TICKETS, encoding="utf-8")
        tickets = import_feed(
            "desk.ticket", file, mapping="servicenow-incident-export", by=accounts["data_steward"], at=AT
        )
        people = folder / "people.csv"
        people.write_text(
            "code,name,organization\nann,Ann Alder,harbor\nben,Ben New,port\n", encoding="utf-8"
        )
        preview = import_records("office.person", people, dry_run=True, by=accounts["data_steward"], at=AT)
        # Later than the import, whose clock runs on from AT: a run knows what was there when it began.
        run = run_plan(PLAN, as_of=AS_OF, at=AT + dt.timedelta(hours=1))
        plan = Plan.objects.select_related("current").get(slug=PLAN)
    return Office(state, harbor, port, accounts, plan, run, tickets, preview, lake, files)


def _agency(code: str, name: str, parent: Organization) -> Organization:
    made = Organization.objects.create(code=code, name=name, kind="agency", parent=parent)
    OrganizationAlias.objects.create(organization=made, alias=name)
    return made


def _accounts(state: Organization, harbor: Organization, port: Organization) -> dict[str, Account]:
    places: dict[str, tuple[str, Organization]] = {
        role: (role, state) for role in Role.values if role not in {Role.PUBLIC, Role.AGENCY_LIAISON}
    }
    places |= {"harbor": (Role.AGENCY_LIAISON, harbor), "port": (Role.AGENCY_LIAISON, port)}
    made: dict[str, Account] = {}
    for who, (role, place) in places.items():
        made[who] = Account.objects.create_user(f"{who}@example.org", name=who.replace("_", " ").title())
        Grant.objects.create(account=made[who], role=role, organization=place, since=dt.date(2024, 1, 1))
    made["nobody"] = Account.objects.create_user("nobody@example.org", name="Nobody Yet")
    return made


def signed(office: Office, indicator: str) -> Any:
    """Prepare and approve one figure of the office's run."""
    with entered(SYSTEM):
        prepared = signing.prepare(office.run, indicator, by=office.accounts["owner"], at=AT)
        return signing.approve(prepared, by=office.accounts["approver"], at=AT)
