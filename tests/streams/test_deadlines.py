"""Each key is woken at its latest deadline, once, and never before."""

from hypothesis import given
from hypothesis import strategies as st

from streams.deadlines import Deadlines

_DUE = st.one_of(st.none(), st.integers(0, 50), st.integers(0, 4_000))
_MOVES = st.lists(st.tuples(st.sampled_from("abcde"), _DUE), max_size=60)


@given(st.lists(st.tuples(_MOVES, st.integers(0, 4_200)), max_size=6))
def test_taken_are_exactly_the_keys_whose_latest_deadline_has_come(
    rounds: list[tuple[list[tuple[str, int | None]], int]],
) -> None:
    """Also when the watermark stands in the middle of a span, or goes back."""
    deadlines, plain = Deadlines(), dict[str, int]()
    for moves, watermark_s in rounds:
        for key, due_s in moves:
            deadlines.set(key, due_s)
            if due_s is None:
                plain.pop(key, None)
            else:
                plain[key] = due_s
        due = sorted((due_s, key) for key, due_s in plain.items() if due_s <= watermark_s)
        assert deadlines.take(watermark_s) == [key for _, key in due]
        for _, key in due:
            del plain[key]
        assert len(deadlines) == len(plain)


def test_the_earliest_comes_first() -> None:
    deadlines = Deadlines([("late", 9), ("never", None), ("early", 3)])

    assert deadlines.take(10) == ["early", "late"]


def test_overtaken_entries_do_not_pile_up() -> None:
    deadlines = Deadlines()
    for due_s in range(0, 6_000_000, 600):
        deadlines.set("one", due_s)
        deadlines.set("other", 7_000_000 - due_s)

    assert len(deadlines._spans) == len(deadlines._line) < 1_100
    assert deadlines.take(5_999_399) == ["other"]
    assert deadlines.take(5_999_400) == ["one"]
