"""Websites, release cycles, graphs, configuration items and monitors: what comes out of each, by hand, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from stateworks.connectors.tests import files
from stateworks.connectors.tests.conftest import Load, counts, reasons
from stateworks.connectors.tests.test_inventories import edges, systems
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.models import Dependency, Monitor, SystemAlias, Technology, Website

pytestmark = pytest.mark.django_db


def websites(*names: str) -> dict[str, tuple[Any, ...]]:
    with entered(SYSTEM):
        return {row[0]: row[1:] for row in Website.objects.values_list("domain", *names)}


def test_domains_of_one_state_and_no_contact_is_none(load: Load) -> None:
    done = load("dotgov", files.DOTGOV, options={"state": "ME"})
    assert done.notes[-1] == "1 rows outside ME were passed over."
    assert websites("registrant", "organization__code", "kind", "security_contact") == {
        "dol.example.gov": ("Department of Labor", "dol", "State", "guard@dol.example.gov"),
        "millbrook.example.gov": ("Town of Millbrook", None, "City", ""),
    }
    with entered(SYSTEM):
        Website.objects.filter(domain="millbrook.example.gov").update(
            security_contact="a@b.gov", title="Millbrook"
        )
    # “(blank)” says that there is none; of the title the registry says nothing. The older layout reads the same.
    assert counts(load("dotgov", files.DOTGOV_OLDER)) == (1, 0, 1, 0, 0)
    assert websites("security_contact", "title")["millbrook.example.gov"] == ("", "Millbrook")


def test_a_scan_adds_to_what_the_registry_says(load: Load) -> None:
    load("dotgov", files.DOTGOV)
    assert counts(load("site-scan-services", files.CONSUMERS)) == (2, 1, 1, 0, 0)
    assert counts(load("site-scan-standards", files.STANDARDS)) == (1, 0, 1, 0, 0)
    assert websites("kind", "title", "hosted_by", "visits", "scanned_on")["dol.example.gov"] == (
        # 04:31 in Greenwich is still the evening before here.
        "State", "Work in Meridian", "bluepeak.example", 5533, dt.date(2026, 8, 20),
    )  # fmt: skip
    assert websites("visits", "registrant")["old.example.gov"] == (None, "Town of Millbrook")
    assert counts(load("site-scan-services", files.CONSUMERS, options={"domain": "dol.example.gov"})) == (
        1,
        0,
        0,
        1,
        0,
    )


def test_an_end_is_a_day_or_true_or_false(load: Load) -> None:
    load("end-of-life", files.END_OF_LIFE)
    with entered(SYSTEM):
        found = list(
            Technology.objects.order_by("code").values_list(
                "code", "name", "end_of_life", "ends_on", "support_ends_on", "long_term"
            )
        )
    assert found == [
        ("claims-basic-6", "Claims Basic 6", "ended", None, None, False),
        ("cloudform-2+", "Cloudform 2+ (Gull)", "none", None, None, True),
        ("rowstore-14", "Rowstore 14", "dated", dt.date(2026, 11, 12), dt.date(2024, 10, 5), False),
        ("rowstore-17", "Rowstore 17", "dated", dt.date(2029, 11, 8), None, True),
    ]
    # An announced day that was taken back is emptied, since the file says so.
    assert counts(load("end-of-life", files.END_OF_LIFE.replace("2029-11-08", "False"))) == (4, 0, 1, 3, 0)


def test_two_cycles_that_would_share_a_code(load: Load) -> None:
    head = "product,releaseCycle,eol,releaseDate\n"
    load("end-of-life", head + "a-b,c,True,2020-01-01\na,b-c,False,2020-01-01\n")
    with entered(SYSTEM):
        codes = dict(Technology.objects.values_list("product", "code"))
        assert codes["a"] != codes["a-b"]
    assert load("end-of-life", head + "a,b-c,False,2020-01-01\na-b,c,True,2020-01-01\n").unchanged == 2


def test_a_graph_drawn_with_yed(load: Load) -> None:
    load("graphml", files.GRAPHML, "g.graphml", files.AGENCY)
    # The node labelled Claims is the system of that name; the cycle between the other two is kept.
    assert edges() == {("claims", None, "n1", None), ("n1", None, "n2", None), ("n2", None, "n1", None)}
    assert systems("name", code__in=["n1", "n2"]) == [("Wage store",), ("n2",)]
    with entered(SYSTEM):
        assert Dependency.objects.get(system__code="n1").strength == "soft"
    with entered(SYSTEM):
        before = Dependency.objects.count()
    load("graphml", files.GRAPHML, "g.graphml", {**files.AGENCY, "prefix": "east", "arrow": "serves"})
    assert ("east-n1", None, "east-n0", None) in edges()
    with entered(SYSTEM):
        assert Dependency.objects.count() == before + 3


def test_a_graph_with_nodes_without_id_unknown_ends_and_loops(load: Load) -> None:
    content = (
        '<graphml><graph edgedefault="directed"><node/><node id="tides"/><node id="tides"/><node id="buoys"/>'
        '<edge source="tides" target="buoy"/><edge source="tides" target="tides"/>'
        '<edge source="tides" target="buoys" directed="false"/><edge source="tides" target="buoys"/></graph></graphml>'
    )
    done = load("graphml", content, "g.graphml", files.AGENCY)
    assert (counts(done), counts(done, "inventory.dependency")) == ((4, 2, 0, 0, 2), (4, 1, 0, 0, 3))
    assert reasons(done) == [
        "Node 1 has no id, so no edge can name it; give it one.",
        "The node “tides” stands twice, as number 2 and 3; keep one.",
        "“tides” → “buoy”: there is no node “buoy”; the nearest are “buoys”. Correct the edge or add the node.",
        "“tides” would depend on itself; name the other system, or take the row out.",
        "The edge between “tides” and “buoys” has no direction; say which needs the other.",
    ]


def test_a_graph_made_to_do_harm_is_refused(load: Load) -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "tide"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<graphml><graph><node id="&b;"/></graph></graphml>'
    )
    with pytest.raises(Refused, match="declares entities of its own"):
        load("graphml", bomb, "g.graphml", files.AGENCY)
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><graphml><graph><node id="a">&a;</node></graph></graphml>'
    with pytest.raises(Refused, match="declares entities of its own"):
        load("graphml", outside, "g.graphml", files.AGENCY)
    with pytest.raises(Refused, match=r"g.graphml, line 1: this is no complete XML"):
        load("graphml", "<graphml><graph>", "g.graphml", files.AGENCY)


def test_a_table_of_edges_by_code_name_and_alias(load: Load) -> None:
    done = load("edge-list", files.EDGES)
    assert edges() == {("claims", None, "sign-in", None), ("claims", None, "ledger-host", None)}
    assert "“consumer” is read as who needs, “provider” as who is needed." in done.notes


def test_a_table_of_edges_with_unknown_ends_refuses_them_with_the_nearest_or_makes_them(load: Load) -> None:
    content = "from,to\nClaims,State signin\nclaims,Claims\nTides,claims\n,claims\n"
    done = load("edge-list", content)
    assert counts(done) == (4, 0, 0, 0, 4)
    assert reasons(done) == [
        "“Claims” → “State signin”: there is no system “State signin”; the nearest is “State sign-in” (sign-in). Load it first, "
        "or add the name as an alias of the right one.",
        "“claims” would depend on itself; name the other system, or take the row out.",
        "“Tides” → “claims”: there is no system “Tides”. Load it first, or add the name as an alias of the right one.",
        "“” → “claims”: it names no system; fill in a code, a name or an alias.",
    ]
    done = load("edge-list", content, options={"create": "yes", "agency": "mot"})
    assert counts(done) == (4, 2, 0, 0, 2)
    assert ("tides", None, "claims", None) in edges()


def test_a_name_that_means_two_systems_is_refused_with_both(load: Load) -> None:
    from stateworks.kernel.org.models import Organization
    from stateworks.modules.inventory.models import System

    with entered(SYSTEM):
        for code in ("tides-1", "tides-2"):
            System.objects.create(code=code, name="Tides", organization=Organization.objects.get(code="mot"))
    done = load("edge-list", "from,to\nclaims,TIDES\nclaims,tides-2\n")
    assert counts(done) == (2, 1, 0, 0, 1)
    assert reasons(done) == [
        "“claims” → “TIDES”: “TIDES” means 2 systems: “Tides” (tides-1), “Tides” (tides-2); name the code, or add an alias for "
        "the right one."
    ]


def test_configuration_items_and_their_relations(load: Load) -> None:
    load("servicenow-items", files.SERVICENOW_ITEMS)
    assert systems(
        "code", "kind", "lifecycle", "criticality", "owner__code", aliases__source="servicenow"
    ) == [
        ("old-wages", "application", "retired", "9_unknown", None),
        ("wage-host", "infrastructure", "production", "3_supporting", None),
        ("wage-records", "application", "production", "1_essential", "ada-lund"),
    ]
    done = load(
        "servicenow-relations",
        "parent,type,child\nWage records,Runs on::Runs,wage-host\na2,Hosts::Hosted on,Claims\nClaims,Likes::Liked by,a1\n"
        "a1,Depends on::Used by,Wage records\nLedger host,Sends data to::Receives data from,Claims\n",
    )
    assert edges() == {
        ("wage-records", None, "wage-host", None), ("claims", None, "wage-host", None), ("claims", None, "ledger-host", None),
    }  # fmt: skip
    assert reasons(done) == [
        "The type “Likes::Liked by” does not say which end needs the other; change it, for instance to "
        "“Depends on::Used by”.",
        "“a1” would depend on itself; take the row out.",
    ]
    with entered(SYSTEM):
        assert Dependency.objects.get(provider__code="ledger-host").strength == "soft"


def test_configuration_items_from_a_workbook(load: Load, tmp_path: Any) -> None:
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("cmdb_ci")
        for at, row in enumerate(files.SERVICENOW_ITEMS.splitlines()):
            sheet.write_row(at, 0, row.split(","))
    done = load("servicenow-items", buffer.getvalue(), "cmdb_ci.xlsx")
    assert counts(done) == (3, 3, 0, 0, 0)


def test_monitors_by_tag_name_id_and_alias(load: Load) -> None:
    done = load("new-relic", files.NEW_RELIC)
    with entered(SYSTEM):
        assert set(Monitor.objects.values_list("entity", "system__code", "onboarded_on", "tool__code")) == {
            ("G-1", "claims", dt.date(2026, 11, 2), "new-relic"), ("G-2", "sign-in", dt.date(2026, 11, 2), "new-relic"),
        }  # fmt: skip
    assert any("1 entry that watches nothing (VIZ)" in note for note in done.notes)
    gone = json.loads(files.NEW_RELIC)
    gone["data"]["actor"]["entitySearch"]["results"]["entities"][1] |= {"reporting": False, "name": "renamed"}
    with entered(SYSTEM):
        from stateworks.modules.inventory.models import System

        SystemAlias.objects.create(
            source="new-relic", alias="G-2", system=System.objects.get(code="ledger-host")
        )
    load("new-relic", json.dumps(gone))
    with entered(SYSTEM):
        # The alias of its id counts most; what no longer reports is no longer watched.
        assert Monitor.objects.values_list("system__code", "offboarded_on").get(entity="G-2") == (
            "ledger-host", dt.date(2026, 11, 2),
        )  # fmt: skip


def test_monitors_of_nothing_known_are_refused_with_a_remedy(load: Load) -> None:
    done = load(
        "azure-monitor",
        files.AZURE.replace('"System": "claims"', '"System": "claimz"').replace("RG-Claims", "rg"),
    )
    assert counts(done) == (2, 1, 0, 0, 1)
    assert reasons(done) == [
        "“claims-web”: there is no system “claimz”; the nearest is “Claims” (claims). Load it first, or add the name as an alias "
        "of the right one. Or tag it in Azure Monitor, or add its id as an alias with the source azure-monitor."
    ]
    with entered(SYSTEM):
        entity = Monitor.objects.get().entity
    assert entity == "/subscriptions/0/resourcegroups/x/providers/microsoft.web/sites/ledger-host"
