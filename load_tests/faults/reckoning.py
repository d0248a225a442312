"""The reckoning: once all has landed, are the tables what the judge makes of the same messages?

Outcomes line by line, events by their fates, refusals, and what people were told: for each breach
that stands exactly one incident that says so. Knows ClickHouse through `sinks` and the log through
`portclock.demo`; must never know what went wrong before.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, NamedTuple

from kafka.errors import KafkaError

from events.vocabulary import AlertState, Fate, Verdict
from load_tests.faults.load import LINES, Load
from load_tests.faults.rig import Rig
from load_tests.faults.standing import EVENTS, reached, standing
from load_tests.scenarios.house import groups
from portclock.demo.landing import Landing
from portclock.demo.offsets import Groups
from portclock.restating.settings import Bounds
from portclock.standalone.stack import PULSE, RESTATER
from portclock.traffic.feed import read_lines
from sinks import read
from sinks.clickhouse import ClickHouseStore
from timing.judge import Judgement, judge
from timing.rules import Rules

LANDED_WITHIN_S: Final = 600.0
SHOWN_MAX: Final = 3
_BREACHES_SQL: Final = (
    "SELECT concat(visit_id, '/', stage, '/', toString(occurrence), '/', limit_id), "
    "isNull(closed_at) FROM stage_dwells FINAL WHERE withdrawn = 0 AND verdict = %(breached)s"
)
_INCIDENTS_SQL: Final = (
    "SELECT concat(visit_id, '/', stage, '/', toString(occurrence), '/', limit_id) AS incident, "
    "argMax(state, version), countIf(state = %(breached)s) FROM limit_alerts FINAL "
    "GROUP BY incident"
)
_REFUSALS_SQL: Final = "SELECT count() FROM refusals FINAL WHERE record = 'refusal'"


class Sums(NamedTuple):
    """How many there were by the judge, and what the tables lack or have besides."""

    lost: int
    duplicated: int
    shown: tuple[str, ...] = ()

    def __add__(self, other: tuple[object, ...]) -> "Sums":
        """Both together."""
        assert isinstance(other, Sums)
        return Sums(
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            (self.shown + other.shown)[: 4 * SHOWN_MAX],
        )


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The tables against the judge."""

    sums: Sums
    messages: int
    outcomes: int
    breaches: int


def settle(rig: Rig, load: Load) -> None:
    """The load rests, the pulse stands still, and all that was sent has landed when this returns.

    Raises TimeoutError when it does not.
    """
    load.rest()
    rig.await_up()
    rig.freeze(PULSE)
    load.beat()
    worker, writer = groups()
    restater = Bounds().group if RESTATER in rig.names else None
    with closing(Groups(rig.addresses)) as seen:
        landing = Landing(seen, worker, writer, monotonic, restater)
        rig.wait(lambda: _answered(landing.landed), LANDED_WITHIN_S, "everything to land")
    with standing(rig.addresses) as asked:
        wanted = {
            (topic, partition): end
            for topic, ends in load.reached.items()
            for partition, end in ends.items()
        }
        rig.wait(
            lambda: reached(asked.landed_events(), wanted), LANDED_WITHIN_S, f"{EVENTS} to land"
        )


def _answered(landed: Callable[[], bool]) -> bool:
    """What the broker says; no answer is no: it may still be reading its own log."""
    try:
        return landed()
    except KafkaError:
        return False


def go_on(rig: Rig, load: Load) -> None:
    """After `settle`: pulse and load as before."""
    rig.thaw(PULSE)
    load.go()


def reckon(rig: Rig, load: Load) -> Reckoning:
    """Compare, at rest. What was sent from the beginning is judged again."""
    judgement = judge(read_lines(rig.folder / LINES), Rules(), load.clock.now())
    with closing(rig.store()) as store:
        landed = read.canonical_lines(store)
        sums = _outcomes(landed, judgement.lines()) + _accounts(store, judgement) + _alerts(store)
        breaches = sum(1 for _ in _told(store, _BREACHES_SQL))
    return Reckoning(sums, judgement.accounts.messages, len(landed), breaches)


def _outcomes(landed: Iterable[bytes], judged: Iterable[bytes]) -> Sums:
    ours, theirs = Counter(landed), Counter(judged)
    extra, lacking = ours - theirs, theirs - ours
    shown = [f"only in the tables: {line.decode()}" for line in sorted(extra)[:SHOWN_MAX]]
    shown += [f"only by the judge: {line.decode()}" for line in sorted(lacking)[:SHOWN_MAX]]
    return Sums(lacking.total(), extra.total(), tuple(shown))


def _accounts(store: ClickHouseStore, judgement: Judgement) -> Sums:
    """Every event has one fate, every refusal one row."""
    fates, accounts = read.fates(store), judgement.accounts
    refused = int(next(iter(store.fetch(_REFUSALS_SQL)))[0])
    pairs = (
        ("judged", fates[Fate.JUDGED], accounts.judged),
        ("kept", fates[Fate.KEPT], accounts.kept),
        ("refused", refused, accounts.quarantined),
    )
    shown = [f"{what}: {ours} in the tables, {theirs} by the judge"
             for what, ours, theirs in pairs if ours != theirs]  # fmt: skip
    return Sums(
        sum(max(0, theirs - ours) for _, ours, theirs in pairs),
        sum(max(0, ours - theirs) for _, ours, theirs in pairs),
        tuple(shown),
    )


def _alerts(store: ClickHouseStore) -> Sums:
    """Each breach that stands has one incident, and it says what the breach is: over its limit
    still, or ended over it. No other incident says that a limit is broken."""
    standing_breaches = {
        incident: AlertState.BREACHED if still_open else AlertState.RESOLVED
        for incident, still_open in _told(store, _BREACHES_SQL)
    }
    told = {
        incident: (state, breached) for incident, state, breached in _told(store, _INCIDENTS_SQL)
    }
    lacking = [
        f"breach without its alert: {incident} is {told.get(incident, ('untold', 0))[0]}"
        for incident, state in standing_breaches.items()
        if told.get(incident, ("", 0)) != (state, 1)
    ]
    extra = [
        f"alert without its breach: {incident}"
        for incident, (state, _) in told.items()
        if state == AlertState.BREACHED and incident not in standing_breaches
    ]
    return Sums(len(lacking), len(extra), tuple((lacking + extra)[:SHOWN_MAX]))


def _told(store: ClickHouseStore, sql: str) -> Iterator[Any]:
    return store.fetch(sql, {"breached": str(Verdict.BREACHED)})
