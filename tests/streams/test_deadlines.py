"""Each key is woken at its latest deadline, once, and never before."""

from hypothesis import given
from hypothesis import strategies as st

from streams.deadlines import Deadlines

_MOVES = st.lists(
    st.tuples(st.sampled_from("abcde"), st.one_of(st.none(), st.integers(0, 50))), max_size=60
)


@given(_MOVES, st.lists(st.integers(0, 60), max_size=6))
def test_taken_are_exactly_the_keys_whose_latest_deadline_has_come(
    moves: list[tuple[str, int | None]], watermarks: list[int]
) -> None:
    deadlines, plain = Deadlines(), dict[str, int]()
    for key, due_s in moves:
        deadlines.set(key, due_s)
        if due_s is None:
            plain.pop(key, None)
        else:
            plain[key] = due_s
    for watermark_s in sorted(watermarks):
        due = {key for key, due_s in plain.items() if due_s <= watermark_s}
        taken = deadlines.take(watermark_s)
        assert set(taken) == due
        assert len(taken) == len(due)
        for key in due:
            del plain[key]
        assert len(deadlines) == len(plain)


def test_the_earliest_comes_first() -> None:
    deadlines = Deadlines([("late", 9), ("never", None), ("early", 3)])

    assert deadlines.take(10) == ["early", "late"]


def test_overtaken_entries_do_not_pile_up() -> None:
    deadlines = Deadlines()
    for due_s in range(10_000):
        deadlines.set("one", due_s)

    assert len(deadlines._heap) < 1_100
    assert deadlines.take(9_998) == []
    assert deadlines.take(9_999) == ["one"]
