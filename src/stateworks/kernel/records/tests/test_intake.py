"""Records from files: what is loaded, what is refused and why, and that a preview, a second load and a crash do no harm."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from stateworks.kernel.access.models import Account, AuditEntry, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.org.models import (
    Appointment,
    Organization,
    OrganizationAlias,
    OrganizationClosure,
    Person,
    Vendor,
)
from stateworks.kernel.records.changes import Invalid, history_of, save_record
from stateworks.kernel.records.intake import import_records, load
from stateworks.kernel.records.types import record_type

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
TREE = """code,name,kind,parent
meridian,Meridian,state,
labor,Labor,department,meridian
jobs,Jobs,agency,labor
works,Works,department,meridian
"""

pytestmark = pytest.mark.django_db


def file(tmp_path: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def counts(done: Import) -> tuple[int, int, int, int, int]:
    return done.read, done.inserted, done.updated, done.unchanged, done.quarantined


def tree(tmp_path: Path) -> None:
    import_records("office.organization", file(tmp_path, TREE, "tree.csv"), by=None, at=AT)


def reasons(done: Import) -> list[str]:
    with entered(SYSTEM):
        return list(done.quarantine.order_by("row").values_list("reason", flat=True))


def test_new_changed_unchanged_refused(tmp_path: Path) -> None:
    tree(tmp_path)
    text = """code,name,kind,parent
labor,Labor and Workforce,department,meridian
jobs,Jobs,agency,labor
new,New,agency,works
bad,Bad,king,works
"""
    outcome = load("office.organization", file(tmp_path, text), by=None, at=AT)
    # Four rows: one changed, one as it was, one new, one refused.
    assert counts(outcome.running) == (4, 1, 1, 1, 1)
    assert [(one.line, one.key, one.new, one.fields) for one in outcome.changes if not one.new] == [
        (2, "labor", False, {"name": ("Labor", "Labor and Workforce")})
    ]
    assert reasons(outcome.running)[0].startswith("Column “kind”: “king” is not one of state, department")
    with entered(SYSTEM):
        entry = AuditEntry.objects.get(import_id=outcome.running.pk)
        assert entry.after == {"read": 4, "inserted": 1, "updated": 1, "unchanged": 1, "quarantined": 1}
        changed = history_of(Organization.objects.get(code="labor"))
        assert [(one.what, one.import_id, one.fields.get("name")) for one in changed][0] == (
            "changed", outcome.running.pk, ("Labor", "Labor and Workforce"),
        )  # fmt: skip


def test_children_may_come_before_their_parents(tmp_path: Path) -> None:
    text = "code,name,kind,parent\nc,C,section,b\nb,B,agency,a\na,A,department,s\ns,S,state,\n"
    assert counts(import_records("office.organization", file(tmp_path, text), by=None, at=AT)) == (
        4,
        4,
        0,
        0,
        0,
    )
    assert set(OrganizationClosure.objects.filter(descendant__code="c").values_list("ancestor__code", "depth")) == {
        ("c", 0), ("b", 1), ("a", 2), ("s", 3),
    }  # fmt: skip


def test_what_hangs_below_a_refused_row_is_refused_too(tmp_path: Path) -> None:
    text = "code,name,kind,parent\ns,S,state,\nt,T,state,\nx,X,agency,t\ny,Y,agency,x\n"
    done = import_records("office.organization", file(tmp_path, text), by=None, at=AT)
    # Two states break the rule that there is one; x and y hang below one of them.
    assert counts(done) == (4, 0, 0, 0, 4)
    assert reasons(done)[0] == "There is already a state: an instance serves exactly one."
    assert "was refused itself" in reasons(done)[3]


def test_a_circle_refuses_the_row_that_closes_it_and_what_hangs_below(tmp_path: Path) -> None:
    # Written one after the other, a waits for its parent; b below a would close the circle, so b is refused, and a with it.
    text = "code,name,kind,parent\na,A,agency,b\nb,B,agency,a\nc,C,agency,\nd,D,agency,c\n"
    done = import_records("office.organization", file(tmp_path, text), by=None, at=AT)
    assert counts(done) == (4, 2, 0, 0, 2)
    assert any("The organizations would form a circle" in reason for reason in reasons(done))
    assert any("was refused itself" in reason for reason in reasons(done))
    with entered(SYSTEM):
        assert sorted(Organization.objects.values_list("code", flat=True)) == ["c", "d"]
        assert Import.objects.get().state == ImportState.DONE


def test_the_same_row_twice_and_two_rows_with_one_key(tmp_path: Path) -> None:
    text = "code,name\na,A\na,A\nb,B\nb,B2\n"
    done = import_records("office.vendor", file(tmp_path, text), by=None, at=AT)
    assert counts(done) == (4, 1, 0, 1, 2)
    assert reasons(done) == [
        "Lines 4, 5 have the same code and differ; keep one of them.",
        "Lines 4, 5 have the same code and differ; keep one of them.",
    ]
    done = import_records("office.vendor", file(tmp_path, text), duplicates="latest", by=None, at=AT)
    assert counts(done) == (4, 1, 0, 2, 1)
    with entered(SYSTEM):
        assert Vendor.objects.get(code="b").name == "B2"
        # The rows that waited in quarantine are in order now.
        assert Import.objects.order_by("pk").first().quarantine.filter(fixed_by=done).count() == 1  # type: ignore[union-attr]


def test_all_or_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, "code,name\na,A\nb b,B\n")
    with pytest.raises(Refused, match="1 of 2 rows are refused, so nothing was loaded") as refused:
        import_records("office.vendor", path, refusals="nothing", by=None, at=AT)
    assert len(refused.value.details) == 1
    with entered(SYSTEM):
        assert Vendor.objects.count() == 0


def test_dates_in_three_forms(tmp_path: Path) -> None:
    text = "code,name,retired_on\na,A,2026-07-31\nb,B,7/31/2026\nc,C,31.07.2026\nd,D,2026-07-31 00:00:00\n"
    done = import_records("office.vendor", file(tmp_path, text), by=None, at=AT)
    assert counts(done) == (4, 2, 0, 0, 2)
    assert reasons(done)[0] == (
        "Column “retired_on”: “7/31/2026” is not a date written as 2026-07-31 "
        "(or say which comes first, the day or the month); correct it."
    )
    # Told which comes first, it is read; the third form stays refused.
    done = import_records("office.vendor", file(tmp_path, text), dates="mdy", by=None, at=AT)
    assert counts(done) == (4, 1, 0, 2, 1)
    with entered(SYSTEM):
        assert Vendor.objects.get(code="b").retired_on == date(2026, 7, 31)


def test_rules_of_the_database_are_told_by_row(tmp_path: Path) -> None:
    tree(tmp_path)
    import_records("office.person", file(tmp_path, "code,name,organization\nada,Ada,jobs\n"), by=None, at=AT)
    text = """person,organization,role,since,until
ada,jobs,it_liaison,2026-07-01,2026-06-30
ada,labor,it_liaison,2026-07-01,
bob,jobs,it_liaison,2026-07-01,
"""
    done = import_records("office.appointment", file(tmp_path, text), by=None, at=AT)
    assert counts(done) == (3, 1, 0, 0, 2)
    first, second = reasons(done)
    assert not first.startswith("Line")
    assert "ends after start" in first
    assert second == "Column “person”: there is no person “bob”; load it first, or correct the person."


def test_aliases_that_overlap(tmp_path: Path) -> None:
    tree(tmp_path)
    text = "source,alias,valid,organization\ndesk,X,2024-01-01/2024-12-31,jobs\ndesk,X,2025-01-01/..,labor\n"
    assert counts(import_records("office.alias", file(tmp_path, text), by=None, at=AT)) == (2, 2, 0, 0, 0)
    with entered(SYSTEM):
        assert sorted(str(one) for one in OrganizationAlias.objects.values_list("valid", flat=True)) == [
            "[2024-01-01, 2025-01-01)", "[2025-01-01, None)",
        ]  # fmt: skip
    text = "source,alias,valid,organization\ndesk,x,2024-06-01/..,works\n"
    text += "desk,z,,works\ndesk,Z,2026-01-01/..,labor\n"
    preview = import_records("office.alias", file(tmp_path, text), dry_run=True, by=None, at=AT)
    done = import_records("office.alias", file(tmp_path, text), by=None, at=AT)
    # The first overlaps what is there, the third the second; the second loads.
    assert counts(preview) == counts(done) == (3, 1, 0, 0, 2)
    overlap = "Two aliases of one source mean different organizations on the same day; correct their dates."
    assert reasons(done) == [overlap, overlap]
    one = "source,alias,valid,organization\ndesk,x,2024-06-01/..,works\n"
    with pytest.raises(Refused, match="1 of 1 rows are refused"):
        import_records("office.alias", file(tmp_path, one), refusals="nothing", by=None, at=AT)


def test_headers_by_name_and_by_mapping(tmp_path: Path) -> None:
    done = import_records(
        "office.vendor", file(tmp_path, "Code;NAME;Retired on;Phone\na;A;;1\n"), by=None, at=AT
    )
    assert counts(done) == (1, 1, 0, 0, 0)
    assert done.notes == ["“Phone” is not a column of office.vendor and was passed over."]
    done = import_records(
        "office.vendor",
        file(tmp_path, "Vendor No,Title\na,Other\n"),
        mapping={"code": "Vendor No", "name": "Title"},
        by=None,
        at=AT,
    )
    assert counts(done) == (1, 0, 1, 0, 0)
    with pytest.raises(Refused, match=r"has none of the columns of office\.vendor"):
        import_records("office.vendor", file(tmp_path, "x,y\n1,2\n"), by=None, at=AT)
    with pytest.raises(Refused, match="has no column “code”"):
        import_records("office.vendor", file(tmp_path, "name\nA\n"), by=None, at=AT)


def test_columns_that_are_missing_stay_as_they_are(tmp_path: Path) -> None:
    import_records(
        "office.vendor", file(tmp_path, "code,name,website\na,A,https://a.example\n"), by=None, at=AT
    )
    done = import_records(
        "office.vendor", file(tmp_path, "code,retired_on\na,2026-01-01\nb,2026-01-01\n"), by=None, at=AT
    )
    assert counts(done) == (2, 0, 1, 0, 1)
    assert reasons(done) == ["It is new and needs a name, for which the file has no column; add the column."]
    with entered(SYSTEM):
        vendor = Vendor.objects.get()
        assert (vendor.name, vendor.website, vendor.retired_on) == (
            "A",
            "https://a.example",
            date(2026, 1, 1),
        )


WRONG = [
    ("code,name,email,organization\nada,Ada,no address,jobs\n", "Enter a valid email address"),
    ("code,name,organization\nada,,jobs\n", "name is empty; fill it"),
    ("code,name,organization\nada," + "x" * 201 + ",jobs\n", "has 201 characters; at most 200 fit"),
    ("code,name,organization\nada,a\x07b,jobs\n", "invisible control character"),
    ("code,name,organization\nada,Ada,\n", "organization is empty"),
    ("code,name,organization,left_on\nada,Ada,jobs,soon\n", "“soon” is not a date"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_values_that_do_not_fit(tmp_path: Path, text: str, words: str) -> None:
    tree(tmp_path)
    done = import_records("office.person", file(tmp_path, text), by=None, at=AT)
    assert counts(done)[4] == 1
    assert words in reasons(done)[0]


def test_a_formula_stays_text(tmp_path: Path) -> None:
    from stateworks.kernel.records.export import export_records

    import_records(
        "office.vendor",
        file(tmp_path, '[{"code": "a", "name": "=HYPERLINK(\\"x\\")"}]', "x.json"),
        by=None,
        at=AT,
    )
    out = tmp_path / "out.csv"
    export_records("office.vendor", out, file_format="csv", scope=SYSTEM)
    assert out.read_text().splitlines()[1].startswith("a,\"'=HYPERLINK(")
    assert counts(import_records("office.vendor", out, by=None, at=AT)) == (1, 0, 0, 1, 0)


def test_a_stranger_loads_nothing(tmp_path: Path) -> None:
    tree(tmp_path)
    with entered(SYSTEM):
        liaison = Account.objects.create_user("liaison@example.gov")
        jobs = Organization.objects.get(code="jobs")
        Grant.objects.create(
            account=liaison, role=Role.AGENCY_LIAISON, organization=jobs, since=date(2020, 1, 1)
        )
    with pytest.raises(Refused, match="may not change people"):
        import_records(
            "office.person", file(tmp_path, "code,name,organization\na,A,jobs\n"), by=liaison, at=AT
        )
    with pytest.raises(Refused, match="may not change vendors"):
        import_records("office.vendor", file(tmp_path, "code,name\na,A\n"), by=liaison, at=AT)


def test_a_key_that_is_taken_tells_nothing(tmp_path: Path) -> None:
    tree(tmp_path)
    import_records(
        "office.person",
        file(tmp_path, "code,name,organization\nsecret,Secret Person,works\n"),
        by=None,
        at=AT,
    )
    with entered(SYSTEM):
        steward = Account.objects.create_user("steward@example.gov")
        labor = Organization.objects.get(code="labor")
        Grant.objects.create(
            account=steward, role=Role.DATA_STEWARD, organization=labor, since=date(2020, 1, 1)
        )
    text = "code,name,organization\nsecret,X,jobs\nmine,Y,jobs\nother,Z,works\n"
    done = import_records("office.person", file(tmp_path, text), by=steward, at=AT)
    assert counts(done) == (3, 1, 0, 0, 2)
    first, second = reasons(done)
    assert "cannot be loaded with this key" in first
    assert "Secret Person" not in first
    assert "belongs to an organization whose records you may not change" in second
    with entered(SYSTEM):
        assert Person.objects.get(code="secret").name == "Secret Person"


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once(tmp_path: Path) -> None:
    path = file(tmp_path, "code,name\n" + "".join(f"v{n},Vendor {n}\n" for n in range(3000)))
    done: list[Any] = []

    def run() -> None:
        try:
            done.append(counts(import_records("office.vendor", path, by=None, at=AT)))
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            done.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(done) == [(3000, 0, 0, 3000, 0), (3000, 3000, 0, 0, 0)]


def test_history_of_a_bulk_change_is_not_quadratic(tmp_path: Path) -> None:
    """A change of one row first: a plan made for it must not serve 5,000, which took 25 million steps with a join.

    Ten times the rows may take thirty times as long at most; the join would take a hundred times.
    """
    rows = "".join(f"v{n},A\n" for n in range(5_000))
    import_records("office.vendor", file(tmp_path, "code,name\n" + rows), by=None, at=AT)
    with entered(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE org_vendor SET name = 'B' WHERE code = 'v1'")

        def seconds(among: str) -> float:
            began = time.monotonic()
            cursor.execute(f"UPDATE org_vendor SET name = name || 'C' WHERE {among}")
            return time.monotonic() - began

        tenth, whole = (
            min(seconds(among) for _ in range(3)) for among in ("substr(code, 2)::int % 10 = 0", "true")
        )
        assert whole < 30 * tenth
        cursor.execute("SELECT count(*) FROM org_vendorevent WHERE pgh_label = 'changed'")
        assert cursor.fetchone()[0] == 1 + 3 * (500 + 5_000)


def test_unchanged_rows_have_no_history(tmp_path: Path) -> None:
    import_records("office.vendor", file(tmp_path, "code,name\na,A\n"), by=None, at=AT)
    with entered(SYSTEM):
        Vendor.objects.update(name="A")
        assert [one.what for one in history_of(Vendor.objects.get())] == ["added"]


# -- forms


def test_a_form_names_every_wrong_field(tmp_path: Path) -> None:
    tree(tmp_path)
    values = {"code": "a b", "name": "", "email": "x", "organization": "nowhere"}
    with entered(SYSTEM), pytest.raises(Invalid) as invalid:
        save_record(record_type("office.person"), values, by=None, at=AT)
    assert set(invalid.value.fields) == {"code", "name", "email", "organization"}
    assert invalid.value.sentence == "4 fields need correction; nothing was saved."


def test_a_form_writes_history_and_audit(tmp_path: Path) -> None:
    tree(tmp_path)
    people = record_type("office.person")
    with entered(SYSTEM):
        person = save_record(people, {"code": "ada", "name": "Ada", "organization": "jobs"}, by=None, at=AT)
        save_record(people, {"organization": "labor"}, record=person, by=None, at=AT, reason="Moved")
        entry = AuditEntry.objects.get(verb="change")
        assert (entry.subject, entry.before, entry.after, entry.reason) == (
            "office.person ada", {"organization": "jobs"}, {"organization": "labor"}, "Moved",
        )  # fmt: skip
        with pytest.raises(Invalid, match="One field"):
            save_record(people, {"code": "ada", "name": "Other", "organization": "jobs"}, by=None, at=AT)
        assert Appointment.objects.count() == 0
