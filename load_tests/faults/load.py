"""The load: a seeded port whose messages are sent at a pace in real time, each exactly once.

A thread of its own sends; whoever hurts the rig looks on. Everything sent is kept in a file, one
message a line: what the judge reads afterwards. The port's clock goes with what was sent, and waits
when the broker takes nothing. Knows librdkafka's producer and the wheel of traffic; must never know
a process.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Final

from confluent_kafka import KafkaError, Message, Producer

from events.codec import encode
from events.topics import COPY_OF, EVENT_TOPICS, PARTITIONS, TICKS
from load_tests.faults.port_clock import PortClock
from load_tests.scenarios.feeder import partition_of
from load_tests.scenarios.wanted import FEEDS
from load_tests.scenarios.wheel import Told, Wheel
from portclock.replay import tick_at

LINES: Final = "sent.jsonl"
UNACKNOWLEDGED_MAX: Final = 1_000
"""So many messages may be on their way; then the port waits, and its clock with it."""
_TURN_S: Final = 0.02
_FLUSH_S: Final = 120.0
_COPY: Final[list[tuple[str, str | bytes | None]]] = [(COPY_OF, b"replay")]
Offsets = dict[str, dict[int, int]]
"""Topic -> partition -> offset one past the last acknowledged message."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is sent: visits under way, messages a second, and how feeds behave (see FEEDS)."""

    open_visits: int = 2_000
    rate: float = 150.0
    feeds: str = "usual"
    seed: int = 1


class Load:
    """Use `loaded`. Counts are those of now; only the load's own thread changes them."""

    def __init__(self, addresses: Sequence[str], file: BinaryIO, clock: PortClock) -> None:
        self.clock = clock
        self.sent = self.acknowledged = 0
        self.taking: Callable[[Told], Told | None] = lambda message: message
        """What becomes of each message before it is sent; None leaves it out of the stream and of
        the file. A fault of a feed sets it."""
        self._reached: Offsets = defaultdict(dict)
        self._producer = _producer(addresses)
        self._file = file
        self._going, self._over = threading.Event(), threading.Event()
        self._resting = threading.Event()
        self._error: BaseException | None = None

    @property
    def reached(self) -> Offsets:
        """How far each partition of the event topics is acknowledged."""
        found = {topic: dict(offsets) for topic, offsets in list(self._reached.items())}
        return {topic: found.get(topic, {}) for topic in (each.name for each in EVENT_TOPICS)}

    @property
    def unacknowledged(self) -> int:
        """Messages that were handed over and that the broker has not confirmed."""
        return self.sent - self.acknowledged

    def check(self) -> None:
        """Raises what ended the load, if something did."""
        if self._error is not None:
            raise RuntimeError(f"the load ended: {self._error!r}") from self._error

    def go(self) -> None:
        """Send on."""
        self._resting.clear()
        self._going.set()

    def rest(self) -> None:
        """Send nothing more, and return when all that was sent is acknowledged and in the file.

        Raises TimeoutError.
        """
        self._going.clear()
        if not self._resting.wait(_FLUSH_S):
            self.check()
            raise TimeoutError(f"{self.unacknowledged} messages unconfirmed after {_FLUSH_S:.0f} s")
        self.check()

    def beat(self) -> None:
        """Tell every partition the port's time, after all that was sent. Only while it rests."""
        for partition in range(PARTITIONS):
            value = encode(tick_at(self.clock.now(), partition, self.reached))
            self._producer.produce(TICKS.name, value, str(partition).encode(), partition)
        if self._producer.flush(_FLUSH_S):
            raise TimeoutError("the last tick was not confirmed")

    def run(self, past: Iterator[Told], present: Iterator[Told], rate: float) -> None:
        """In the load's thread, until `stop`: the past at once, then the present at this rate.

        The clock waits until the past is in: a tick must not say that days are over of which the
        broker has not heard yet, or everything in them comes too late for its visit.
        """
        try:
            past_s = 0
            for message in past:
                if self._over.is_set():
                    return
                self._hand_over(message)
                past_s = message.due_s
            self._flush()
            self.clock.reach(past_s)
            while not self._over.is_set():
                self._stretch(present, rate)
                self._flush()
                self._resting.set()
                self._going.wait(0.1)
        except BaseException as error:  # a thread has nobody to tell; `check` tells
            self._error = error
            self._resting.set()

    def stop(self) -> None:
        """For good."""
        self._over.set()
        self._going.clear()

    def _stretch(self, present: Iterator[Told], rate: float) -> None:
        """Send at the pace until told to rest. What was not sent while the broker was away is not
        made up for: the port's clock stood still."""
        due_at = monotonic()
        while self._going.is_set() and not self._over.is_set():
            self._producer.poll(0)
            now = monotonic()
            while due_at <= now and self.unacknowledged < UNACKNOWLEDGED_MAX:
                self._send(next(present))
                due_at += 1 / rate
            due_at = max(due_at, now - 1.0)
            self._producer.poll(_TURN_S)

    def _send(self, message: Told) -> None:
        self._hand_over(message)
        self.clock.reach(message.due_s)

    def _hand_over(self, message: Told) -> None:
        taken = self.taking(message)
        if taken is not None:
            self._produce(taken)

    def _produce(self, message: Told) -> None:
        if message.partition is None:
            self._file.write(message.value + b"\n")
        self.sent += 1
        marks = _COPY if message.partition is not None else None
        at = message.partition if message.partition is not None else partition_of(message.key)
        while self.unacknowledged > 20 * UNACKNOWLEDGED_MAX:
            self._producer.poll(_TURN_S)
        self._producer.produce(
            message.topic, message.value, message.key, at, self._confirmed, headers=marks
        )

    def _confirmed(self, error: KafkaError | None, record: Message) -> None:
        if error is not None:
            self._error = RuntimeError(error.str())
            return
        topic, partition, offset = record.topic(), record.partition(), record.offset()
        assert topic is not None
        assert partition is not None
        assert offset is not None
        offsets = self._reached[topic]
        offsets[partition] = max(offsets.get(partition, 0), offset + 1)
        self.acknowledged += 1

    def _flush(self) -> None:
        while self._producer.flush(1.0) and not self._over.is_set():
            self.check()
        self._file.flush()


@contextmanager
def loaded(addresses: Sequence[str], folder: Path, clock: PortClock, pace: Pace) -> Iterator[Load]:
    """The past of the visits under way goes in at once; then it sends, until the end of the block.

    The file of what was sent is `folder/LINES`.
    """
    wheel = Wheel.of(pace.open_visits, pace.seed, FEEDS[pace.feeds])
    with (folder / LINES).open("wb") as file, closing(_Thread(addresses, file, clock)) as thread:
        thread.load.go()
        thread.start(wheel, pace.rate)
        yield thread.load


class _Thread:
    """The load's thread, ended on the way out."""

    def __init__(self, addresses: Sequence[str], file: BinaryIO, clock: PortClock) -> None:
        self.load = Load(addresses, file, clock)
        self._thread: threading.Thread | None = None

    def start(self, wheel: Wheel, rate: float) -> None:
        self._thread = threading.Thread(
            target=self.load.run, args=(wheel.before(), wheel.live(), rate), name="load"
        )
        self._thread.start()

    def close(self) -> None:
        self.load.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)


def _producer(addresses: Sequence[str]) -> Producer:
    """One that sends each message once and in order, and waits for a broker for ever."""
    return Producer(
        {
            "bootstrap.servers": ",".join(addresses),
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 5,
            "message.timeout.ms": 0,
            "socket.timeout.ms": 10_000,
            "reconnect.backoff.max.ms": 1_000,
            "topic.metadata.refresh.interval.ms": 5_000,
            "message.max.bytes": 2 * 1024 * 1024,
            "log_level": 0,
        }
    )
