"""Records one at a time: read, add and change, with a schema of its own for each record type; and search over all of them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, create_model

from stateworks.kernel.access.models import Account
from stateworks.kernel.records.changes import save_record, shown_values
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INSTANT,
    INTEGER,
    JSON,
    RANGE,
    Bound,
    bound,
    bound_columns,
)
from stateworks.kernel.records.keys import find, key_address
from stateworks.kernel.records.past import PAGE, history_page, in_words, version_of
from stateworks.kernel.records.personal import note_exported, note_seen
from stateworks.kernel.records.search import search as find_records
from stateworks.kernel.records.types import RecordType, record_types
from stateworks.web import asked
from stateworks.web.api.answers import ErrorOut, FoundOut, HistoryOut, RowsOut
from stateworks.web.api.tokens import SIGNED_IN
from stateworks.web.data.addresses import key_values, title_of, url_of
from stateworks.web.data.catalogue import dataset_named
from stateworks.web.data.listing import listing_of

_TYPES: dict[str, Any] = {
    INTEGER: int, FLOAT: float, DECIMAL: Decimal, BOOLEAN: bool, DATE: dt.date, INSTANT: dt.datetime, JSON: Any,
}  # fmt: skip
WRONG: dict[int, Any] = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 422: ErrorOut}
LONGEST_REASON = 1000


def made() -> Router:
    """Return the addresses of every registered record type."""
    router = Router(tags=["records"], auth=SIGNED_IN)
    router.add_api_operation("search", ["GET"], search, response={200: list[FoundOut], 401: ErrorOut})
    for declared in record_types():
        _add(router, declared)
    return router


def search(request: HttpRequest, q: Annotated[str, Query(max_length=200)] = "") -> list[dict[str, Any]]:
    """Find records of every type: each word of `q` begins a word of what a type's search columns hold.

    Records that the account's role does not reach are counted as hidden.
    """
    return [
        {
            "dataset": one.declared.name, "title": one.declared.heading, "total": one.total, "hidden": one.hidden,
            "hits": [
                {
                    "key": key_address(one.declared, key_values(one.declared, record)),
                    "title": title_of(one.declared, record), "url": url_of(one.declared, record),
                }
                for record in one.records
            ],
        }
        for one in find_records(q, asked.scope(request))
    ]  # fmt: skip


def _type(one: Bound, *, reading: bool = False) -> Any:
    """The JSON type of a column; what is read is only described by its choices, since older rows may have others."""
    if one.choices and one.kind not in (INTEGER, FLOAT, DECIMAL):
        if reading:
            return Annotated[
                str, Field(json_schema_extra={"enum": [*one.choices, *([""] if one.field.blank else [])]})
            ]
        return Literal[tuple(one.choices)]
    if one.kind in _TYPES:
        return _TYPES[one.kind]
    return int if one.lake_type == "BIGINT" else str


def _schemas(declared: RecordType) -> tuple[type[Schema], type[Schema], type[Schema], type[Schema]]:
    """The shapes of one record type: a page of its list, a new record, a change, and a record with its version."""
    base = "".join(part.capitalize() for part in declared.name.replace("_", ".").split("."))
    closed = ConfigDict(extra="forbid")
    read: dict[str, Any] = {}
    listed: dict[str, Any] = {}
    new: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for one in bound_columns(declared):
        kind = _type(one)
        optional = kind if kind is Any else (kind | None if one.field.null or one.field.blank else kind)
        # Choices that stand empty are an empty text.
        optional = optional | Literal[""] if one.choices and one.field.blank else optional
        about = one.description or None
        shown = _type(one, reading=True)
        nullable = one.field.null or one.kind == JSON
        read[one.name] = (shown | None if nullable and shown is not Any else shown, Field(description=about))
        listed[one.name] = (shown if shown is Any else shown | None, Field(None, description=about))
        if not one.kept or one.required:
            new[one.name] = (
                kind if one.required else optional,
                Field(... if one.required else None, description=about),
            )
        if not one.kept:
            changed[one.name] = (optional, Field(None, description=about))
    values = create_model(f"{base}", __base__=Schema, __doc__=f"{declared.singular.capitalize()}.", **read)
    new_values = create_model(f"{base}New", __base__=Schema, __config__=None, **new)
    changes = create_model(f"{base}Changes", __base__=Schema, **changed)
    for model in (new_values, changes):
        model.model_config = {**model.model_config, **closed}
        model.model_rebuild(force=True)
    reason = (str, Field("", max_length=LONGEST_REASON, description="Why; it is kept in the history."))
    add = create_model(f"{base}Add", __base__=Schema, values=(new_values, ...), reason=reason)
    change = create_model(
        f"{base}Change", __base__=Schema, values=(changes, ...), reason=reason,
        version=(int | None, Field(None, description="The version that was read; another one by now is refused with 409.")),
    )  # fmt: skip
    out = create_model(
        f"{base}Out", __base__=Schema, dataset=(str, ...), key=(str, Field(description="The record's part of addresses.")),
        version=(int, Field(description="Number of its last change.")), url=(str, ...), values=(values, ...),
    )  # fmt: skip
    row = create_model(
        f"{base}Row", __base__=Schema, __doc__="A row of the list: the columns that were asked for.", **listed
    )
    rows = create_model(f"{base}Rows", __base__=RowsOut, rows=(list[row], ...))  # type: ignore[valid-type]
    return rows, add, change, out


def _add(router: Router, declared: RecordType) -> None:
    rows, add, change, out = _schemas(declared)
    name, short = declared.name, declared.name.replace(".", "_")
    one_path = f"datasets/{name}/rows/{{key}}"

    def list_rows(request: HttpRequest) -> dict[str, Any]:
        entry = dataset_named(name)
        assert entry is not None
        with listing_of(entry, request.GET, asked.scope(request)) as listing:
            shown = listing.shown()
        note_exported(
            declared,
            listing.columns,
            rows=len(shown.values),
            form="API",
            by=asked.account(request),
            at=timezone.now(),
        )
        return {
            "dataset": name, "version": None, "total": shown.total, "hidden": shown.hidden, "page": shown.page,
            "pages": shown.pages, "rows": [_plain(declared, row) for row in shown.values], "problems": list(shown.problems),
        }  # fmt: skip

    def read_one(request: HttpRequest, key: str) -> dict[str, Any]:
        record = _record(request, declared, key)
        note_seen(declared, key, by=asked.account(request), at=timezone.now())
        return _shown(declared, record)

    def add_one(request: HttpRequest, body: add) -> Status[Any]:  # type: ignore[valid-type]
        texts = _texts(declared, body)
        record = save_record(
            declared, texts, by=_who(request), at=timezone.now(), reason=body.reason  # type: ignore[attr-defined]
        )  # fmt: skip
        return Status(201, _shown(declared, record))

    def change_one(request: HttpRequest, key: str, body: change) -> dict[str, Any]:  # type: ignore[valid-type]
        record = _record(request, declared, key)
        saved = save_record(
            declared, _texts(declared, body), record=record, version=body.version,  # type: ignore[attr-defined]
            by=_who(request), at=timezone.now(), reason=body.reason,  # type: ignore[attr-defined]
        )  # fmt: skip
        return _shown(declared, saved)

    def history(
        request: HttpRequest, key: str, page: Annotated[int, Query(ge=1, le=10**6)] = 1
    ) -> dict[str, Any]:
        record = _record(request, declared, key)
        note_seen(declared, key, by=asked.account(request), at=timezone.now())
        happened, total = history_page(record, page=page, size=PAGE)
        return {
            "total": total,
            "page": page,
            "happenings": [_told(one) for one in in_words(declared, happened)],
        }

    # The schemas are made here, so they cannot be read from the annotations' text.
    add_one.__annotations__["body"], change_one.__annotations__["body"] = add, change
    for view in (list_rows, add_one, change_one, read_one, history):
        view.__annotations__["request"] = HttpRequest
    singular = declared.singular
    router.add_api_operation(
        f"datasets/{name}/rows", ["GET"], list_rows, response={200: rows, 401: ErrorOut}, operation_id=f"{short}_list",
        exclude_unset=True, summary=f"List: {declared.heading}",
        description=(
            f"List {declared.heading.lower()}, fifty a page. It takes the parameters of the list's page: `q`, a column's name, "
            "`sort`, `columns`, `page`."
        ),
    )  # fmt: skip
    router.add_api_operation(
        f"datasets/{name}/rows", ["POST"], add_one, response={201: out, **WRONG}, operation_id=f"{short}_add",
        summary=f"Add: {singular}",
        description=f"Add one record to {declared.heading}. It takes the right to change records there.",
    )  # fmt: skip
    router.add_api_operation(
        one_path, ["GET"], read_one, response={200: out, 401: ErrorOut, 404: ErrorOut}, operation_id=f"{short}_read",
        summary=f"Read: {singular}", description=f"Read one record of {declared.heading} by its key.",
    )  # fmt: skip
    router.add_api_operation(
        one_path, ["PATCH"], change_one, response={200: out, 409: ErrorOut, **WRONG}, operation_id=f"{short}_change",
        summary=f"Change: {singular}",
        description="Change the columns that are given; the others stay. Sent again, it changes nothing.",
    )  # fmt: skip
    router.add_api_operation(
        f"{one_path}/history", ["GET"], history, response={200: HistoryOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut},
        operation_id=f"{short}_history", summary=f"History: {singular}",
        description="What has happened to the record, newest first.",
    )  # fmt: skip


def _who(request: HttpRequest) -> Account:
    """The account; a verb takes nobody for the system."""
    who = asked.account(request)
    if who is None:
        raise PermissionDenied("Sign in first.")
    return who


def _record(request: HttpRequest, declared: RecordType, key: str) -> Model:
    found = find(declared, key, asked.scope(request))
    if found is None:
        raise Http404(f"There is no such {declared.singular}, or your role does not reach it.")
    return found


def _shown(declared: RecordType, record: Model) -> dict[str, Any]:
    return {
        "dataset": declared.name, "key": key_address(declared, key_values(declared, record)), "version": version_of(record),
        "url": url_of(declared, record), "values": shown_values(declared, record),
    }  # fmt: skip


def _plain(declared: RecordType, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the list as JSON has it."""
    return {
        name: range_text(value) if value is not None and bound(declared, name).kind == RANGE else value
        for name, value in row.items()
    }


def _told(one: Any) -> dict[str, Any]:
    happening = one.happening
    return {
        "version": happening.version, "what": happening.what, "at": happening.at, "by": happening.by,
        "reason": happening.reason, "import_id": happening.import_id,
        "changes": [{"column": each.column, "before": each.before, "after": each.after} for each in one.changes],
    }  # fmt: skip


def _texts(declared: RecordType, body: Any) -> dict[str, str]:
    """The columns that were given as the texts that files have."""
    given = body.values
    return {
        one.name: _text(one, getattr(given, one.name))
        for one in bound_columns(declared)
        if one.name in given.model_fields_set
    }


def _text(one: Bound, value: Any) -> str:
    if value is None:
        return ""
    if one.kind == JSON:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
