"""The inventory's pages with a hundred thousand systems behind them against the same pages with five; see `visiting`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import visiting
from benchmarks.feeds import AT
from benchmarks.harness import Result
from benchmarks.instance import AGENCIES
from benchmarks.visiting import Seen

NAME = "inventory-pages"
FEW = 5
EACH = 4
"""Dependencies for each system; of the five systems, one."""
PEOPLE = 300
STATEWIDE, ONE_AGENCY = "inventory@state.example", "bureau-003@state.example"
CODE = "system-1000003"
"""A system that is among the five, too, of the agency whose reader looks."""
HUB = "system-1000001"
"""A system that every hundredth needs."""
_LIST, _EDGES = "/data/inventory.system/", "/data/inventory.dependency/"
PAGES = {
    "Inventory": ("/inventory/",),
    "System": (f"/inventory/systems/{CODE}/",),
    "System that many need": (f"/inventory/systems/{HUB}/",),
    "Systems": (_LIST, f"{_LIST}?page=2"),
    "Systems, page 1,500": (f"{_LIST}?page=1500",),
    "Systems of an agency in production": (f"{_LIST}?agency=bureau-003&lifecycle=production",),
    "Systems of an owner": (f"{_LIST}?owner=owner-003",),
    "Systems by name": (f"{_LIST}?sort=-name",),
    "Systems by owner": (f"{_LIST}?sort=owner",),
    "Systems, a word": (f"{_LIST}?q=000003",),
    "Dependencies": (_EDGES, f"{_EDGES}?page=2"),
    "Dependencies, page 2,000": (f"{_EDGES}?page=2000",),
    "Dependencies, soft ones": (f"{_EDGES}?strength=soft",),
    "Dependencies on one system": (f"{_EDGES}?provider={HUB}",),
    "Dependencies by provider": (f"{_EDGES}?sort=-provider",),
    "Dependencies by the end of their word": (f"{_EDGES}?sort=-attested_until",),
    "Record of a system": (f"{_LIST}{CODE}/",),
    "Record of an owner": ("/data/office.person/owner-003/",),
    "Impact": (f"/inventory/impact/?of={CODE}&kind=system",),
    "Causes": (f"/inventory/impact/?of={CODE}&kind=system&direction=up",),
    "Dependencies unknown": ("/inventory/dependencies/unknown/",),
    "Sign-in": ("/inventory/identity/",),
    "Rationalization": ("/inventory/rationalization/", "/inventory/rationalization/?sort=cost"),
    "Capabilities": ("/inventory/capabilities/",),
    "One capability": ("/inventory/capabilities/function-03/",),
    "Rules": ("/inventory/rules/",),
    "Findings": ("/inventory/findings/", "/inventory/findings/?page=2"),
    "Findings of an agency": ("/inventory/findings/?agency=bureau-003",),
    "Campaigns": ("/inventory/campaigns/",),
    "One campaign": ("/inventory/campaigns/autumn/",),
    "Outages": ("/inventory/outages/",),
    "Back-test": ("/inventory/backtest/",),
    "Monitoring": ("/inventory/monitoring/",),
    "Agency": ("/agencies/bureau-003/",),
    "Search everywhere": (f"/search/?q={CODE}",),
    "My work": ("/work/",),
    "Datasets": ("/data/",),
}
"""By what is asked for, the addresses that are asked for in turn."""
OF_ONE_AGENCY = (
    "Inventory", "System", "Systems", "Systems by name", "Dependencies", "Dependencies by provider", "Findings",
    "One campaign",
)  # fmt: skip
"""What is asked again by somebody who sees one agency alone, so that all the rest is hidden from him."""


def many(scale: float) -> int:
    """Return how many systems a scale puts behind the pages."""
    return max(FEW, int(100_000 * scale))


def measure(folder: Path, scale: float) -> list[Result]:
    """Time every page with many and with five systems behind it."""
    grounds = (prepare_few, prepare_many)
    return visiting.compared(NAME, many(scale), "five systems", grounds, visit, folder, scale)


# -- grounds


def prepare_few(folder: Path, scale: float) -> None:
    """Have five systems with one dependency each, and everything that hangs on them."""
    _prepare(folder, FEW, 1)


def prepare_many(folder: Path, scale: float) -> None:
    """Have as many systems as the scale says, with four dependencies each."""
    _prepare(folder, many(scale), EACH)


def _prepare(folder: Path, systems: int, each: int) -> None:
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.inventory.rules import evaluate_rules, load_bundled
    from stateworks.modules.inventory.verbs.campaigns import open_campaign, plan_campaign
    from stateworks.modules.inventory.verbs.observability import load_checklist

    _nothing()
    for noun, rows in _rows(systems, each):
        _load(folder / f"{noun}.csv", noun, rows)
    with entered(SYSTEM):
        load_checklist(by=None, at=AT)
        load_bundled(by=None, at=AT)
        opens = AT.date() - timedelta(days=20)
        plan_campaign("autumn", "Autumn", opens_on=opens, due_on=opens + timedelta(days=60), by=None, at=AT)
        open_campaign("autumn", by=None, at=AT)
    evaluate_rules(at=AT)
    _readers()
    _settle()


def _nothing() -> None:
    """Forget the inventory; what was remembered of it lies in processes that have ended."""
    from django.apps import apps
    from django.db import connections

    tables = [str(model._meta.db_table) for model in apps.get_app_config("inventory").get_models()]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    connections["owner"].close()


def _settle() -> None:
    """Do what PostgreSQL does by itself some minutes after a load."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connections["owner"].close()


def _load(path: Path, noun: str, rows: Iterator[Mapping[str, Any]]) -> None:
    import polars as pl

    from stateworks.kernel.records.intake import import_records

    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    if frame.is_empty():
        return
    frame.write_csv(path)
    dataset = "office.person" if noun == "person" else f"inventory.{noun}"
    done = import_records(dataset, path, by=None, at=AT)
    assert done.quarantined == 0, (noun, done)
    path.unlink()


def _rows(systems: int, each: int) -> Iterator[tuple[str, Iterator[Mapping[str, Any]]]]:
    """Return the rows of each noun, in an order in which what is named exists before it is named."""
    day = AT.date().isoformat()

    def code(at: int) -> str:
        return f"system-{1_000_000 + at}"

    def one_of(at: int, by: int, *values: str) -> str:
        return values[at // by % len(values)]

    def system(at: int) -> Mapping[str, Any]:
        return {
            "code": code(at), "name": f"System {at}", "purpose": f"What people do with number {at}, in a sentence.",
            "kind": one_of(at, 7, "application", "platform"), "agency": f"bureau-{at % AGENCIES:03}",
            "capability": f"function-{at % 40:02}", "owner": f"owner-{at % PEOPLE:03}",
            "lifecycle": one_of(at, 3, "production", "production", "production", "phase_out"),
            "criticality": one_of(at, 5, "1_essential", "2_important", "3_supporting", "4_minor"),
            "hosting": one_of(at, 11, "state", "saas", "iaas"),
            "single_sign_on": one_of(at, 2, "not_assessed", "planned", "offered", "enforced"),
            "second_factor": one_of(at, 3, "none", "offered", "enforced"), "identity_wave": f"Wave {at % 4 + 1}",
            "identity_due_on": "2027-06-30",
        }  # fmt: skip

    def needed() -> Iterator[Mapping[str, Any]]:
        for at in range(systems):
            if at % 3 == 2 and systems > FEW:
                # Of a third nobody has said what they need; the others need half as much again.
                continue
            first = [1] if at % 100 == 0 and at != 1 else []
            others = {(at * 31 + turn * 7919 + 1) % systems for turn in range(each + (each + 1) // 2)}
            for provider in sorted({*first, *others} - {at}):
                yield {
                    "system": code(at), "component": "", "provider": code(provider), "provider_component": "",
                    "strength": one_of(at + provider, 2, "hard", "soft"),
                }  # fmt: skip

    yield "person", ({"code": f"owner-{at:03}", "name": f"Owner {at}", "email": f"owner-{at}@state.example",
                      "organization": f"bureau-{at % AGENCIES:03}"} for at in range(PEOPLE))  # fmt: skip
    yield "capability", ({"code": f"function-{at:02}", "name": f"Function {at}"} for at in range(40))
    yield "system", (system(at) for at in range(systems))
    yield "dependency", needed()
    yield "monitoring_tool", ({"code": "watch", "name": "Watch", "approved": "true"} for _ in range(1))
    yield "monitor", ({"tool": "watch", "entity": f"watch:{at}", "system": code(at), "onboarded_on": "2026-01-01"}
                      for at in range(0, systems, 5))  # fmt: skip
    yield "rationalization", ({"system": code(at), "assessed_on": "2026-06-30", "value": at % 5 + 1, "fitness": at // 5 % 5 + 1,
                               "risk": at % 4 + 1, "annual_cost_cents": at * 37 % 900_000 * 100}
                              for at in range(0, systems, 3))  # fmt: skip
    outages = range(min(systems, 60))
    yield "outage", ({"code": f"outage-{at:03}", "title": f"System {at} is down", "source": "system", "system": code(at),
                      "declared_at": f"{day}T08:00:00Z", "identified_at": f"{day}T09:00:00Z", "restored_at": f"{day}T10:00:00Z",
                      "closed_at": f"{day}T11:00:00Z"} for at in outages)  # fmt: skip
    yield "outage_impact", ({"outage": f"outage-{at:03}", "system": code(hit), "predicted": "true", "strength": "hard", "hops": 1,
                             "verdict": "hit" if hit % 2 else "spared", "decided_at": f"{day}T09:00:00Z"}
                            for at in outages for hit in range(at, min(systems, at + 40)))  # fmt: skip


def _readers() -> None:
    from stateworks.kernel.access.models import Account, Grant
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.org.models import Organization

    with entered(SYSTEM):
        for email, place in ((STATEWIDE, "state"), (ONE_AGENCY, "bureau-003")):
            if not Account.objects.filter(email=email).exists():
                account = Account.objects.create_user(email, name="Reader")
                organization = Organization.objects.get(code=place)
                Grant.objects.create(
                    account=account, role="planner", organization=organization, since=date(2020, 1, 1)
                )


# -- visiting


def visit(folder: Path, scale: float) -> Callable[[], Seen]:
    """Ask for every page, as somebody of the whole state and then as somebody of one agency."""
    from django.test import Client

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered

    seen: Seen = {}
    for email, titles, ending in (
        (STATEWIDE, tuple(PAGES), ""), (ONE_AGENCY, OF_ONE_AGENCY, ", for one agency"),
    ):  # fmt: skip
        client = Client(headers={"host": "localhost"})
        with entered(SYSTEM):
            client.force_login(Account.objects.get(email=email))
        for title in titles:
            if (found := visiting.visited(client, PAGES[title])) is not None:
                seen[title + ending] = found
    return lambda: seen
