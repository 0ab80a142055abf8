"""The first-contact rule: data with a version that says which tickets are counted and which were resolved at once.

A rule is YAML in `rules/`. It is applied to whole tables of tickets; every ticket carries the sentence that says why it
counted as it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import literal, quoted

FOLDER = Path(__file__).parent / "rules"
DEFAULT = "closed-on-first-line"
OPERATORS = ("=", "<>", "<", "<=", ">", ">=")
KEYS = ("name", "version", "title", "about", "population", "conditions", "windows", "reopen_window_days")
POPULATION = ("kinds", "states", "channels", "counted_on")
COUNTED_ON = ("opened_on", "resolved_on", "closed_on")
RESOLVED = ("resolved", "closed")


@dataclass(frozen=True)
class Condition:
    """A comparison that must hold for a first contact, with the words for when it does and when it does not."""

    column: str
    operator: str
    value: int | str
    holds: str
    fails: str


@dataclass(frozen=True)
class Window:
    """The service minutes within which a ticket of some channels must be resolved to be a first contact."""

    channels: tuple[str, ...]
    minutes: int


@dataclass(frozen=True)
class FirstContactRule:
    """Which tickets are counted, on which date, and what makes one a first contact.

    No kinds, states or channels means all of them.
    """

    name: str
    version: int
    title: str
    about: str
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    channels: tuple[str, ...]
    counted_on: str
    conditions: tuple[Condition, ...]
    windows: tuple[Window, ...] = ()
    reopen_window_days: int | None = None

    @property
    def label(self) -> str:
        """Name and version, as stored with every ticket."""
        return f"{self.name} v{self.version}"

    def counted_sql(self) -> str:
        """Return the condition that a ticket is in the counted population; never null."""
        parts = [f"kind IN ({_list(self.kinds)})" if self.kinds else "true"]
        if self.states:
            parts.append(f"state IN ({_list(self.states)})")
        if self.channels:
            # A ticket that does not say how it came in is counted: leaving it out would flatter the figure.
            parts.append(f"(channel IS NULL OR channel IN ({_list(self.channels)}))")
        return " AND ".join(parts)

    def tests_sql(self) -> str:
        """Return the columns `test_0` and so on that hold whether each test of the rule passed."""
        return ", ".join(f"({test}) AS test_{at}" for at, (test, _, _, _) in enumerate(self.tests()))

    def first_contact_sql(self) -> str:
        """Return whether a ticket was a first contact, from its tests; null where a value that is needed is missing."""
        return "(" + " AND ".join(f"test_{at}" for at, _ in enumerate(self.tests())) + ")"

    def why_sql(self) -> str:
        """Return the sentence that says why a ticket counts as it does, from its tests."""
        tests = list(enumerate(self.tests()))
        failed = ", ".join(f"CASE WHEN NOT test_{at} THEN {fails} END" for at, (_, _, fails, _) in tests)
        unknown = ", ".join(
            f"CASE WHEN test_{at} IS NULL THEN {literal(needs)} END" for at, (_, _, _, needs) in tests
        )
        held = ", ".join(f"CASE WHEN test_{at} THEN {holds} END" for at, (_, holds, _, _) in tests)
        verdict = self.first_contact_sql()
        return (
            f"CASE WHEN NOT counted THEN 'Not counted: ' || {self._left_out_sql()} || '.' "
            f"WHEN {verdict} THEN 'First contact: ' || concat_ws(', ', {held}) || '.' "
            f"WHEN NOT {verdict} THEN 'Not first contact: ' || concat_ws(', ', {failed}) || '.' "
            f"ELSE 'Cannot be told: ' || concat_ws(', ', {unknown}) || ' is not known.' END"
        )

    def tests(self) -> list[tuple[str, str, str, str]]:
        """Return each test as SQL, the words if it holds and if it fails (as SQL), and the column it needs."""
        found = []
        for condition in self.conditions:
            column = quoted(condition.column)
            value = str(condition.value) if isinstance(condition.value, int) else literal(condition.value)
            test = f"{column} {condition.operator} {value}"
            if condition.column == "reopens" and self.reopen_window_days is not None:
                late = self.reopen_window_days * 86_400
                test = f"({test}) OR coalesce(reopened_after_seconds > {late}, false)"
            found.append((test, _words(condition.holds), _words(condition.fails), condition.column))
        for window in self.windows:
            concerned = f"channel IN ({_list(window.channels)})"
            seconds = window.minutes * 60
            # The first time it was resolved: a reopening within its window is a test of its own.
            test = f"coalesce(NOT ({concerned}), true) OR (resolved_at IS NOT NULL AND first_service_seconds <= {seconds})"
            asked = f"CASE WHEN {concerned} THEN 'resolved within {window.minutes} service minutes' END"
            took = (
                f"CASE WHEN resolved_at IS NULL THEN 'it is not resolved' ELSE 'it took ' || "
                f"CAST(round(first_service_seconds / 60.0) AS BIGINT) || ' service minutes where {window.minutes} count' END"
            )
            found.append((test, asked, took, "first_service_seconds"))
        return found

    def _left_out_sql(self) -> str:
        parts = []
        if self.kinds:
            parts.append(f"WHEN kind NOT IN ({_list(self.kinds)}) THEN 'it is a ' || kind")
        if self.states:
            parts.append(
                f"WHEN state NOT IN ({_list(self.states)}) THEN 'its state is ' || replace(state, '_', ' ')"
            )
        if self.channels:
            parts.append("WHEN true THEN 'it came by ' || replace(channel, '_', ' ')")
        return f"CASE {' '.join(parts)} END" if parts else "''"


def rule_named(name: str) -> FirstContactRule:
    """Return a rule by its name."""
    found = rules().get(name)
    if found is None:
        raise Refused(f"There is no first-contact rule {name}; the rules are {', '.join(sorted(rules()))}.")
    return found


@cache
def rules() -> dict[str, FirstContactRule]:
    """Return all rules by name."""
    import yaml

    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        rule = rule_from(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
        found[rule.name] = rule
    return found


def rule_from(document: Any, place: str) -> FirstContactRule:
    """Check a rule document and return it as a rule."""
    if not isinstance(document, dict):
        raise Refused(f"{place}: a rule is a list of names with values, starting with `name:`.")
    for name in document:
        if name not in KEYS:
            raise Refused(f"{place}, {name}: this is not known; known are {', '.join(KEYS)}.")
    population = document.get("population") or {}
    for name in population:
        # Not called `on`: YAML reads that word as "true".
        if name not in POPULATION:
            raise Refused(
                f"{place}, population.{name}: this is not known; known are {', '.join(POPULATION)}."
            )
    counted_on = str(population.get("counted_on", "opened_on"))
    if counted_on not in COUNTED_ON:
        raise Refused(
            f"{place}, population.counted_on: {counted_on} is no date of a ticket; write {', '.join(COUNTED_ON)}."
        )
    conditions = tuple(
        _condition(body, f"{place}, conditions[{at}]")
        for at, body in enumerate(document.get("conditions") or [])
    )
    if not conditions:
        raise Refused(f"{place}, conditions: name at least one, or every ticket would be a first contact.")
    try:
        return FirstContactRule(
            name=str(document["name"]),
            version=int(document["version"]),
            title=str(document.get("title") or document["name"]),
            about=" ".join(str(document.get("about") or "").split()),
            kinds=tuple(population.get("kinds") or ()),
            states=tuple(population.get("states") or ()),
            channels=tuple(population.get("channels") or ()),
            counted_on=counted_on,
            conditions=conditions,
            windows=tuple(
                Window(tuple(body["channels"]), int(body["service_minutes"]))
                for body in document.get("windows") or []
            ),
            reopen_window_days=document.get("reopen_window_days"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"{place}: {error} is missing or cannot be read; see the bundled rules.") from None


def _condition(body: Any, place: str) -> Condition:
    from stateworks.kernel.lake.contracts import contract

    if not isinstance(body, dict) or not {"column", "operator", "value", "holds", "fails"} <= set(body):
        raise Refused(f"{place}: give column, operator, value, and the words `holds` and `fails`.")
    column = contract("desk.ticket").column(str(body["column"]))
    if body["operator"] not in OPERATORS:
        raise Refused(
            f"{place}.operator: {body['operator']} is not known; write one of {' '.join(OPERATORS)}."
        )
    value = body["value"]
    return Condition(
        column.name,
        body["operator"],
        value if isinstance(value, int) else str(value),
        str(body["holds"]),
        str(body["fails"]),
    )


def _words(sentence: str) -> str:
    """Return a sentence as SQL, its `{column}` places filled from the row."""
    parts = []
    for at, piece in enumerate(sentence.replace("}", "{").split("{")):
        if at % 2 == 0:
            parts.append(literal(piece))
        else:
            parts.append(f"coalesce(CAST({quoted(piece)} AS VARCHAR), '?')")
    return "(" + " || ".join(parts) + ")"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(literal(value) for value in values)
