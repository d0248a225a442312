"""Every metric of this wing, declared once: kind, labels, meaning. The docs include these tables.

Counters of endings sum to the records read: nothing is dropped without a name. The worker and the
pulse are processes of their own, so each has its catalogue.
"""

from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.effects import Effects, Ending
from timing.compiled import compiled


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric. `kind` is counter, gauge or histogram; `buckets` only for the last."""

    kind: str
    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_DELAYS_S = (1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600, 7 * 24 * 3_600)
_SIZES = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)
_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)

CATALOGUE: Final = (
    Declared("counter", "timing_records_read_total", "Records read", ("topic",)),
    Declared(
        "counter",
        "timing_records_ended_total",
        "Records by how their reading ended: new, duplicate, correction, late, refused, split, "
        "copy (of an event about a place), replayed (already in the state), tick, recalled (a unit "
        "judged again as a whole); they sum to the records read",
        ("ending",),
    ),
    Declared("counter", "timing_refusals_records_total", "Refused records by reason", ("reason",)),
    Declared("counter", "timing_outcomes_records_total", "Outcomes published", ("verdict",)),
    Declared("counter", "timing_alerts_records_total", "Alerts published", ("state",)),
    Declared("counter", "timing_fates_records_total", "Fates published", ("fate",)),
    Declared("counter", "timing_parts_records_total", "Parts of split messages sent again"),
    Declared("counter", "timing_copies_records_total",
             "Copies of events about places sent to the other partitions"),
    Declared("counter", "timing_reconsidered_count_total",
             "Units judged again since a suspension was declared, lifted or corrected"),
    Declared("counter", "timing_changelog_records_total", "Records written to the changelog"),
    Declared("histogram", "timing_run_records", "Records per run", ("topic",), _SIZES),
    Declared("histogram", "timing_run_seconds", "From a run taken up to its effects acknowledged",
             (), _SECONDS),
    Declared("histogram", "timing_event_delay_seconds",
             "Received less occurred, of the last applied event of each run", (), _DELAYS_S),
    Declared("gauge", "timing_lag_records", "Records written and not processed",
             ("topic", "partition")),
    Declared("gauge", "timing_watermark_seconds", "Watermark of a partition, epoch seconds",
             ("partition",)),
    Declared("gauge", "timing_units_open_count", "Units in the state, an open visit each at most"),
    Declared("gauge", "timing_places_known_count", "Places of which suspensions were told",
             ("partition",)),
    Declared("gauge", "timing_words_in_doubt_count",
             "Words of a worker that died, not yet said again or taken back", ("partition",)),
    Declared("gauge", "timing_suspensions_running_count",
             "Suspensions in force at the watermark, as this partition knows them",
             ("partition", "port")),
    Declared("gauge", "timing_ticks_held_count", "Ticks that wait for events", ("partition",)),
    Declared("gauge", "timing_feed_last_event_seconds",
             "When a source was last heard of, epoch seconds by the stamp of its record; sources "
             "beyond the hundredth are told together", ("source",)),
    Declared("gauge", "timing_feed_refused_in_a_row_records",
             "Refusals one after the other of a feed that is stopped: nothing of it is understood; "
             "no series while it is", ("topic", "source")),
    Declared("gauge", "timing_disk_free_bytes",
             "Room on the disk of the data folder; 0 when the folder cannot be looked at"),
    Declared("gauge", "timing_disk_size_bytes", "Size of the disk of the data folder"),
    Declared("gauge", "timing_build_info",
             "1, labelled with the version and whether the law runs compiled: yes or no",
             ("version", "compiled")),
)  # fmt: skip

PULSE_CATALOGUE: Final = (
    Declared("counter", "timing_pulse_records_total", "Ticks written and acknowledged"),
    Declared("counter", "timing_pulse_lost_count_total",
             "Beats that the broker did not take; each is tried again with the next one's time"),
    Declared("gauge", "timing_pulse_last_seconds",
             "Time of the last tick that was acknowledged, epoch seconds"),
)  # fmt: skip

SOURCES_MAX: Final = 100
OTHER_SOURCES: Final = "(others)"
"""Senders name themselves, so their number is theirs to choose; that of our series is not."""

_KINDS: Final[dict[str, Callable[..., Any]]] = {
    "counter": Counter,
    "gauge": Gauge,
    "histogram": Histogram,
}


class Declarations:
    """A catalogue in a registry of its own, so that two apps in one process do not meet."""

    def __init__(self, catalogue: tuple[Declared, ...]) -> None:
        self.registry = CollectorRegistry()
        self._by_name = {declared.name: self._make(declared) for declared in catalogue}

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name]

    def _make(self, declared: Declared) -> Any:
        options: dict[str, Any] = {"registry": self.registry}
        if declared.buckets:
            options["buckets"] = declared.buckets
        kind = _KINDS[declared.kind]
        return kind(declared.name, declared.meaning, declared.labels, **options)


class PulseMetrics(Declarations):
    """What the pulse says of itself."""

    def __init__(self) -> None:
        super().__init__(PULSE_CATALOGUE)

    def beat(self, at_s: float, ticks: int) -> None:
        """The ticks of one beat are acknowledged."""
        self["timing_pulse_records_total"].inc(ticks)
        self["timing_pulse_last_seconds"].set(at_s)

    def lost(self) -> None:
        """A beat was not taken."""
        self["timing_pulse_lost_count_total"].inc()


class Metrics(Declarations):
    """What a worker says of itself."""

    def __init__(self) -> None:
        super().__init__(CATALOGUE)
        self._heard: dict[str, float] = {}
        for ending in Ending:
            self["timing_records_ended_total"].labels(ending)
        build = version("portclock"), "yes" if compiled() else "no"
        self["timing_build_info"].labels(*build).set(1)

    def run_taken(self, topic: str, records: int) -> None:
        """A run was taken up."""
        self["timing_records_read_total"].labels(topic).inc(records)
        self["timing_run_records"].labels(topic).observe(records)

    def settled(self, effects: Effects, changelog_records: int) -> None:
        """The effects of one step are acknowledged."""
        self._count("timing_records_ended_total", effects.endings)
        refusals = Tally(letter.refusal.reason for letter in effects.letters)
        self._count("timing_refusals_records_total", refusals)
        verdicts = Tally([outcome.verdict for outcome in effects.outcomes])
        self._count("timing_outcomes_records_total", verdicts)
        self._count("timing_alerts_records_total", Tally(alert.state for alert in effects.alerts))
        self._count("timing_fates_records_total", Tally([fate.fate for fate in effects.fates]))
        self["timing_parts_records_total"].inc(len(effects.parts))
        self["timing_copies_records_total"].inc(len(effects.copies))
        self["timing_reconsidered_count_total"].inc(effects.reconsidered)
        self["timing_changelog_records_total"].inc(changelog_records)
        if effects.delay_s is not None:
            self["timing_event_delay_seconds"].observe(max(0.0, effects.delay_s))
        for source, at_s in effects.heard.items():
            self._hear(source, at_s)

    def _count(self, name: str, tally: Mapping[Any, int]) -> None:
        """Once per label: a metric is ten times as slow as a count."""
        for label, records in tally.items():
            self[name].labels(label).inc(records)

    def _hear(self, source: str, at_s: float) -> None:
        """A source is never heard of earlier than before: its partitions are read as they come."""
        full = len(self._heard) >= SOURCES_MAX and source not in self._heard
        name = OTHER_SOURCES if full else source
        self._heard[name] = latest_s = max(at_s, self._heard.get(name, 0.0))
        self["timing_feed_last_event_seconds"].labels(name).set(latest_s)
