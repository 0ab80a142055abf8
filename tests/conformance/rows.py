"""Rows for any record type, made from what its fields allow, awkward texts included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models

from stateworks.kernel.access.models import Account
from stateworks.kernel.org.models import Organization, OrganizationKind
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.records.fields import Bound, bound_columns
from stateworks.kernel.records.types import RecordType, record_types

DAY = date(2026, 7, 1)
#: What spreadsheets, encodings and formula guards like to spoil.
AWKWARD = (
    "=1+1",
    "'=1+1",
    "-5 °C",
    "O’Neill, “Łódź” 東京 🏛",
    "two\nlines",
    'with "quotes"',
    "+44; @home",
    "_x0041_ 007",
    "''",
    "a\tb",
)


def organization(code: str = "meridian") -> Organization:
    """Make or find an agency below the one state."""
    state, _ = Organization.objects.get_or_create(
        code="meridian", defaults={"name": "Meridian", "kind": OrganizationKind.STATE}
    )
    if code == "meridian":
        return state
    return Organization.objects.get_or_create(
        code=code, defaults={"name": code.title(), "kind": OrganizationKind.AGENCY, "parent": state}
    )[0]


def texts(declared: RecordType, number: int, agency: Organization) -> dict[str, str]:
    """Return one valid row as a file's texts; rows of different numbers have different keys."""
    return {
        one.name: _text(declared, one, place, number, agency)
        for place, one in enumerate(bound_columns(declared))
    }


def _text(declared: RecordType, one: Bound, place: int, number: int, agency: Organization) -> str:
    field = one.field
    if one.kind == "reference":
        return _target(declared, one, agency)
    if one.choices:
        values = [value for value in one.choices if value != "state"]
        return values[number % len(values)]
    # Later columns get later days, so that what ends does so after it began.
    day = DAY + timedelta(days=place + 40 * number)
    made: dict[str, Any] = {
        "integer": number % 9 + 1, "float": number + 0.1, "decimal": f"{number}.5", "boolean": "true" if number % 2 else "false",
        "date": day.isoformat(), "instant": datetime(day.year, day.month, day.day, 12, 30, 15, 250000, UTC).isoformat(),
        "range": f"{day.isoformat()}/{(day + timedelta(days=9)).isoformat()}", "json": f'{{"a": [{number}, "ü"]}}',
    }  # fmt: skip
    if one.kind in made:
        return str(made[one.kind])
    if isinstance(field, models.EmailField) or "mail" in one.description.lower():
        return f"{one.name.replace('_', '-')}.{number}@example.gov"
    if isinstance(field, models.URLField):
        return f"https://example.gov/{number}?a=1&b=ü"
    if isinstance(field, models.SlugField):
        return f"{one.name.replace('_', '-')}-{number}"
    limit = field.max_length or 200
    if one.name == "code" and limit <= 40:
        return f"1.2.{number}"
    # The number first keeps natural keys apart; the awkward part follows, and in free text leads.
    awkward = AWKWARD[(number + place) % len(AWKWARD)]
    text = f"{number} {awkward}" if one.key else f"{awkward} {one.name} {number}"
    return text[:limit] if limit >= len(text) else f"{one.name[:6]} {number}"[:limit]


def _target(declared: RecordType, one: Bound, agency: Organization) -> str:
    """Make what a reference points to, and return its code."""
    related = one.related
    if related is Organization:
        return str(agency.code)
    if related is Plan:
        plan, _ = Plan.objects.get_or_create(
            slug="sample",
            defaults={
                "title": "Sample",
                "office": "Office",
                "starts": DAY,
                "ends": DAY + timedelta(days=1825),
            },
        )
        return str(plan.slug)
    if related is Account:
        account = Account.objects.filter(email="sample@example.gov").first()
        return str((account or Account.objects.create_user("sample@example.gov")).email)
    other = next(each for each in record_types() if each.model is related)
    from stateworks.kernel.records.changes import save_record

    at = datetime(2026, 7, 1, tzinfo=UTC)
    values = texts(other, 90, agency)
    found = related._default_manager.filter(**{one.target: values[one.target]}).first()
    record = found or save_record(other, values, by=None, at=at)
    return str(getattr(record, one.target))
