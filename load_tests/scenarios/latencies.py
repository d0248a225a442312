"""Latencies as HDR histograms: three digits from a microsecond to an hour, and how they are told.

Knows numbers; must never know what was waited for.
"""

from collections.abc import Mapping
from typing import Any, Final

from hdrh.histogram import HdrHistogram

LONGEST_US: Final = 3_600_000_000
DIGITS: Final = 3
SHOWN: Final = (50, 90, 99, 99.9)


class Latency:
    """One histogram. `unseen` counts what was waited for in vain: such waits have no length."""

    def __init__(self, encoded: str | None = None, unseen: int = 0) -> None:
        self._histogram = HdrHistogram(1, LONGEST_US, DIGITS)
        self.unseen = unseen
        if encoded is not None:
            self._histogram.decode_and_add(encoded)

    def note(self, waited_s: float) -> None:
        """One wait; less than nothing counts as nothing."""
        self._histogram.record_value(min(LONGEST_US, max(1, int(waited_s * 1e6))))

    def at_ms(self, percentile: float) -> float:
        """Milliseconds that so many per cent of the waits did not exceed."""
        return float(self._histogram.get_value_at_percentile(percentile)) / 1000

    @property
    def count(self) -> int:
        """How many waits there were."""
        return int(self._histogram.get_total_count())

    def document(self) -> dict[str, Any]:
        """For a file of results; the whole histogram is in `hdr`, as every HDR tool reads it."""
        shown = {f"p{percentile:g}_ms": self.at_ms(percentile) for percentile in SHOWN}
        return {
            "count": self.count,
            "unseen": self.unseen,
            **shown,
            "max_ms": float(self._histogram.get_max_value()) / 1000 if self.count else 0.0,
            "hdr": self._histogram.encode().decode() if self.count else None,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Latency":
        """What `document` wrote."""
        return cls(document["hdr"], int(document["unseen"]))

    def curve(self) -> list[tuple[float, float]]:
        """Percentile and milliseconds, finer towards the end."""
        points = []
        for step in self._histogram.get_percentile_iterator(5) if self.count else ():
            # The iterator gives the same object again and again.
            points.append((float(step.percentile), float(step.value_iterated_to) / 1000))
        return points
