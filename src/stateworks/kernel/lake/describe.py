"""A feed's contract in words: its columns, its key and its rules, for people, programs and the documentation."""

from __future__ import annotations

import inspect
from typing import Any

from stateworks.kernel.lake.contracts import Contract
from stateworks.kernel.lake.feeds import feed

KINDS = {
    "VARCHAR": "text", "BIGINT": "whole number", "INTEGER": "whole number", "DOUBLE": "number", "BOOLEAN": "yes or no",
    "DATE": "date", "TIMESTAMPTZ": "date and time",
}  # fmt: skip


def described(dataset: str) -> dict[str, Any]:
    """Return a feed's description as plain data."""
    declared = feed(dataset)
    contract = declared.contract()
    return {
        "dataset": dataset,
        "title": declared.title,
        "description": declared.description,
        "key": list(contract.key),
        "columns": columns(contract),
        "rules": rules(dataset),
    }


def columns(contract: Contract) -> list[dict[str, Any]]:
    """Return each column's name, type, whether it is required, its meaning and its allowed values."""
    return [
        {
            "name": column.name,
            "type": KINDS.get(column.type, "decimal number"),
            "required": column.required,
            "description": column.description,
            "values": list(column.values),
        }
        for column in contract.columns
    ]


def rules(dataset: str) -> list[str]:
    """Return the sentences of the rules that rows must keep beyond their columns' types."""
    declared = feed(dataset)
    schema = declared.schema()
    found = []
    for name in declared.checks:
        factory = inspect.getattr_static(schema, name, None)
        function = getattr(factory, "validation_fn", None)
        found.append(inspect.cleandoc(getattr(function, "__doc__", None) or name.replace("_", " ")))
    latest = f" The latest by {declared.updated} counts." if declared.updated else ""
    found.append(f"A row is known by {', '.join(declared.key)}; each such key is kept once.{latest}")
    return found
