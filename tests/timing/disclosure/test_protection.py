"""Which cells are held back: what is settled stays, and no choice left means nothing new."""

from timing.disclosure.attack import ANY
from timing.disclosure.beside import beside
from timing.disclosure.complement import Guard
from timing.disclosure.lattice import Equation
from timing.disclosure.protection import held, protected
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import Exposure
from timing.disclosure.shapes import Sheet
from timing.disclosure.standing import Empty

EQUATIONS: list[Equation] = [{0: -1, 1: 1, 2: 1}, {3: -1, 4: 1, 5: 1}]


def test_if_nothing_can_be_done_nothing_new_is_said() -> None:
    guard = Guard("units", [12.0, 2.0, 10.0, 9.0, 4.0, 5.0], {1: 5.0})
    costs = [ANY, 1.0, ANY, 1.0, ANY, 1.0]
    assert protected(EQUATIONS, [1], [guard], costs) == {1, 3, 5}


def test_what_can_be_done_is_done_and_no_more() -> None:
    guard = Guard("units", [12.0, 2.0, 10.0, 9.0, 4.0, 5.0], {1: 5.0})
    assert protected(EQUATIONS, [1], [guard], [9.0, 1.0, 1.0, 1.0, 1.0, 1.0]) == {1, 2}


def test_links_of_one_chain_fall_together() -> None:
    """One link is dominated by seconds; without the others it would come back from the whole."""
    fair = Exposure(20, 9, 3, 3, 10, 10)
    heavy = fair._replace(largest_s=90)
    cells = [
        Empty(("p", stage))._replace(exposure=exposure)
        for stage, exposure in (("whole", fair), ("first", fair), ("second", heavy))
    ]
    sheet = Sheet("s", ("port", "stage"), cells, ("n",), together=("stage",))
    found = held(beside([sheet], (), ()), (), disclosure())
    assert len(found.suppressed) == 3
