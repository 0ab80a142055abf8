"""The checklist and what watches systems: verbs, and the pages for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.models import Check, CheckItem, Monitor, MonitoringTool
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.tests.test_system_page import text_of
from stateworks.modules.inventory.verbs import observability as verbs
from stateworks.modules.inventory.watching import checklist_of, passed


@pytest.fixture
def points(room: Room) -> Room:
    """Two required points and one beyond them; an approved tool and another."""
    with entered(SYSTEM):
        for order, (code, required) in enumerate((("alert", True), ("log", True), ("trace", False))):
            CheckItem.objects.create(code=code, name=code.title(), required=required, order=order)
        MonitoringTool.objects.create(code="eye", name="Eye", approved=True)
        MonitoringTool.objects.create(code="toy", name="Toy")
    return room


def standing(room: Room, code: str, day: date = TODAY) -> tuple[bool, list[str]]:
    with entered(SYSTEM):
        lines = checklist_of(CheckItem.objects.all(), Check.objects.filter(system__code=code), day)
    return passed(lines), [line.words for line in lines]


def test_the_baseline_is_every_required_point_looked_at_within_a_year(points: Room) -> None:
    steward = points.accounts["data_steward"]
    assert standing(points, "benefits") == (False, ["Not looked at"] * 3)
    with entered(scope_of(steward)):
        verbs.record_check("benefits", "alert", "passed", evidence="https://eye.example/1", by=steward, at=AT)
        verbs.record_check("benefits", "log", "not_applicable", evidence="It writes none", by=steward, at=AT)
    assert standing(points, "benefits") == (True, ["In place", "Does not apply", "Not looked at"])
    assert standing(points, "benefits", TODAY + timedelta(days=365))[0]
    after = standing(points, "benefits", TODAY + timedelta(days=366))
    assert after == (
        False,
        ["In place, but too long ago", "Does not apply, but too long ago", "Not looked at"],
    )
    with entered(scope_of(steward)):
        verbs.record_check("benefits", "alert", "failed", by=steward, at=AT)
    assert standing(points, "benefits")[0] is False
    with entered(SYSTEM):
        assert Check.objects.count() == 2, "a second look replaces the first; the history keeps both"
    assert passed([]) is False


@pytest.mark.parametrize(
    ("item", "state", "evidence", "sentence"),
    [
        ("alert", "passed", "", "say where it can be seen"), ("alert", "not_applicable", " ", "why it does not apply"),
        ("nix", "passed", "x", "no point nix"), ("alert", "fine", "x", "is none of"),
    ],
)  # fmt: skip
def test_a_check_needs_its_evidence(
    points: Room, item: str, state: str, evidence: str, sentence: str
) -> None:
    steward = points.accounts["data_steward"]
    with entered(scope_of(steward)), pytest.raises(Refused, match=sentence):
        verbs.record_check("benefits", item, state, evidence=evidence, by=steward, at=AT)


def test_onboarding_and_offboarding(points: Room) -> None:
    steward = points.accounts["data_steward"]
    with entered(scope_of(steward)):
        made = verbs.onboard("benefits", "eye", "e-1", name="Benefits web", by=steward, at=AT)
        for code, sentence in (
            ("benefits", "watches e-1 since 2026-11-02 already"),
            ("portal", "as another system"),
        ):
            with pytest.raises(Refused, match=sentence):
                verbs.onboard(code, "eye", "e-1", by=steward, at=AT)
        with pytest.raises(Refused, match="no monitoring tool nix"):
            verbs.onboard("benefits", "nix", "e-2", by=steward, at=AT)
        with pytest.raises(Refused, match="in the future"):
            verbs.onboard("benefits", "eye", "e-2", on=TODAY + timedelta(days=1), by=steward, at=AT)
        with pytest.raises(Refused, match="Say why"):
            verbs.offboard(made.pk, reason=" ", by=steward, at=AT)
        with pytest.raises(Refused, match="cannot end before that"):
            verbs.offboard(made.pk, reason="x", on=TODAY - timedelta(days=1), by=steward, at=AT)
        verbs.offboard(made.pk, reason="Replaced", by=steward, at=AT + timedelta(days=2))
        with pytest.raises(Refused, match="offboarded on 2026-11-04 already"):
            verbs.offboard(made.pk, reason="x", by=steward, at=AT)
        again = verbs.onboard("benefits", "eye", "e-1", by=steward, at=AT + timedelta(days=5))
        assert (again.pk, again.name, again.onboarded_on, again.offboarded_on) == (
            made.pk, "Benefits web", date(2026, 11, 7), None,
        )  # fmt: skip


def test_who_may_record(points: Room) -> None:
    for who, expected in (
        ("auditor", PermissionDenied),
        ("planner", PermissionDenied),
        ("ben", Refused),
        ("nobody", Refused),
    ):
        with entered(scope_of(points.accounts[who])), pytest.raises(expected):
            verbs.onboard("benefits", "eye", "e-9", by=points.accounts[who], at=AT)
    with entered(SYSTEM):
        assert not Monitor.objects.exists()


def test_the_checklist_page_saves_all_or_nothing(points: Room) -> None:
    client, path = points.client("data_steward"), "/inventory/systems/benefits/observability/"
    wrong = client.post(path, {"do": "checks", "at": "checks", "state-alert": "passed", "evidence-alert": "seen",
                               "state-log": "passed", "evidence-log": ""})  # fmt: skip
    assert wrong.status_code == 400
    assert 'value="seen"' in wrong.content.decode()
    with entered(SYSTEM):
        assert not Check.objects.exists()
    fine = {
        "do": "checks",
        "state-alert": "passed",
        "evidence-alert": "seen",
        "state-log": "failed",
        "state-trace": "",
    }
    assert client.post(path, fine).status_code == 302
    assert "It lacks the baseline: 1 of 2 required points are in place." in text_of(client, path)
    assert client.post(path, {"do": "onboard", "tool": "eye", "entity": "e-1"}).status_code == 302
    with entered(SYSTEM):
        monitor = Monitor.objects.get()
    assert client.post(path, {"do": f"offboard-{monitor.pk}", "reason": "Moved"}).status_code == 302
    assert points.client("auditor").post(path, fine).status_code == 403


def test_the_monitoring_page_lists_what_nothing_approved_watches(points: Room) -> None:
    with entered(SYSTEM):
        eye, toy = MonitoringTool.objects.get(code="eye"), MonitoringTool.objects.get(code="toy")
        for code, tool in (("benefits", eye), ("portal", toy)):
            Monitor.objects.create(system=points.systems[code], tool=tool, entity=code, onboarded_on=TODAY)
    shown = text_of(points.client("administrator"), "/inventory/monitoring/")
    assert "1 of 7 systems in production that you may see is watched by an approved tool." in shown
    assert "Eye yes 1 1 Toy no 1 1" in shown
    listed = points.client("ann").get("/inventory/monitoring/?format=csv").content.decode().splitlines()
    assert [line.split(",")[0] for line in listed] == ["system", "portal", "forms"]


def test_the_bundled_checklist_is_added_once(db: None) -> None:
    with entered(SYSTEM):
        assert (verbs.load_checklist(by=None, at=AT), verbs.load_checklist(by=None, at=AT)) == (7, 0)
        assert CheckItem.objects.filter(required=True).count() == 6
