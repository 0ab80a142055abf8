"""One application's answers to the data dictionary of the federal guide to application rationalization."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from stateworks.connectors.days import day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import decoded, json_document, unpacked
from stateworks.connectors.owners import AGENCY, Owners
from stateworks.connectors.systems import Told, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option

RATIONALIZATION = "inventory.rationalization"
SYSTEM = Option(
    "system",
    "Code, name or alias of the application, which the file does not name; a new one gets this name.",
    True,
)
ASSESSED = Option("assessed_on", "Day on which it was assessed, such as 2026-07-01.", True)
DICTIONARY = Option(
    "dictionary",
    "The data dictionary (CSV), against which types, required values and codes are checked.",
    file=True,
)
COST = "TCO"
VALUE = ("effectiveness", "mission_criticality", "utilization")
FITNESS = ("usability", "scalability_adaptability", "security_standards")
CRITICALITY = {5: "1_essential", 4: "2_important", 3: "3_supporting", 2: "4_minor", 1: "4_minor"}
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)")


def recognise(glance: Glance) -> str | None:
    """Tell the answers by their numbered elements."""
    text = glance.text
    if (
        text.lstrip().startswith("[")
        and '"id1"' in text
        and '"value"' in text
        and "readiness_assessment" in text
    ):
        return "It is JSON with numbered answers, the first on the readiness assessment, as the federal data dictionary has them."
    return None


def read(path: Path, asked: Asked) -> Found:
    """Check the answers, then read one system and one assessment from them."""
    document = json_document(path, asked.filename)
    if not isinstance(document, list) or not all(isinstance(one, dict) and "id1" in one for one in document):
        raise Refused(
            f"{asked.filename} is no list of answers with “id1”, “name” and “value”; export it again."
        )
    assessed_on = day(asked.option("assessed_on"))
    if not assessed_on:
        raise Refused(
            f"Option assessed_on: “{asked.option('assessed_on')}” is no day; write it as 2026-07-01."
        )
    answers = _answers(document, asked.filename)
    if not answers.keys() & {COST, *VALUE, *FITNESS}:
        raise Refused(
            f"{asked.filename} answers none of {', '.join((COST, *VALUE, *FITNESS))}; there is nothing to load."
        )
    faults = _checked(answers, asked) if asked.option("dictionary") else []
    found, directory, owners = (
        Found(),
        Directory("gsa-rationalization"),
        Owners("gsa-rationalization", asked.options, asked.at),
    )
    faults += _graded(answers)
    if faults:
        raise Refused(
            f"{asked.filename}: {len(faults):,} answers are wrong, so nothing was loaded. {faults[0]}",
            faults[:100],
        )
    if not asked.option("dictionary"):
        found.notes.append("Without the option dictionary only the answers that are used were checked.")
    name = asked.option("system")
    criticality = (
        CRITICALITY[int(answers["mission_criticality"][1])] if "mission_criticality" in answers else None
    )
    code = directory.find(name)
    if code:
        found.add("inventory.system", 1, {"code": code, "criticality": criticality})
    else:
        made = tell(
            found,
            directory,
            owners,
            [Told(1, name, name, (), {"criticality": criticality}, raw={"system": name})],
        )
        code = made.get(name, "")
    if code:
        cost = answers.get(COST)
        found.add(
            RATIONALIZATION, 1,
            {
                "system": code, "assessed_on": assessed_on, "value": _mean(answers, VALUE), "fitness": _mean(answers, FITNESS),
                "annual_cost_cents": None if cost is None else str(int((Decimal(str(cost[1])) * 100).to_integral_value())),
            },
        )  # fmt: skip
    found.notes.append(
        "Value is the mean of effectiveness, mission criticality and utilization; fitness that of usability, scalability and "
        "security; the cost is the total cost of ownership in a year."
    )
    return found


def _answers(document: list[dict[str, Any]], filename: str) -> dict[str, tuple[int, Any]]:
    found: dict[str, tuple[int, Any]] = {}
    for place, one in enumerate(document, 1):
        name = str(one.get("name") or "")
        if name in found and found[name][1] != one.get("value"):
            raise Refused(
                f"{filename}: “{name}” is answered twice, as number {found[name][0]} and {place}; keep one answer."
            )
        if one.get("value") not in (None, ""):
            found[name] = (place, one["value"])
    return found


def _checked(answers: dict[str, tuple[int, Any]], asked: Asked) -> list[str]:
    """Return what is wrong with the answers by the data dictionary: type, required or not, allowed values."""
    path = Path(asked.option("dictionary"))
    if not path.is_file():
        raise Refused(f"Option dictionary: there is no file {path}; check its path.")
    rows = list(csv.DictReader(io.StringIO(decoded(unpacked(path, path.name), path.name), newline="")))
    if not rows or not {"Name", "Type", "Codes", "Required?"} <= set(rows[0]):
        raise Refused(
            f"{path.name} has not the columns Name, Type, Codes and Required?; it is no such data dictionary."
        )
    faults = []
    elements = {row["Name"]: row for row in rows}
    for name, row in elements.items():
        if name not in answers:
            if row["Required?"].strip().lower() == "yes":
                faults.append(f"“{name}” (element {row['ID1']}) must be answered and is not.")
            continue
        place, value = answers[name]
        if (wrong := _wrong(value, row["Type"].strip().lower(), row["Codes"])) is not None:
            faults.append(f"Answer {place}, “{name}”: “{value}” {wrong}")
    faults += [f"Answer {place}, “{name}”: the data dictionary has no such element." for name, (place, _) in answers.items()
               if name not in elements]  # fmt: skip
    return faults


def _wrong(value: Any, kind: str, codes: str) -> str | None:
    if kind == "text":
        return None if isinstance(value, str) else "is not a text."
    number = _number(value)
    if number is None:
        return "is not a number."
    if kind == "integer" and number != number.to_integral_value():
        return "is not a whole number."
    if limits := _RANGE.fullmatch(codes.strip()):
        low, high = Decimal(limits[1]), Decimal(limits[2])
        return None if low <= number <= high else f"is not between {limits[1]} and {limits[2]}."
    allowed = codes.split()
    if (
        allowed
        and all(_number(one) is not None for one in allowed)
        and number not in {_number(one) for one in allowed}
    ):
        return f"is not one of {', '.join(allowed)}."
    return None


def _graded(answers: dict[str, tuple[int, Any]]) -> list[str]:
    """Return what is wrong with the answers that are used, whether or not a data dictionary was given."""
    grades = {Decimal(grade) for grade in range(1, 6)}
    faults = [
        f"Answer {answers[name][0]}, “{name}”: “{answers[name][1]}” is not a grade from 1 to 5."
        for name in (*VALUE, *FITNESS)
        if name in answers and _number(answers[name][1]) not in grades
    ]
    if COST in answers:
        cost = _number(answers[COST][1])
        if cost is None or not 0 <= cost <= 10**14:
            faults.append(f"Answer {answers[COST][0]}, “{COST}”: “{answers[COST][1]}” is no amount of money.")
    return faults


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _mean(answers: dict[str, tuple[int, Any]], names: tuple[str, ...]) -> str | None:
    """Return the mean grade, half up; None unless all are answered."""
    grades = [int(answers[name][1]) for name in names if name in answers]
    return str((2 * sum(grades) + len(names)) // (2 * len(names))) if len(grades) == len(names) else None


CONNECTOR = Connector(
    name="gsa-rationalization",
    title="Application rationalization (federal data dictionary)",
    reads="One application's answers to the federal data dictionary: a system, and how it was judged on a day.",
    datasets=("inventory.system", "inventory.alias", RATIONALIZATION),
    recognise=recognise,
    read=read,
    options=(SYSTEM, ASSESSED, DICTIONARY, AGENCY),
)
