"""Each rule against a case that breaks it and one beside it that does not; what findings go through; who excuses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.checking import Asked
from stateworks.modules.inventory.checks import CHECKS
from stateworks.modules.inventory.models import (
    Dependency,
    Finding,
    Monitor,
    MonitoringTool,
    Rule,
    Stack,
    System,
    SystemAlias,
    Technology,
)
from stateworks.modules.inventory.rules import evaluate_rules, load_bundled
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.verbs import rules as verbs

Hits = list[tuple[str, str, str]]


def hits(name: str, **parameters: Any) -> Hits:
    """What a check finds: system, subject and sentence, sorted."""
    with entered(SYSTEM):
        codes = dict(System.objects.values_list("pk", "code"))
        found = CHECKS[name].run(Asked(TODAY, parameters))
        return sorted((codes[row[0]], row[1], row[3]) for row in found)


def change(code: str, **fields: Any) -> None:
    with entered(SYSTEM):
        System.objects.filter(code=code).update(**fields)


def test_a_provider_slower_than_its_dependant(room: Room) -> None:
    change("benefits", recovery_time_minutes=240)
    change("db", recovery_time_minutes=2880)  # slower: found
    change("idp", recovery_time_minutes=240)  # as fast: fine
    change("mail", recovery_time_minutes=9999)  # soft only: fine
    sentence = "It must be back within 4 hours, but a system it cannot work without may be down for 2 days."
    assert hits("slower_provider") == [("benefits", "db", sentence), ("idp", "db", sentence)]
    with entered(SYSTEM):
        Dependency.objects.filter(system__code="idp", provider__code="db").update(group="databases")
    change("benefits", recovery_time_minutes=61)
    assert hits("slower_provider") == [
        ("benefits", "db", "It must be back within 61 minutes, but a system it cannot work without may be down for 2 days."),
        ("benefits", "idp", "It must be back within 61 minutes, but a system it cannot work without may be down for 4 hours."),
    ]  # fmt: skip


def test_technology_at_and_near_its_end(room: Room) -> None:
    with entered(SYSTEM):
        for code, state, ends in (
            ("old-1", "dated", TODAY - timedelta(days=1)), ("last-1", "dated", TODAY), ("gone-1", "ended", None),
            ("near-1", "dated", TODAY + timedelta(days=90)), ("far-1", "dated", TODAY + timedelta(days=91)),
            ("open-1", "none", None),
        ):  # fmt: skip
            made = Technology.objects.create(
                code=code, product=code[:-2], cycle="1", name=code.title(), end_of_life=state, ends_on=ends
            )
            Stack.objects.create(system=room.systems["benefits"], technology=made)
            Stack.objects.create(system=room.systems["wiki"], technology=made, retired_on=TODAY)
    assert hits("end_of_life") == [
        ("benefits", "gone-1", "It runs in production on Gone-1, whose support has ended."),
        ("benefits", "old-1", "It runs in production on Old-1, whose support ended on 1 Nov 2026."),
    ]
    # On its last day a product is still supported.
    assert [row[1] for row in hits("ending_soon", days=90)] == ["last-1", "near-1"]
    change("benefits", lifecycle="development")
    assert hits("end_of_life") == []


def test_critical_systems_without_owner_monitoring_or_recovery_test(room: Room) -> None:
    with entered(SYSTEM):
        room.people["ben"].left_on = TODAY
        room.people["ben"].save()
        tool = MonitoringTool.objects.create(code="eye", name="Eye", approved=True)
        toy = MonitoringTool.objects.create(code="toy", name="Toy")
        Monitor.objects.create(system=room.systems["benefits"], tool=tool, entity="1", onboarded_on=TODAY)
        Monitor.objects.create(system=room.systems["portal"], tool=toy, entity="2", onboarded_on=TODAY)
        Monitor.objects.create(
            system=room.systems["db"],
            tool=tool,
            entity="3",
            onboarded_on=date(2025, 1, 1),
            offboarded_on=TODAY,
        )
    change("portal", owner=None)
    change("forms", criticality="3_supporting")
    assert [(row[0], row[2]) for row in hits("no_owner")] == [
        ("db", "It is critical and its owner has left; name another."),
        ("idp", "It is critical and its owner has left; name another."),
        ("mail", "It is critical and its owner has left; name another."),
        ("portal", "It is critical and nobody is named as its owner."),
    ]
    assert [row[0] for row in hits("no_owner", levels=1)] == ["db", "idp"]
    assert [row[0] for row in hits("no_monitoring")] == ["db", "idp", "mail", "portal"]
    change("benefits", recovery_test="verified", recovery_tested_on=TODAY - timedelta(days=365))
    change("portal", recovery_test="verified", recovery_tested_on=TODAY - timedelta(days=366))
    change("idp", recovery_test="job_succeeded", recovery_tested_on=TODAY)
    change("db", recovery_test="failed", recovery_tested_on=TODAY)
    assert [(row[0], row[2]) for row in hits("no_recovery_test")] == [
        ("db", "It is critical and its last recovery test failed."),
        ("idp", "It is critical and nobody has restored it: a backup job that ended well shows no recovery."),
        ("mail", "It is critical and its recovery was never tested."),
        ("portal", "It is critical and its last verified recovery test was on 1 Nov 2025."),
    ]


def test_orphans_and_contradictions(room: Room) -> None:
    assert [row[0] for row in hits("orphan")] == ["forms", "wiki"]
    change("wiki", none_attested_on=TODAY, none_attested_until=TODAY)
    change("benefits", none_attested_on=TODAY, none_attested_until=TODAY)
    assert [row[0] for row in hits("orphan")] == ["forms"]
    assert [row[0] for row in hits("none_but_some")] == ["benefits"]


def test_duplicates_by_name_and_by_alias_within_one_agency(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.create(code="wiki-2", name="wi-ki ", organization=room.doa)
        System.objects.create(code="benefits-2", name="Benefits", organization=room.doa)
        System.objects.create(
            code="old-wiki", name="Wiki", organization=room.doa, lifecycle="retired", retired_on=TODAY
        )
        SystemAlias.objects.create(system=room.systems["idp"], alias="MAIL")
        SystemAlias.objects.create(system=room.systems["portal"], alias="Mail")
    assert [row[0] for row in hits("duplicate")] == ["idp", "wiki", "wiki-2"]


def test_stale_facts(room: Room) -> None:
    for code, until in (
        ("benefits", TODAY),
        ("portal", TODAY - timedelta(days=1)),
        ("idp", TODAY - timedelta(days=31)),
    ):
        change(code, attested_on=date(2025, 1, 1), attested_until=until)
    for code in ("db", "mail", "forms"):
        change(code, lifecycle="phase_out")
    assert [(row[0], row[2]) for row in hits("stale", days=0)] == [
        ("idp", "What its owner said of it counted until 2 Oct 2026."),
        ("portal", "What its owner said of it counted until 1 Nov 2026."),
        ("wiki", "Nobody has ever vouched for its facts."),
    ]
    assert [row[0] for row in hits("stale", days=30)] == ["idp", "wiki"]


def test_a_retired_provider_and_circles(room: Room) -> None:
    change("mail", lifecycle="retired", retired_on=TODAY)
    assert [row[:2] for row in hits("needs_retired")] == [("benefits", "mail")]
    assert hits("hard_cycle") == []
    with entered(SYSTEM):
        Dependency.objects.create(
            system=room.systems["db"], provider=room.systems["portal"]
        )  # db > portal > idp > db
    first = min(room.systems[code].pk for code in ("benefits", "portal", "idp", "db"))
    assert [(row[0], row[1]) for row in hits("hard_cycle")] == [
        (code, f"circle {first}") for code in ("benefits", "db", "idp", "portal")
    ]
    with entered(SYSTEM):
        Dependency.objects.filter(system__code="db").update(strength="soft")
    assert hits("hard_cycle") == []


def test_sign_in(room: Room) -> None:
    change("benefits", single_sign_on="exempt", identity_exempt_until=TODAY - timedelta(days=1))
    change("portal", second_factor="exempt", identity_exempt_until=TODAY)
    assert [row[0] for row in hits("exemption_over")] == ["benefits"]
    change("idp", single_sign_on="enforced", local_accounts=True, classification="confidential")
    change("db", single_sign_on="offered", local_accounts=True, classification="internal")
    change("mail", single_sign_on="enforced", local_accounts=None, classification="restricted")
    assert [row[0] for row in hits("local_bypass")] == ["idp"]


def test_every_check_has_a_bundled_rule_and_runs_on_an_empty_inventory(db: None) -> None:
    with entered(SYSTEM):
        added = load_bundled(by=None, at=AT)
        assert (added, load_bundled(by=None, at=AT)) == (len(CHECKS), 0)
        assert set(Rule.objects.values_list("check_name", flat=True)) == set(CHECKS)
    assert {one.opened for one in evaluate_rules(at=AT)} == {0}


@pytest.fixture
def findings(room: Room) -> Callable[[], list[tuple[str, str, str]]]:
    """One rule that Forms and Wiki break, and a way to look at the findings."""
    with entered(SYSTEM):
        Rule.objects.create(
            code="orphan", title="Stands alone", check_name="orphan", due_days=10, severity="low"
        )

    def read() -> list[tuple[str, str, str]]:
        with entered(SYSTEM):
            rows = Finding.objects.order_by("pk").values_list("system__code", "state", "due_on")
            return [(code, state, due.isoformat()) for code, state, due in rows]

    return read


def told(at: Any = AT) -> tuple[int, int, int, int]:
    (one,) = evaluate_rules(at=at)
    return one.opened, one.kept, one.mended, one.reopened


def test_findings_open_stay_are_mended_and_open_anew(room: Room, findings: Any) -> None:
    assert told() == (2, 0, 0, 0)
    assert findings() == [("forms", "open", "2026-11-12"), ("wiki", "open", "2026-11-12")]
    with entered(SYSTEM):
        owners = dict(Finding.objects.values_list("system__code", "owner__code"))
    assert owners == {"forms": None, "wiki": "ben"}
    assert told(AT + timedelta(days=1)) == (0, 2, 0, 0), "the second time nothing happens"
    assert findings()[0] == ("forms", "open", "2026-11-12")
    change("wiki", none_attested_on=TODAY, none_attested_until=TODAY + timedelta(days=2))
    assert told(AT + timedelta(days=2)) == (0, 1, 1, 0)
    # What is broken again is a new finding; the old one keeps its day.
    assert told(AT + timedelta(days=3)) == (1, 1, 0, 0)
    assert findings() == [
        ("forms", "open", "2026-11-12"), ("wiki", "mended", "2026-11-12"), ("wiki", "open", "2026-11-15"),
    ]  # fmt: skip
    with entered(SYSTEM):
        Rule.objects.update(active=False)
    assert told(AT + timedelta(days=4)) == (0, 0, 2, 0)


def test_an_excuse_needs_a_right_a_reason_and_an_end(room: Room, findings: Any) -> None:
    told()
    with entered(SYSTEM):
        pk = Finding.objects.get(system__code="wiki").pk
    approver = room.accounts["approver"]
    fine = {"reason": "Kept for the archive", "expires_on": TODAY + timedelta(days=30), "at": AT}
    for who in ("data_steward", "planner", "auditor"):
        with entered(scope_of(room.accounts[who])), pytest.raises(PermissionDenied):
            verbs.except_finding(pk, by=room.accounts[who], **fine)
    with entered(scope_of(room.accounts["ann"])), pytest.raises(Refused, match="no such finding"):
        verbs.except_finding(pk, by=room.accounts["ann"], **fine)
    with entered(scope_of(approver)):
        for wrong, sentence in (
            ({"reason": " "}, "needs a reason"), ({"expires_on": TODAY}, "not in the future"),
            ({"expires_on": TODAY + timedelta(days=366)}, "more than a year ahead"),
        ):  # fmt: skip
            with pytest.raises(Refused, match=sentence):
                verbs.except_finding(pk, by=approver, **(fine | wrong))
        verbs.except_finding(pk, by=approver, **fine)
    assert told(AT + timedelta(days=30)) == (0, 1, 0, 0), "on its last day the excuse holds"
    assert findings()[1] == ("wiki", "excepted", "2026-11-12")
    assert told(AT + timedelta(days=31)) == (0, 1, 0, 1)
    assert findings()[1] == ("wiki", "open", "2026-12-13")


def test_an_excuse_is_taken_back(room: Room, findings: Any) -> None:
    told()
    approver = room.accounts["approver"]
    with entered(scope_of(approver)):
        pk = Finding.objects.get(system__code="wiki").pk
        verbs.except_finding(pk, reason="x", expires_on=TODAY + timedelta(days=9), by=approver, at=AT)
        verbs.end_exception(pk, reason="It matters after all", by=approver, at=AT)
    assert findings()[1][1] == "open"
    assert told() == (0, 2, 0, 0)


def test_nobody_declares_a_finding_mended(room: Room, findings: Any) -> None:
    told()
    ben = room.accounts["ben"]
    with entered(scope_of(ben)):
        pk = Finding.objects.get(system__code="wiki").pk
        assert verbs.check_again(pk, by=ben, at=AT) is False
    change("wiki", none_attested_on=TODAY, none_attested_until=TODAY)
    with entered(scope_of(ben)):
        assert verbs.check_again(pk, by=ben, at=AT) is True
    assert findings()[1][1] == "mended"


def test_checking_again_sees_what_the_viewer_does_not(room: Room) -> None:
    """Ann sees Benefits but not the database that it needs."""
    with entered(SYSTEM):
        Rule.objects.create(code="slow", title="Slow", check_name="slower_provider")
    change("benefits", recovery_time_minutes=60)
    change("db", recovery_time_minutes=120)
    evaluate_rules(at=AT)
    ann = room.accounts["ann"]
    with entered(scope_of(ann)):
        finding = Finding.objects.get(system__code="benefits")
        assert "database" not in finding.text.lower()
        assert verbs.check_again(finding.pk, by=ann, at=AT) is False


def test_a_rule_with_an_unknown_check_is_refused_by_name(room: Room) -> None:
    with entered(SYSTEM):
        Rule.objects.create(code="odd", title="Odd", check_name="nope")
    with pytest.raises(Refused, match="runs the check nope, which does not exist"):
        evaluate_rules(at=AT)


def test_the_pages_run_list_excuse_and_look_again(room: Room) -> None:
    from stateworks.modules.inventory.tests.test_system_page import text_of

    steward = room.client("data_steward")
    assert "There are no rules yet." in text_of(steward, "/inventory/rules/")
    assert room.client("planner").post("/inventory/rules/", {"do": "load"}).status_code == 403
    assert steward.post("/inventory/rules/", {"do": "load"}).status_code == 302
    assert steward.post("/inventory/rules/", {"do": "run"}).status_code == 302
    with entered(SYSTEM):
        total = Finding.objects.count()
        mine = Finding.objects.filter(system__organization=room.dhs).count()
        pk = Finding.objects.get(rule__code="orphan", system__code="wiki").pk
    assert f"of {total}" in text_of(steward, "/inventory/findings/")
    assert f"of {mine} · {total - mine} rows are hidden" in text_of(
        room.client("ann"), "/inventory/findings/"
    )
    listed = steward.get("/inventory/findings/?format=csv&rule=orphan").content.decode().splitlines()
    assert [line.split(",")[2] for line in listed[1:]] == ["forms", "wiki"]
    only = text_of(steward, "/inventory/findings/?owner=none&rule=orphan")
    assert "Forms" in only.partition("First due first")[2]
    assert "Wiki" not in only.partition("First due first")[2]
    path = f"/inventory/findings/{pk}/"
    approver = room.client("approver")
    assert room.client("ann").get(path).status_code == 404
    assert "Excuse it until a day" not in text_of(steward, path)
    wrong = approver.post(path, {"do": "except", "reason": "For the archive", "expires_on": "soon"})
    assert wrong.status_code == 400
    assert "For the archive</textarea>" in wrong.content.decode()
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert steward.post(path, {"do": "except", "reason": "x", "expires_on": until}).status_code == 403
    assert (
        approver.post(path, {"do": "except", "reason": "For the archive", "expires_on": until}).status_code
        == 302
    )
    assert "For the archive" in text_of(approver, path)
    assert "excused until" in text_of(steward, "/inventory/findings/?state=excepted")
    assert approver.post(path, {"do": "end", "why": "Not needed"}).status_code == 302
    assert steward.post(path, {"do": "again"}).status_code == 302
    assert "The rule is still broken; nothing has changed." in text_of(steward, path)


def test_findings_are_owed_by_their_owners(room: Room, findings: Any) -> None:
    from stateworks.kernel.plans.obligations import obligations

    told()
    with entered(SYSTEM):
        owed = [one for one in obligations(TODAY) if one.kind == "finding"]
    assert sorted((one.owner, one.what, one.due, one.url) for one in owed) == [
        ("", "Mend 1 finding: Stands alone.", date(2026, 11, 12), "/inventory/findings/?rule=orphan&owner=none"),
        ("ben@example.org", "Mend 1 finding: Stands alone.", date(2026, 11, 12), "/inventory/findings/?rule=orphan&owner=ben"),
    ]  # fmt: skip
