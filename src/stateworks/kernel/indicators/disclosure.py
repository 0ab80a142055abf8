"""What a reader who plays all published sums off against each other can work out about hidden figures.

To such a reader each hidden figure is an unknown whole number of at least one, since figures without rows are not there, and
each sum that holds one is an equation. A figure is pinned where every solution gives it the same number. That is found by
linear programming: one solution far enough from the truth shows that a figure can differ, and a linear objective that pulls on
all figures at once frees most of them in a single step; only those that stay put are asked one by one, for their least and
greatest number. Sums that share no hidden figure are looked at apart.

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

_TRIES = 6
_STEP = 1 - 1e-6
"""A figure is free where it can differ by a whole row."""
_FAR = 1000
"""How far above the truth a figure is let go; nothing needs more to be free."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Table:
    """Hidden figures that hang together, and the sums that hold them, as a matrix over the figures."""

    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...]


def pinned(hidden: AbstractSet[Cell], sizes: Mapping[Cell, int], sums: Sequence[Sum]) -> set[Cell]:
    """Return the hidden figures whose number of rows follows from the published ones."""
    found: set[Cell] = set()
    for table in _tables(hidden, sums):
        found |= _pinned(table, sizes)
    return found


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


def _pinned(table: _Table, sizes: Mapping[Cell, int]) -> set[Cell]:
    """Free what a few objectives over all figures free, and ask for the rest one by one."""
    place = {cell: at for at, cell in enumerate(table.cells)}
    attack = _Attack(table, [sizes[cell] for cell in table.cells], place)
    left = set(table.cells)
    # Any objectives will do; seeded, so that a run and its verification take the same steps.
    chosen = random.Random(len(table.cells))  # noqa: S311 - nothing is kept secret by it
    for _ in range(_TRIES):
        if not left:
            return left
        pull = [0.0] * len(table.cells)
        for cell in sorted(left):
            pull[place[cell]] = chosen.uniform(0.5, 1.5) * chosen.choice((-1, 1))
        left -= attack.moved(pull)
    for cell in sorted(left):
        for sign in (1.0, -1.0):
            if cell in left:
                pull = [0.0] * len(table.cells)
                pull[place[cell]] = sign
                left -= attack.moved(pull)
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

    def moved(self, pull: Sequence[float]) -> set[Cell]:
        """Return the figures that differ from the truth in the solution that goes furthest along `pull`."""
        import numpy as np
        from scipy.optimize import linprog

        bounds = np.column_stack([np.ones_like(self._truth), self._truth + _FAR])
        found = linprog(
            pull, A_eq=self._matrix, b_eq=self._right, bounds=bounds, method="highs", integrality=None
        )
        if found.x is None:
            return set()
        apart = np.abs(found.x - self._truth) >= _STEP
        return {cell for cell, far in zip(self._cells, apart, strict=True) if far}
