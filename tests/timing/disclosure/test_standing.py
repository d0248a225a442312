"""What a vintage may not show anew, by what stood before."""

from timing.disclosure.lattice import lattice
from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import NOBODY, Exposure
from timing.disclosure.shapes import Earlier, Sheet, Shown
from timing.disclosure.standing import Empty, few_changed, past_of, with_vanished

SHEET = Sheet("s", ("d", "e"), [Empty(("a", "x")), Empty(("b", "x"))], ("n",), ("e",))
BEFORE = Earlier(
    {"s": [Shown(("a", "x"), {"n": 9}), Shown(("b", "x"), {}, "protected"), Shown(("c", "x"), {})]},
    {
        "s": [
            Empty(("a", "x"), exposure=Exposure(2, 2, 1, 1, 0, 0)),
            Empty(("b", "x"), exposure=NOBODY),
            Empty(("c", "x"), exposure=Exposure(30, 9, 5, 5, 0, 0)),
        ]
    },
)


def test_a_cell_that_is_gone_keeps_its_place() -> None:
    found = with_vanished(SHEET, [BEFORE])
    assert [cell.key for cell in found.cells] == [("a", "x"), ("b", "x"), ("c", "x")]
    assert found.cells[-1].summary.n == 0


def test_the_past_is_told_by_unknown() -> None:
    found = lattice([with_vanished(SHEET, [BEFORE])])
    past = past_of(found, BEFORE)
    number = {key[0]: found.unknown_of["s", key] for _, key in found.unknown_of}
    assert past.shown == {number["a"], number["c"]}
    assert past.hidden == {number["b"]}
    assert past.changed.keys() == {number["a"], number["c"]}
    assert few_changed(past, disclosure()) == {number["a"]}


def test_hidden_in_one_of_its_cells_is_hidden() -> None:
    sheet = Sheet("s", ("d", "e"), [Empty(("a", "x")), Empty(("a", "y"))], ("n",), ("e",))
    shown = [Shown(("a", "x"), {"n": 9}), Shown(("a", "y"), {}, "protected")]
    assert past_of(lattice([sheet]), Earlier({"s": shown}, {})).shown == frozenset()
