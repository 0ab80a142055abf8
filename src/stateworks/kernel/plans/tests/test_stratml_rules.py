"""The rules of StratML, and files that are no StratML: faults with their places, refusals with what to do."""

from __future__ import annotations

import re
from datetime import date

import pytest

from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.document import PlanImportError
from stateworks.kernel.plans.files import Given, PlanFile, read_files
from stateworks.kernel.plans.stratml.elements import Element, parse
from stateworks.kernel.plans.stratml.rules import CORE, PERFORMANCE, faults

# -- the rules


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("<Name>Traffic</Name>", ""), r"Goal \(line \d+\): Name is missing; the order is Name Description Identifier\?"),
        (("<Vision>", "<Wish>"), r"there is no element Wish in this part"),
        (('Type="Performance_Plan"', 'Type="Plan"'), r"Type is “Plan”; it is one of Strategic_Plan, Performance_Plan"),
        (('Type="Performance_Plan"', ""), r"the attribute Type is missing"),
        (("2026-07-01</StartDate>", "1 July</StartDate>"), r"StartDate \(line \d+\): “1 July” is no date"),
        (("<Identifier>_a<", "<Identifier>1 a<"), r"“1 a” is no identifier"),
        (("<Identifier>_b<", "<Identifier>_a<"), r"the identifier _a is used twice"),
        (("<NumberOfUnits>40", "<NumberOfUnits>4e1"), r"“4e1” is no number"),
        (("<UnitOfMeasurement>ship</UnitOfMeasurement>", ""), r"UnitOfMeasurement is missing"),
        (("<RoleType>Performer", "<RoleType>Chair"), r"“Chair” is none of Performer, Beneficiary"),
        (("<RoleType>Performer</RoleType>", "<RoleType>Performer</RoleType>" * 3), r"RoleType stands 3 times, at most 2"),
        (("<Mission/><Value/>", "<Value/><Mission/>"), r"Mission stands out of order"),
        (("<Goal>", "words<Goal>"), r"text stands between its elements"),
        (("https://a.example", "see our site"), r"“see our site” is no address"),
        (("PerformancePlanOrReport ", "PerformancePlanOrReport Year='1' "), r"has no attribute Year"),
        ((PERFORMANCE, "urn:other"), r"its namespace is urn:other"),
    ],
)  # fmt: skip
def test_what_the_standard_forbids_is_a_fault_with_its_place(change: tuple[str, str], says: str) -> None:
    role = "<Role><Name>r</Name><RoleType>Performer</RoleType></Role>"
    valid = (
        f'<PerformancePlanOrReport xmlns="{PERFORMANCE}" Type="Performance_Plan"><Name>P</Name><StrategicPlanCore>\n'
        "<Organization><Identifier>_a</Identifier></Organization><Vision></Vision><Mission/><Value/><Goal><Name>Traffic</Name>"
        f"<Description/><Identifier>_b</Identifier><Stakeholder><Name>S</Name>{role}</Stakeholder><Objective>"
        "<PerformanceIndicator><MeasurementDimension>M</MeasurementDimension><UnitOfMeasurement>ship</UnitOfMeasurement>"
        "<MeasurementInstance><TargetResult><EndDate/><NumberOfUnits>40</NumberOfUnits></TargetResult></MeasurementInstance>"
        "</PerformanceIndicator></Objective></Goal></StrategicPlanCore><AdministrativeInformation>"
        "<StartDate>2026-07-01</StartDate><Source>https://a.example</Source></AdministrativeInformation></PerformancePlanOrReport>"
    )
    assert faults(parse(valid.encode(), "p.xml")) == []
    broken = valid.replace(*change).replace("</Vision>", "</Wish>" if "Wish" in change[1] else "</Vision>")
    assert broken != valid
    assert any(re.search(says, fault) for fault in faults(parse(broken.encode(), "p.xml")))


def test_part_1_has_no_indicators_and_no_empty_dates() -> None:
    goal = "<Goal><Name>G</Name><Description/><Objective><PerformanceIndicator/></Objective></Goal>"
    text = (
        f'<StrategicPlan xmlns="{CORE}"><Name>P</Name><StrategicPlanCore>{goal}</StrategicPlanCore>'
        "<AdministrativeInformation><StartDate/></AdministrativeInformation></StrategicPlan>"
    )
    found = faults(parse(text.encode(), "p.xml"))
    assert len(found) == 3
    assert "no element PerformanceIndicator" in "".join(found)
    assert faults(Element("html")) == [
        "<html> is no root of StratML; it is StrategicPlan or PerformancePlanOrReport."
    ]


# -- what is no plan


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><StrategicPlan><Name>&b;</Name></StrategicPlan>'
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><StrategicPlan><Name>&f;</Name></StrategicPlan>'
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, r"declares a document type or entities of its own"),
        (OUTSIDE, r"declares a document type or entities of its own"),
        ('<!DOCTYPE StrategicPlan SYSTEM "http://elsewhere.example/x.dtd"><StrategicPlan/>', r"declares a document type"),
        ("<StrategicPlan><Name>Cut", r"line 1: this is no complete XML"),
        ("", r"no element found|is empty"),
        ("<rss><channel/></rss>", r"is XML, but no StratML: it begins with <rss>"),
        ("<StrategicPlan><Name>P</Name></StrategicPlan>", r"names no period"),
        ("<StrategicPlan>" + "<a>" * 60 + "</a>" * 60 + "</StrategicPlan>", r"elements nested too deeply"),
        ("<?xml version='1.0' encoding='klingon'?><StrategicPlan/>", r"unknown encoding|no complete XML"),
    ],
    ids=["bomb", "outside file", "outside type", "cut off", "empty", "other XML", "no period", "deep", "encoding"],
)  # fmt: skip
def test_what_is_no_stratml_is_refused_with_a_remedy(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_files([PlanFile("plan.xml", text.encode())])


def test_a_plan_without_goals_or_too_large_is_refused() -> None:
    text = "<StrategicPlan><StrategicPlanCore/></StrategicPlan>"
    given = Given(starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    with pytest.raises(PlanImportError, match=r"plan\.xml names no goal"):
        read_files([PlanFile("plan.xml", text.encode())], given)
    with pytest.raises(PlanImportError, match=r"has 21 MB, and a StratML file may have 20 MB"):
        read_files([PlanFile("plan.xml", b"<a>" + b" " * 21_000_000)])
    with pytest.raises(PlanImportError, match=r"more than 300,000 elements"):
        parse(b"<StrategicPlan>" + b"<a/>" * 300_001 + b"</StrategicPlan>", "plan.xml")
