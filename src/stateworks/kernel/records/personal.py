"""Who saw personal data goes on record: one entry for each request or file, and never the data itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from stateworks.kernel.access import audit
from stateworks.kernel.records.types import RecordType

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

SEE, EXPORT = "see personal data", "export personal data"


def personal_columns(declared: RecordType, columns: Iterable[str] | None = None) -> list[str]:
    """Return which of a type's columns (all, or the named ones) say something about a person."""
    wanted = None if columns is None else set(columns)
    return [one.name for one in declared.columns if one.personal and (wanted is None or one.name in wanted)]


def note_seen(declared: RecordType, key: str, *, by: Account | None, at: datetime) -> None:
    """Put on record that somebody looked at one record of the type, where it says something about a person."""
    if columns := personal_columns(declared):
        audit.record(SEE, f"{declared.name} {key}", by=by, at=at, after={"columns": columns})


def note_listed(
    declared: RecordType, columns: Iterable[str], *, rows: int, by: Account | None, at: datetime
) -> None:
    """Put on record that somebody looked at a page of a list, where it has rows and columns about people."""
    if rows and (personal := personal_columns(declared, columns)):
        audit.record(SEE, declared.name, by=by, at=at, after={"columns": personal, "rows": rows})


def note_exported(
    declared: RecordType,
    columns: Iterable[str] | None,
    *,
    rows: int,
    form: str,
    by: Account | None,
    at: datetime,
) -> None:
    """Put on record that somebody took rows of the type with columns about people; `form` says as what."""
    if personal := personal_columns(declared, columns):
        audit.record(
            EXPORT, declared.name, by=by, at=at, after={"columns": personal, "rows": rows, "form": form}
        )
