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
        self._answers: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...]) -> Any:
        """Return an answer, or None."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key][0]
            return None

    def keep(self, key: tuple[Any, ...], answer: Any, *, rows: int | None = None) -> None:
        """Keep an answer in place of an older one, if it is not too long; `rows` says how long one is that is no list."""
        size = len(answer) if rows is None else rows
        with self._lock:
            if key in self._answers:
                self._rows -= self._answers.pop(key)[1] + 1
            if size > LARGEST_REMEMBERED:
                return
            # An empty answer takes room, too.
            self._rows += size + 1
            self._answers[key] = (answer, size)
            while self._rows > REMEMBERED_ROWS:
                self._rows -= self._answers.popitem(last=False)[1][1] + 1

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._answers.clear()
            self._rows = 0
