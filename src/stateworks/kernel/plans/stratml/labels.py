"""What StratML has no element for, said in its OtherInformation as lines "Label: text" that people and programs read.

A text of several lines is indented below its label, so that a line of it is never taken for another label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stateworks.kernel.plans.stratml.elements import clean

LEVEL, PART_OF, OUTCOME = "Level", "Part of", "Outcome"
SLOGAN, DUPLICATION, FISCAL_YEAR = "Slogan", "Duplication of effort", "Fiscal year starts in month"
GOAL, KEY_RESULT, COMMITMENT, DIRECTION, FREQUENCY, CALCULATION = (
    "Goal",
    "Key result",
    "Commitment",
    "Better",
    "Reported",
    "Counted as",
)
MORE = "More"
_KNOWN = (
    LEVEL, PART_OF, OUTCOME, SLOGAN, DUPLICATION, FISCAL_YEAR, GOAL, KEY_RESULT, COMMITMENT, DIRECTION, FREQUENCY,
    CALCULATION, MORE,
)  # fmt: skip
_LABEL = re.compile(rf"^({'|'.join(_KNOWN)}): ?")


def labelled(labels: Mapping[str, str], rest: str = "") -> str:
    """Return the labels that have a text, and the rest of the text below them."""
    given = {name: clean(text) for name, text in labels.items() if clean(text)}
    rest = clean(rest)
    if rest and (given or any(_LABEL.match(line) for line in rest.split("\n"))):
        given[MORE] = rest
        rest = ""
    lines = [f"{name}: {text}".replace("\n", "\n  ") for name, text in given.items()]
    return "\n".join(lines) or rest


def split(text: str) -> tuple[dict[str, str], str]:
    """Return the labels of a text and what no label holds."""
    if not _LABEL.match(text):
        return {}, text
    found: dict[str, str] = {}
    rest: list[str] = []
    current = ""
    for line in text.split("\n"):
        label = _LABEL.match(line)
        if label:
            current = label[1]
            found[current] = line[label.end() :]
        elif current and line.startswith("  "):
            found[current] += f"\n{line[2:]}"
        else:
            current = ""
            rest.append(line)
    more = found.pop(MORE, "")
    return found, "\n".join(part for part in (more, *rest) if part)
