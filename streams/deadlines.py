"""Who must be woken at which watermark: keys in spans of ten minutes, built from the rows.

Knows keys and epoch seconds. A key that is put off leaves its place at once. (A heap kept the
overtaken entries until it was swept: half a microsecond an event, and with a million units a pause
of as many microseconds every million events.)
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

_SPAN_S = 600
"""Shorter spans are more to make when rows are read back, longer ones more to look through at each
tick."""
_EMPTY_MAX = 1_000

Keys = set[str]


class Deadlines:
    """The next deadline of each key; a key has at most one."""

    def __init__(self, known: Iterable[tuple[str, int | None]] = ()) -> None:
        self._due = {key: due_s for key, due_s in known if due_s is not None}
        self._spans: dict[int, Keys] = {}
        for key, due_s in self._due.items():  # a hundred thousand at once: no call for each
            keys = self._spans.get(due_s // _SPAN_S)
            if keys is None:
                self._spans[due_s // _SPAN_S] = {key}
            else:
                keys.add(key)
        self._line = list(self._spans)
        heapify(self._line)

    def set(self, key: str, due_s: int | None) -> None:
        """Replace what is known of a key; None: nothing will ever be due."""
        due = self._due
        before_s = due.get(key)
        if before_s == due_s:
            return
        if before_s is not None:
            self._spans[before_s // _SPAN_S].discard(key)
        if due_s is None:
            del due[key]
            return
        due[key] = due_s
        keys = self._spans.get(due_s // _SPAN_S)
        if keys is None:
            keys = self._begin(due_s // _SPAN_S)
        keys.add(key)

    def take(self, watermark_s: int) -> list[str]:
        """Remove and return the keys due at or before the watermark, earliest first."""
        due, spans, line = self._due, self._spans, self._line
        last = watermark_s // _SPAN_S
        taken: list[tuple[int, str]] = []
        while line and line[0] < last:
            taken += [(due.pop(key), key) for key in spans.pop(heappop(line))]
        keys = spans.get(last, Keys())
        ready = [key for key in keys if due[key] <= watermark_s]
        keys.difference_update(ready)
        taken += [(due.pop(key), key) for key in ready]
        taken.sort()
        return [key for _, key in taken]

    def _begin(self, span: int) -> Keys:
        """A span in which nothing was due. Empty ones stay, until they outnumber the keys."""
        if len(self._spans) > 2 * len(self._due) + _EMPTY_MAX:
            self._spans = {each: keys for each, keys in self._spans.items() if keys}
            self._line = list(self._spans)
            heapify(self._line)
        heappush(self._line, span)
        self._spans[span] = keys = Keys()
        return keys

    def __len__(self) -> int:
        return len(self._due)
