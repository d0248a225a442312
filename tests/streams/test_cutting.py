"""Any cutting of the log into runs, any replay: one table, one set of words, each ending once."""

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.envelope import Event
from events.testing import at, box, tick, told, wire
from events.topics import CUSTOMS_EVENTS, TERMINAL_EVENTS, TICKS
from streams.law import TimingLaw
from streams.plane.run import Run
from streams.testing import last_words
from streams.testing_keeper import Keeper
from timing.judge import judge
from timing.rules import Rules

TERMINAL, CUSTOMS, TIME = TERMINAL_EVENTS.name, CUSTOMS_EVENTS.name, TICKS.name


Log = dict[str, list[Any]]


def _log(kept: Any, events: dict[str, list[Event]], ticks: list[Any]) -> Log:
    """Topics to records, offsets from 0, with a hole after every third record."""
    log: Log = {}
    for topic, facts in {**events, TIME: ticks}.items():
        values = [fact.model_dump_json(exclude_none=True).encode() for fact in facts]
        log[topic] = [kept(n + n // 3, value) for n, value in enumerate(values)]
    return log


def _story() -> dict[str, list[Event]]:
    terminal, customs = list[Event](), list[Event]()
    for n in range(4):
        unit = box(n)
        terminal += told(
            "09:00 discharged", "10:00 move-ordered", "10:40 move-ended", "15:00 gated-out",
            unit=unit, ids=f"t{n}-", port="CNSHD",
        )  # fmt: skip
        customs += told(
            "09:30 declared", "09:40 inspection-ordered", "11:00 positioned", "14:00 released",
            unit=unit, ids=f"c{n}-", port="CNSHD",
        )  # fmt: skip
    terminal.insert(6, terminal[2])
    return {TERMINAL: terminal, CUSTOMS: customs}


Move = tuple[str, int, bool, int]
"""The next records of a topic: how many, whether the worker dies then, how far it goes back."""

_FIXTURE = [HealthCheck.function_scoped_fixture]

_MOVES = st.lists(
    st.tuples(
        st.sampled_from([TERMINAL, CUSTOMS, TIME]),
        st.integers(1, 8),
        st.booleans(),
        st.integers(0, 5),
    ),
    max_size=25,
)


def _cuts(log: Log, moves: list[Move]) -> Iterator[tuple[str, int, int, bool]]:
    """Runs that cover every topic in order, as indices; some after a crash that goes back."""
    place = dict.fromkeys(log, 0)
    for topic, length, crash, back in moves:
        end = min(place[topic] + length, len(log[topic]))
        if end > place[topic]:
            yield topic, place[topic], end, crash
            place[topic] = end
        if crash:
            place = {name: max(0, index - back) for name, index in place.items()}
    for topic, index in place.items():
        if index < len(log[topic]):
            yield topic, index, len(log[topic]), False


def _play(log: Log, runs: list[tuple[str, int, int, bool]]) -> Keeper:
    keeper = Keeper(TimingLaw(Rules()))
    for topic, start, end, crash in runs:
        keeper.take(Run(topic, 0, log[topic][start:end]))
        if crash:
            keeper.restart()
    _finish(keeper, log)
    return keeper


def _finish(keeper: Keeper, log: Log) -> None:
    """Whatever waits is set free once the last tick is read again, as after a restart."""
    keeper.positions = {topic: 100 for topic in log if topic != TIME}
    keeper.take(Run(TIME, 0, log[TIME][-1:]))


@settings(max_examples=60, deadline=None, suppress_health_check=_FIXTURE)
@given(_MOVES)
def test_any_cutting_and_any_replay_give_the_same_table_and_the_same_outcomes(
    kept: Any, moves: list[Move]
) -> None:
    story = _story()
    ticks = [tick("10:00", 6), tick("12:00", 12), tick("18:00", 22)]
    log = _log(kept, story, ticks)
    keeper = _play(log, list(_cuts(log, moves)))
    whole = _play(log, [(topic, 0, len(records), False) for topic, records in log.items()])

    assert keeper.state() == whole.state()
    assert keeper.keeper.watermarks_s() == whole.keeper.watermarks_s()
    events = [each for facts in story.values() for each in facts]
    expected = judge(wire(*events), Rules(), at("18:00")).lines()
    assert last_words(keeper.outcomes()) == last_words(whole.outcomes()) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=_FIXTURE)
@given(_MOVES)
def test_every_record_read_has_exactly_one_ending(kept: Any, moves: list[Move]) -> None:
    log = _log(kept, _story(), [tick("10:00", 6), tick("18:00", 22)])
    runs = list(_cuts(log, moves))
    keeper = _play(log, runs)

    read = sum(end - start for _, start, end, _ in runs) + 1
    assert sum(keeper.endings().values()) == read
