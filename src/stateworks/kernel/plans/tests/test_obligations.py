"""What people owe by when, and the letters that remind them, sent to a real mail server on the loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.indicators.models import Run, SignOff, Verdict
from stateworks.kernel.lake.models import Import, QuarantinedRow
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.amendments import name_people
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan, Reminder
from stateworks.kernel.plans.obligations import Obligation, obligations
from stateworks.kernel.plans.reminders import send_reminders
from stateworks.kernel.plans.reporting import report_value
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.verbs import (
    check_in,
    confirm_milestone,
    decide_pilot,
    finish_milestone,
    move_forecast,
    write_variance_note,
)
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
TODAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def plan(system: None) -> Plan:
    return load_plan(read_plan(SAMPLE), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


def _of(kind: str, as_of: date = TODAY, **kwargs: Any) -> list[Obligation]:
    return [each for each in obligations(as_of, **kwargs) if each.kind == kind]


# -- reports


def test_a_value_is_owed_fifteen_days_after_its_quarter() -> None:
    (owed,) = _of("report", ahead=0)
    # FY27 Q1 ended on 30 September. Only the indicator that nothing computes owes a value.
    assert (owed.code, owed.period, owed.due, owed.owner) == (
        "1.1.2", "FY27 Q1", date(2026, 10, 15), "owner@riverton.test",
    )  # fmt: skip
    assert owed.overdue(TODAY)
    assert owed.what == "Report FY27 Q1 of 1.1.2 open houses."


def test_once_reported_the_next_quarter_is_owed(owner: Account) -> None:
    report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=AT)
    assert _of("report") == []
    (owed,) = _of("report", date(2026, 12, 20))
    assert (owed.period, owed.due, owed.overdue(date(2026, 12, 20))) == ("FY27 Q2", date(2027, 1, 15), False)


def test_what_is_missing_for_long_is_one_line() -> None:
    (owed,) = _of("report", date(2027, 2, 1))
    assert owed.what == "Report FY27 Q1 of 1.1.2 open houses. FY27 Q2 is missing too."
    (owed,) = _of("report", date(2027, 8, 1))
    assert owed.what.endswith("3 later ones are missing too.")


@pytest.mark.parametrize(
    ("frequency", "period", "due"),
    [
        ("monthly", "2026-07", date(2026, 8, 15)),
        ("half-yearly", "FY27 Q2", date(2027, 1, 15)),
        ("yearly", "FY27", date(2027, 7, 15)),
    ],
)
def test_the_frequency_says_when(frequency: str, period: str, due: date) -> None:
    text = SAMPLE.replace("cumulative: true", f"frequency: {frequency}").replace(
        "slug: riverton", "slug: lakeside"
    )
    load_plan(read_plan(text), by=None, at=AT)
    (owed,) = [each for each in _of("report", ahead=400) if each.plan == "lakeside"]
    assert (owed.period, owed.due) == (period, due)


# -- milestones, pilots, check-ins


def test_milestones_are_owed_by_their_owner_and_confirmations_by_the_approver(
    owner: Account, other: Account
) -> None:
    name_people("riverton", "1.1.3", approver="other@riverton.test", by=owner, at=AT)
    assert [(each.key, each.due) for each in _of("milestone", ahead=60)] == [
        ("portal-chosen", date(2026, 9, 30)),
        ("portal-launched", date(2026, 12, 31)),
    ]
    finish_milestone("riverton", "portal-chosen", done_on=date(2026, 11, 1), evidence="link", by=owner, at=AT)
    move_forecast("riverton", "portal-launched", forecast=date(2027, 2, 1), note="Late.", by=owner, at=AT)
    (owed,) = _of("milestone", ahead=60)
    assert owed.what == "“Portal is launched” is due on 2026-12-31. It is now expected on 2027-02-01."
    (owed,) = _of("confirmation")
    assert (owed.owner, owed.due) == ("other@riverton.test", date(2026, 11, 16))
    confirm_milestone("riverton", "portal-chosen", by=other, at=AT)
    assert _of("confirmation") == []


def test_an_ended_pilot_is_owed_a_decision(owner: Account) -> None:
    (owed,) = _of("pilot")
    assert (owed.key, owed.owner, owed.due, owed.overdue(TODAY)) == (
        "headsets", "lead@riverton.test", date(2026, 10, 31), True,
    )  # fmt: skip
    decide_pilot("riverton", "headsets", decision="stop", result="No.", by=owner, at=AT)
    assert _of("pilot") == []


def test_a_missed_check_in_is_stale(owner: Account) -> None:
    (owed,) = _of("check_in")
    assert (owed.code, owed.owner, owed.stale, owed.due) == (
        "1.1.1i",
        "lead@riverton.test",
        True,
        date(2026, 9, 30),
    )
    assert "no word for FY27 Q1, so it shows as stale" in owed.what
    check_in("riverton", "1.1.1i", quarter="FY27 Q1", confidence=5, by=owner, at=AT)
    (owed,) = _of("check_in", ahead=60)
    assert (owed.stale, owed.due) == (False, date(2026, 12, 31))
    check_in("riverton", "1.1.1i", quarter="FY27 Q2", confidence=5, by=owner, at=AT)
    assert _of("check_in", ahead=60) == []


def test_a_plan_owes_its_review() -> None:
    text = SAMPLE.replace("slug: riverton", "slug: lakeside\nreview_due: 2026-11-01")
    load_plan(read_plan(text), by=None, at=AT)
    (owed,) = _of("plan_review")
    assert (owed.plan, owed.due) == ("lakeside", date(2026, 11, 1))


# -- what a run and an import leave behind


def _run(plan: Plan) -> Run:
    run = Run.objects.create(
        plan=plan.slug, plan_version=1, as_of=TODAY, known_at=AT, started_at=AT, engine="duckdb"
    )
    for code, attainment in (("1.1.1", "missed"), ("1.1.3", "met")):
        Verdict.objects.create(
            run=run,
            indicator=code,
            standing="scored",
            attainment=attainment,
            grain="quarter",
            period="FY27 Q1",
            why="x",
        )
    run.finished_at = AT
    run.save(update_fields=["finished_at"])
    return run


def test_a_missed_goal_is_owed_an_explanation(plan: Plan, owner: Account) -> None:
    _run(plan)
    (owed,) = _of("note")
    assert (owed.code, owed.period, owed.due) == ("1.1.1", "FY27 Q1", date(2026, 10, 15))
    write_variance_note("riverton", "1.1.1", period="FY27 Q1", text="Storm.", by=owner, at=AT)
    assert _of("note") == []


def test_a_closed_period_is_owed_its_signature(plan: Plan, owner: Account, other: Account) -> None:
    name_people("riverton", "1.1.1", approver="other@riverton.test", by=owner, at=AT)
    run = _run(plan)
    (owed,) = _of("sign_off")
    assert (owed.code, owed.owner, owed.due) == ("1.1.1", "other@riverton.test", date(2026, 10, 30))
    SignOff.objects.create(
        run=run, indicator="1.1.1", grain="quarter", period="FY27 Q1", seal="s", definition_hash="d",
        prepared_by=owner, prepared_at=AT, approved_by=other, approved_at=AT,
    )  # fmt: skip
    assert _of("sign_off") == []


def test_refused_rows_wait_for_the_stewards(owner: Account, other: Account) -> None:
    made_by = Import.objects.create(
        dataset="desk.ticket",
        filename="a.csv",
        sha256="0" * 64,
        started_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    for row in (2, 3):
        QuarantinedRow.objects.create(
            made_by=made_by, dataset="desk.ticket", source="s", row=row, code="c", reason="r", values={}
        )
    (owed,) = _of("refused_rows")
    assert (owed.code, owed.owner, owed.due) == ("desk.ticket", "", date(2026, 11, 6))
    assert owed.what == "2 rows of desk.ticket wait in quarantine: fix the source or dismiss them."
    state = Organization.objects.create(code="riv", name="Riverton", kind="state")
    Grant.objects.create(account=other, role=Role.DATA_STEWARD, organization=state, since=date(2026, 1, 1))
    assert [each.owner for each in _of("refused_rows")] == ["other@riverton.test"]
    QuarantinedRow.objects.update(dismissed_at=AT)
    assert _of("refused_rows") == []


def test_the_list_is_one_persons_and_in_order_of_days(plan: Plan) -> None:
    _run(plan)
    mine = obligations(TODAY, owner="owner@riverton.test")
    assert [(each.kind, each.due) for each in mine] == [
        ("milestone", date(2026, 9, 30)),
        ("note", date(2026, 10, 15)),
        ("report", date(2026, 10, 15)),
    ]
    Plan.objects.update(retired_on=TODAY)
    assert obligations(TODAY) == []


# -- letters


class Catcher:
    """A mail server that keeps what it is given and refuses one address."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address == "lead@riverton.test":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def catcher(settings: Any) -> Iterator[Catcher]:
    from aiosmtpd.controller import Controller

    handler = Catcher()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "stateworks@riverton.test"
    yield handler
    controller.stop()


def test_each_person_gets_one_letter_a_day(plan: Plan, catcher: Catcher) -> None:
    _run(plan)
    done = send_reminders(TODAY, at=AT, site="https://plan.riverton.test/")
    assert done.sent == ["owner@riverton.test"]
    assert list(done.failed) == ["lead@riverton.test"]
    assert "no such mailbox" in done.failed["lead@riverton.test"]
    (letter,) = catcher.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == (
        "owner@riverton.test", "stateworks@riverton.test", "3 things are due, 3 overdue",
    )  # fmt: skip
    assert letter.get_content().replace("\r\n", "\n") == (
        "Hello,\n\n"
        "Overdue:\n"
        "- “Portal is chosen” is due on 2026-09-30. (due 30 September 2026)\n"
        "- 1.1.1 calls answered missed its goal in FY27 Q1: say why. (due 15 October 2026)\n"
        "- Report FY27 Q1 of 1.1.2 open houses. (due 15 October 2026)\n\n"
        "Everything you owe stands on your work page at https://plan.riverton.test/work/.\n"
    )
    # The refused address left no trace, so tomorrow's (or a repeated) round tries it again; the other got its letter.
    assert list(Reminder.objects.values_list("to", flat=True)) == ["owner@riverton.test"]
    again = send_reminders(TODAY, at=AT)
    assert (again.sent, again.already, len(catcher.letters)) == ([], ["owner@riverton.test"], 1)
    assert send_reminders(date(2026, 11, 11), at=AT).sent == ["owner@riverton.test"]


def test_a_mail_server_that_is_away_is_told_and_nothing_is_marked_sent(
    plan: Plan, catcher: Catcher, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    done = send_reminders(TODAY, at=AT)
    assert sorted(done.failed) == ["lead@riverton.test", "owner@riverton.test"]
    assert not Reminder.objects.exists()


def test_what_is_due_within_the_week_stands_apart(plan: Plan, catcher: Catcher, owner: Account) -> None:
    finish_milestone("riverton", "portal-chosen", done_on=date(2026, 11, 1), evidence="link", by=owner, at=AT)
    report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=AT)
    send_reminders(date(2026, 12, 28), at=AT)
    (letter,) = catcher.letters
    assert letter["Subject"] == "1 thing is due"
    assert (
        "Due by 4 January 2027:\n- “Portal is launched” is due on 2026-12-31."
        in letter.get_content().replace("\r", "")
    )
