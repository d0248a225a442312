"""A trial over the tables, in shares: each asks for its own units, a slice of them at a time.

The tables are asked for the units that can be compared and no others, so neither time nor memory
grows with what they hold besides. Knows the table of events; must never know what a limit says.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from events.instants import from_epoch
from events.vocabulary import UnitType
from portclock.failure import Failure
from portclock.judging.bench import Bench
from portclock.judging.court import Watch
from portclock.judging.trial import Found, Part, result_of
from portclock.judging.trial_share import ShipHearing
from reports.whatif.result import Result, Trial
from reports.whatif.trial import law_of
from sinks.accepted import EventRow
from sinks.history import place_events_of
from sinks.store import Parameters, Question, Store
from sinks.tables import EVENTS, Row
from timing.calls import AGAIN_S, LIFTS
from timing.engine import Rules, watermark_of
from timing.hearing import Hearing
from timing.places import closures_of

UNITS_IN_SLICE: Final = 5_000
"""Some 50,000 messages, 60 MB once they are heard; and few enough that processes end together."""

_CONCERNED: Final = (
    "SELECT unit_id FROM events WHERE port = %(port)s AND unit_type != 'place'{within} "
    "GROUP BY unit_id HAVING countIf(occurred_at >= toDateTime64(%(since_s)s, 0, 'UTC') "
    "AND occurred_at < toDateTime64(%(until_s)s, 0, 'UTC')) > 0 "
    "AND countIf(has(%(openers)s, toString(kind))) > 0"
)
"""Units of which anything was heard in the time, and anything ever begun."""
_WITHIN: Final = " AND unit_id >= %(first)s AND (%(beyond)s = '' OR unit_id < %(beyond)s)"
"""Units from one id to before another, which stand together in the table: a slice reads no other,
so all slices together read the port once."""


def _concerned(rows: Iterable[EventRow], asked: Parameters) -> dict[str, list[EventRow]]:
    units: dict[str, list[EventRow]] = {}
    for row in rows:
        if row.port == asked["port"] and row.unit_type != UnitType.PLACE:
            units.setdefault(row.unit_id, []).append(row)
    since, until = from_epoch(asked["since_s"]), from_epoch(asked["until_s"])
    return {
        unit_id: found
        for unit_id, found in units.items()
        if any(since <= row.occurred_at < until for row in found)
        and any(row.kind in asked["openers"] for row in found)
    }


def _surveyed(rows: Iterable[EventRow], asked: Parameters) -> Iterable[Row]:
    known = list(rows)
    mine = [row for row in known if row.port == asked["port"]]
    instants = [max(row.occurred_at, row.recorded_at or row.occurred_at) for row in mine]
    ids = sorted(_concerned(known, asked))
    yield len(ids), ids[:: asked["at_once"]], max(instants, default=None)


def _sliced(rows: Iterable[EventRow], asked: Parameters) -> Iterable[Row]:
    for unit_id, found in sorted(_concerned(rows, asked).items()):
        if unit_id >= asked["first"] and (not asked["beyond"] or unit_id < asked["beyond"]):
            yield from ((row.message,) for row in found)


SURVEY: Final = Question(
    EVENTS,
    "SELECT length(ids), arrayFilter((id, n) -> modulo(n, %(at_once)s) = 1 OR %(at_once)s = 1, "
    "ids, arrayEnumerate(ids)), "
    "(SELECT if(count() = 0, NULL, max(greatest(occurred_at, coalesce(recorded_at, occurred_at)))) "
    "FROM events WHERE port = %(port)s) "
    f"FROM (SELECT arraySort(groupArray(unit_id)) AS ids FROM ({_CONCERNED.format(within='')}))",
    _surveyed,
)
"""How many units can be compared, the first of each slice of them, and the latest instant in any
event of the port."""
SLICE: Final = Question(
    EVENTS,
    f"SELECT message FROM events WHERE port = %(port)s AND unit_type != 'place'{_WITHIN} "
    f"AND unit_id IN ({_CONCERNED.format(within=_WITHIN)})",
    _sliced,
)
"""All that was ever said of those units of one slice, in any order."""


class Survey(NamedTuple):
    """What is there: how many units, the first of each slice by its id, and until when."""

    units: int
    firsts: tuple[str, ...]
    now: datetime | None

    def slice(self, number: int) -> dict[str, str]:
        """From which id, and before which: empty for the last one."""
        return {"first": self.firsts[number], "beyond": "".join(self.firsts[number + 1 :][:1])}


class Task(NamedTuple):
    """A trial over the tables; `opened` gives a connection, one to each process."""

    opened: Callable[[], Store]
    rules: Rules
    trial: Trial
    survey: Survey

    def share(self, number: int, shares: int) -> "TablesShare":
        """One of so many shares, by its number from 0."""
        return TablesShare(number, shares, self)


def surveyed(store: Store, trial: Trial, at_once: int = UNITS_IN_SLICE) -> Survey:
    """Look what the tables hold for a trial; a slice is of so many units at once."""
    [(units, firsts, now)] = store.ask(SURVEY, {**_asked(trial), "at_once": at_once})
    return Survey(units, tuple(firsts), now)


def _asked(trial: Trial) -> dict[str, Any]:
    """Ships' calls are told from every box, from before the period on: since the coming began."""
    beside, period = trial.beside, trial.period
    kinds = sorted({str(kind) for kind in beside.openers})
    since_s = period.begins_at
    if beside.over_calls:
        kinds, since_s = sorted({*kinds, *map(str, LIFTS)}), since_s - AGAIN_S
    until_s = period.ends_at
    return {"port": beside.port, "since_s": since_s, "until_s": until_s, "openers": kinds}


class TablesShare:
    """One of so many shares: every so many-th slice is its own."""

    def __init__(self, number: int, shares: int, task: Task) -> None:
        """The one of this number, from 0."""
        self.number, self.shares, self.task = number, shares, task

    def attempt(self, done: Callable[[int], None]) -> Found:
        """Try all its units, slice by slice. `done` is told of units."""
        task, now = self.task, self.task.survey.now
        assert now is not None, "nobody is asked where there is nothing"
        store = task.opened()
        try:
            port = task.trial.beside.port
            places = _heard(Hearing(), place_events_of(store, port))
            rules = task.rules.under(closures_of(places.places()))
            law = law_of(task.trial.beside, rules, max(watermark_of(now, rules), 0))
            part = Part(task.trial, law)
            if task.trial.beside.over_calls and self.number == 0:
                self._try(part, places)
            for number in range(self.number, len(task.survey.firsts), self.shares):
                asked = {**_asked(task.trial), **task.survey.slice(number)}
                messages = (message for (message,) in store.ask(SLICE, asked))
                done(self._try(part, _heard(ShipHearing(), messages)))
            return part.found()
        finally:
            store.close()

    @staticmethod
    def _try(part: Part, hearing: Hearing) -> int:
        ships = hearing.ships if isinstance(hearing, ShipHearing) else {}
        units = len(hearing.units)
        for key, told in hearing.taken():
            part.take(key, told, ships)
        part.sum_up()
        return units


def _heard(hearing: Hearing, messages: Iterable[bytes | str]) -> Hearing:
    for number, message in enumerate(messages, start=1):
        hearing.hear(message if isinstance(message, bytes) else message.encode(), number)
    hearing.settle()
    return hearing


def try_tables(bench: Bench, task: Task, watch: Watch) -> Result:
    """Try what the tables hold, as known at the latest instant in any event of the port. Raises
    Failure where there is none."""
    trial, survey = task.trial, task.survey
    if survey.now is None:
        what = f"the tables hold no event of {trial.beside.port}"
        raise Failure(what, do="name files of events, or another --port")
    watch.begin(survey.units)
    return result_of(trial, survey.now, bench.ask("attempt", [()] * bench.shares, watch.judged))
