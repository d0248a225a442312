"""Poll, batch, insert, commit: the only order in which nothing is lost.

    poll ──> rows ──> batch ──> insert ──> acknowledged ──> commit
             └────── a crash here is a replay: nothing ──┘
                     was committed, rows replace themselves

An offset is committed only when every row before it is stored. The clock, the consumer and the
store are handed in; nothing here sleeps: waiting is the consumer's poll, which also keeps the
group's heartbeat. Must never know ClickHouse.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

from kafka import TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from sinks.accepted import Omitted
from sinks.backoff import Backoff
from sinks.batch import BatchLimits, Bundle
from sinks.buffer import Buffer
from sinks.consumer import RECORDS_PER_POLL, Consumer, LogRecord
from sinks.metrics import SinkMetrics
from sinks.rows import version_of
from sinks.settings import WriterSettings
from sinks.store import Store, StoreRefused, StoreUnavailable
from sinks.tables import BY_TOPIC, Row, Table

POLL_S = 0.2
REPORT_S = 1.0
"""Lag is asked by partition: each turn, it would cost more than a turn of few records."""
POLLS_PER_TURN = 16
"""While whole polls lie ready, so many go into one turn: a slow store takes few large inserts."""
INSERTING_S = 60.0
"""How long one turn may insert before it polls again; far below the group's max poll interval."""

_MOVED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)
_LOG = logging.getLogger(__name__)


class PoisonRecord(Exception):
    """A record on a topic of our own that is no fact of that topic: a defect of its writer."""


class InsertRefused(Exception):
    """The store refused a batch, and would again: a defect of the rows or of the schema."""


class Writer:
    """One member of the writer's group. Not for use by two threads at once."""

    def __init__(
        self,
        consumer: Consumer,
        store: Store,
        settings: WriterSettings,
        clock: Callable[[], float],
        metrics: SinkMetrics | None = None,
    ) -> None:
        self._consumer, self._store, self._clock = consumer, store, clock
        self._settings = settings
        self._metrics = metrics or SinkMetrics()
        span, size = settings.batch_span, settings.batch_bytes_max
        later_s = max(settings.batch_age_s, settings.events_batch_age_s)
        self._buffer = Buffer(
            BatchLimits(span, size, settings.batch_age_s), BatchLimits(span, size, later_s)
        )
        self._outage = Backoff(settings.retry_first_s, settings.retry_max_s)
        self._reported_at = -REPORT_S

    def run(self, stopping: Callable[[], bool]) -> None:
        """Write until `stopping()`; then store and commit what is held, once.

        Raises PoisonRecord (after storing what came before the record) and InsertRefused. Either
        way the offsets of what is not stored stay uncommitted.
        """
        try:
            while not stopping():
                self.turn()
        except PoisonRecord:
            self.finish()
            raise
        self.finish()

    def turn(self) -> None:
        """One round. Takes at most POLLS_PER_TURN polls, the inserts that are due, and a commit."""
        self._hold_or_release()
        full = self._gather()
        self._buffer.ripen(self._clock(), everything=full)
        self._insert_waiting()
        self._commit()
        if self._clock() - self._reported_at >= REPORT_S:
            self._report()

    def finish(self) -> bool:
        """Store and commit what is held, trying once; returns whether nothing is left.

        What is left was not committed: the next writer gets it again.
        """
        self._buffer.ripen(self._clock(), everything=True)
        self._outage = self._outage.answered()
        self._insert_waiting()
        self._commit()
        self._report()
        return not self._buffer.waits and not self._buffer.acknowledged()

    def _gather(self) -> bool:
        """Take what lies ready; returns whether no more may be held.

        Whoever is behind takes poll after poll: an insert costs the store as much for a few rows as
        for thousands, and so a slow store would never be caught up with.
        """
        wait_s = self._patience_s()
        for _ in range(POLLS_PER_TURN):
            polled = self._consumer.poll(timeout_ms=wait_s * 1000)
            for place in self._buffer.keep_only(self._consumer.assignment()):
                self._forget(place)
            for place, records in polled.items():
                self._take(place, records)
            if self._buffer.held_bytes >= self._settings.buffered_bytes_max:
                return True
            if sum(map(len, polled.values())) < RECORDS_PER_POLL:
                break
            wait_s = 0.0
        return False

    def _hold_or_release(self) -> None:
        """While batches wait, fetch no more: memory stays flat, however long the outage."""
        assigned, paused = self._consumer.assignment(), self._consumer.paused()
        with suppress(IllegalStateError):  # moved away since we asked: the next turn asks again
            if self._buffer.waits:
                if assigned - paused:
                    self._consumer.pause(*(assigned - paused))
            elif paused & assigned:
                self._consumer.resume(*(paused & assigned))

    def _patience_s(self) -> float:
        """How long the poll may wait: not beyond the next batch's age or the next retry."""
        wait_s = self._outage.wait_s(self._clock()) if self._buffer.waits else POLL_S
        return min(POLL_S, self._settings.batch_age_s, wait_s)

    def _take(self, place: TopicPartition, records: Sequence[LogRecord]) -> None:
        table, era, now = BY_TOPIC[place.topic], self._settings.era, self._clock()
        build, hear, add = table.build, table.hear, self._buffer.add
        beside: Row | None = None
        for record in records:
            offset = record.offset
            version = version_of(offset, era)
            try:
                if hear is None:
                    built = build(record, version)
                else:
                    built, beside = hear(place.topic, place.partition, record, version)
            except ValueError as error:
                raise PoisonRecord(
                    f"the record at {place.topic}/{place.partition}/{offset} is no "
                    f"{table.fact}, which is a defect of whoever wrote it: {_brief(error)}; "
                    "the writer stopped there and committed nothing from it on"
                ) from error
            row = None if isinstance(built, Omitted) else built
            if isinstance(built, Omitted):
                self._metrics.left_out(place.topic, built.why.value)
            add(place, offset, row, record.value or b"", now, beside=beside)

    def _insert_waiting(self) -> None:
        now = self._clock()
        if self._outage.wait_s(now) > 0:
            return
        until = now + INSERTING_S
        for bundle in self._buffer.bundles():
            if not self._insert(bundle):
                return
            self._buffer.stored(bundle)
            if self._clock() >= until:
                return

    def _insert(self, bundle: Bundle) -> bool:
        """Whether the store acknowledged everything. The bundle and its tokens stay the same in
        every try, so that what it has of it already is not stored twice."""
        table, era = BY_TOPIC[bundle.batches[0].topic], self._settings.era
        if not self._acknowledged(table, bundle.rows, bundle.token(table.name, era), bundle):
            return False
        if (other := table.beside) is None:
            return True
        return self._acknowledged(
            other, bundle.beside, bundle.token_beside(other.name, era), bundle
        )

    def _acknowledged(self, table: Table, rows: Sequence[Row], token: str, bundle: Bundle) -> bool:
        if not rows:
            return True
        started_at = self._clock()
        try:
            self._store.insert(table, rows, token)
        except StoreUnavailable as error:
            self._outage = self._outage.failed(self._clock())
            self._metrics.insert_failed(table.name)
            _LOG.warning("%s; trying again in %.1f s", error, self._outage.delay_s)
            return False
        except StoreRefused as error:
            raise InsertRefused(
                f"{bundle} cannot be stored in {table.name}: {error}; nothing of it was committed, "
                "see whether `portclock schema diff` is empty"
            ) from error
        self._outage = self._outage.answered()
        self._metrics.wrote(table.name, len(rows), self._clock() - started_at)
        return True

    def _commit(self) -> None:
        offsets = self._buffer.acknowledged()
        if not offsets:
            return
        try:
            self._consumer.commit(offsets)
        except KafkaError as error:
            if not (error.retriable or isinstance(error, _MOVED)):
                raise
            self._metrics.commit_failed()
            _LOG.warning("offsets are not committed yet: %s", error)
            return
        self._buffer.committed(offsets)

    def _report(self) -> None:
        now = self._reported_at = self._clock()
        self._metrics.waiting(self._buffer.held_bytes, self._outage.silent_s(now))
        for place in self._consumer.assignment():
            end = None
            with suppress(IllegalStateError):  # moved away since we asked
                end = self._consumer.highwater(place)
            unstored = None if end is None else self._buffer.unstored(place, end)
            if unstored is not None:
                self._metrics.lag(place.topic, place.partition, unstored)

    def _forget(self, place: TopicPartition) -> None:
        with suppress(KeyError):  # its lag was never reported
            self._metrics.not_ours(place.topic, place.partition)


def _brief(error: ValueError) -> str:
    """One line: pydantic's errors have many."""
    return " ".join(str(error).split())[:300]
