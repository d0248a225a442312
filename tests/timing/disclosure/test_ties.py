"""What a commitment leaves of a stage is protected with both: on a table that can be read."""

from collections.abc import Sequence

from timing.disclosure.attempts import ATTEMPTS, World
from timing.disclosure.beside import beside
from timing.disclosure.control import disclosed
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import Exposure
from timing.disclosure.shapes import Key, Sheet, Shown
from timing.disclosure.standing import Empty
from timing.disclosure.view import Public, Spot
from timing.measures.summary import RANKS, Summary
from timing.patience import HOUR_S

DIMENSIONS = ("port", "edition", "commitment", "stage", "direction", "facility")
REST = Sheet("commitments-rest", DIMENSIONS, [], (), (), ("stages", "commitments"))
FEW: Key = ("import", "pickup", "P", "*")
"""Two units, of which nothing may be computed."""
(PROMISED,) = [one for one in ATTEMPTS if one.id == "promised"]


class Counted(Empty):
    """So many units of as many companies, two hours each."""

    def __new__(cls, key: Key, n: int) -> "Counted":
        took_s = 2 * HOUR_S
        summary = Summary(
            n=n, sum_s=n * took_s, square_sum=n * took_s**2, ranks_s=(took_s,) * len(RANKS),
            within=(n, n, n),
        )  # fmt: skip
        return super().__new__(cls, key, summary, Exposure(n, n, 1, 1, took_s, took_s))


def _sheets() -> list[Sheet]:
    """A promise over all pickups of a port: two imports, and sixty exports."""
    numbers = {"import": 2, "export": 60, "*": 62}
    stages = [Counted((d, "pickup", "P", "*"), n) for d, n in numbers.items() if d != "*"]
    promised = [
        Counted(("P", "e", "c", stage, direction, "*"), n)
        for stage in ("pickup", "*")
        for direction, n in numbers.items()
    ]
    return [
        Sheet("stages", ("direction", "stage", "port", "facility"), stages, ("n", "mean_h")),
        Sheet("commitments", DIMENSIONS, promised, ("n", "mean_min")),
    ]


def _computed(sheets: Sequence[Sheet]) -> set[frozenset[Spot]]:
    shown = disclosed(sheets, disclosure())
    assert set(shown) == {"stages", "commitments"}, "what is left is shown to nobody"
    cells: dict[str, dict[Key, Shown]] = {
        name: {cell.key: cell for cell in some} for name, some in shown.items()
    }
    world = World(Public("m", cells), whole=frozenset({"c"}))
    return {find.spots for find in PROMISED.run(world)}


def _tells(found: set[frozenset[Spot]]) -> bool:
    few = {("m", "stages", FEW)}
    few |= {("m", "commitments", ("P", "e", "c", at, "import", "*")) for at in ("pickup", "*")}
    return any(spots <= few for spots in found)


def test_a_commitment_less_the_stage_that_is_shown_tells_of_the_one_that_is_not() -> None:
    assert _tells(_computed(_sheets()))


def test_protected_with_what_is_left_it_tells_nothing() -> None:
    assert not _tells(_computed([*_sheets(), REST]))


def test_each_cell_is_tied_to_the_one_of_the_same_words() -> None:
    left = Empty(("P", "e", "c", "pickup", "import", "*"))
    found = beside([*_sheets(), REST._replace(cells=[left])], (), ())
    row = [("stages", FEW), ("commitments", left.key), ("commitments-rest", left.key)]
    assert row in found.ties
    assert found.away == {("commitments-rest", left.key)}
