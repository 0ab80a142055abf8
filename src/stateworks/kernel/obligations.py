"""What people owe: the one shape that plans and modules put it in, for My work and for the letters that remind.

A module that asks people for something by a day registers where that is found, in a file `obligations.py` of its room:

    register({"attestation": "Confirm your systems"}, open_requests, told=note_reminders)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Obligation:
    """One thing somebody owes: what, about which code, by which day; `owner` is an e-mail address.

    `plan` is the plan it belongs to, where it does; `url` is where it is done, for what a module asks.
    """

    kind: str
    plan: str
    code: str
    title: str
    owner: str
    due: date
    what: str
    period: str = ""
    key: str = ""
    stale: bool = False
    url: str = ""

    def overdue(self, as_of: date) -> bool:
        """Whether its day has passed."""
        return self.due < as_of


Find = Callable[[date, str | None], Iterable[Obligation]]
Told = Callable[[Obligation, datetime], None]


@dataclass(frozen=True)
class Source:
    """Where one module's obligations come from, what their kinds are called, and who wants to know of a letter."""

    kinds: Mapping[str, str]
    find: Find
    told: Told | None = None


_sources: list[Source] = []


def register(kinds: Mapping[str, str], find: Find, *, told: Told | None = None) -> None:
    """Make a module's obligations known: `find` returns them as of a day, `told` hears which were in a letter.

    `find` is given an e-mail address where only that person's are wanted, so that My work need not read everybody's;
    an empty text asks for what nobody is named for. `kinds` names each kind as a verb phrase, as a button says it.
    Both functions see what the scope they run in sees.
    """
    _sources.append(Source(dict(kinds), find, told))


def registered(as_of: date, owner: str | None = None) -> Iterator[Obligation]:
    """Return what the modules ask of people as of a day, or of one person."""
    for source in _sources:
        yield from source.find(as_of, owner)


def registered_kinds() -> dict[str, str]:
    """Return the words for the kinds that modules registered."""
    return {kind: words for source in _sources for kind, words in source.kinds.items()}


def tell(owed: Iterable[Obligation], at: datetime) -> None:
    """Tell the modules which of their obligations somebody was reminded of."""
    heard = {kind: source.told for source in _sources if source.told is not None for kind in source.kinds}
    for each in owed:
        if each.kind in heard:
            heard[each.kind](each, at)
