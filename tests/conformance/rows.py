"""Rows for any record type, made from what its fields allow, awkward texts included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zlib import crc32

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models

from stateworks.kernel.access.models import Account
from stateworks.kernel.org.models import Organization, OrganizationKind
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.records.changes import parsed_values, save_record
from stateworks.kernel.records.fields import Bound, bound_columns
from stateworks.kernel.records.types import RecordType, record_types
from stateworks.modules.billing.models.periods import MONTH
from tests.conformance.issued import prepared

DAY = date(2026, 7, 1)
#: Rows that others refer to have numbers from here on.
FIRST_TARGET = 90
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


def texts(
    declared: RecordType, number: int, agency: Organization, *, within: tuple[RecordType, ...] = ()
) -> dict[str, str]:
    """Return one valid row as a file's texts; rows of different numbers have different keys.

    `within` are the types whose rows are being made: a reference back to one of them would never end, so it stays empty
    where it may.
    """
    columns = bound_columns(declared)
    within = (*within, declared)
    made: dict[str, str] = {}
    for place, one in enumerate(columns):
        if one.kind == "reference":
            made[one.name] = _reference(declared, columns, one, number, agency, within)
        else:
            made[one.name] = _text(one, place, number, agency)
    return _agreeing(declared, columns, made)


def _agreeing(declared: RecordType, columns: tuple[Bound, ...], made: dict[str, str]) -> dict[str, str]:
    """Empty as few columns as the model's rules over several columns ask for; which rules there are is the model's word."""
    rules = [rule for rule in declared.model._meta.constraints if isinstance(rule, models.CheckConstraint)]
    if not rules:
        return made
    told = set().union(*(rule.condition.referenced_base_fields for rule in rules))  # type: ignore[union-attr]
    columns = tuple(one for one in columns if one.field.name in told)
    values = _parsed(declared, columns, made)
    while broken := _broken(declared, rules, values):
        # The later ones first: what a row is about comes before what it may have instead.
        for one in reversed(columns):
            # Only what may be empty, and only where that mends the rule without breaking another.
            if one.field.name in broken[0] and made[one.name] and not one.required:
                tried = {**values, **_parsed(declared, (one,), {one.name: ""})}
                if len(_broken(declared, rules, tried)) < len(broken):
                    made, values = {**made, one.name: ""}, tried
                    break
        else:
            raise AssertionError(f"{declared.name}: no row was found that keeps the rule over {broken[0]}")
    return made


def _parsed(declared: RecordType, columns: tuple[Bound, ...], texts: dict[str, str]) -> dict[str, Any]:
    """Return the values that texts stand for, by the model's field."""
    parsed, problems, _ = parsed_values(list(columns), texts)
    assert not problems, (declared.name, problems)
    return {str(one.field.name): parsed[one.name] for one in columns}


def _broken(
    declared: RecordType, rules: list[models.CheckConstraint], values: dict[str, Any]
) -> list[set[str]]:
    """Return the fields of each rule over several columns that a row breaks."""
    instance = declared.model(**values)
    found = []
    for rule in rules:
        try:
            rule.validate(declared.model, instance)
        except ValidationError:
            found.append(set(rule.condition.referenced_base_fields))  # type: ignore[union-attr]
    return found


def _reference(
    declared: RecordType, columns: tuple[Bound, ...], one: Bound, number: int, agency: Organization,
    within: tuple[RecordType, ...],
) -> str:  # fmt: skip
    """Return what a reference says: a target of its own for each column, and for each row where only targets make the key."""
    if ready := prepared(declared, one, agency):
        return ready
    if not one.required and any(one.related is each.model for each in within):
        return ""
    alike = [each for each in columns if each.kind == "reference" and each.related is one.related]
    place = alike.index(one)
    key = [each for each in columns if each.key]
    told_apart = next((each for each in reversed(key) if each.required), None)
    if one is told_apart and all(each.kind == "reference" for each in key):
        place = len(alike) + number
    return _target(one, FIRST_TARGET + place, agency, within)


def _text(one: Bound, place: int, number: int, agency: Organization) -> str:
    field = one.field
    if one.choices:
        values = [value for value in one.choices if value != "state"]
        return values[number % len(values)]
    # Later columns get later days, so that what ends does so after it began.
    day = DAY + timedelta(days=place + 40 * number)
    made: dict[str, Any] = {
        "integer": _integer(field, number, agency),
        "float": number + 0.1, "decimal": f"{number}.5", "boolean": "true" if number % 2 else "false",
        "date": day.isoformat(), "instant": datetime(day.year, day.month, day.day, 12, 30, 15, 250000, UTC).isoformat(),
        "range": f"{day.isoformat()}/{(day + timedelta(days=9)).isoformat()}", "json": f'{{"a": [{number}, "ü"]}}',
    }  # fmt: skip
    if one.kind in made:
        return str(made[one.kind])
    if MONTH in field.validators:
        # Each agency has targets of its own here too.
        return f"{2000 + number}-{1 + crc32(agency.code.encode()) % 12:02}"
    if isinstance(field, models.EmailField) or "mail" in one.description.lower():
        return f"{one.name.replace('_', '-')}.{number}@{agency.code}.example.gov"
    if isinstance(field, models.URLField):
        return f"https://example.gov/{number}?a=1&b=ü"
    if isinstance(field, models.SlugField):
        # What a row refers to belongs to the row's agency, so each agency has targets of its own.
        return f"{one.name.replace('_', '-')}-{number}-{agency.code}"
    limit = field.max_length or 200
    if one.name == "code" and limit <= 40:
        return f"1.2.{number}"
    # The number first keeps natural keys apart; the awkward part follows, and in free text leads.
    awkward = AWKWARD[(number + place) % len(AWKWARD)]
    text = f"{number} {awkward}" if one.key else f"{awkward} {one.name} {number}"
    return text[:limit] if limit >= len(text) else f"{one.name[:6]} {number}"[:limit]


def _integer(field: Any, number: int, agency: Organization) -> str:
    """Return a small number between the limits of the field's validators; where they are unique, targets go without.

    Where they may not, each agency's target, which has the number of the others', gets one of its own.
    """
    if field.unique:
        own = 100 * (1 + crc32(agency.code.encode()) % 300) if number >= FIRST_TARGET else 0
        return "" if field.null and own else str(number + 1 + own)
    most = min((one.limit_value for one in field.validators if isinstance(one, MaxValueValidator)), default=9)
    if most > 9 and tells_apart(field):
        return str(number % most + 1)
    return str(number % min(most, 9) + 1)


def tells_apart(field: Any) -> bool:
    """Whether a field is part of what no two rows may share, so that it goes on counting from row to row."""
    rules = (rule for rule in field.model._meta.constraints if isinstance(rule, models.UniqueConstraint))
    return any(field.name in rule.fields for rule in rules)


def _target(one: Bound, number: int, agency: Organization, within: tuple[RecordType, ...]) -> str:
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
    at = datetime(2026, 7, 1, tzinfo=UTC)
    code = next(
        _text(each, place, number, agency)
        for place, each in enumerate(bound_columns(other))
        if each.field.name == one.target
    )
    found = related._default_manager.filter(**{one.target: code}).first()
    # Looked up before a row is made: what a target refers to in turn is then not made for each row again.
    record = found or save_record(other, texts(other, number, agency, within=within), by=None, at=at)
    return str(getattr(record, one.target))
