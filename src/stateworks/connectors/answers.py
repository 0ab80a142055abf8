"""Finds things in the JSON answers of other tools: however deep they lie, on however many pages, in lists or in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.errors import Refused

FOLLOWED_BY_MORE = ("nextCursor", "nextLink", "@odata.nextLink", "$skipToken", "skipToken", "skip_token")
"""What an answer has while there is a page after it."""


@dataclass
class Listed:
    """The things that were found, in the order of the file; how many lists they stood in; whether the last page is missing."""

    things: list[Mapping[str, Any]] = field(default_factory=list)
    lists: int = 0
    continued: int = 0

    @property
    def unfinished(self) -> bool:
        """Whether every page there is says that another follows."""
        return bool(self.lists) and self.continued >= self.lists


def things_in(
    documents: Iterable[Any], is_one: Callable[[Mapping[str, Any]], bool], *, filename: str, tells: str
) -> Listed:
    """Return every object that is one of those looked for; what lies inside such an object is part of it.

    A list some of whose objects are and some are not is refused: an export that names one thing and not its neighbour has
    left out `tells`. An answer that is an error, and none of these objects, is refused with its own words.
    """
    found = Listed()
    waiting: list[Any] = [*documents][::-1]
    said: list[str] = []
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            objects = [item for item in here if isinstance(item, dict)]
            ones = [item for item in objects if is_one(item)]
            if ones and len(ones) < len(objects):
                raise Refused(
                    f"{filename}: {len(objects) - len(ones):,} of {len(objects):,} entries have no {tells}; export that field "
                    "for all."
                )
            found.lists += bool(ones)
            found.things += ones
            if not ones:
                waiting += [item for item in here if isinstance(item, dict | list)][::-1]
        elif isinstance(here, dict):
            if is_one(here):
                found.things.append(here)
                found.lists += 1
                continue
            found.continued += any(here.get(name) for name in FOLLOWED_BY_MORE)
            said += _errors(here)
            table = _table(here)
            inner = [table] if table is not None else here.values()
            waiting += [value for value in inner if isinstance(value, dict | list)][::-1]
    if not found.things and said:
        raise Refused(
            f"{filename} holds no entries but an error: “{said[0][:300]}”. Correct the question and export again."
        )
    return found


def _errors(answer: Mapping[str, Any]) -> list[str]:
    """Return what an answer says went wrong: a list of errors, or one error."""
    errors = answer.get("errors") if isinstance(answer.get("errors"), list) else [answer.get("error")]
    return [
        str(error["message"])
        for error in errors or ()
        if isinstance(error, dict) and isinstance(error.get("message"), str)
    ]


def _table(answer: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of an answer that is a table, with names of columns beside lists of cells; None where it is none."""
    columns, rows = answer.get("columns"), answer.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    names = [str(one.get("name")) if isinstance(one, dict) else str(one) for one in columns]
    return [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]
