"""Who must be woken at which watermark: one heap per partition, rebuilt from the rows.

Knows keys and epoch seconds. Entries that were overtaken stay in the heap until they surface or
outnumber the living.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

_STALE_SLACK = 1_000


class Deadlines:
    """The next deadline of each key; a key has at most one."""

    def __init__(self, known: Iterable[tuple[str, int | None]] = ()) -> None:
        self._due = {key: due_s for key, due_s in known if due_s is not None}
        self._heap: list[tuple[int, str]] = []
        self._sweep()

    def set(self, key: str, due_s: int | None) -> None:
        """Replace what is known of a key; None: nothing will ever be due."""
        if due_s is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due_s:
            self._due[key] = due_s
            heappush(self._heap, (due_s, key))
        if len(self._heap) > 2 * len(self._due) + _STALE_SLACK:
            self._sweep()

    def take(self, watermark_s: int) -> list[str]:
        """Remove and return the keys due at or before the watermark, earliest first."""
        taken: list[str] = []
        while self._heap and self._heap[0][0] <= watermark_s:
            due_s, key = heappop(self._heap)
            if self._due.get(key) == due_s:
                del self._due[key]
                taken.append(key)
        return taken

    def _sweep(self) -> None:
        """Leave the overtaken entries out."""
        self._heap = [(due_s, key) for key, due_s in self._due.items()]
        heapify(self._heap)

    def __len__(self) -> int:
        return len(self._due)
