"""Which published cells are cheapest to hide: by how they would have to move with a sensitive one.

A cell is safe if it could as well have another value: if there is a way to move it, and others with
it, that changes no published cell. Of all ways the cheapest is a linear program, and what moves in
it is hidden together: whole loops at once, where one cell after the other would open a gap for
every gap that it closes (after J. P. Kelly, B. L. Golden, A. A. Assad, Cell suppression: disclosure
protection for sensitive tabular data, Networks 22, 1992). Must never know what cells stand for.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from timing.disclosure.attack import ANY, SMALL, silent, solved
from timing.disclosure.lattice import Equation

if TYPE_CHECKING:
    from highspy import Highs


class Movement:
    """A column for what each unknown rises by and one for what it falls by; a row for each
    equation, which holds before and after. Nothing falls below nought. What is hidden moves for
    nothing; what costs ANY stays as it is. `weights` are what each unknown has."""

    def __init__(
        self,
        equations: Sequence[Equation],
        hidden: Iterable[int],
        weights: Sequence[float],
        costs: Sequence[float],
    ) -> None:
        self._number = len(weights)
        self._weights = weights
        self._kept = [cost == ANY for cost in costs]
        self._free: set[int] = set()
        self._solver = _solver(equations, weights, costs)
        for number in hidden:
            self.free(number)

    def free(self, number: int) -> None:
        """It is hidden already, so it may move."""
        self._free.add(number)
        self._kept[number] = False
        for column in (number, self._number + number):
            self._solver.changeColCost(column, 0.0)
        self._stay(number)

    def to(self, number: int, value: float) -> set[int]:
        """What else has to be hidden, at the least cost, for an unknown to come to have a value:
        it is free from now on. Empty if nothing would do."""
        by = value - self._weights[number]
        self._solver.changeColBounds(number, max(by, 0.0), ANY if by > 0 else 0.0)
        self._solver.changeColBounds(self._number + number, max(-by, 0.0), max(-by, 0.0))
        moved = self._moved() - self._free
        self._stay(number)
        for one in moved:
            self.free(one)
        return moved

    def _moved(self) -> set[int]:
        from highspy import HighsModelStatus

        if solved(self._solver) != HighsModelStatus.kOptimal:
            return set()
        columns = self._solver.getSolution().col_value
        return {at % self._number for at, by in enumerate(columns) if by > SMALL}

    def _stay(self, number: int) -> None:
        up, down = _bounds(self._weights[number], self._kept[number])
        self._solver.changeColBounds(number, 0.0, up)
        self._solver.changeColBounds(self._number + number, 0.0, down)


def _bounds(weight: float, kept: bool) -> tuple[float, float]:
    return (0.0, 0.0) if kept else (ANY, max(weight, 0.0))


def _solver(
    equations: Sequence[Equation], weights: Sequence[float], costs: Sequence[float]
) -> "Highs":
    import numpy as np
    from highspy import HighsLp, MatrixFormat

    bounds = [_bounds(weight, cost == ANY) for weight, cost in zip(weights, costs, strict=True)]
    prices = [0.0 if cost == ANY else cost for cost in costs]
    columns: list[list[tuple[int, int]]] = [[] for _ in costs]
    for row, equation in enumerate(equations):
        for number, times in equation.items():
            columns[number].append((row, times))
    entries = [entry for column in columns for entry in column]
    program = HighsLp()
    program.num_col_, program.num_row_ = 2 * len(costs), len(equations)
    program.col_cost_ = np.array(prices * 2)
    program.col_lower_ = np.zeros(2 * len(costs))
    program.col_upper_ = np.array([up for up, _ in bounds] + [down for _, down in bounds])
    program.row_lower_ = program.row_upper_ = np.zeros(len(equations))
    program.a_matrix_.format_ = MatrixFormat.kColwise
    program.a_matrix_.start_ = np.cumsum([0, *map(len, columns * 2)], dtype=np.int32)
    program.a_matrix_.index_ = np.array([row for row, _ in entries * 2], dtype=np.int32)
    rising = np.array([times for _, times in entries], dtype=np.float64)
    program.a_matrix_.value_ = np.concatenate([rising, -rising])
    return silent(program)
