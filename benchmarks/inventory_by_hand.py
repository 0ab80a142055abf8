"""Systems and dependencies from CSV files into PostgreSQL by hand: COPY and upserts; and a model form a row.

The tables are like the product's, with its constraints and indexes. They keep no history, and one bad row fails the load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SYSTEMS, DEPENDENCIES = "bench_system", "bench_dependency"
FACTS = ("name", "kind", "purpose", "lifecycle", "criticality", "hosting", "website", "users", "started_on")
EDGE = ("strength", "confidence", "source")


def make_tables() -> None:
    """Make the empty tables, as the owner, with the rights of the product's role."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table, like in ((SYSTEMS, "inventory_system"), (DEPENDENCIES, "inventory_dependency")):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} (LIKE {like} INCLUDING ALL)")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO PUBLIC")
    connections["owner"].close()


def load(systems: Path, dependencies: Path) -> int:
    """Copy both files into temporary tables and upsert from them, in one transaction; return how many rows were written."""
    from django.db import connection

    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM), connection.cursor() as cursor:
        _copy(cursor, "incoming_system", ("code", "agency", *FACTS), systems)
        cursor.execute(
            f"""INSERT INTO {SYSTEMS} AS t ({_columns("code", "organization_id", *FACTS)}, {_columns(*_defaults("system"))})
            SELECT i.code, o.id, {", ".join(_read(name) for name in FACTS)}, {_values("system")}
            FROM incoming_system i JOIN org_organization o ON o.code = i.agency
            ON CONFLICT (code) DO UPDATE SET {_sets("organization_id", *FACTS)}
            WHERE ({_columns("organization_id", *FACTS, of="t")}) IS DISTINCT FROM
                  ({_columns("organization_id", *FACTS, of="excluded")})"""
        )
        written = int(cursor.rowcount)
        cursor.execute(f"ANALYZE {SYSTEMS}")
        ends = ("system", "component", "provider", "provider_component")
        _copy(cursor, "incoming_edge", (*ends, *EDGE), dependencies)
        cursor.execute(
            f"""INSERT INTO {DEPENDENCIES} AS t
                (system_id, provider_id, {_columns(*EDGE)}, {_columns(*_defaults("dependency"))})
            SELECT s.id, p.id, {_columns(*EDGE, of="i")}, {_values("dependency")}
            FROM incoming_edge i JOIN {SYSTEMS} s ON s.code = i.system JOIN {SYSTEMS} p ON p.code = i.provider
            ON CONFLICT (system_id, component_id, provider_id, provider_component_id) DO UPDATE SET {_sets(*EDGE)}
            WHERE ({_columns(*EDGE, of="t")}) IS DISTINCT FROM ({_columns(*EDGE, of="excluded")})"""
        )
        return written + int(cursor.rowcount)


def load_by_forms(systems: Path, rows: int) -> int:
    """Put the first systems through a model form each, in one transaction; return how many were saved."""
    import csv

    from django import forms

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.org.models import Organization
    from stateworks.modules.inventory.models import System

    class SystemForm(forms.ModelForm):  # type: ignore[type-arg]
        organization = forms.ModelChoiceField(Organization.objects.all(), to_field_name="code")

        class Meta:
            model = System
            fields = ("code", "organization", *FACTS)

    saved = 0
    with entered(SYSTEM), systems.open(newline="") as file:
        for row in csv.DictReader(file):
            if saved == rows:
                break
            values: dict[str, Any] = {**row, "organization": row["agency"]}
            form = SystemForm(values, instance=System.objects.filter(code=row["code"]).first())
            if not form.is_valid():
                raise ValueError(form.errors.as_text())
            form.save()
            saved += 1
    return saved


def _copy(cursor: Any, table: str, columns: tuple[str, ...], path: Path) -> None:
    cursor.execute(
        f"CREATE TEMP TABLE {table} ({', '.join(f'{name} text' for name in columns)}) ON COMMIT DROP"
    )
    with path.open("rb") as rows, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
        while block := rows.read(1 << 20):
            copy.write(block)
    cursor.execute(f"ANALYZE {table}")


def _read(name: str) -> str:
    types = {"users": "integer", "started_on": "date"}
    return f"i.{name}::{types[name]}" if name in types else f"coalesce(i.{name}, '')"


def _defaults(noun: str) -> dict[str, str]:
    """Return what the product's model gives to columns that the files do not have and that may not be null."""
    return {
        "system": {
            "classification": "'unknown'", "redundancy": "'unknown'", "recovery_test": "'never'", "identity_wave": "''",
            "single_sign_on": "'not_assessed'", "second_factor": "'not_assessed'", "costs_url": "''",
        },
        "dependency": {'"group"': "''", "min_up": "1", "note": "''"},
    }[noun]  # fmt: skip


def _values(noun: str) -> str:
    return ", ".join(_defaults(noun).values())


def _columns(*names: str, of: str = "") -> str:
    return ", ".join(f"{of}.{name}" if of else name for name in names)


def _sets(*names: str) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in names)
