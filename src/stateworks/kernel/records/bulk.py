"""Give many records the same values at once: counted first, then written in one statement, all of them or none.

It is set-based: the rows are copied beside their table, changed there, held against the table's own rules and against what
the account may change, and written back. A preview does all of it and rolls it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from stateworks.kernel.access import audit
from stateworks.kernel.access.permissions import allowed, organizations_where, require
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.records.changes import Invalid, database_words, parsed_values
from stateworks.kernel.records.fields import JSON, REFERENCE, Bound, bound, typed_columns
from stateworks.kernel.records.keys import key_names, part_text
from stateworks.kernel.records.rights import require_some
from stateworks.kernel.records.rows import ROW
from stateworks.kernel.records.staging import Staging, quoted
from stateworks.kernel.records.types import RecordType

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

SHOWN = 50


@dataclass
class Bulk:
    """What a change of many records does, or would do: how many change, are so already, or are refused and why."""

    matched: int = 0
    changing: int = 0
    same: int = 0
    refused: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)
    applied: bool = False


def changeable(declared: RecordType) -> list[Bound]:
    """Return the columns that many records can have alike: all that people type but those of the key."""
    return [one for one in typed_columns(declared, new=False) if not one.key]


def change_many(
    declared: RecordType,
    rows: QuerySet[Any],
    values: Mapping[str, str],
    *,
    dry_run: bool,
    expected: int | None = None,
    leave_out: bool = False,
    by: Account,
    at: datetime,
    reason: str = "",
) -> Bulk:
    """Give all rows of a queryset the same texts in some columns, and return how it went.

    Call it inside the account's scope. `expected` is how many a preview changed: another number by now, like a row that is
    refused, changes nothing and raises Refused, unless `leave_out` says to change the others. Raises Invalid with a
    sentence for each wrong value.
    """
    require_some(declared, by)
    columns = [one for one in changeable(declared) if one.name in values]
    if not columns:
        raise Refused("Choose a column to change.")
    for name in values:
        if bound(declared, name).key:
            raise Refused(
                f"{name} is part of the key, which no two records share; change it record by record."
            )
        if bound(declared, name).kept:
            raise Refused(f"{name} follows from what people do on each record's own page and is not typed.")
    parsed, problems, nearby = parsed_values(columns, values)
    if problems:
        raise Invalid("A value needs correction; nothing was changed.", problems, nearby)
    told = Bulk()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # One after the other, as with files: else two could wait for each other's rows for ever.
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                    [f"stateworks.records.{declared.name}"],
                )
            _staged(declared, rows, columns, parsed, told, by, at, reason)
            if not dry_run:
                _check(told, expected, leave_out)
                _audit(declared, values, told, by, at, reason)
                told.applied = True
            else:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise Refused(f"{database_words(error)} Nothing was changed.") from error
    return told


def _check(told: Bulk, expected: int | None, leave_out: bool) -> None:
    if told.refused and not leave_out:
        raise Refused(
            f"{told.refused:,} of {told.matched:,} records are refused, so nothing was changed; leave them out, or correct them.",
            [f"{key}: {reason}" for key, reason in told.reasons],
        )
    if expected is not None and told.changing != expected:
        raise Refused(
            f"{told.changing:,} records would change now, not {expected:,} as before: somebody has changed some meanwhile. "
            "Nothing was changed; look at the new numbers."
        )


def _staged(
    declared: RecordType, rows: QuerySet[Any], columns: list[Bound], parsed: Mapping[str, Any], told: Bulk,
    by: Account, at: datetime, reason: str,
) -> None:  # fmt: skip
    """Change the rows beside their table, take out what is refused, and write the rest."""
    staging = Staging(declared.model, "bulk_change", tuple(columns), ())
    staging.make()
    names = [quoted(str(one.column)) for one in declared.model._meta.concrete_fields]
    sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    chosen = connection.ops.compose_sql(sql, parameters)  # type: ignore[attr-defined]
    staging.run(
        f"INSERT INTO {staging.stage} ({', '.join(names)}, {quoted(ROW)}, _new) "
        f"SELECT {', '.join(names)}, row_number() OVER (ORDER BY {staging.pk}), false FROM {staging.table} "
        f"WHERE {staging.pk} IN ({chosen})"
    )
    staging.run(f"ANALYZE {staging.stage}")
    ((told.matched,),) = staging.ask(f"SELECT count(*) FROM {staging.stage}")
    sets = ", ".join(f"{quoted(one.stored)} = %s" for one in columns)
    staging.run(f"UPDATE {staging.stage} SET {sets}", [_stored(one, parsed[one.name]) for one in columns])
    # What is so already needs no right and breaks no rule that it does not break today.
    staging.run(
        f"DELETE FROM {staging.stage} s USING {staging.table} t WHERE t.{staging.pk} = s.{staging.pk} AND NOT {staging.differs}"
    )
    ((differing,),) = staging.ask(f"SELECT count(*) FROM {staging.stage}")
    told.same = told.matched - differing
    _refuse_foreign(declared, staging, told, by)
    for broken, sentence in staging.broken_rules():
        _refuse(declared, staging, broken, sentence, told)
    told.changing = differing - told.refused
    touched = {
        str(one.column): at for one in declared.model._meta.concrete_fields if getattr(one, "auto_now", False)
    }
    with noted(by=str(by), reason=reason, at=at.isoformat()):
        staging.upsert(touched)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    staging.drop()


def _refuse_foreign(declared: RecordType, staging: Staging, told: Bulk, by: Account) -> None:
    """Take out rows that belong, or would belong, to an organization whose records the account may not change."""
    path = declared.organization
    if path is None:
        require(by, declared.change)
        return
    places = organizations_where(by, declared.change)
    first, _, rest = path.partition("__")
    owner: Any = declared.model._meta.get_field(first)
    if rest:
        places = list(
            owner.related_model._default_manager.filter(**{f"{rest}__in": places}).values_list(
                "pk", flat=True
            )
        )
    sentence = "it belongs to an organization whose records you may not change, or would then."
    outside = staging.outside(str(owner.column), places, nobodys=allowed(by, declared.change))
    _refuse(declared, staging, outside, sentence, told)


def _refuse(declared: RecordType, staging: Staging, at: list[int], sentence: str, told: Bulk) -> None:
    if not at:
        return
    at = sorted(set(at))
    told.refused += len(at)
    if room := SHOWN - len(told.reasons):
        ids = [
            pk for (pk,) in staging.ask(
                f"SELECT {staging.pk} FROM {staging.stage} WHERE {quoted(ROW)} = ANY (%s)", [at[:room]]
            )
        ]  # fmt: skip
        paths = [one.column.field for one in key_names(declared)]
        keys = declared.model._default_manager.filter(pk__in=ids).order_by(*paths).values_list(*paths)
        told.reasons += [
            (
                " ".join(
                    part_text(one, value) or "" for one, value in zip(key_names(declared), row, strict=True)
                ),
                sentence,
            )
            for row in keys
        ]
    staging.remove(at)


def _stored(one: Bound, value: Any) -> Any:
    """Return a value as the database's column takes it."""
    if value is None:
        return None
    if one.kind == REFERENCE:
        return value.pk
    if one.kind == JSON:
        return one.field.get_db_prep_save(value, connection)
    return value


def _audit(
    declared: RecordType, values: Mapping[str, str], told: Bulk, by: Account, at: datetime, reason: str
) -> None:
    audit.record(
        "change many", declared.name, by=by, at=at, reason=reason,
        after={"columns": dict(values), "changed": told.changing, "unchanged": told.same, "left out": told.refused},
    )  # fmt: skip
