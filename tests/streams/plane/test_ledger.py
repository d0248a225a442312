"""The law of the ledger: nothing is committed past work that is not done."""

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from streams.plane.ledger import Ledger

HERE = TP("terminal-events", 0)


@st.composite
def _runs(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Runs of one partition in order, with holes between them and holes inside them."""
    runs, offset = [], draw(st.integers(0, 5))
    for _ in range(draw(st.integers(1, 8))):
        first = offset + draw(st.integers(0, 4))
        last = first + draw(st.integers(0, 6))
        runs.append((first, last))
        offset = last + 1
    return runs


@given(_runs(), st.data())
def test_the_committed_offset_never_passes_a_run_that_is_not_done(
    runs: list[tuple[int, int]], data: st.DataObject
) -> None:
    ledger, done, committed = Ledger(), set[int](), 0
    for first, last in runs:
        ledger.hand_out(HERE, first, last, 1)
    for index in data.draw(st.permutations(range(len(runs)))):
        assert ledger.done(HERE, runs[index][1], 1)
        done.add(index)
        if data.draw(st.booleans()):
            committed = ledger.committable(HERE) or committed
        undone = [first for i, (first, _) in enumerate(runs) if i not in done]
        assert committed <= min(undone, default=runs[-1][1] + 1)
        assert ledger.oldest(HERE) == min(undone, default=None)
    assert (ledger.committable(HERE) or committed) == runs[-1][1] + 1
    assert ledger.partitions() == []


@given(_runs())
def test_only_the_done_prefix_is_committable(runs: list[tuple[int, int]]) -> None:
    ledger = Ledger()
    for first, last in runs:
        ledger.hand_out(HERE, first, last, 1)
    for _, last in runs[1:]:
        ledger.done(HERE, last, 1)

    assert ledger.committable(HERE) is None
    ledger.done(HERE, runs[0][1], 1)
    assert ledger.committable(HERE) == runs[-1][1] + 1


def test_a_run_of_an_old_generation_is_not_taken_back() -> None:
    ledger = Ledger()
    ledger.hand_out(HERE, 0, 9, 1)
    ledger.clear()
    ledger.hand_out(HERE, 0, 9, 2)

    assert not ledger.done(HERE, 9, 1)
    assert ledger.committable(HERE) is None
    assert ledger.done(HERE, 9, 2)
    assert ledger.committable(HERE) == 10


def test_a_run_comes_back_once() -> None:
    ledger = Ledger()
    ledger.hand_out(HERE, 0, 9, 1)

    assert ledger.done(HERE, 9, 1)
    assert not ledger.done(HERE, 9, 1)


def test_reading_again_from_before_voids_what_it_overlaps() -> None:
    ledger = Ledger()
    ledger.hand_out(HERE, 100, 110, 1)
    ledger.hand_out(HERE, 50, 60, 1)
    ledger.done(HERE, 110, 1)

    assert ledger.committable(HERE) is None
    assert ledger.oldest(HERE) == 50


def test_a_revoked_partition_has_nothing_to_commit() -> None:
    ledger = Ledger()
    ledger.hand_out(HERE, 0, 9, 1)
    ledger.done(HERE, 9, 1)
    ledger.drop(HERE)

    assert ledger.committable(HERE) is None
    assert ledger.partitions() == []
