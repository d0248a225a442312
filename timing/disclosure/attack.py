"""What can be computed of a hidden cell: the best sum of published cells, as a linear program.

Whoever adds and subtracts published cells learns a sum over hidden ones, each taken some number of
times. If no number is below nought, it is the total of a group of hidden cells (a union). The
program finds, of all unions that hold a cell, the one with the least weight: fewest units, say. By
duality that weight is also the highest value that the cell can have for all that is published, so
one program answers for unions and for intervals. Knows equations and weights; must never know
what they stand for. The solver is HiGHS, https://highs.dev .
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from timing.disclosure.lattice import Equation

if TYPE_CHECKING:
    from highspy import Highs, HighsModelStatus

SMALL: Final = 1e-7
"""What the solver cannot tell from nought."""

ANY: Final = float("inf")
"""No bound."""


ITERATIONS_MAX: Final = 30_000
"""Of one solving. The largest programs, of a year beside its months, ask for some thousands."""
_DUAL, _PRIMAL = 1, 4
"""The simplex methods of the solver, by its numbers."""


class Recipe(NamedTuple):
    """What a computation comes to, and the published cells that it takes."""

    weight: float
    uses: tuple[int, ...]


class Attacker:
    """Sees all unknowns but the hidden ones, and weighs what it computes. No weight is negative.

    Cost: one warm start of the simplex for each question.
    """

    def __init__(
        self, equations: Sequence[Equation], weights: Sequence[float], hidden: Iterable[int]
    ) -> None:
        self._weights = weights
        self._solver = _solver(equations, len(weights))
        self._costs = [0.0] * len(equations)
        self._taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for at, equation in enumerate(equations):
            for number, times in equation.items():
                self._taken[number].append((at, times))
        self._hidden: set[int] = set()
        for number in hidden:
            self.hide(number)

    def hide(self, number: int) -> None:
        """From now on this unknown is hidden as well."""
        self._hidden.add(number)
        self._solver.changeRowBounds(number, 0.0, ANY)
        for at, times in self._taken[number]:
            self._costs[at] += times * self._weights[number]
            self._solver.changeColCost(at, self._costs[at])

    def weakest_union(self, number: int) -> Recipe | None:
        """Of the unions that hold a hidden cell, the one with the least weight: the cell has no
        more than that. None if there is no union that anybody could compute."""
        return self._least(number, 1.0, ANY)

    def floor(self, number: int) -> Recipe | None:
        """What a hidden cell must have at least, for all that is published. None: nothing."""
        found = self._least(number, -1.0, -1.0)
        return None if found is None else found._replace(weight=-found.weight)

    def _least(self, number: int, low: float, high: float) -> Recipe | None:
        self._solver.changeRowBounds(number, low, high)
        try:
            return self._answer()
        finally:
            self._solver.changeRowBounds(number, 0.0, ANY)

    def _answer(self) -> Recipe | None:
        """Read before anything changes: the solver forgets its answer with the question."""
        from highspy import HighsModelStatus

        status = solved(self._solver)
        if status == HighsModelStatus.kInfeasible:
            return None
        if status != HighsModelStatus.kOptimal:
            raise ArithmeticError(f"no answer to a linear program: {status.name}")
        weight = self._solver.getInfo().objective_function_value
        return Recipe(weight, self._published(self._solver.getSolution().row_value))

    def _published(self, counts: Collection[float]) -> tuple[int, ...]:
        found = (number for number, times in enumerate(counts) if abs(times) > SMALL)
        return tuple(number for number in found if number not in self._hidden)


def _solver(equations: Sequence[Equation], unknowns: int) -> "Highs":
    """A column for each equation, with any factor; a row for each unknown, with how often the
    equations so multiplied take it. Of what is published that may be anything."""
    import numpy as np
    from highspy import HighsLp, MatrixFormat

    program = HighsLp()
    program.num_col_, program.num_row_ = len(equations), unknowns
    program.col_cost_ = np.zeros(len(equations))
    program.col_lower_ = np.full(len(equations), -np.inf)
    program.col_upper_ = np.full(len(equations), np.inf)
    program.row_lower_ = np.full(unknowns, -np.inf)
    program.row_upper_ = np.full(unknowns, np.inf)
    program.a_matrix_.format_ = MatrixFormat.kColwise
    program.a_matrix_.start_ = np.cumsum([0, *map(len, equations)], dtype=np.int32)
    entries = [entry for equation in equations for entry in equation.items()]
    program.a_matrix_.index_ = np.array([number for number, _ in entries], dtype=np.int32)
    program.a_matrix_.value_ = np.array([times for _, times in entries], dtype=np.float64)
    return silent(program)


def silent(program: object) -> "Highs":
    """A solver with a program in it. One thread: others share the machine."""
    from highspy import Highs, HighsLp

    assert isinstance(program, HighsLp)
    solver = Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("simplex_iteration_limit", ITERATIONS_MAX)
    solver.passModel(program)
    return solver


def solved(solver: "Highs") -> "HighsModelStatus":
    """Solve a program from where the last answer was, and say how that ended.

    From there the dual simplex may go round in circles for ever, as in a year beside its twelve
    months. Then once more from the beginning, and then by the primal one.
    """
    from highspy import HighsModelStatus

    for method in (_DUAL, _DUAL, _PRIMAL):
        solver.setOptionValue("simplex_strategy", method)
        solver.run()
        status = solver.getModelStatus()
        if status != HighsModelStatus.kIterationLimit:
            break
        solver.clearSolver()
    solver.setOptionValue("simplex_strategy", _DUAL)
    return status
