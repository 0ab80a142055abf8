"""People from a CSV file into PostgreSQL by hand: COPY and an upsert; and the way a web framework does it, a form a row.

The hand-made upsert goes into a table with the same columns, constraints and indexes. It keeps no history and refuses no
single row: one bad row fails the load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

TABLE = "bench_person"


def make_table() -> None:
    """Make the empty table, as the owner, with the rights of the product's role."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (LIKE org_person INCLUDING ALL)")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO PUBLIC")
    connections["owner"].close()


def load(path: Path) -> int:
    """Copy the file into a temporary table and upsert from it; return how many rows were written."""
    from django.db import connection, transaction

    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE incoming (code text, name text, email text, organization text, left_on date) ON COMMIT DROP"
        )
        with path.open("rb") as rows, cursor.copy("COPY incoming FROM STDIN (FORMAT csv, HEADER)") as copy:
            while block := rows.read(1 << 20):
                copy.write(block)
        cursor.execute("ANALYZE incoming")
        cursor.execute(
            f"""INSERT INTO {TABLE} AS t (code, name, email, organization_id, left_on)
            SELECT i.code, i.name, coalesce(i.email, ''), o.id, i.left_on
            FROM incoming i JOIN org_organization o ON o.code = i.organization
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, email = excluded.email,
                organization_id = excluded.organization_id, left_on = excluded.left_on
            WHERE (t.name, t.email, t.organization_id, t.left_on) IS DISTINCT FROM
                  (excluded.name, excluded.email, excluded.organization_id, excluded.left_on)"""
        )
        return int(cursor.rowcount)


def load_by_forms(path: Path, rows: int) -> int:
    """Put the first rows of the file through a model form each, in one transaction; return how many were saved."""
    import csv

    from django import forms

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.org.models import Organization, Person

    class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
        organization = forms.ModelChoiceField(Organization.objects.all(), to_field_name="code")

        class Meta:
            model = Person
            fields = ("code", "name", "email", "organization", "left_on")

    saved = 0
    with entered(SYSTEM), path.open(newline="") as file:
        for row in csv.DictReader(file):
            if saved == rows:
                break
            values: dict[str, Any] = dict(row)
            form = PersonForm(values, instance=Person.objects.filter(code=row["code"]).first())
            if not form.is_valid():
                raise ValueError(form.errors.as_text())
            form.save()
            saved += 1
    return saved
