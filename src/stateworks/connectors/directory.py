"""Which system a name, a code or another tool's id means, and which are the nearest where none is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stateworks.connectors.codes import assigned, marked, slug
from stateworks.modules.inventory.models import System, SystemAlias

MOST_NEAREST = 200
"""After so many unknown names the rest are refused without a search for the nearest, which would take longer than the load."""


@dataclass(frozen=True)
class Wanted:
    """A system that a file tells of: what tells it apart in its source, its name, its organization, the text for a code."""

    identity: str
    name: str
    organization: str = ""
    text: str = ""


class Directory:
    """The systems that whoever imports may see, with all their names."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.codes: dict[str, str] = {}
        """Names by code."""
        self._codes_below: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._plain: dict[str, set[str]] = {}
        self._organizations: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._aliases: dict[str, set[str]] = {}
        self._searched = 0
        self._told: dict[str, str] = {}
        for code, name, organization in System.objects.order_by().values_list(
            "code", "name", "organization__code"
        ):
            self.know(code, name, organization)
        aliases = SystemAlias.objects.order_by().values_list("source", "alias", "system__code")
        for of, alias, code in aliases.iterator(chunk_size=10_000):
            if of == source:
                self._own[alias] = code
            else:
                self._aliases.setdefault(alias.strip().lower(), set()).add(code)

    def know(self, code: str, name: str, organization: str = "") -> None:
        """Add a system that this very import brings."""
        self.codes[code] = name
        self._codes_below[code.lower()] = code
        self._organizations[code] = organization
        self._names.setdefault(name.strip().lower(), []).append(code)
        self._plain.setdefault(slug(name), set()).add(code)

    def own(self, identity: str) -> str:
        """Return the code of the system that the source knows under this id; empty if it knows none."""
        return self._own.get(alias_text(identity), "")

    def find(self, text: str) -> str:
        """Return the code of the one system that a text means; empty if it means none or several."""
        found = self.meant(text)
        return next(iter(found)) if len(found) == 1 else ""

    def meant(self, text: str) -> set[str]:
        """Return the codes that a text may mean: the source's own id, else a code, an alias, a name, the words of a name."""
        if own := self.own(text):
            return {own}
        key = text.strip().lower()
        if not key:
            return set()
        if key in self._codes_below:
            return {self._codes_below[key]}
        exact = set(self._aliases.get(key, ())) or set(self._names.get(key, ()))
        return exact or set(self._plain.get(slug(key) or key, ()))

    def why_not(self, text: str) -> str:
        """Say why a text means no system, with the nearest names and what to do."""
        if text in self._told:
            return self._told[text]
        found = sorted(self.meant(text))
        if len(found) > 1:
            listed = ", ".join(f"“{self.codes[code]}” ({code})" for code in found[:4])
            said = f"“{text}” means {len(found)} systems: {listed}; name the code, or add an alias for the right one."
        elif not text.strip():
            said = "it names no system; fill in a code, a name or an alias."
        else:
            near = self.nearest(text)
            nearest = f"; the nearest {'are' if len(near) > 1 else 'is'} {', '.join(near)}" if near else ""
            said = f"there is no system “{text}”{nearest}. Load it first, or add the name as an alias of the right one."
        self._told[text] = said
        return said

    def nearest(self, text: str, most: int = 3) -> list[str]:
        """Return the systems whose names or codes look most alike."""
        from rapidfuzz import process
        from rapidfuzz.utils import default_process

        if self._searched >= MOST_NEAREST or not self.codes:
            return []
        self._searched += 1
        hits = process.extract(text, self.codes, limit=most, score_cutoff=60, processor=default_process)
        return [f"“{name}” ({code})" for name, _, code in hits]

    def assign(self, wanted: Iterable[Wanted]) -> dict[str, str]:
        """Return a code for each identity: the one its source's id has, that of a system of its name, or a new one.

        A system is taken for the same by its name only if it is the only one of that name (in the same organization,
        where that is known), if no other id of this source means it already, and if no other row wants it as well.
        """
        ones = {one.identity: one for one in wanted}
        known = {identity: code for identity in ones if (code := self.own(identity))}
        linked = set(self._own.values())
        by_name: dict[str, list[str]] = {}
        for identity, one in ones.items():
            if identity in known:
                continue
            same = [
                code
                for code in self._names.get(one.name.strip().lower(), ())
                if not one.organization or self._organizations.get(code) in ("", one.organization)
            ]
            if len(same) == 1 and same[0] not in linked:
                by_name.setdefault(same[0], []).append(identity)
        known |= {identities[0]: code for code, identities in by_name.items() if len(identities) == 1}
        texts = {identity: one.text or one.name for identity, one in ones.items()}
        return assigned(
            texts,
            known,
            lambda codes: {code for code in codes if code in self._codes_below},
            source=self.source,
        )


def alias_text(identity: str) -> str:
    """Return a source's id as an alias can hold it."""
    return identity if len(identity) <= 200 else f"{identity[:180]} {marked('', identity)}"


def alias_rows(source: str, codes: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of `inventory.alias` by which a source's ids are known the next time."""
    return [
        {"source": source, "alias": alias_text(identity), "system": code} for identity, code in codes.items()
    ]


__all__ = ["Directory", "Wanted", "alias_rows", "alias_text", "slug"]
