"""What a reader who plays all published sums off against each other can work out about hidden figures.

To such a reader each hidden figure is an unknown whole number of at least one, since figures without rows are not there, and
each sum that holds one is an equation. A figure is pinned where every solution gives it the same number. That is found by
linear programming: one solution far enough from the truth shows that a figure can differ, and a weighted sum of all figures,
at its least and at its greatest, frees most of them in a single step, or shows that none of them moves. Sums that share no
hidden figure are looked at apart.

Source: M. Fischetti and J. Salazar-González, "Models and algorithms for optimizing cell suppression in tabular data with
linear constraints", Journal of the American Statistical Association 95 (2000), section 2: the attacker's two problems.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeVar

from stateworks.kernel.indicators.sums import Cell, Sum

_STEP = 1 - 1e-6
"""A figure is free where it can differ by a whole row."""
_STILL = 1e-6
"""A sum that moves by less than this stands still, but for rounding."""
_FAR = 1000
"""How far above the truth a figure is let go; nothing needs more to be free."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Table:
    """Hidden figures that hang together, and the sums that hold them, as a matrix over the figures."""

    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...]


class Reader:
    """Who knows the sums of one measure, and is asked again and again while more figures are hidden.

    Whatever solved the equations before still does when one more figure is unknown, so a figure once found free stays free and
    is not asked for again; nor is a table in which nothing changed.
    """

    def __init__(self, sizes: Mapping[Cell, int], sums: Sequence[Sum]) -> None:
        self._sizes = sizes
        self._sums = sums
        self._free: set[Cell] = set()
        self._known: dict[_Table, set[Cell]] = {}

    def pinned(self, hidden: AbstractSet[Cell]) -> set[Cell]:
        """Return the hidden figures whose number of rows follows from the published ones."""
        tables = _tables(hidden, self._sums)
        self._known = {
            one: self._known[one] if one in self._known else _pinned(one, self._sizes, self._free)
            for one in tables
        }
        for one, found in self._known.items():
            self._free |= set(one.cells) - found
        return set().union(*self._known.values())


def _tables(hidden: AbstractSet[Cell], sums: Sequence[Sum]) -> list[_Table]:
    """Part the hidden figures into groups that no sum connects; those in no sum at all cannot be worked out."""
    group: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        while group.setdefault(cell, cell) != cell:
            group[cell] = group[group[cell]]
            cell = group[cell]
        return cell

    holed: list[tuple[Sum, list[Cell]]] = []
    for one in sums:
        holes = [cell for cell in (one.whole, *one.parts) if cell in hidden]
        if holes:
            holed.append((one, holes))
            for cell in holes[1:]:
                group[root(cell)] = root(holes[0])
            root(holes[0])
    cells = _by(group, root)
    equations = _by([one for one, _ in holed], lambda one: root(next(iter(_holes(one, hidden)))))
    return [_Table(tuple(sorted(cells[key])), tuple(equations[key])) for key in sorted(cells)]


def _holes(one: Sum, hidden: AbstractSet[Cell]) -> list[Cell]:
    return [cell for cell in (one.whole, *one.parts) if cell in hidden]


def _by(items: Iterable[T], key: Any) -> dict[Cell, list[T]]:
    made: dict[Cell, list[T]] = {}
    for item in items:
        made.setdefault(key(item), []).append(item)
    return made


def _pinned(table: _Table, sizes: Mapping[Cell, int], free: AbstractSet[Cell]) -> set[Cell]:
    """Pull at random on all that are left, to and fro, until nothing moves any more; `free` says what is free already.

    Where the least and the greatest value of a sum with random weights are the same, each of its figures stands still: weights
    that happened to even out a movement would have to be drawn exactly. What moves by less than a row is asked one by one.
    """
    left = set(table.cells) - free
    if not left:
        return left
    place = {cell: at for at, cell in enumerate(table.cells)}
    attack = _Attack(table, [sizes[cell] for cell in table.cells], place)
    # Any weights will do; seeded, so that a run and its verification take the same steps.
    chosen = random.Random(len(table.cells))  # noqa: S311 - nothing is kept secret by it
    while left:
        weights = {place[cell]: chosen.uniform(0.5, 1.5) * chosen.choice((-1, 1)) for cell in sorted(left)}
        (there, far), (back, near) = attack.moved(weights, 1), attack.moved(weights, -1)
        if max(far, near) < _STILL:
            return left
        if left.isdisjoint(there | back):
            break
        left -= there | back
    for cell in sorted(left):
        for sign in (1, -1):
            if cell in left:
                left -= attack.moved({place[cell]: 1.0}, sign)[0]
    return left


class _Attack:
    """The equations of a table, to be solved with one objective after another."""

    def __init__(self, table: _Table, truth: Sequence[int], place: Mapping[Cell, int]) -> None:
        import numpy as np
        from scipy.sparse import coo_array

        entries: list[tuple[int, int, float]] = []
        for row, one in enumerate(table.sums):
            signed = [(one.whole, -1.0), *((part, 1.0) for part in one.parts)]
            entries += [(row, place[cell], sign) for cell, sign in signed if cell in place]
        rows, columns, signs = zip(*entries, strict=True)
        self._cells = table.cells
        self._truth: Any = np.array(truth, dtype=float)
        self._matrix = coo_array((signs, (rows, columns)), shape=(len(table.sums), len(table.cells))).tocsr()
        self._right = self._matrix @ self._truth
        self._bounds = np.column_stack([np.ones_like(self._truth), self._truth + _FAR])

    def moved(self, weights: Mapping[int, float], sign: int) -> tuple[set[Cell], float]:
        """Return what differs from the truth where the weighted sum is least (1) or greatest (-1), and how far that sum is."""
        import numpy as np
        from scipy.optimize import linprog

        pull = np.zeros_like(self._truth)
        pull[list(weights)] = list(weights.values())
        found = linprog(sign * pull, A_eq=self._matrix, b_eq=self._right, bounds=self._bounds, method="highs")
        if found.x is None:
            return set(), 0.0
        apart = np.abs(found.x - self._truth) >= _STEP
        far = float(abs(pull @ (found.x - self._truth)))
        return {cell for cell, one in zip(self._cells, apart, strict=True) if one}, far
