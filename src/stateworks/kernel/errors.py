"""How every part of the product says no."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """A request that was turned down, with nothing changed: one sentence for a person, and details where many.

    The sentence says what is wrong, where, and what to do. `details` holds further sentences (for instance one a row)
    that a page or a command shows below it.
    """

    def __init__(self, sentence: str, details: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = tuple(details)


class Cancelled(Refused):
    """Somebody asked for the work to stop, and it did; nothing of it was kept."""
