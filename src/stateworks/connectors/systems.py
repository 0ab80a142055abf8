"""Puts the systems that a file tells of into rows: a stable code, an organization, and an alias by which it is known again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stateworks.connectors.directory import Directory, Wanted, alias_rows
from stateworks.connectors.owners import Owners, unknown
from stateworks.kernel.records.connected import Found

SYSTEM, ALIAS = "inventory.system", "inventory.alias"
NAME = 200


@dataclass(frozen=True)
class Told:
    """One system as a file tells of it: its place, what tells it apart there, its name and what is said of it.

    `organizations` are the names the file gives for whose it is, the most exact first. `raw` is the row as it stood.
    """

    line: int
    identity: str
    name: str
    organizations: tuple[str, ...] = ()
    says: Mapping[str, str | None] = field(default_factory=dict)
    starts: Mapping[str, str | None] = field(default_factory=dict)
    text: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    named: bool = True
    """Whether the file really gives the name; if not, a record keeps its own."""


def tell(found: Found, directory: Directory, owners: Owners, told: Sequence[Told]) -> dict[str, str]:
    """Add the rows of `inventory.system` and `inventory.alias`; return the code of each identity that was taken."""
    good = _once(found, told)
    homes = {one.identity: owners.known(*one.organizations) for one in good}
    codes = directory.assign(
        Wanted(one.identity, one.name, homes[one.identity] or owners.default, one.text) for one in good
    )
    taken: dict[str, str] = {}
    for one in good:
        code, home = codes[one.identity], homes[one.identity]
        if not home and not owners.default and code not in directory.codes:
            found.refuse(
                SYSTEM,
                one.line,
                "agency.unknown",
                f"{one.name[:NAME]}: {unknown(one.organizations)}",
                one.raw,
            )
            continue
        name = shortened(one.name, NAME)
        says = {"code": code, "name": name if one.named else None, "agency": home or None, **one.says}
        starts = {"agency": owners.default or None, **({} if one.named else {"name": name}), **one.starts}
        # A row that repeats another is counted by the door, which takes it once.
        found.add(SYSTEM, one.line, says, starts)
        taken[one.identity] = code
    lines = {one.identity: one.line for one in reversed(good)}
    for identity, row in zip(taken, alias_rows(directory.source, taken), strict=True):
        found.add(ALIAS, lines[identity], row)
    for one in good:
        if one.identity in taken:
            directory.know(taken[one.identity], one.name, homes[one.identity] or owners.default)
    return taken


def _once(found: Found, told: Sequence[Told]) -> list[Told]:
    """Return each system once; two rows for one that differ are both refused, with both places named."""
    groups: dict[str, list[Told]] = {}
    for one in told:
        groups.setdefault(one.identity, []).append(one)
    good = []
    for identity, ones in groups.items():
        if all(
            (one.name, one.says, one.organizations) == (ones[0].name, ones[0].says, ones[0].organizations)
            for one in ones
        ):
            good += ones
            continue
        lines = ", ".join(str(one.line) for one in ones)
        for one in ones:
            found.refuse(
                SYSTEM, one.line, "key.twice",
                f"“{shortened(one.name, 80)}” ({shortened(identity, 80)}) stands in rows {lines}, which differ; keep one.",
                one.raw,
            )  # fmt: skip
    return sorted(good, key=lambda one: one.line)


def shortened(text: str, limit: int) -> str:
    """Return a text that fits, ending in an ellipsis where it was cut."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
