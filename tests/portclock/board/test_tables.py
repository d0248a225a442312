"""The tables as the board asks them: within a bound, and every trouble is one sentence."""

import threading
from collections.abc import Iterator

import pytest

from portclock.board.tables import Tables
from serving.asks import AnswerUnavailable
from sinks.memory import MemoryStore
from sinks.store import Store, StoreRefused, StoreUnavailable

GO_ON_WITHIN_S = 20


class Given:
    """Stores made on demand, and how many."""

    def __init__(self) -> None:
        self.made: list[Store] = []

    def __call__(self) -> Store:
        self.made.append(MemoryStore())
        return self.made[-1]


@pytest.fixture
def given() -> Given:
    return Given()


@pytest.fixture
def tables(given: Given) -> Iterator[Tables]:
    made = Tables(given, connections=2, within_s=GO_ON_WITHIN_S)
    yield made
    made.close()


def test_a_connection_is_made_when_first_needed_and_used_again(
    tables: Tables, given: Given
) -> None:
    assert given.made == []
    assert all(tables.ask(lambda store: store in given.made) for _ in range(20))
    assert 1 <= len(given.made) <= 2


@pytest.mark.parametrize("error", [StoreUnavailable("away"), StoreRefused("no such column")])
def test_what_a_store_says_becomes_one_sentence(tables: Tables, error: Exception) -> None:
    def fails(store: Store) -> None:
        raise error

    with pytest.raises(AnswerUnavailable, match=str(error)):
        tables.ask(fails)
    assert tables.ask(lambda store: 7) == 7


def test_a_defect_of_ours_is_not_called_trouble_of_the_tables(tables: Tables) -> None:
    with pytest.raises(KeyError):
        tables.ask(lambda store: dict[str, str]()["no such"])


def test_a_question_that_hangs_holds_up_nobody_beyond_the_bound(given: Given) -> None:
    tables, may_end = Tables(given, connections=1, within_s=0.05), threading.Event()
    with pytest.raises(AnswerUnavailable, match=r"within 0\.05 s"):
        tables.ask(lambda store: may_end.wait(GO_ON_WITHIN_S))
    ran: list[int] = []
    with pytest.raises(AnswerUnavailable):
        tables.ask(lambda store: ran.append(1))
    may_end.set()
    tables.close()
    assert ran == []
