"""The ledger of runs handed out: what may be committed, and how far a partition has been read.

Knows offsets and generations, no Kafka client. Its law: an offset is committable only when every
run handed out before it is done, whatever the order in which they were done, and however the
offsets jump (control records and compaction leave holes that are nobody's run).
"""

from collections import deque
from dataclasses import dataclass

from faust.types import TP


@dataclass(slots=True)
class _Entry:
    first: int
    last: int
    generation: int
    done: bool = False


class Ledger:
    """Runs in the order they were handed out, per partition."""

    def __init__(self) -> None:
        self._entries: dict[TP, deque[_Entry]] = {}

    def hand_out(self, tp: TP, first: int, last: int, generation: int) -> None:
        """A run leaves for processing. A run that starts over again voids what it overlaps."""
        entries = self._entries.setdefault(tp, deque())
        if entries and first <= entries[-1].last:
            entries.clear()
        entries.append(_Entry(first, last, generation))

    def done(self, tp: TP, last: int, generation: int) -> bool:
        """A run came back. False when it is unknown here: of an old generation, or dropped."""
        for entry in self._entries.get(tp, ()):
            if entry.last == last and entry.generation == generation and not entry.done:
                entry.done = True
                return True
        return False

    def committable(self, tp: TP) -> int | None:
        """Take the done prefix off and return the offset to commit: the next one to be read."""
        entries = self._entries.get(tp)
        offset = None
        while entries and entries[0].done:
            offset = entries.popleft().last + 1
        return offset

    def oldest(self, tp: TP) -> int | None:
        """First offset that is handed out and not done; None when nothing is under way."""
        return next((e.first for e in self._entries.get(tp, ()) if not e.done), None)

    def partitions(self) -> list[TP]:
        """Partitions with runs on the books."""
        return [tp for tp, entries in self._entries.items() if entries]

    def drop(self, tp: TP) -> None:
        """The partition was revoked: nothing of it may be committed any more."""
        self._entries.pop(tp, None)

    def clear(self) -> None:
        """Every partition is read again from its committed offset."""
        self._entries.clear()
