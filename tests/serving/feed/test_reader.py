"""Laws of the feed: wherever it begins and whatever the broker does, the board ends the same."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError

from events.alerts import AlertDeed
from events.codec import encode
from events.instants import from_epoch
from events.outcomes import Alert, Outcome
from events.testing import alert, at, box, event, limit, outcome, tick
from serving.asks import AnswerUnavailable, Beginning, Place, Seen
from serving.board.changes import Changes
from serving.board.feeds import Heard
from serving.board.state import Board
from serving.board.testing import EVERYBODY, MORNING_S, Record, Written, deed, picture
from serving.board.views import Asked, Counts, Level
from serving.feed.reader import Feed, FeedLost, PoisonRecord, Progress
from serving.feed.settings import FeedSettings
from serving.feed.testing import QUICK, Given, MemoryConsumer, MemoryLog, Turns
from serving.metrics import BoardMetrics
from sinks.beginning import TableBeginning
from sinks.memory import MemoryStore
from sinks.read import outcomes
from sinks.rows import alert_row, outcome_row, version_of
from sinks.tables import ALERTS, DWELLS

TOPICS = {Outcome: "stage-dwells", Alert: "limit-alerts", AlertDeed: "alert-deeds", int: "ticks"}


def _empty() -> Beginning:
    return Given()


def _log(*outcomes: Outcome) -> MemoryLog:
    log = MemoryLog(dict.fromkeys(FeedSettings().topics, 1))
    for one in outcomes:
        log.append("stage-dwells", encode(one))
    return log


def _feed(
    log: MemoryLog,
    beginning: Callable[[], Beginning] = _empty,
    settings: FeedSettings = QUICK,
) -> tuple[Board, Feed]:
    board = Board()
    feed = Feed(board, settings, beginning, connect=lambda settings: MemoryConsumer(log))
    return board, feed


class Told(Changes):
    """Counts how often it was told."""

    times = 0

    def tell(self) -> None:
        self.times += 1


def test_whoever_waits_for_the_board_is_told_by_its_feed() -> None:
    """The very changes that the pages wait on, though nobody waits there yet."""
    board = Board()
    changes, log = Told(board), _log(_stage(1))
    feed = Feed(board, QUICK, _empty, changes=changes, connect=lambda settings: MemoryConsumer(log))
    feed.run(Turns(3))
    assert board.version == 1
    assert changes.times >= 1


def _stage(n: int, **fields: Any) -> Outcome:
    return outcome("box-move", "10:00", unit=box(n), verdict="open", limit=limit(), **fields)


def _counts(board: Board) -> Counts:
    return board.counts(EVERYBODY, Asked())


def _written(records: Iterable[Record]) -> MemoryLog:
    """The same records as bytes on a log."""
    log = _log()
    for said, _ in records:
        if isinstance(said, int):
            log.append("ticks", encode(tick(from_epoch(said))))
        elif isinstance(said, Heard):
            told = event(
                "move-ended", from_epoch(said.occurred_at), unit=said.unit_id, spot=said.spot,
                source=said.source,
            )  # fmt: skip
            log.append(said.topic, encode(told), timestamp_ms=said.received_at * 1000)
        else:
            log.append(TOPICS[type(said)], encode(said))
    return log


def _tables(records: list[Record]) -> MemoryStore:
    """What a writer had landed of these."""
    store = MemoryStore()
    for said, place in records:
        version = version_of(place.offset, place.era)
        if isinstance(said, Outcome):
            store.insert(DWELLS, [outcome_row(said, version)], f"o{place.offset}")
        elif isinstance(said, Alert):
            store.insert(ALERTS, [alert_row(said, version)], f"a{place.offset}")
    return store


@pytest.mark.parametrize("seed", range(12))
def test_from_the_tables_at_any_cut_the_board_is_as_from_the_whole_log(seed: int) -> None:
    """The tables are ahead of the commit, as after a crash between insert and commit."""
    rng, written = Random(seed), Written(Random(seed))
    landed = rng.randint(0, len(written.records))
    kept = rng.randint(0, landed)
    upto = {
        (TOPICS[shape], 0): sum(isinstance(said, shape) for said, _ in written.records[:kept])
        for shape in (Outcome, Alert)
    }
    beginning = TableBeginning(_tables(written.records[:landed]), upto)
    whole, read_all = _feed(_written(written.records))
    resumed, read_on = _feed(_written(written.records), lambda: Given(
        [(one, Place(*place)) for one, place in beginning.outcomes()],
        [(one, Place(*place)) for one, place in beginning.alerts()],
        upto,
    ))  # fmt: skip
    for feed in (read_all, read_on):
        feed.run(Turns(20))
        assert feed.progress.ready
    assert picture(resumed) == picture(whole)
    assert resumed.feeds() == whole.feeds()


@pytest.mark.parametrize("seed", range(12))
def test_the_board_counts_what_the_tables_count_wherever_the_clock_is_stopped(seed: int) -> None:
    records = Written(Random(seed)).records
    records = records[: Random(seed).randint(0, len(records))]
    board, feed = _feed(_written(records))
    feed.run(Turns(20))
    rows = [one for one in outcomes(_tables(records)) if one.closed_at is None]
    judged = [one for one in rows if one.limit is not None]
    broken = sum(one.verdict == "breached" for one in judged)
    counts = _counts(board)
    assert (counts.open, counts.breached) == (len(judged), broken)
    assert counts.units == len({one.visit_id for one in rows})


def test_every_topic_reaches_the_board() -> None:
    log, warned = _log(_stage(1, deadline_at=at("10:30"))), alert("box-move", "at-risk", "10:20")
    visit = _stage(1).visit_id
    risk = alert("box-move", "at-risk", "10:20", unit=box(1), visit_id=visit)
    log.append("limit-alerts", encode(risk))
    log.append("limit-alerts", encode(warned))
    log.append("alert-deeds", encode(deed(risk, "acknowledged", MORNING_S)))
    moved = event("move-started", "10:05", unit=box(1), spot="A12-03")
    log.append("terminal-events", encode(moved), timestamp_ms=1_772_416_900_000)
    log.append("events-dlq", b'{"source": "lyg-tos"', headers=[("topic", b"customs-events")])
    log.append("ticks", encode(tick("10:24")))
    board, feed = _feed(log)
    feed.run(Turns(5))
    (row,) = board.at_risk(EVERYBODY)
    assert (row.level, row.left_s, row.used, row.spot) == (Level.AT_RISK, 360, 0.8, "A12-03")
    assert row.acknowledged_by == "ann"
    feeds = {(one.source, one.topic): (one.events, one.refused) for one in board.feeds()}
    assert feeds == {
        ("lyg-tos", "terminal-events"): (1, 0),
        ("lyg-tos", "customs-events"): (0, 1),
    }


def test_what_stood_is_on_the_board_before_anything_is_read() -> None:
    risk = alert("box-move", "at-risk", "10:20", unit=box(1), visit_id=_stage(1).visit_id)
    stood = Given(
        [(_stage(1, deadline_at=at("10:30")), Place(0, 7))], [(risk, Place(0, 1))],
        {("stage-dwells", 0): 8}, [Seen("CNLYG", box(1), "B7-1", 5)],
    )  # fmt: skip
    board, feed = _feed(_log(*[_stage(n) for n in range(2, 12)]), lambda: stood)
    feed.run(Turns(5))
    assert _counts(board) == Counts(units=3, open=3, at_risk=1, breached=0)
    assert board.at_risk(EVERYBODY)[0].spot == "B7-1"


def test_it_is_ready_when_what_was_written_before_it_began_is_read() -> None:
    log = _log(*[_stage(n) for n in range(25)])
    board, feed = _feed(log, settings=replace(QUICK, slice_records=10))
    seen: list[Progress] = []
    feed.run(Turns(5, *[lambda: seen.append(feed.progress)] * 5))
    assert seen[0] == Progress(0, 0, False, FeedSettings().topics)
    assert seen[1:] == [
        *(Progress(read, 25, ready, ()) for read, ready in ((10, False), (20, False), (25, True))),
        Progress(25, 25, True, ()),
    ]
    assert _counts(board).units == 25


def test_pages_are_woken_once_for_a_slice() -> None:
    log, woken = _log(*[_stage(n) for n in range(25)]), []
    board = Board()

    class Counted:
        def tell(self) -> None:
            woken.append(board.version)

    feed = Feed(board, replace(QUICK, slice_records=10), _empty, changes=Counted(),  # type: ignore[arg-type]
                connect=lambda settings: MemoryConsumer(log))  # fmt: skip
    feed.run(Turns(6))
    assert woken == [0, 10, 20, 25]


def test_a_topic_that_does_not_exist_yet_is_read_once_it_does() -> None:
    log = _log()
    del log.topics["stage-dwells"]
    board, feed = _feed(log)

    def comes_into_being() -> None:
        assert feed.progress.missing == ("stage-dwells",)
        assert not feed.progress.ready
        log.append("stage-dwells", encode(_stage(1)))

    feed.run(Turns(6, *[lambda: None] * 2, comes_into_being))
    assert _counts(board).open == 1
    assert feed.progress.ready


def test_of_events_only_the_last_are_read_and_of_outcomes_all() -> None:
    log = _log(*[_stage(n) for n in range(20)])
    for n in range(20):
        log.append("terminal-events", encode(event("move-ended", "10:00", event_id=f"e{n}")))
    board, feed = _feed(log, settings=replace(QUICK, events_tail=7))
    feed.run(Turns(5))
    assert [one.events for one in board.feeds()] == [7]
    assert _counts(board).open == 20


def test_a_broker_that_was_away_loses_nothing_and_each_wait_is_longer() -> None:
    log = _log(_stage(1))
    settings = replace(QUICK, retry_first_s=0.5, retry_max_s=3.0)
    board, feed = _feed(log, settings=settings)

    def leaves() -> None:
        assert _counts(board).open == 1
        log.append("stage-dwells", encode(_stage(2)))
        log.away = 5

    turns = Turns(14, lambda: None, lambda: None, leaves)
    feed.run(turns)
    assert turns.waits == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert _counts(board).open == 2


def test_a_broker_that_stays_away_ends_the_feed_with_what_to_do() -> None:
    log = _log()
    log.away = 10**6
    _, feed = _feed(log, settings=replace(QUICK, failures_max=3))
    turns = Turns(100)
    with pytest.raises(FeedLost, match=r"4 tries .*start it again"):
        feed.run(turns)
    assert len(turns.waits) == 3


def test_tables_that_do_not_answer_are_asked_again() -> None:
    answers: list[Beginning | Exception] = [
        AnswerUnavailable("the tables are away"),
        KafkaTimeoutError("the broker is away"),
        Given([(_stage(1), Place(0, 3))]),
    ]

    def beginning() -> Beginning:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    board, feed = _feed(_log(), beginning)
    feed.run(Turns(6))
    assert (_counts(board).open, answers) == (1, [])


@pytest.mark.parametrize("trimmed", [True, False])
def test_a_log_that_was_trimmed_or_made_anew_starts_everything_over(
    trimmed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    log, place = _log(*[_stage(n) for n in range(5)]), TopicPartition("stage-dwells", 0)
    board, feed = _feed(log)

    def changes() -> None:
        assert _counts(board).open == 5
        if trimmed:
            for n in range(5, 9):
                log.append("stage-dwells", encode(_stage(n)))
            log.trim(place, 7)
        else:
            log.records[place] = []
            log.append("stage-dwells", encode(_stage(7)))
            log.append("stage-dwells", encode(_stage(8)))

    with caplog.at_level(logging.WARNING):
        feed.run(Turns(12, *[lambda: None] * 2, changes))
    assert {row.unit_id for row in board.nearest(EVERYBODY)} == set()
    assert _counts(board) == Counts(units=2, open=2, at_risk=0, breached=0)
    assert "starting over: stage-dwells/0" in caplog.text
    assert feed.progress.ready


def test_a_commit_beyond_the_end_of_the_log_is_not_believed() -> None:
    board, feed = _feed(_log(_stage(1)), lambda: Given(places={("stage-dwells", 0): 100}))
    feed.run(Turns(8))
    assert _counts(board).open == 1


def test_what_the_log_forgot_before_the_tables_had_it_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = _log(*[_stage(n) for n in range(9)])
    log.trim(TopicPartition("stage-dwells", 0), 6)
    board, feed = _feed(log, lambda: Given(places={("stage-dwells", 0): 4}))
    feed.run(Turns(3))
    assert _counts(board).open == 3
    assert "begins at 6, and the tables end at 4" in caplog.text
    assert "starting over" not in caplog.text


def test_a_log_that_never_rests_ends_the_feed() -> None:
    log, place = _log(_stage(1)), TopicPartition("stage-dwells", 0)

    def shrinks() -> None:
        log.append("stage-dwells", encode(_stage(1)))
        log.trim(place, log.span(place)[1])

    settings = replace(QUICK, restarts_max=2, slice_records=1)
    for n in range(2, 90):
        log.append("limit-alerts", encode(alert("box-move", "at-risk", "10:00", unit=box(n))))
    _, feed = _feed(log, settings=settings)
    with pytest.raises(FeedLost, match="changed 3 times in a row"):
        feed.run(Turns(60, *[shrinks] * 60))


@pytest.mark.parametrize("topic", ["stage-dwells", "limit-alerts", "alert-deeds", "ticks"])
@pytest.mark.parametrize("value", [b'{"visit_id": 1}', b"", None])
def test_what_cannot_be_read_on_a_topic_of_ours_ends_the_feed(
    topic: str, value: bytes | None
) -> None:
    log = _log()
    log.append(topic, value)
    _, feed = _feed(log)
    with pytest.raises(PoisonRecord, match=f"{topic}/0/0 cannot be read"):
        feed.run(Turns(5))


@pytest.mark.parametrize(
    "nasty", [None, b"", b"{", b"[]", b"\xff", b'{"source": 1}', b'{"a":' * 99]
)
def test_what_senders_write_never_ends_the_feed(nasty: bytes | None) -> None:
    log = _log(_stage(1))
    log.append("customs-events", nasty)
    log.append("events-dlq", nasty, headers=[("topic", b"customs-events"), ("reason", b"empty")])
    board, feed = _feed(log)
    feed.run(Turns(5))
    assert feed.progress.ready
    assert _counts(board).open == 1


def test_what_is_read_and_kept_is_measured() -> None:
    log, metrics = _log(*[_stage(n) for n in range(3)]), BoardMetrics()
    feed = Feed(Board(), replace(QUICK, slice_records=2), _empty, metrics=metrics,
                connect=lambda settings: MemoryConsumer(log))  # fmt: skip
    feed.run(Turns(1))
    place = {"topic": "stage-dwells", "partition": "0"}
    value = metrics.registry.get_sample_value
    assert value("timing_board_lag_records", place) == 1
    assert value("timing_board_kept_count", {"what": "stages"}) == 2
    feed.run(Turns(2))
    assert value("timing_board_records_total", {"topic": "stage-dwells"}) == 3
    assert value("timing_board_lag_records", place) == 0


def test_the_consumer_is_closed_however_the_feed_ends() -> None:
    log, made = _log(), []

    def connect(settings: FeedSettings) -> MemoryConsumer:
        made.append(MemoryConsumer(log))
        return made[-1]

    Feed(Board(), QUICK, _empty, connect=connect).run(Turns(2))
    log.append("ticks", b"no tick")
    with pytest.raises(PoisonRecord):
        Feed(Board(), QUICK, _empty, connect=connect).run(Turns(2))
    assert [consumer.closed for consumer in made] == [True, True]
