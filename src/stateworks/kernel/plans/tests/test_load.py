"""Loading a plan: versions, rows, what people recorded staying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, transaction

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import amend_plan, content_of, load_plan, plan_named, version_on
from stateworks.kernel.plans.models import MaturityCriterion, Milestone, Node, Pilot, Plan, PlanVersion
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import read_plan

pytestmark = pytest.mark.usefixtures("system")
AT = datetime(2026, 7, 2, 15, tzinfo=UTC)
LATER = datetime(2026, 10, 5, 15, tzinfo=UTC)


def test_a_plan_becomes_rows() -> None:
    version = load_plan(read_plan(SAMPLE), by=None, at=AT)
    assert version.number == 1
    assert version.effective_on == date(2026, 7, 1)
    assert list(version.nodes.values_list("code", "level", "parent__code")) == [
        ("1", "activity", None),
        ("1.1", "objective", "1"),
        ("1.1.1i", "initiative", "1.1"),
        ("c1", "customer", None),
        ("x1", "external_factor", None),
        ("g1", "goal", None),
        ("go1", "growth_opportunity", None),
    ]
    assert list(version.indicators.values_list("code", "kind", "node__code", "measure")) == [
        ("1.1.1", "indicator", "1.1", "desk.first_contact_resolution"),
        ("1.1.2", "indicator", "1.1", ""),
        ("1.1.3", "indicator", "1.1", "plan.milestone"),
        ("go1.k1", "key_result", "go1", "plan.maturity"),
    ]
    assert version.indicators.get(code="1.1.1").targets[0]["value"] == 75
    assert content_of(version) == read_plan(SAMPLE)
    assert AuditEntry.objects.get(verb="load plan").subject == "plan riverton"


def test_milestones_pilots_and_criteria_are_recorded_with_their_place() -> None:
    load_plan(read_plan(SAMPLE), by=None, at=AT)
    assert list(
        Milestone.objects.order_by("key").values_list("key", "code", "due", "weight", "owner", "after")
    ) == [
        # No day in the plan: due on the plan's last day. The owner is the one who answers for the place.
        ("phones-bought", "1.1.1i", date(2028, 6, 30), 1, "lead@riverton.test", ""),
        ("portal-chosen", "1.1.3", date(2026, 9, 30), 1, "owner@riverton.test", ""),
        ("portal-launched", "1.1.3", date(2026, 12, 31), 3, "owner@riverton.test", "portal-chosen"),
    ]
    assert Pilot.objects.get().code == "1.1.1i"
    assert list(MaturityCriterion.objects.order_by("key").values_list("key", "code", "level")) == [
        ("go1-level-2-1", "go1", 2),
        ("go1-level-3-1", "go1", 3),
        ("go1-level-3-2", "go1", 3),
    ]


def test_loading_the_same_plan_again_changes_nothing() -> None:
    first = load_plan(read_plan(SAMPLE), by=None, at=AT)
    again = load_plan(read_plan(SAMPLE), by=None, at=LATER)
    assert again == first
    assert PlanVersion.objects.count() == 1
    assert Node.objects.count() == 7
    assert AuditEntry.objects.count() == 1


def test_a_change_is_a_new_version_and_the_old_one_answers_for_its_days() -> None:
    content = read_plan(SAMPLE)
    first = load_plan(content, by=None, at=AT)
    second = load_plan(replace(content, slogan="Ring once"), by=None, at=LATER, note="A slogan.")
    assert (second.number, second.effective_on, second.note) == (2, date(2026, 10, 5), "A slogan.")
    plan = plan_named("riverton")
    assert plan.current == second
    assert version_on(plan, date(2026, 10, 4)) == first
    assert version_on(plan, date(2026, 10, 5)) == second
    assert version_on(plan, date(2020, 1, 1)) == first
    assert content_of(first).slogan == ""


def test_what_people_recorded_survives_a_new_version() -> None:
    load_plan(read_plan(SAMPLE), by=None, at=AT)
    Milestone.objects.filter(key="portal-chosen").update(
        done_on=date(2026, 9, 1), owner="named@riverton.test"
    )
    Milestone.objects.filter(key="phones-bought").update(owner="buyer@riverton.test")
    changed = SAMPLE.replace("2026-09-30", "2026-10-15").replace(
        "            owner: lead@riverton.test\n", ""
    )
    load_plan(read_plan(changed.replace("under 4 minutes", "under 9 minutes")), by=None, at=LATER)
    chosen = Milestone.objects.get(key="portal-chosen")
    assert (chosen.due, chosen.done_on) == (date(2026, 10, 15), date(2026, 9, 1))
    assert Milestone.objects.get(key="phones-bought").owner == "buyer@riverton.test"
    # The pilot began on 1 August: its success figure is fixed, whatever the plan says in October.
    assert Pilot.objects.get().success == "Mean call under 4 minutes"


def test_a_version_can_never_be_changed() -> None:
    version = load_plan(read_plan(SAMPLE), by=None, at=AT)
    with pytest.raises(ProgrammingError, match=r"Cannot update"), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(note="other")


def test_amending_takes_the_current_version() -> None:
    load_plan(read_plan(SAMPLE), by=None, at=AT)
    amend_plan("riverton", lambda content: replace(content, mission="Serve"), by=None, at=LATER, note="m")
    amend_plan("riverton", lambda content: replace(content, vision="Shine"), by=None, at=LATER, note="v")
    content = content_of(plan_named("riverton").current)
    assert (content.mission, content.vision) == ("Serve", "Shine")
    with pytest.raises(Refused, match=r"no plan “nowhere”"):
        amend_plan("nowhere", lambda content: content, by=None, at=LATER, note="")


def test_a_child_plan_hangs_on_a_node_of_a_loaded_plan() -> None:
    child = SAMPLE.replace(
        "slug: riverton", "slug: riverton-data\nchild_of: {plan: riverton, node: '1.1'}\nstage: draft"
    )
    with pytest.raises(Refused, match=r"“riverton”, which is not loaded"):
        load_plan(read_plan(child), by=None, at=AT)
    load_plan(read_plan(SAMPLE), by=None, at=AT)
    load_plan(read_plan(child), by=None, at=AT)
    plan = Plan.objects.get(slug="riverton-data")
    assert (plan.parent.slug, plan.parent_code, plan.stage) == ("riverton", "1.1", "draft")
    with pytest.raises(Refused, match=r"node 9 of “riverton”"):
        load_plan(read_plan(child.replace("node: '1.1'", "node: '9'")), by=None, at=LATER)


def test_no_plan_of_that_name() -> None:
    with pytest.raises(Refused, match=r"none is loaded"):
        plan_named("riverton")
