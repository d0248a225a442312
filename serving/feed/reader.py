"""The feed: reads the log in a thread and tells the board, from a beginning that the door brings.

    beginning: rows of the tables ──┐
    log: from where those rows end ─┴─> board ─> changes, once for each slice of records

Records are applied one by one under the board's own lock; pages are woken and a stop is looked for
between slices. A broker that is away is tried again, ever more rarely and so often at most; a log
that was trimmed or made anew starts everything over. Knows no clock, no store and no page.
"""

import logging
from collections import Counter
from collections.abc import Callable
from threading import Event as Flag
from typing import Final, NamedTuple

from kafka import TopicPartition
from kafka.errors import KafkaError

from events.alerts import AlertDeed
from events.topics import (
    ALERT_DEEDS,
    EVENT_TOPICS,
    EVENTS_DLQ,
    LIMIT_ALERTS,
    STAGE_DWELLS,
    TICKS,
)
from serving.asks import AnswerUnavailable, Beginning, Place
from serving.board.alarms import read_alarm
from serving.board.changes import Changes
from serving.board.judged import read_judged
from serving.board.state import Board
from serving.feed.consumer import open_consumer
from serving.feed.decoding import read_event, read_letter, read_tick
from serving.feed.log import Connect, Log, LogMadeAnew, Record
from serving.feed.settings import FeedSettings
from serving.metrics import BoardMetrics

REPORT_AFTER: Final = 20
"""While records keep coming, lags and sizes are measured once in so many slices."""
_LOG = logging.getLogger(__name__)


class FeedLost(Exception):
    """Nothing was read for too long; one sentence says what to do."""


class PoisonRecord(Exception):
    """A record on a topic of our own that is no fact of that topic: a defect of its writer."""


class Progress(NamedTuple):
    """How far the feed has come in reading what was written when it began. `missing`: topics that
    do not exist yet."""

    read: int
    wanted: int
    ready: bool
    missing: tuple[str, ...]


class Feed:
    """One reader of the log. `run` belongs to one thread; `progress` may be asked from any."""

    def __init__(
        self,
        board: Board,
        settings: FeedSettings,
        beginning: Callable[[], Beginning],
        *,
        changes: Changes | None = None,
        connect: Connect = open_consumer,
        metrics: BoardMetrics | None = None,
    ) -> None:
        self._board, self._settings, self._beginning = board, settings, beginning
        self._changes = Changes(board) if changes is None else changes
        self._connect = connect
        self._metrics = metrics or BoardMetrics()
        self._log: Log | None = None
        self._positions: dict[TopicPartition, int] = {}
        self._upto: dict[tuple[str, int], int] | None = None
        self._distrusted: frozenset[TopicPartition] = frozenset()
        self._from: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._failures = self._restarts = self._silent = self._turns = 0
        self.progress = Progress(0, 0, False, settings.topics)
        self._tell = {
            STAGE_DWELLS.name: self._outcome,
            LIMIT_ALERTS.name: self._alert,
            ALERT_DEEDS.name: self._deed,
            TICKS.name: self._tick,
            EVENTS_DLQ.name: self._letter,
            **{topic.name: self._event for topic in EVENT_TOPICS},
        }

    def run(self, stop: Flag) -> None:
        """Read until told to stop. Raises FeedLost when the broker or the tables stay away or the
        log keeps changing, and PoisonRecord."""
        try:
            while not stop.is_set():
                try:
                    self._turn()
                except LogMadeAnew as error:
                    self._start_over(error)
                except (KafkaError, AnswerUnavailable) as error:
                    stop.wait(self._after_failure(error))
        finally:
            self._disconnect()

    def _turn(self) -> None:
        """One poll and what came of it; before the first, the beginning."""
        log = self._connected()
        for place, at in self._positions.items():
            self._from.setdefault(place, at)
        records = log.poll()
        for record in records:
            self._apply(record)
        if records:
            self._silent = self._failures = 0
            self._changes.tell()
        else:
            self._listen(log)
        self._note_progress(log)
        self._count(records)
        if not records or self._turns % REPORT_AFTER == 0:
            self._report(log)
        self._turns += 1

    def _listen(self, log: Log) -> None:
        """Nothing came. Now and then, ask whether anybody is there, and for topics that are new."""
        self._silent += 1
        wait = self._settings.probe_after_polls
        if self._silent % (wait if not log.missing else max(1, wait // 5)) == 0:
            log.probe()
            self._failures = 0

    def _connected(self) -> Log:
        if self._log is None:
            if self._upto is None:
                self._begin()
            consumer = self._connect(self._settings)
            self._log = Log(consumer, self._settings, self._positions, self._upto or {})
            self._log.look()
        return self._log

    def _begin(self) -> None:
        """Where to read on is asked before the rows, so that nothing falls between them."""
        beginning = self._beginning()
        upto = {
            place: offset
            for place, offset in beginning.upto().items()
            if TopicPartition(*place) not in self._distrusted
        }
        for outcome, place in beginning.outcomes():
            self._board.outcome(outcome, place)
        for alert, place in beginning.alerts():
            self._board.alert(alert, place)
        for deed in beginning.deeds():
            self._board.deed(deed)
        for seen in beginning.spots():
            self._board.seen(*seen)
        self._upto = upto
        self._changes.tell()

    def _apply(self, record: Record) -> None:
        try:
            self._tell[record.topic](record)
        except ValueError as error:
            raise PoisonRecord(
                f"{record.topic}/{record.partition}/{record.offset} cannot be read: {error}; "
                "whatever wrote it needs mending"
            ) from error

    def _outcome(self, record: Record) -> None:
        self._board.outcome(read_judged(record.value or b""), self._place(record))

    def _alert(self, record: Record) -> None:
        self._board.alert(read_alarm(record.value or b""), self._place(record))

    def _deed(self, record: Record) -> None:
        self._board.deed(AlertDeed.model_validate_json(record.value or b""))

    def _tick(self, record: Record) -> None:
        stamped_s = max(0, record.timestamp) // 1000
        self._board.tick(record.partition, read_tick(record.value), stamped_s)

    def _event(self, record: Record) -> None:
        heard = read_event(record.topic, record.value, record.headers, record.timestamp)
        if heard is not None:
            self._board.heard(heard, record.partition, record.offset)

    def _letter(self, record: Record) -> None:
        letter = read_letter(record.value, record.headers)
        if letter is not None:
            self._board.refused(letter.source, letter.topic, record.partition, record.offset)

    def _place(self, record: Record) -> Place:
        return Place(self._settings.era, record.offset)

    def _note_progress(self, log: Log) -> None:
        """The ends are those of the first fetches: what was written when the feed began."""
        if self.progress.ready and not log.missing and not self.progress.missing:
            return
        for place, end in log.ends().items():
            if end is not None and place not in self._ends:
                self._ends[place] = end
        wanted = sum(end - self._from[place] for place, end in self._ends.items())
        read = sum(
            min(self._positions[place], end) - self._from[place]
            for place, end in self._ends.items()
        )
        known = len(self._ends) == len(log.ends())
        ready = self.progress.ready or (known and read >= wanted and not log.missing)
        if ready and not self.progress.ready:
            self._restarts = 0
        self.progress = Progress(read, wanted, ready, log.missing)

    def _count(self, records: list[Record]) -> None:
        for topic, many in Counter(record.topic for record in records).items():
            self._metrics.read(topic, many)

    def _report(self, log: Log) -> None:
        for place, lag in log.lags().items():
            self._metrics.lag(place.topic, place.partition, lag)
        self._metrics.board(self._board.version, self._board.kept())

    def _after_failure(self, error: Exception) -> float:
        """How long to wait before the next try. Raises FeedLost after too many in a row."""
        self._failures += 1
        self._disconnect()
        self._metrics.failed()
        if self._failures > self._settings.failures_max:
            raise FeedLost(
                f"the board has read nothing for {self._failures} tries ({error}); see that the "
                "broker and the tables answer, and start it again"
            ) from error
        _LOG.warning("the feed failed, %s in a row: %s", self._failures, str(error))
        doubled = self._settings.retry_first_s * 2 ** min(self._failures - 1, 16)
        return float(min(doubled, self._settings.retry_max_s))

    def _start_over(self, error: LogMadeAnew) -> None:
        """Everything again, from the tables and from the beginning of what cannot be trusted."""
        self._restarts += 1
        if self._restarts > self._settings.restarts_max:
            raise FeedLost(f"the log changed {self._restarts} times in a row: {error}") from error
        _LOG.warning("starting over: %s; a log made anew needs a higher era", str(error))
        self._disconnect()
        self._distrusted |= error.places
        self._positions, self._from, self._ends = {}, {}, {}
        self._upto = None
        self.progress = Progress(0, 0, False, self._settings.topics)
        self._board.restart()
        self._changes.tell()

    def _disconnect(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            log.close()
