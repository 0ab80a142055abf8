"""The registry of measures: functions over datasets that turn rows into a figure.

A measure lives in its module's `indicators.py`. Its docstring is the published definition, its body one expression over
Ibis tables, and what it returns is one of the shapes of `shapes.py` (or several of them by name, the main one first).
"""

from __future__ import annotations

import hashlib
import inspect
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.indicators.shapes import Change, Shape

Definition = TypeVar("Definition", bound=Callable[..., Any])


@dataclass(frozen=True)
class Measure:
    """A named way to turn datasets into a figure.

    `by` are the columns whose slices every run stores, `also_by` those that are computed when asked for. `direction`
    says which way is better. `parameters` are the keyword arguments an indicator may set, with their defaults. A
    measure whose function takes `as_of` is given the business date, as an Ibis expression.
    """

    name: str
    function: Callable[..., Any]
    reads: tuple[str, ...]
    version: int = 1
    title: str = ""
    unit: str = "count"
    direction: Literal["up", "down"] = "up"
    by: tuple[str, ...] = ()
    also_by: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    uses_as_of: bool = False

    @property
    def definition(self) -> str:
        """The published definition: the function's docstring."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def source(self) -> str:
        """The function as it is written, without the indentation and trailing blanks that mean nothing."""
        lines = textwrap.dedent(inspect.getsource(self.function)).splitlines()
        return "\n".join(line.rstrip() for line in lines)

    def hash_with(self, sql: str, parameters: Mapping[str, Any]) -> str:
        """Return the hash of the definition: name, version, source, parameters and the SQL that it compiles to."""
        content = [self.name, self.version, self.unit, self.source, dict(parameters), sql]
        text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def shapes(
        self, tables: tuple[Any, ...], parameters: Mapping[str, Any], as_of: Any
    ) -> dict[str, Shape | Change]:
        """Apply the function to tables: the shapes by figure name; the main figure's name is empty."""
        from stateworks.kernel.indicators.shapes import Change, Shape

        unknown = sorted(set(parameters) - set(self.parameters))
        if unknown:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise Refused(f"The measure {self.name} has no parameter “{unknown[0]}”; it has: {known}.")
        arguments = {**self.parameters, **parameters}
        missing = sorted(name for name, value in arguments.items() if value is inspect.Parameter.empty)
        if missing:
            raise Refused(f"The measure {self.name} needs the parameter “{missing[0]}”.")
        if self.uses_as_of:
            arguments["as_of"] = as_of
        made = self.function(*tables, **arguments)
        if isinstance(made, Shape | Change):
            return {"": made}
        return {("" if place == 0 else name): shape for place, (name, shape) in enumerate(made.items())}


_measures: dict[str, Measure] = {}


def measure(
    name: str,
    *,
    reads: str | tuple[str, ...],
    version: int = 1,
    title: str = "",
    unit: str = "count",
    direction: Literal["up", "down"] = "up",
    by: tuple[str, ...] = (),
    also_by: tuple[str, ...] = (),
) -> Callable[[Definition], Definition]:
    """Register the decorated function as a measure; its keyword arguments are what an indicator may set."""

    def register(function: Definition) -> Definition:
        if not (function.__doc__ or "").strip():
            raise ValueError(f"the measure {name} has no docstring, and that is its published definition")
        known = _measures.get(name)
        if known is not None and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two measures are called {name}")
        keywords = {
            parameter.name: parameter.default
            for parameter in inspect.signature(function).parameters.values()
            if parameter.default is not inspect.Parameter.empty
            or parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        uses_as_of = "as_of" in keywords
        keywords.pop("as_of", None)
        _measures[name] = Measure(
            name=name,
            function=function,
            reads=(reads,) if isinstance(reads, str) else tuple(reads),
            version=version,
            title=title or name.rpartition(".")[2].replace("_", " ").capitalize(),
            unit=unit,
            direction=direction,
            by=tuple(by),
            also_by=tuple(also_by),
            parameters=keywords,
            uses_as_of=uses_as_of,
        )
        return function

    return register


def find(name: str) -> Measure | None:
    """Return a measure by its name, or None where no module defines it."""
    return _measures.get(name)


def get(name: str) -> Measure:
    """Return a measure by its name; an unknown one is refused with the nearest names."""
    found = _measures.get(name)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name, _measures, n=3) or sorted(_measures)[:5]
        raise Refused(f"There is no measure “{name}”; the nearest are {', '.join(near) or 'none'}.")
    return found


def all_measures() -> list[Measure]:
    """Return every registered measure by name."""
    return [_measures[name] for name in sorted(_measures)]
