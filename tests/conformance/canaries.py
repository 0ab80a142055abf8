"""A word of each agency in everything that is that agency's own, so that a leak shows wherever it comes out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.break_glass import break_glass
from stateworks.kernel.access.models import Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.tokens import issue
from stateworks.kernel.indicators.measures import all_measures
from stateworks.kernel.jobs.models import Job, JobState
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.scoring import run_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.kernel.records.changes import save_record
from stateworks.kernel.records.fields import REFERENCE, TEXT, Bound, bound_columns
from stateworks.kernel.records.models import SavedView
from stateworks.kernel.records.types import RecordType, record_types, type_of
from stateworks.modules.billing.models.periods import MONTH
from stateworks.web.tests.office import AS_OF, AT, PLAN, TICKETS, Office
from tests.conformance.issued import opened, prepared
from tests.conformance.rows import FIRST_TARGET, texts

#: By agency, the word that stands in all its rows. No other text of the product or of the tests holds them.
WORDS = {"harbor": "zebrafinch", "port": "quokkawood", "radio": "axolotlet"}
MEASURES_PLAN = "every-measure"
LATER = dt.timedelta(hours=2)
ROW = 70
"""Number of the first planted row of each record type; the next are five on, so that all take the first of five choices: an
outage is one of a system, and not of a vendor, which is open to all who have signed in."""

EVENTS = """\
Type,Ticket,Update,Updated,Opened,State,Group,Assignee,Tier,Channel,Category,Service,Priority,Agency
Incident,E-{word},1,01/11/2027 09:00:00,01/11/2027 09:00:00,New,{rest}
Incident,E-{word},2,01/11/2027 09:30:00,01/11/2027 09:00:00,Resolved,{rest}
"""
AVAILABILITY = {
    "name": "watcher", "dataset": "inventory.availability", "source": "watcher", "load": "delta", "zone": "America/Chicago",
    "columns": {
        "service": "Service", "reference": "Id", "state": "State", "started_at": "From", "ended_at": "To",
        "agency": "Agency", "note": "Note",
    },
    "rules": {"gaps": "up"},
}  # fmt: skip

#: What a feed of billing is read from, by its name: each column from one of the same name.
CHARGES = {
    "billing.usage": "event,account,sku,started_at,used_on,quantity,agency\n"
    "{word}-1,{word},{word},2027-01-12,2027-01-12,3,{agency}\n",
    "billing.focus_charge": (
        "charge,billed_cost,billing_period_start,billed_on,charge_period_start,category,text,resource_name,agency\n"
        "{word}-1,1.50,2027-01-01,2027-01-01,2027-01-01,Usage,{word},{word},{agency}\n"
    ),
    "billing.gl_transaction": "journal,line,posted_on,amount,text,agency\n{word},1,2027-01-12,12.50,{word},{agency}\n",
    "billing.rated_charge": (
        "line,invoice,period,issued_on,origin,account,sku,line_of_service,kind,quantity,cents,agency\n"
        "{word}.1,{word},2027-01,2027-02-12,2027-01,{word},{word},{word},usage,3,1250,{agency}\n"
    ),
}


def plant(office: Office, folder: Path) -> dict[str, dict[str, Any]]:
    """Put each agency's word into a row of every record type and feed, and into what is kept about files, jobs and lists.

    Returns the planted records by type and agency.
    """
    planted: dict[str, dict[str, Any]] = {}
    with entered(SYSTEM):
        agencies = {code: Organization.objects.get(code=code) for code in WORDS}
        for declared in record_types():
            planted[declared.name] = {
                code: save_record(
                    declared, marked(declared, ROW + 5 * place, agency, WORDS[code]), by=None, at=AT + LATER
                )
                for place, (code, agency) in enumerate(agencies.items())
            }
        for code, word in WORDS.items():
            who = office.accounts["harbor" if code == "radio" else code]
            if code != "radio":
                SavedView.objects.create(
                    dataset="office.person", name=f"{word} view", query="", owner=who, saved_at=AT
                )
                Job.objects.create(
                    kind="data.load", subject=f"import {word}", state=JobState.DONE, by=who, asked_at=AT,
                    not_before=AT, result={"told": word}, error=word, arguments={"import": office.tickets.pk},
                )  # fmt: skip
                audit.record("change", f"office.person {word}", by=who, at=AT, reason=word)
            _feeds(office, folder, code, word, agencies[code])
            for declared in record_types():
                # So that a leak of it would show: a draft is shown to no agency at all.
                opened(declared, planted[declared.name][code])
        load_plan(read_plan(_plan().encode()), by=office.accounts["planner"], at=AT)
        for slug in (MEASURES_PLAN, PLAN):
            run_plan(slug, as_of=AS_OF, at=AT + 2 * LATER)
    return planted


def plant_ways_in(office: Office) -> dict[str, str]:
    """Put each agency's word into a program's token and the reason of a break-glass link; return the tokens by agency.

    A token lasts from now on: when it is used is asked of the clock.
    """
    now, administrator = timezone.now(), office.accounts["administrator"]
    made: dict[str, str] = {}
    with entered(SYSTEM):
        for code, word in WORDS.items():
            break_glass(administrator, reason=f"{word} is down", made_by=word, at=now)
            agency = Organization.objects.get(code=code)
            _, made[code] = issue(f"{word} program", Role.AGENCY_LIAISON, agency, by=administrator, at=now)
    return made


def marked(declared: RecordType, number: int, agency: Organization, word: str) -> dict[str, str]:
    """One valid row of the type; where rows are some agency's own, each text in it holds the agency's word.

    What a row refers to, also one that is the office's own, holds the word in its code, so that references tell on themselves.
    """
    made = texts(declared, number, agency)
    references = [one.name for one in bound_columns(declared) if one.kind == REFERENCE]
    for one in bound_columns(declared):
        text, field = made[one.name], one.field
        if one.kind == REFERENCE and text and one.related is not declared.model:
            made[one.name] = (
                prepared(declared, one, agency, word)
                or _target(one, FIRST_TARGET + references.index(one.name), agency, word)
                or text
            )
        if declared.organization is None or one.kind != TEXT or one.choices or not text:
            continue
        if MONTH in field.validators:
            # Nothing but a month may stand there.
            continue
        limit = field.max_length or 2000
        if isinstance(field, models.EmailField) or ("@" in text and limit >= 40):
            made[one.name] = f"{word}.{number}@example.gov"
        elif isinstance(field, models.URLField):
            made[one.name] = f"https://example.gov/{word}/{number}"
        elif isinstance(field, models.SlugField) or limit < len(text) + len(word) + 1:
            made[one.name] = f"{word}-{number}"[:limit]
        else:
            made[one.name] = f"{word} {text}"
    return made


def _target(one: Bound, number: int, agency: Organization, word: str) -> str:
    """Make a row of a walled type to refer to, unless it is there, and return its code; empty for the office's own."""
    other = type_of(one.related)
    if other is None or other.organization is None:
        return ""
    columns = {each.field.name: each.name for each in bound_columns(other)}
    row = marked(other, number, agency, word)
    code = row[columns[one.target]]
    if not other.model._default_manager.filter(**{one.target: code}).exists():
        save_record(other, row, by=None, at=AT + LATER)
    return code


def _feeds(office: Office, folder: Path, code: str, word: str, agency: Organization) -> None:
    by, at = office.accounts["data_steward"], AT + LATER
    header = TICKETS.splitlines()[0]
    lines = [
        f"{word}-{day},01/{day:02}/2027 09:00:00,01/{day:02}/2027 09:20:00,01/{day:02}/2027 09:40:00,"
        f"01/{day:02}/2027 09:40:00,Closed,Phone,{word} kind,{word} sort,{word} line,3 - Moderate,{agency.name},{word} desk,"
        f"{word} agent,0,0,true"
        for day in range(12, 24)
    ]
    # All went worse in the month before, so that the scorecard tells of a change and what it came from.
    lines += [
        f"{word}-before-{day},12/{day:02}/2026 09:00:00,12/{day:02}/2026 16:20:00,12/{day:02}/2026 16:40:00,"
        f"12/{day:02}/2026 16:40:00,Closed,Phone,{word} kind,{word} sort,{word} line,3 - Moderate,{agency.name},{word} desk,"
        f"{word} agent,2,1,false"
        for day in range(7, 19)
    ]
    # Closed before it was opened: refused, and kept with what stood in the file.
    lines.append(
        f"{word}-bad,01/20/2027 09:00:00,01/19/2027 09:20:00,01/19/2027 09:40:00,01/19/2027 09:40:00,Closed,Phone,{word} kind,"
        f"{word} sort,{word} line,3 - Moderate,{agency.name},{word} desk,{word} agent,0,0,true"
    )
    quoted = f'"{agency.name}"'
    rest = f"{word} desk,{word} agent,L1,Phone,{word} kind,{word} line,{word},{quoted}"
    files = {
        "incidents": "\n".join([header, *(line.replace(agency.name, quoted) for line in lines)]) + "\n",
        "events": EVENTS.format(word=word, rest=rest),
        "spans": "Service,Id,State,From,To,Agency,Note\n" + "".join(
            f"{word} mail,{day},down,2027-01-{day} 08:00,2027-01-{day} 09:00,{quoted},{word} fell\n" for day in range(12, 15)
        ),
    }  # fmt: skip
    paths = {}
    for name, text in files.items():
        paths[name] = folder / f"{word}-{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    done = import_feed("desk.ticket", paths["incidents"], mapping="servicenow-incident-export", by=by, at=at)
    assert (done.inserted, done.quarantined) == (24, 1), (code, done.error)
    done = import_feed("desk.event", paths["events"], mapping="meridian-desk", by=by, at=at)
    assert done.inserted == 2, (code, done.error)
    watcher = mapping_from(AVAILABILITY, "watcher")
    done = import_feed("inventory.availability", paths["spans"], mapping=watcher, by=by, at=at)
    assert done.inserted == 3, (code, done.error)
    for dataset, text in CHARGES.items():
        columns = text.partition("\n")[0].split(",")
        read = mapping_from(
            {"name": "charges", "dataset": dataset, "source": "charges", "load": "delta", "zone": "UTC",
             "columns": {one: one for one in columns}},
            "charges",
        )  # fmt: skip
        path = folder / f"{word}-{dataset}.csv"
        path.write_text(text.format(word=word, agency=quoted), encoding="utf-8")
        done = import_feed(dataset, path, mapping=read, by=by, at=at)
        assert done.inserted == 1, (dataset, code, done.error)


def _plan() -> str:
    """A plan with one indicator for each measure there is, so that every figure by every slice is somewhere to be seen."""
    lines = [
        f"slug: {MEASURES_PLAN}", "title: Every measure", "office: Office of Systems", "starts: 2026-07-01",
        "ends: 2028-06-30", "nodes:", "  - code: '1'", "    level: activity", "    title: All", "    indicators:",
    ]  # fmt: skip
    for number, measure in enumerate(all_measures(), 1):
        lines += [
            f"      - code: 1.1.{number}", f"        name: {measure.title}", f"        goal: {measure.title}",
            f"        measure: {measure.name}", "        minimum_n: 1",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def indicator_of(measure: str) -> str:
    """The code of a measure's indicator in the plan above."""
    return f"1.1.{[one.name for one in all_measures()].index(measure) + 1}"


def said(response: Any) -> str:
    """All that an answer says, in small letters: its headers, its body, and what is packed in a workbook."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{body.decode(errors='replace')}".lower()
