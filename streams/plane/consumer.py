"""The run-wise consumer: one Faust message = one run of records of one partition.

Written for faust-streaming 0.15.3 over aiokafka 0.14. Replaced, each for one reason:

- `_drain_messages`: four asyncio tasks per record became four per run.
- `_new_offset`, `_filter_tps_with_pending_acks`, `ack`: the stock list of acked offsets commits
  past a hole of one event and honours acks of an old generation; the ledger does neither.
- `perform_seek`: partitions without a commit are rewound too, the ledger forgets what it gave, and
  the flow stops until it is resumed: at the end of a rebalance Faust seeks first and empties its
  queues a moment later, and what was fetched in between would never be seen again.
- `perform_seek` again: where commits are ahead of the state that was restored, since the changelog
  has lost its tail with a broker's disk, reading begins where the state ends.
- `resume_partitions`: not those whose state is still being restored; see `restoring`.
- `on_partitions_revoked`: the ledger drops what is no longer ours.
- `on_buffer_full`, `on_buffer_drop`: the stock pair can switch a paused partition on. Back-pressure
  is the bounded queue alone: when it is full, nothing is fetched.
- `_new_consumer_thread`: records are handed on without a second object for each, and fetches wait
  for other bounds; see `fetching`.
- `verify_event_path`: the stock detector of standstill only logs, and crashes on a partition whose
  position is being reset, which is every partition right after a rebalance.

Relied on: `_subscription` and the position and high watermark in aiokafka's partition states.
Knows no event, no rule, no topic by name.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka.consumer.subscription_state import TopicPartitionState
from aiokafka.errors import ConsumerStoppedError
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, ConsumerMessage, Message
from mode.utils.futures import notify
from yarl import URL

from streams.plane.fetching import USUAL, Gathering, RunThread
from streams.plane.ledger import Ledger
from streams.plane.restoring import Gate
from streams.plane.run import Run, cut

_POLL_S = 1.0


class RunConsumer(driver.Consumer):
    """Faust's aiokafka consumer with another pace and a stricter memory of what is done."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ledger = Ledger()
        self._positions: dict[TP, int] = {}
        transport = self.transport
        assert isinstance(transport, RunTransport)
        self._run_records_max = transport.run_records_max
        self._gate, self._held = transport.gate, transport.held

    def _new_consumer_thread(self) -> RunThread:
        return RunThread(self, loop=self.loop, beacon=self.beacon)

    # -- what the timekeeper asks

    def reached(self, tp: TP) -> int | None:
        """Offset up to which (exclusive) the partition is processed; None when not known yet.

        Counts what the fetcher skipped (control records, truncated history), so a quiet partition
        never holds a tick back for an offset at which no record exists.
        """
        oldest = self.ledger.oldest(tp)
        return self._positions.get(tp) if oldest is None else oldest

    def standing(self) -> dict[TP, tuple[int, int]]:
        """Reached and end offset (both exclusive) of the source partitions where both are known."""
        found: dict[TP, tuple[int, int]] = {}
        for tp, state in self._states().items():
            reached, end = self.reached(tp), state.highwater
            if reached is not None and end is not None:
                found[tp] = reached, end
        return found

    def hold(self, message: Message) -> None:
        """Keep a message uncommitted without making a rebalance or a stop wait for it."""
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)

    # -- fetching

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                await asyncio.sleep(0)
                await self._drain_once()
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise
            self.log.info("the consumer stops fetching")

    async def _drain_once(self) -> None:
        records, active = await self._wait_next_records(_POLL_S)
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._seek_back()
            return
        generation = self.app.consumer_generation_id
        for tp, slice_ in records.items():
            tp = TP(tp.topic, tp.partition)
            wanted = active is None or tp in active
            if slice_ and wanted and not await self._deliver(tp, slice_, generation):
                return
        self._note_positions()

    async def _deliver(self, tp: TP, records: list[Any], generation: int) -> bool:
        """Hand the records on, run by run. False when a rebalance cut in."""
        start = self._read_offset[tp]
        if start is not None and records[0].offset < start:
            records = [record for record in records if record.offset >= start]
        if not records:
            return True
        for run in cut(Run(tp.topic, tp.partition, records), self._run_records_max):
            if self.suspend_flow.is_set() or self.app.consumer_generation_id != generation:
                return False
            if self.app.topics.acks_enabled_for(tp.topic):
                self.ledger.hand_out(tp, run.first, run.last, generation)
            await self.wait_first(
                self.callback(_message(tp, run, generation)), self.suspend_flow.wait()
            )
            self._read_offset[tp] = run.last + 1
        return True

    async def _seek_back(self) -> None:
        """Records came while the flow was cut: read them again once it is restored."""
        try:
            await self._rewind()
        except Exception as error:  # the rebalance in progress seeks again when it is over
            self.log.warning("could not seek back to the committed offsets: %r", error)

    def _note_positions(self) -> None:
        """Remember how far each partition was fetched, now that no fetch is under way."""
        for tp, state in self._states().items():
            position = state._position  # the property asserts, and another thread may reset it
            if position is not None:
                self._positions[tp] = position
            if state.highwater is not None:
                self.app.monitor.track_tp_end_offset(tp, state.highwater)

    def _states(self) -> dict[TP, TopicPartitionState]:
        """The fetcher's view of the source partitions at hand; empty between two assignments."""
        subscription = self._thread._ensure_consumer()._subscription.subscription
        assignment = subscription.assignment if subscription else None
        if assignment is None:
            return {}
        states = {TP(tp.topic, tp.partition): assignment.state_value(tp) for tp in assignment.tps}
        enabled = self.app.topics.acks_enabled_for
        return {tp: state for tp, state in states.items() if state and enabled(tp.topic)}

    async def perform_seek(self) -> None:
        """Faust is about to resume: nothing may flow from here until it does."""
        self.stop_flow()
        await self._rewind()

    async def _rewind(self) -> None:
        self._forget()
        await super().perform_seek()
        fresh = [
            TopicPartition(tp.topic, tp.partition)
            for tp in self.assignment()
            if self._read_offset[tp] is None and self.app.topics.acks_enabled_for(tp.topic)
        ]
        if fresh:
            await self._thread.seek_to_beginning(*fresh)
        self._go_back_to_the_state(
            tp for tp in self.assignment() if self._gate.is_open(tp.partition)
        )

    def _go_back_to_the_state(self, tps: Iterable[TP]) -> None:
        """Of partitions whose state is whole: what was committed and is not in it is read again.
        Rows that are further on than the rest know what they have seen."""
        for tp in tps:
            at, held = self._read_offset[tp], self._held(tp)
            if at is not None and held is not None and held < at:
                self.log.warning(
                    "%s/%s is committed up to %s, and its state holds it up to %s: the changelog "
                    "has lost its tail; reading again from there",
                    tp.topic, tp.partition, at, held,
                )  # fmt: skip
                self._thread.seek(tp, held)
                self._read_offset[tp] = held
                self._positions.pop(tp, None)  # or a tick would act before what is read again

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Fetch from these, unless their state is still being restored."""
        super().resume_partitions({tp for tp in tps if self._gate.is_open(tp.partition)})

    def let_flow(self, partition: int) -> None:
        """The state of this partition is whole."""
        tps = {tp for tp in self.assignment() if tp.partition == partition}
        self._go_back_to_the_state(tps)
        self.resume_partitions(tps)

    # -- acknowledging

    def ack(self, message: Message) -> bool:
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        try:
            return self.ledger.done(message.tp, message.offset, message.generation_id or 0)
        finally:
            notify(self._waiting_for_ack)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Any:
        return (
            tp
            for tp in self.ledger.partitions()
            if topics is None or tp in topics or tp.topic in topics
        )

    def _new_offset(self, tp: TP) -> int | None:
        return self.ledger.committable(tp)

    # -- rebalancing

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self.ledger.drop(tp)
            self._positions.pop(tp, None)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """The vigil watches the progress; see the head of this file."""

    def on_buffer_full(self, tp: TP) -> None:
        """The bounded queue blocks the drain; no partition is switched off."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing was switched off, so nothing is switched on."""

    def _forget(self) -> None:
        self.ledger.clear()
        self._positions.clear()


class RunTransport(driver.Transport):
    """Faust's aiokafka transport with the run-wise consumer."""

    Consumer = RunConsumer

    def __init__(
        self,
        urls: list[URL],
        app: AppT,
        *,
        run_records_max: int,
        gate: Gate,
        gathering: Gathering = USUAL,
        held: Callable[[TP], int | None] = lambda tp: None,
    ) -> None:
        """`held`: up to which offset (exclusive) a restored state holds a partition of a topic;
        None where it does not say."""
        super().__init__(urls, app)
        self.run_records_max, self.gate, self.gathering = run_records_max, gate, gathering
        self.held = held


def _message(tp: TP, run: Run, generation: int) -> ConsumerMessage:
    """The run as Faust carries it: its offset is its last, since that is what is acknowledged."""
    last = run.records[-1]
    timestamp = last.timestamp / 1000.0 if last.timestamp else 0.0
    return ConsumerMessage(
        tp.topic,
        tp.partition,
        run.last,
        timestamp,
        0,
        [],
        None,
        run,  # type: ignore[arg-type]
        None,
        0,
        0,
        tp,
        generation_id=generation,
    )
