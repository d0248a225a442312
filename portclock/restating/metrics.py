"""Metrics of the restater, declared once: what became of the units that it looked at."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from portclock.restating.rounds import Ended, Rounds
from sinks.metrics import Metric

METRICS: Final = (
    Metric(
        "timing_restated_units_total", "counter", "units", ("ended",),
        "Units looked at, by how that ended: agreed, restated; given-up, too-large and not-landed "
        "want a person",
    ),
    Metric(
        "timing_restating_units_count", "gauge", "units", (),
        "Units under way between two looks",
    ),
    Metric(
        "timing_restater_records_total", "counter", "records", (),
        "Records read for units to look at",
    ),
)  # fmt: skip


class RestaterMetrics:
    """A registry of its own, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        units, under_way, records = METRICS
        self._units = Counter(units.name, units.meaning, units.labels, registry=self.registry)
        self._under_way = Gauge(under_way.name, under_way.meaning, registry=self.registry)
        self._records = Counter(records.name, records.meaning, registry=self.registry)
        self._told = dict.fromkeys(Ended, 0)
        for how in Ended:
            self._units.labels(how.value)

    def read(self, records: int) -> None:
        """So many records more were read."""
        self._records.inc(records)

    def looked(self, rounds: Rounds) -> None:
        """What became of units until now."""
        self._under_way.set(len(rounds))
        for how, number in rounds.ended.items():
            self._units.labels(how.value).inc(number - self._told[how])
            self._told[how] = number
