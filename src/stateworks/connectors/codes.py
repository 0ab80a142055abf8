"""Short stable codes from the names and ids of other tools, the same whatever the order of the rows."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

MARK = 8
"""So many characters of a fingerprint keep two things apart whose names give the same code."""


def slug(text: str, limit: int = 80) -> str:
    """Return a text as a code: lower case, no accents, hyphens; a text cut short ends in a fingerprint of the whole."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return made if len(made) <= limit else marked(made, text, limit)


def marked(base: str, identity: str, limit: int = 80) -> str:
    """Return a code that carries a fingerprint of what it stands for."""
    mark = hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()[:MARK]
    start = base[: limit - MARK - 1].strip("-")
    return f"{start}-{mark}" if start else mark


def in_source(source: str, identity: str) -> str:
    """Return what tells a thing apart everywhere: two sources may use the same id for different things."""
    return f"{source}\x1f{identity}"


def assigned(
    wanted: Mapping[str, str],
    known: Mapping[str, str],
    taken: Callable[[Iterable[str]], set[str]],
    *,
    source: str,
    limit: int = 80,
) -> dict[str, str]:
    """Return a code for each identity, given the text it should be made of.

    A known identity keeps its code. Of the others, those whose text gives no code, one that several share, or one that
    something else bears already get a fingerprint of their identity in their source, so that the order of rows never matters.
    """
    found = {identity: known[identity] for identity in wanted if identity in known}
    bases = {identity: slug(text, limit) for identity, text in wanted.items() if identity not in known}
    many = Counter(bases.values())
    there = taken(set(bases.values()) - {""}) | set(found.values())
    for identity, base in bases.items():
        alone = base and many[base] == 1 and base not in there
        found[identity] = base if alone else marked(base, in_source(source, identity), limit)
    return found
