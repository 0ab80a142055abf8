"""How the product is asked as everybody: a browser for each asker, and what must hold of whatever comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.db import connection, transaction
from django.test import Client

from stateworks.config import testing_tables
from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.web.tests.office import Office
from tests.conformance import authorization as table
from tests.conformance.canaries import WORDS, said

#: Whose account each asker is, and whose words must not come back.
ASKERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "anonymous": ("anonymous", ("harbor", "port", "radio")),
    "nobody": ("nobody", ("harbor", "port", "radio")),
    "wrong": ("port", ("harbor", "radio")),
    "right": ("harbor", ("port", "radio")),
    "approver": ("approver", ()),
    "auditor": ("auditor", ()),
    # A program with a token of the right agency's liaison: as he at the API, a visitor at every page.
    "program": ("anonymous", ("port", "radio")),
}
#: Tables that an answer may change although it is a refusal: it goes on record, and tries are counted.
ON_RECORD = {"access_auditentry", "django_session", "config_cache"}
REFUSED = {302, 401, 403, 404, 405}
Record = Callable[[str, object], None]


@dataclass
class Site:
    """The office with a word of each agency in everything, a browser for each asker, and what all tables held."""

    office: Office
    planted: dict[str, dict[str, Any]]
    clients: dict[str, Client]
    values: dict[str, str]
    held: dict[str, str] = field(default_factory=dict)
    written: dict[str, tuple[int, ...]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    """What was answered in a test so far to whoever read an address."""

    def ask(self, who: str, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask for an address, and see to it that no other agency's word comes back."""
        client = self.clients[who]
        # Signing out, which is asked for as well, is undone like all else.
        cookies = deepcopy(client.cookies)
        send = getattr(client, method.lower())
        if method != "GET" and "/api/" in path:
            response = send(path, json.dumps(body or {}), "application/json")
        else:
            response = send(path, body or {}) if method == "POST" else send(path)
        client.cookies = cookies
        if response.status_code == 403 and (account := self.office.accounts.get(ASKERS[who][0])):
            with entered(SYSTEM):
                told = AuditEntry.objects.filter(verb="be refused", actor=account).latest("id")
            assert (told.after or {})["page"] == response.wsgi_request.path, "a refusal is on record"
        whole = said(response)
        if method == "GET":
            self.texts[who, path] = whole
        text = without_question(whole, path)
        for agency in ASKERS[who][1]:
            place = text.find(WORDS[agency])
            assert place < 0, (
                f"{who} got {agency}'s word of {method} {path}: …{text[max(place - 200, 0) : place + 60]}…"
            )
        return response

    def changed(self) -> set[str]:
        """The tables that hold something else than when the site was built; only those written to since are looked into."""
        written = self.writes()
        touched = {name for name, counts in written.items() if counts != self.written.get(name)} - ON_RECORD
        return {name for name in touched if self.content(name) != self.held[name]}

    @staticmethod
    def content(name: str) -> str:
        """A number for all that a table holds."""
        with entered(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{name}" t')
            return str(cursor.fetchone())

    @staticmethod
    def writes() -> dict[str, tuple[int, ...]]:
        """How many rows of each table this transaction has written, what was undone included."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables")
            return {name: tuple(counts) for name, *counts in cursor.fetchall()}


def without_question(text: str, path: str) -> str:
    """An answer without the parts of the address that was asked for: who asked knew them, and a login page repeats them."""
    # Twice: where the address holds more than ASCII, the way back to it is quoted once more.
    text = unquote(unquote(text))
    for part in unquote(path).lower().split("/"):
        text = text.replace(part, "") if any(word in part for word in WORDS.values()) else text
    return text


def statuses(
    site: Site, path: str, method: str = "GET", body: Any = None, *, askers: Sequence[str] = table.WHO
) -> tuple[int, ...]:
    """What each asker gets; whoever is refused has changed nothing."""
    path = path.format(**site.values) if "{" in path else path
    found = []
    for who in askers:
        with transaction.atomic():
            response = site.ask(who, path, method, body)
            assert response.status_code < 500, (who, method, path)
            if response.status_code in REFUSED and method != "GET":
                away = response.status_code != 302 or response["Location"].startswith("/accounts/login/?")
                assert not away or not site.changed(), (who, method, path, site.changed())
            transaction.set_rollback(True)
        found.append(response.status_code)
    return tuple(found)


def held_to(row: tuple[int, ...], found: tuple[int, ...], *, askers: Sequence[str] = table.WHO) -> None:
    wanted = [row[table.WHO.index(who)] for who in askers]
    told = [
        f"{who}: {got} and not {want}"
        for who, want, got in zip(askers, wanted, found, strict=True)
        if want != got
    ]
    assert not told, "; ".join(told)


def senders(row: table.Row) -> list[str]:
    """Who sends an empty form: everybody; where a page takes none, of all to whom it is shown as if read, the first."""
    shown = [who for who, status in zip(table.WHO, row.post, strict=True) if status == 200]
    return [who for who in table.WHO if row.post != row.get or who not in shown[1:]]


def tell(record_property: Record, rows: Sequence[tuple[str, str, Sequence[object]]]) -> None:
    """Hand rows to whoever prints the table at the end of the run."""
    testing_tables.tell(
        record_property, testing_tables.AUTHORIZATION, [(what, method, *row) for what, method, row in rows]
    )
