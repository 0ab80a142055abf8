"""The plans that come with the product: complete, loadable, and written by the format's own writer."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Milestone
from stateworks.kernel.plans.yaml_format import read_plan, write_plan

NAMES = ("louisiana-ots", "massachusetts-eotss", "technology-health")


def _text(name: str) -> bytes:
    return (Path(settings.PLANS_FOLDER) / f"{name}.yaml").read_bytes()


def _levels(content: PlanContent) -> Counter[str]:
    return Counter(node.level for node, _ in content.every_node())


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_the_writer_writes(name: str) -> None:
    assert write_plan(read_plan(_text(name))).encode() == _text(name)


def test_louisiana_is_complete() -> None:
    content = read_plan(_text("louisiana-ots"))
    assert _levels(content) == {"program": 1, "activity": 3, "objective": 15, "strategy": 56}
    assert (len(content.customers), len(content.external_factors), len(content.goals)) == (20, 6, 5)
    assert (content.starts, content.ends) == (date(2026, 7, 1), date(2031, 6, 30))
    rows = [each for each, kind, _ in content.every_indicator() if kind == "indicator"]
    # The objectives' indicators, as the plan's own tables have them: 20, 36 and 7.
    assert Counter(each.code.rsplit(".", 1)[0] for each in rows) == {
        "1.1": 1, "1.2": 3, "1.3": 4, "1.4": 5, "1.5": 5, "1.6": 2,
        "2.1": 9, "2.2": 5, "2.3": 4, "2.4": 5, "2.5": 2, "2.6": 4, "2.7": 2, "2.8": 5,
        "3.1": 7,
    }  # fmt: skip
    assert all(each.targets and each.dataset and each.calculation for each in rows)
    due = [target.by for each in rows for target in each.targets if target.by and target.by < content.starts]
    assert len(due) == 9
    assert {each.code for each in rows if each.measure == "plan.milestone"} == {
        "1.4.3", "1.4.4", "1.5.2", "1.5.5", "1.6.1", "3.1.1",
    }  # fmt: skip
    assert all(each.milestones for each in rows if each.measure == "plan.milestone")


def test_massachusetts_is_complete() -> None:
    content = read_plan(_text("massachusetts-eotss"))
    assert _levels(content) == {"pillar": 7, "objective": 26, "initiative": 90}
    assert [sum(len(objective.nodes) for objective in pillar.nodes) for pillar in content.nodes] == [
        10, 14, 17, 10, 21, 7, 11,
    ]  # fmt: skip
    assert [len(pillar.nodes) for pillar in content.nodes] == [3, 4, 4, 4, 5, 3, 3]
    initiatives = [node for node, _ in content.every_node() if node.level == "initiative"]
    assert all(node.outcome for node in initiatives)
    assert Counter(each.level for each in content.priorities) == {"enterprise": 4, "office": 10, "pillar": 20}
    assert content.maturity is not None
    assert [level.name for level in content.maturity.levels] == [
        "Ad hoc", "Developing", "Maturing", "Scaling", "Optimizing",
    ]  # fmt: skip
    assert [(each.from_level, each.to_level) for each in content.maturity.opportunities] == [
        ("Developing", "Maturing"), ("Developing", "Scaling"), ("Developing", "Maturing"),
        ("Maturing", "Optimizing"), ("Developing", "Scaling"), ("Developing", "Scaling"),
    ]  # fmt: skip
    assert "two orders" in content.maturity.assumption
    assert len(content.glossary) == 19


def test_massachusetts_key_results_have_kind_target_and_source() -> None:
    content = read_plan(_text("massachusetts-eotss"))
    results = [each for each, kind, _ in content.every_indicator() if kind == "key_result"]
    assert all(each.targets and each.dataset and each.goal for each in results)
    assert {alias for each in results if each.commitment == "learning" for alias in each.aliases} == {
        "DA1.1.k2", "DA3.3.k1", "DA4.2.k1", "IT2.1.k1",
    }  # fmt: skip
    assert [alias for each in results if each.commitment == "stretch" for alias in each.aliases] == [
        "IT3.4.k1"
    ]
    aliases = {alias: node.code for node, _ in content.every_node() for alias in node.aliases}
    assert aliases["CX1.2"] == "1.1.2"
    assert aliases["CY3.4"] == "2.3.4"
    by_alias = {alias: each for each in results for alias in each.aliases}
    # A range is its near end as committed and its far end as stretch.
    assert [(t.level, t.comparator, t.value) for t in by_alias["CY1.1.k3"].targets] == [
        ("committed", ">=", 50), ("stretch", ">=", 75),
    ]  # fmt: skip


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    ("name", "nodes", "indicators", "milestones"),
    # Louisiana: 1 + 3 + 15 + 56 nodes, 20 + 6 + 5 in lists. Massachusetts: 7 + 26 + 90 nodes, 6 growth opportunities.
    [("louisiana-ots", 106, 63, 8), ("massachusetts-eotss", 129, 99, 21), ("technology-health", 4, 6, 0)],
)
def test_the_plan_loads(name: str, nodes: int, indicators: int, milestones: int) -> None:
    version = load_plan(read_plan(_text(name)), by=None, at=datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert (version.nodes.count(), version.indicators.count()) == (nodes, indicators)
    assert Milestone.objects.filter(plan=version.plan).count() == milestones
