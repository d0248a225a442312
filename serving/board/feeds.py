"""How each source of events is heard: how much, how late, since when no more, and what was refused.

Counted from where the board began to read. A source is quiet when it has said nothing for QUIET_S,
and for PAUSES times its usual pause: the mean between its last LAST messages. Silence is measured
against the stamp of the newest tick, or of the newest event while there is none: never against a
clock. It is stopped when nearly all of its last messages were refused. Of the ports of either it is
not known how they stand: what ended is not told, and what began is in no count.
Bounded: the last LAST messages of each source, SOURCES_MAX sources; of more, the one heard longest
ago is let go.
"""

from collections import OrderedDict, deque
from typing import Final, NamedTuple

from serving.board.views import Feed, Unheard

LAST: Final = 256
SOURCES_MAX: Final = 1_000
QUIET_S: Final = 15 * 60
PAUSES: Final = 20
REFUSED_MIN: Final = 50
"""Fewer refusals stop no source."""
REFUSED_SHARE: Final = 0.9
"""Of what was heard: a refused message is heard as well, where its source can be read."""
PORTS_MAX: Final = 64
"""Ports that one source is known to speak of."""


class Heard(NamedTuple):
    """What the board needs of one event; instants in epoch seconds, `received_at` by the broker.
    `spot` is None where the event names none, or speaks of many units."""

    source: str
    topic: str
    received_at: int
    occurred_at: int
    port: str = ""
    unit_id: str = ""
    spot: str | None = None


class _Source:
    __slots__ = (
        "events",
        "last_occurred_at",
        "last_received_at",
        "lateness",
        "marks",
        "ports",
        "received",
        "refused",
    )

    def __init__(self) -> None:
        self.events = self.refused = self.last_received_at = self.last_occurred_at = 0
        self.received: deque[int] = deque(maxlen=LAST)
        self.lateness: deque[int] = deque(maxlen=LAST)
        self.marks: deque[bool] = deque(maxlen=LAST)
        self.ports: set[str] = set()

    def heard(self, event: Heard) -> None:
        self.events += 1
        self.last_received_at = max(self.last_received_at, event.received_at)
        self.last_occurred_at = max(self.last_occurred_at, event.occurred_at)
        self.received.append(event.received_at)
        self.lateness.append(max(0, event.received_at - event.occurred_at))
        self.marks.append(False)
        if len(self.ports) < PORTS_MAX:
            self.ports.add(event.port)

    def refuse(self) -> None:
        self.refused += 1
        self.marks.append(True)

    @property
    def pause_s(self) -> float:
        """The usual time between two messages."""
        pauses = len(self.received) - 1
        return (max(self.received) - min(self.received)) / pauses if pauses > 0 else 0.0

    def quiet(self, silent_s: int) -> bool:
        return self.events > 0 and silent_s > max(QUIET_S, PAUSES * self.pause_s)

    @property
    def stopped(self) -> bool:
        """Whether nothing of it is understood any more."""
        refused = sum(self.marks)
        return refused >= max(REFUSED_MIN, REFUSED_SHARE * (len(self.marks) - refused))


class Feeds:
    """Every source by topic. A record is counted once, by its place in its partition."""

    def __init__(self, sources_max: int = SOURCES_MAX) -> None:
        self._sources_max = sources_max
        self._sources: OrderedDict[tuple[str, str], _Source] = OrderedDict()
        self._read: dict[tuple[str, int], int] = {}
        self._ticked_at = self._event_at = 0

    def new(self, topic: str, partition: int, offset: int) -> bool:
        """Whether a record was not read before; from here on it was."""
        place = (topic, partition)
        if offset <= self._read.get(place, -1):
            return False
        self._read[place] = offset
        return True

    def heard(self, event: Heard) -> None:
        """One event that was read for the first time."""
        self._event_at = max(self._event_at, event.received_at)
        self._source(event.source, event.topic).heard(event)

    def refused(self, source: str, topic: str) -> None:
        """One refusal; `source` is empty where the message does not name one."""
        self._source(source, topic).refuse()

    def ticked(self, stamped_at: int) -> None:
        """A tick was written, by the broker's clock."""
        self._ticked_at = max(self._ticked_at, stamped_at)

    def views(self) -> list[Feed]:
        """Every source: the quiet ones first, then by name."""
        now_at = self._ticked_at or self._event_at
        found = [_view(place, source, now_at) for place, source in self._sources.items()]
        return sorted(found, key=lambda feed: (not feed.quiet, feed.source, feed.topic))

    def unheard(self, port: str = "") -> list[Unheard]:
        """The sources that are quiet or stopped, those of one port or of any; a source of which
        nothing was ever understood concerns every port. The longest silence stands first."""
        now_at = self._ticked_at or self._event_at
        found = [
            Unheard(name, topic, _silent_s(source, now_at), source.stopped)
            for (name, topic), source in self._sources.items()
            if not port or not source.ports or port in source.ports
            if source.stopped or source.quiet(_silent_s(source, now_at))
        ]
        return sorted(found, key=lambda one: (-one.silent_s, one.source, one.topic))

    def _source(self, name: str, topic: str) -> _Source:
        place = (name, topic)
        source = self._sources.get(place)
        if source is None:
            source = self._sources[place] = _Source()
            if len(self._sources) > self._sources_max:
                self._sources.popitem(last=False)
        self._sources.move_to_end(place)
        return source


def _view(place: tuple[str, str], source: _Source, now_at: int) -> Feed:
    late = sorted(source.lateness)
    silent_s = _silent_s(source, now_at)
    return Feed(
        source=place[0],
        topic=place[1],
        events=source.events,
        last_received_at=source.last_received_at,
        last_occurred_at=source.last_occurred_at,
        silent_s=silent_s,
        late_p50_s=_percentile(late, 50),
        late_p95_s=_percentile(late, 95),
        late_max_s=late[-1] if late else 0,
        refused=source.refused,
        quiet=source.quiet(silent_s),
        stopped=source.stopped,
    )


def _silent_s(source: _Source, now_at: int) -> int:
    return max(0, now_at - source.last_received_at) if source.events else 0


def _percentile(ordered: list[int], percent: int) -> int:
    """The nearest rank; 0 of nothing."""
    return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else 0
