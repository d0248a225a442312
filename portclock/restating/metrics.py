"""Metrics of the restater, declared once: what became of the units that it looked at."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from portclock.restating.rounds import Ended, Rounds

UNITS = "timing_restated_units_total"
UNDER_WAY = "timing_restating_units_count"
RECORDS = "timing_restater_records_total"


class RestaterMetrics:
    """A registry of its own, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        meaning = "Units looked at, by how that ended; given-up and too-large want a person"
        self._units = Counter(UNITS, meaning, ("ended",), registry=own)
        self._under_way = Gauge(UNDER_WAY, "Units under way between two looks", registry=own)
        self._records = Counter(RECORDS, "Records read for units to look at", registry=own)
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
