"""The job that every peer does with one message: read it, judge it, say the words.

Two jobs: the timing law as it is, and a null law that counts the events of each unit, which leaves
the cost of the engine alone. Knows the law's verbs and the wire form of its words; must never know
which engine calls.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from events.codec import decode
from events.reading import gist_of
from events.refusals import InvalidEvent
from timing import memory
from timing.engine import Rules, observe, unit_key

WATERMARK_S = 0
"""No ticks are sent, so event time stands still for everybody, ours included."""
REMEMBERED_MAX = 20_000
"""As many histories as our worker keeps unpacked."""


class Word(Protocol):
    """One record to publish: the key and the value, as bytes."""

    @property
    def key(self) -> bytes: ...

    @property
    def value(self) -> bytes: ...


class Refused(NamedTuple):
    """A message that cannot be read is published as it came."""

    key: bytes
    value: bytes


class Job(Protocol):
    """`step` takes what is known of a unit, or None, and gives what is known now, and the words.

    `sum` tells null laws that agree from those that lost an event or a state.
    """

    sum: int

    def step(self, known: Any, event: Any) -> tuple[Any, list[Word]]: ...

    def pack(self, known: Any) -> bytes: ...

    def unpack(self, data: bytes) -> Any: ...


def read(value: bytes, stamp_ms: int) -> Any | None:
    """The event of a message that names one unit; None if it is refused.

    `stamp_ms` is the record's own stamp, by which times in the future are refused. The near road
    first, as our worker takes it.
    """
    gist = gist_of(value, stamp_ms // 1000)
    if gist is not None:
        return gist
    try:
        (event,) = decode(value, received_at=datetime.fromtimestamp(stamp_ms / 1000, UTC))
    except InvalidEvent:
        return None
    return event


key_of: Callable[[Any], str] = unit_key


class TimingJob:
    """The timing law with the limits in force; every outcome, alert and fate is a word."""

    def __init__(self) -> None:
        self._rules = Rules()
        self._form = memory.form_of(self._rules)
        self.sum = 0

    def step(self, known: Any, event: Any) -> tuple[Any, list[Word]]:
        step = observe(known, event, self._rules, WATERMARK_S)
        words = step.words
        return step.history, [*words.outcomes, *words.alerts, *words.fates]

    def pack(self, known: Any) -> bytes:
        return memory.pack(known, self._form)

    def unpack(self, data: bytes) -> Any:
        return memory.unpack(data, self._form)


class CountingJob:
    """The null law: how many events of each unit were seen. It has nothing to say."""

    def __init__(self) -> None:
        self.sum = 0

    def step(self, known: Any, event: Any) -> tuple[Any, list[Word]]:
        count: int = (known or 0) + 1
        self.sum += count
        return count, []

    def pack(self, known: Any) -> bytes:
        return b"%d" % known

    def unpack(self, data: bytes) -> Any:
        return int(data)


class Remembering:
    """What was unpacked lately, for engines that keep their state as bytes.

    The bytes of the engine stay the truth: what is remembered counts only while they are the same.
    A history read anew takes the law's long road once; without this a peer would pay that with
    every event, and the comparison would be one of serializers.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._known: OrderedDict[str, tuple[bytes, Any]] = OrderedDict()

    def unpack(self, key: str, data: bytes | None) -> Any:
        """What the engine's bytes mean; None for none."""
        if data is None:
            return None
        kept = self._known.get(key)
        return kept[1] if kept is not None and kept[0] == data else self._job.unpack(data)

    def pack(self, key: str, known: Any) -> bytes:
        """The bytes for the engine to keep."""
        data = self._job.pack(known)
        self._known[key] = (data, known)
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return data


JOBS: dict[str, Callable[[], Job]] = {"law": TimingJob, "null": CountingJob}
