"""What a process has read of versions lately: they never change, and neither do answers that were read of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

REMEMBERED_ROWS = 50_000
"""How many rows of answers are kept in memory: a version never changes, and neither does what is read of it."""
LARGEST_REMEMBERED = 2_500
"""Longer answers are read again each time."""


class Memory:
    """Answers by what was asked, the longest unasked forgotten first; shared by the threads of a process."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[Any, ...], list[Any]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...]) -> Any:
        """Return an answer, or None."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, key: tuple[Any, ...], answer: list[Any]) -> None:
        """Keep an answer, if it is not too long."""
        if len(answer) > LARGEST_REMEMBERED:
            return
        with self._lock:
            # An empty answer takes room, too.
            if key not in self._answers:
                self._rows += len(answer) + 1
            self._answers[key] = answer
            while self._rows > REMEMBERED_ROWS:
                self._rows -= len(self._answers.popitem(last=False)[1]) + 1
