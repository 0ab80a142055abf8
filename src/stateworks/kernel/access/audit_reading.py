"""The audit record as people and programs read it: who, what, about what, between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from stateworks.kernel.access.models import AuditEntry

COLUMNS = ("id", "at", "actor", "verb", "subject", "reason", "before", "after", "import_id")
SYSTEM_WORD = "system"
"""What stands for the actor where nobody did it."""

#: From each verb the index leads straight to the next one; DISTINCT would read every entry there ever was.
_VERBS = """
WITH RECURSIVE hop (verb) AS (
    (SELECT verb FROM access_auditentry ORDER BY verb LIMIT 1)
    UNION ALL
    SELECT (SELECT next.verb FROM access_auditentry next WHERE next.verb > hop.verb ORDER BY next.verb LIMIT 1)
    FROM hop WHERE hop.verb IS NOT NULL
)
SELECT verb FROM hop WHERE verb IS NOT NULL
"""


@dataclass(frozen=True)
class Asked:
    """What is asked of the record; what is empty is not asked. Days are local, both counted."""

    who: str = ""
    verb: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def entries(asked: Asked) -> QuerySet[AuditEntry, AuditEntry]:
    """Return the entries that are asked for, newest first, as far as the scope entered sees them.

    `who` is a part of a name or address, or the word system; `subject` the beginning of a dataset and key, or a part of it.
    """
    found = AuditEntry.objects.select_related("actor")
    if asked.who.strip().lower() == SYSTEM_WORD:
        found = found.filter(actor=None)
    elif who := asked.who.strip():
        found = found.filter(Q(actor__email__icontains=who) | Q(actor__name__icontains=who))
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if subject := asked.subject.strip():
        found = found.filter(subject__icontains=subject)
    if asked.since is not None:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until is not None and asked.until < date.max:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return found


def verbs() -> list[str]:
    """Return what has been done, by name, as far as the scope entered sees it; as quick over millions of entries as over few."""
    with connection.cursor() as cursor:
        cursor.execute(_VERBS)
        return [verb for (verb,) in cursor.fetchall()]


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as files and programs have it, the actor by e-mail address."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    return values | {"actor": entry.actor.email if entry.actor else SYSTEM_WORD}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
