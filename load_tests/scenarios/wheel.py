"""Endless traffic with as many visits under way as are wanted, from one prepared set of stories.

A set of stories is told again every `period_s`, each time of other boxes: the shorter the period,
the more visits are under way at once. What is sent in one period is the same in every period, told
by as many generations of boxes as the set lasts periods; so it is sorted once, like the pins on the
wheel of a musical box. Knows stories as messages with a time; must never know a topic's meaning.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count, islice
from typing import Final, NamedTuple, Self

from load_tests.scenarios.templates import Template, boxes_in, template
from portclock.replay import address
from portclock.traffic.boxes import NUMBERS
from portclock.traffic.feed import HOSTILE, SEED, START, traffic
from portclock.traffic.flows import CYCLE_S, read_sample
from portclock.traffic.hostile import Rates

VISITS_MIN: Final = 40
VISITS_USUAL: Final = 2_000
"""Stories in a set; more would only take time and memory: 13 messages of a kilobyte each."""
MANY_OPEN: Final = 300_000
"""For more open visits than this every story there is: so the numbers of boxes suffice."""
MINUTE_S: Final = 60
"""Periods are whole minutes, so that a feed that reports minutes still does in every copy."""
OF_PLACE: Final = b'"type":"place"'
"""What a message has that is said of a place."""


class Told(NamedTuple):
    """One message of the traffic. `due_s`: when it is sent, in epoch seconds of its own time.

    `partition` is set on the copies of what is said of a place; a history has it once.
    """

    due_s: int
    topic: str
    key: bytes
    value: bytes
    partition: int | None = None


class Pin(NamedTuple):
    """One message of the set. `first_s` and `last_s`: when the boxes that it names are first and
    last heard of; `last_s` is 0 for what names none."""

    due_s: int
    topic: str
    key: Template
    value: Template
    partition: int | None
    last_s: int
    of_place: bool


class Stories(NamedTuple):
    """A prepared set. Copies are so far `apart` in their numbers. `spans`: per box, first and last
    time in epoch seconds."""

    visits: int
    apart: int
    start_s: int
    pins: tuple[Pin, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def prepared(cls, visits: int, seed: int = SEED, rates: Rates = HOSTILE) -> Self:
        """Simulate so many visits once, and find what differs from copy to copy.

        What names many units, or a place, is sent as `portclock replay` sends it, in parts and with
        copies: by way of the worker they would come days late in event time that runs fast.

        A box that comes back bears a number of any visit of the sample, in the set or not: copies
        are a whole sample apart.
        """
        apart = len(read_sample().order)
        sent = [
            (int(one.sent_at.timestamp()), part)
            for one in traffic(visits, seed, START, rates)
            for part in address(one.value)
        ]
        spans: dict[bytes, list[int]] = defaultdict(list)
        boxes = [frozenset(boxes_in(part.value)) for _, part in sent]
        for (due_s, _), named in zip(sent, boxes, strict=True):
            for box in named:
                spans[box].append(due_s)
        pins = tuple(
            Pin(
                due_s,
                part.topic,
                template(part.key, apart),
                template(part.value, apart),
                part.partition,
                max((spans[box][-1] for box in named), default=0),
                OF_PLACE in part.value,
            )
            for (due_s, part), named in zip(sent, boxes, strict=True)
        )
        whole = tuple((times[0], times[-1]) for times in spans.values())
        return cls(visits, apart, int(START.timestamp()), pins, whole)


class Wheel:
    """Traffic with about `open_visits` under way at any time. The same arguments, the same bytes.

    `before` is what has been said of the visits under way when `live` begins; `live` never ends.
    A visit is under way from its first message to its last.
    """

    def __init__(self, stories: Stories, open_visits: int) -> None:
        under_way_s = sum(last - first for first, last in stories.spans)
        self.period_s = max(MINUTE_S, under_way_s // open_visits // MINUTE_S * MINUTE_S)
        self.visits, self.copies_max = stories.visits, NUMBERS // stories.apart
        self._start_s = stories.start_s
        # A storm is a port's, not a box's: however many copies, it comes once in nine days.
        self._storm_every = max(1, CYCLE_S // self.period_s)
        self._pins = sorted(
            (((pin.due_s - self._start_s) % self.period_s, n, self._turn(pin.due_s), pin)
             for n, pin in enumerate(stories.pins)),
        )  # fmt: skip
        self.turns = 1 + max((turn for _, _, turn, _ in self._pins), default=0)
        self.open_visits = sum(
            self._turn(last) - self._turn(first) for first, last in stories.spans
        )

    @classmethod
    def of(cls, open_visits: int, seed: int = SEED, rates: Rates = HOSTILE) -> Self:
        """A set of a size that allows so many."""
        most = VISITS_USUAL if open_visits <= MANY_OPEN else len(read_sample().order)
        visits = max(VISITS_MIN, min(most, open_visits // 2))
        return cls(Stories.prepared(visits, seed, rates), open_visits)

    @property
    def messages_per_visit(self) -> float:
        """Messages of the set by its visits."""
        return len(self._pins) / self.visits

    @property
    def messages_per_s(self) -> float:
        """Messages in a second of their own time."""
        return len(self._pins) / self.period_s

    @property
    def live_from_s(self) -> int:
        """Where `before` ends and `live` begins, in epoch seconds of the traffic."""
        return self._start_s + self.turns * self.period_s

    def before(self) -> Iterator[Told]:
        """The past of what is under way at `live_from_s`, in order."""
        for period in range(self.turns):
            for _, _, turn, pin in self._pins:
                copy = period - turn
                if copy >= 0 and self._turn(pin.last_s) + copy >= self.turns:
                    yield self._told(pin, copy)

    def live(self) -> Iterator[Told]:
        """Everything from `live_from_s` on, in order, for ever."""
        return self._from_period(self.turns)

    def whole(self) -> Iterator[Told]:
        """Everything from the first message of the first visit on: a history that is complete."""
        return self._from_period(0)

    def _from_period(self, first: int) -> Iterator[Told]:
        for period in count(first):
            for _, _, turn, pin in self._pins:
                copy = period - turn
                if copy >= 0 and (not pin.of_place or copy % self._storm_every == 0):
                    yield self._told(pin, copy)

    def burst(self, kind: str, boxes: int, at_s: int, first_copy: int) -> Iterator[Told]:
        """One report of this kind for each of so many new boxes, all recorded at `at_s`.

        Copies from `first_copy` on must not be in use elsewhere.
        """
        mark = b'"kind":"%b"' % kind.encode()
        told = [pin for *_, pin in self._pins if mark in pin.value.form and pin.last_s]
        pins = list({pin.key: pin for pin in reversed(told)}.values())
        if not pins:
            raise ValueError(f"nobody reports {kind} in this traffic")
        for copy in count(first_copy):
            for pin in islice(pins, boxes):
                shift_s = at_s - pin.due_s
                yield Told(at_s, pin.topic, *_filled(pin, copy, shift_s - shift_s % MINUTE_S))
            boxes -= len(pins)
            if boxes <= 0:
                return

    def _turn(self, due_s: int) -> int:
        return (due_s - self._start_s) // self.period_s

    def _told(self, pin: Pin, copy: int) -> Told:
        shift_s = copy * self.period_s
        told = _filled(pin, copy, shift_s)
        return Told(pin.due_s + shift_s, pin.topic, *told, pin.partition)


def _filled(pin: Pin, copy: int, shift_s: int) -> tuple[bytes, bytes]:
    return pin.key.filled(copy, shift_s), pin.value.filled(copy, shift_s)
