"""What every record type must do, whoever declared it: files in and out without loss, previews that keep their word, walls."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from django.http import QueryDict

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, entered, scope_of
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.changes import history_of, save_record
from stateworks.kernel.records.export import export_records, rows_of, write_template
from stateworks.kernel.records.fields import bound, bound_columns, describe
from stateworks.kernel.records.intake import import_records, load
from stateworks.kernel.records.query import asked
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.kernel.records.types import RecordType, record_type, record_types
from tests.conformance.issued import opened
from tests.conformance.rows import organization, texts

AT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=[declared.name for declared in record_types()])
def declared(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[RecordType]:
    """A record type; what rows of it refer to is made once, since it takes long, and undone before the next type's."""
    declared = record_type(request.param)
    with django_db_blocker.unblock(), transaction.atomic():
        with entered(SYSTEM):
            for number in range(12):
                texts(declared, number, organization("harbor"))
        yield declared
        transaction.set_rollback(True)


@pytest.fixture
def sheet(declared: RecordType, tmp_path: Path) -> Callable[..., Path]:
    """Write rows of the type as CSV, into a template's header."""

    def write(numbers: range, agency: str = "harbor", **changes: str) -> Path:
        path = tmp_path / f"{declared.name}-{agency}-{len(list(tmp_path.iterdir()))}.csv"
        write_template(declared, path, file_format="csv")
        header = path.read_text().strip().split(",")
        assert header == [column.name for column in declared.columns]
        with entered(SYSTEM):
            rows = [{**texts(declared, number, organization(agency)), **changes} for number in numbers]
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def test_template_import_export_and_back(
    declared: RecordType, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    with entered(SYSTEM):
        before = declared.model._default_manager.count()
    path = sheet(range(12))
    with entered(SYSTEM):
        made_on_the_way = declared.model._default_manager.count()
    first = import_records(declared, path, by=None, at=AT)
    assert (first.read, first.inserted, first.quarantined) == (12, 12, 0), [
        row.reason for row in first.quarantine.all()
    ]
    again = import_records(declared, path, by=None, at=AT)
    assert (again.read, again.unchanged) == (12, 12)
    for file_format in ("csv", "xlsx", "json"):
        out = tmp_path / f"out.{file_format}"
        rows = export_records(declared, out, file_format=file_format, scope=SYSTEM)
        assert rows == 12 + made_on_the_way
        back = import_records(declared, out, by=None, at=AT)
        assert (back.read, back.unchanged, back.quarantined) == (rows, rows, 0), file_format
    assert before <= made_on_the_way


def test_preview_keeps_its_word(declared: RecordType, sheet: Callable[..., Path]) -> None:
    import_records(declared, sheet(range(4)), by=None, at=AT)
    path = sheet(range(2, 8))
    with path.open("a") as file:
        file.write(path.read_text().splitlines()[0] + "\n")
    with entered(SYSTEM):
        stood = rows_of(declared, SYSTEM)
    preview = load(declared, path, dry_run=True, by=None, at=AT)
    with entered(SYSTEM):
        assert rows_of(declared, SYSTEM).equals(stood), "a preview changed something"
    real = load(declared, path, by=None, at=AT)
    for count in ("read", "inserted", "updated", "unchanged", "quarantined"):
        assert getattr(preview.running, count) == getattr(real.running, count), count
    assert preview.changes == real.changes
    assert [row.reason for row in preview.refused] == [row.reason for row in real.refused]
    assert real.running.inserted == 4
    assert real.running.quarantined == 1
    assert real.running.read == real.running.inserted + real.running.updated + real.running.unchanged + 1


def test_every_row_has_its_history(declared: RecordType, sheet: Callable[..., Path]) -> None:
    done = import_records(declared, sheet(range(1)), by=None, at=AT)
    with entered(SYSTEM):
        record = declared.model._default_manager.order_by("-pk").first()
        assert record is not None
        (added,) = history_of(record)
    assert (added.what, added.import_id) == ("added", done.pk)


def test_list_answers_any_address(
    declared: RecordType, sheet: Callable[..., Path], django_assert_max_num_queries: Any
) -> None:
    import_records(declared, sheet(range(3)), by=None, at=AT)
    with entered(SYSTEM):
        everything = asked(declared, QueryDict(""), SYSTEM)
        assert everything.total == declared.model._default_manager.count() >= 3
        assert len(everything.rows) == everything.total
        for one in bound_columns(declared):
            backwards = asked(declared, QueryDict(f"sort=-{one.name}"), SYSTEM)
            assert len(backwards.rows) == everything.total
            nothing = asked(declared, {one.name: "none"}, SYSTEM)
            assert nothing.total <= everything.total
        wild = asked(
            declared,
            QueryDict(
                "q=%00x&sort=nope&page=zz&columns=nope&" + "&".join(f"{c.name}=~" for c in declared.columns)
            ),
            SYSTEM,
        )
        assert wild.total >= 0
        assert wild.problems
        for name in declared.filters:
            for choice in asked(declared, QueryDict(""), SYSTEM).choices(name) or ():
                assert asked(declared, {name: choice.value}, SYSTEM).total >= 0
        # The clocks, how many there are, which stand on the page, and these; what is remembered is not asked again. One more
        # for each column whose targets may be out of reach: a join would lose the row.
        walled = {name for name in (*declared.shown, *declared.key) if bound(declared, name).shielded}
        with django_assert_max_num_queries(4 + len(walled)):
            page = asked(declared, QueryDict("page=1"), SYSTEM)
            assert page.total == len(page.rows)


def test_snapshot_holds_the_same_rows(declared: RecordType, sheet: Callable[..., Path]) -> None:
    from stateworks.kernel.lake.engines import open_engine

    import_records(declared, sheet(range(5)), by=None, at=AT)
    version = snapshot_changed([declared.name], at=AT)[declared.name]
    assert snapshot_changed([declared.name], at=AT)[declared.name] == version, "a version without a change"
    with entered(SYSTEM), open_engine() as engine:
        names = list(contract(declared.name).names)
        stored = pl.DataFrame(engine.execute(engine.table(declared.name).select(*names)))
        ours = rows_of(declared, SYSTEM, computed=True)
    key = list(declared.key)
    assert names == ours.columns
    assert stored.height == ours.height
    assert stored.sort(key).rows() == ours.select(names).sort(key).rows()


def test_is_described(declared: RecordType) -> None:
    told = describe(declared)
    assert [one["name"] for one in told["columns"]] == [column.name for column in declared.columns]
    unsaid = [
        one["name"]
        for one in told["columns"]
        if not one["description"] and one["name"] not in ("code", "name")
    ]
    assert len(unsaid) <= len(told["columns"]) / 2, f"say what these columns mean: {unsaid}"


def test_form_saves_what_a_file_does(declared: RecordType) -> None:
    with entered(SYSTEM):
        values = texts(declared, 7, organization("harbor"))
        record = save_record(declared, values, by=None, at=AT, reason="typed")
        key = declared.key[0]
        unchanged = save_record(declared, {key: values[key]}, record=record, by=None, at=AT)
        assert unchanged.pk == record.pk
        assert [one.reason for one in history_of(record)] == ["typed"]


def test_tenant_sees_its_own_rows_only(declared: RecordType, sheet: Callable[..., Path]) -> None:
    """Each wall alone: the ORM's scope with the owner's eyes, the database's policy with raw SQL."""
    if declared.organization is None:
        # The office's own: the same for everybody, so nothing may be hidden.
        with entered(SYSTEM):
            assert asked(declared, QueryDict(""), PUBLIC).hidden == 0
        return
    import_records(declared, sheet(range(2), "harbor"), by=None, at=AT)
    with entered(SYSTEM):
        theirs = {**texts(declared, 50, organization("lagoon"))}
        save_record(declared, theirs, by=None, at=AT)
        account = steward(organization("harbor"))
        if declared.seen_once is not None:
            assert rows_of(declared, scope_of(account)).is_empty(), "what is not issued is the office's own"
            for record in declared.model._default_manager.all():
                opened(declared, record)
        total = declared.model._default_manager.count()
        own = rows_of(declared, scope_of(account))
        # The database lets everything pass here, so what is missing was left out by the ORM's scope.
        assert 2 <= own.height < total
        hidden = asked(declared, QueryDict(""), scope_of(account)).hidden
    table = declared.model._meta.db_table
    with entered(scope_of(account)), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        assert cursor.fetchone()[0] == own.height == total - hidden
    with entered(PUBLIC), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        assert cursor.fetchone()[0] == 0


def test_tenant_loads_its_own_rows_only(declared: RecordType, sheet: Callable[..., Path]) -> None:
    if declared.organization is None:
        return
    with entered(SYSTEM):
        account = steward(organization("harbor"))
    own = import_records(declared, sheet(range(2), "harbor"), by=account, at=AT)
    # A draft is the office's own, whosever it will be: it takes no rows of its agency, and neither does what hangs on it.
    loaded = 2 if declared.seen_once is None else 0
    assert (own.inserted, own.quarantined) == (loaded, 2 - loaded), [
        row.reason for row in own.quarantine.all()
    ]
    other = import_records(declared, sheet(range(10, 12), "lagoon"), by=account, at=AT)
    assert (other.inserted, other.quarantined) == (0, 2)


def steward(place: Organization) -> Account:
    account = Account.objects.create_user(f"steward@{place.code}.example")
    Grant.objects.create(account=account, role=Role.DATA_STEWARD, organization=place, since=date(2020, 1, 1))
    return account
