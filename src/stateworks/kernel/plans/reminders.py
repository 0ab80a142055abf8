"""E-mails that remind people of what they owe: one a day to each person, with everything in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.obligations import Obligation, tell
from stateworks.kernel.plans.models import Reminder
from stateworks.kernel.plans.obligations import obligations

REMIND_DAYS = 7
"""A reminder tells what is overdue or due within this many days."""


@dataclass
class Reminded:
    """What became of a round of reminders, by e-mail address; `unnamed` counts what nobody is named for."""

    sent: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unnamed: int = 0


def letters(as_of: date) -> dict[str, list[Obligation]]:
    """Return what each person is to be reminded of."""
    found: dict[str, list[Obligation]] = defaultdict(list)
    with entered(SYSTEM):
        for each in obligations(as_of, ahead=REMIND_DAYS):
            found[each.owner].append(each)
    return found


def send_reminders(as_of: date, *, at: datetime, site: str = "") -> Reminded:
    """Send each person one e-mail about what is due; whoever had one on this day gets no second.

    An address that the mail server refuses does not keep the others from their letters: it is in `failed`. Call it
    outside a transaction: each letter is then on record as soon as it is sent, whatever happens to the next.
    """
    done = Reminded()
    connection = get_connection()
    for to, owed in sorted(letters(as_of).items()):
        if not to:
            done.unnamed = len(owed)
            continue
        try:
            validate_email(to)
            with entered(SYSTEM):
                # The row comes first and is unique a day: two rounds at once cannot both send.
                _, new = Reminder.objects.get_or_create(
                    to=to,
                    sent_on=as_of,
                    defaults={"sent_at": at, "obligations": [each.what for each in owed]},
                )
                if new:
                    letter = EmailMessage(
                        subject(owed, as_of), body(owed, as_of, site), to=[to], connection=connection
                    )
                    letter.send()
                    tell(owed, at)
        except (OSError, ValidationError) as error:
            done.failed[to] = " ".join(str(part) for part in getattr(error, "messages", [error]))
            continue
        (done.sent if new else done.already).append(to)
    return done


def subject(owed: list[Obligation], as_of: date) -> str:
    """Return the letter's subject: how much is due and how much of it overdue."""
    late = sum(1 for each in owed if each.overdue(as_of))
    things = "1 thing is" if len(owed) == 1 else f"{len(owed)} things are"
    return f"{things} due" + (f", {late} overdue" if late else "")


def body(owed: list[Obligation], as_of: date, site: str = "") -> str:
    """Return the letter: the overdue first, each with its day; plain text."""
    late = [each for each in owed if each.overdue(as_of)]
    soon = [each for each in owed if not each.overdue(as_of)]
    lines = ["Hello,", ""]
    for heading, part in (
        ("Overdue:", late),
        (f"Due by {_day(as_of + timedelta(days=REMIND_DAYS))}:", soon),
    ):
        if part:
            lines += [heading, *(f"- {each.what} (due {_day(each.due)})" for each in part), ""]
    where = f" at {site.rstrip('/')}/work/" if site else ""
    return "\n".join([*lines, f"Everything you owe stands on your work page{where}.", ""])


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
