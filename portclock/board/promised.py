"""What was promised of many, over the outcomes in the tables, with the law of `timing.commitments`.

Only promises that outcomes alone can answer exactly: those on vessel calls, and those that ask for
a cargo or for a laden box, want the events themselves (`portclock commitments`), and are left out
rather than guessed.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from events.outcomes import Outcome
from portclock.promises import bound_text, shown, unit_text
from serving.asks import AnswerUnavailable, Promise
from sinks.rows import StageDwell, outcome_of
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, Row
from timing.commitments.evaluation import Evaluated, evaluate
from timing.commitments.facts import Facts
from timing.commitments.measure import Measure
from timing.commitments.period import Period
from timing.commitments.promise import BracketPromise, RatePromise, UnitPromise, limit_of
from timing.editions import Edition
from timing.written import midnight

OUTCOMES_MAX: Final = 200_000
"""A month of a large port; beyond it nobody should wait for a page."""


def promises(
    store: Store, editions: Iterable[Edition], port: str, first: date, last: date
) -> list[Promise]:
    """Every exact promise of a port over what ended from one local day to another, both included.

    Raises AnswerUnavailable when there is too much to count while somebody waits.
    """
    period = Period(f"{first}/{last}", midnight(first), midnight(last + timedelta(days=1)))
    ours = [_exact_part(edition) for edition in editions if edition.port == port]
    stages = {stage for edition in ours for stage in _stages(edition)}
    facts = Facts(tuple(_outcomes(store, port, stages, period)))
    return [row for one in evaluate(ours, facts, period) for row in _rows(one)]


def exact(promise: UnitPromise | RatePromise | BracketPromise, edition: Edition) -> bool:
    """Whether outcomes alone tell which units it speaks of, and what each adds."""
    if isinstance(promise, RatePromise | BracketPromise):
        return False
    named = limit_of(promise)
    scopes = [promise, *(limit for limit in edition.limit if limit.id == named)]
    return all(not scope.categories and scope.laden is None for scope in scopes)


def _exact_part(edition: Edition) -> Edition:
    """The edition with those promises only; its terms stay as they are."""
    kept = tuple(promise for promise in edition.commitment if exact(promise, edition))
    return edition.model_copy(update={"commitment": kept})


def _stages(edition: Edition) -> Iterator[str]:
    by_id = {limit.id: limit.stage for limit in edition.limit}
    for promise in edition.commitment:
        named = None if isinstance(promise, RatePromise | BracketPromise) else limit_of(promise)
        yield from [by_id[named]] if named else getattr(promise, "stage", ())


def _rows(one: Evaluated) -> Iterator[Promise]:
    """One for each measure: a percentile has several points. Values as people read them."""
    promise, edition = one.kept.promise, one.edition
    for measure in one.kept.measures:
        yield Promise(
            port=edition.port,
            stage=next(_stages(edition.model_copy(update={"commitment": (promise,)})), ""),
            commitment_id=promise.id,
            edition=edition.edition,
            words=_words(promise.words, measure),
            promised=float(shown(measure.bound.value, measure.bound)),
            found=None if measure.value is None else float(shown(measure.value, measure.bound)),
            unit=unit_text(measure.bound).strip(),
            numerator=measure.numerator,
            denominator=measure.denominator,
            kept=measure.kept,
        )


def _words(words: str, measure: Measure) -> str:
    """A point of a percentile says which of them it is."""
    return f"{words} ({bound_text(measure.bound)})" if measure.bound.of else words


def _outcomes(store: Store, port: str, stages: set[str], period: Period) -> list[Outcome]:
    asked = {
        "port": port,
        "stages": sorted(stages),
        "begins_s": period.begins_at,
        "ends_s": period.ends_at,
        "limit": OUTCOMES_MAX + 1,
    }
    found = [outcome_of(StageDwell._make(row)) for row in store.ask(FALLING, asked)]
    if len(found) > OUTCOMES_MAX:
        raise AnswerUnavailable(
            f"more than {OUTCOMES_MAX:,} outcomes of {port} ended in that time; "
            "ask for fewer days, or run portclock commitments"
        )
    return found


def _falling(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    begins_s, ends_s = parameters["begins_s"], parameters["ends_s"]

    def falls(row: StageDwell) -> bool:
        if row.closed_at is None:
            return bool(row.opened_at.timestamp() < ends_s)
        return bool(begins_s <= row.closed_at.timestamp() < ends_s)

    wanted = (row for row in rows if row.port == parameters["port"])
    found = [row for row in wanted if row.stage in parameters["stages"] and falls(row)]
    return found[: parameters["limit"]]


FALLING: Final = Question(
    DWELLS,
    f"SELECT {', '.join(DWELLS.columns)} FROM stage_dwells FINAL "
    "WHERE withdrawn = 0 AND port = %(port)s AND has(%(stages)s, stage) "
    "AND ((closed_at IS NULL AND opened_at < toDateTime64(%(ends_s)s, 0, 'UTC')) "
    "OR (closed_at >= toDateTime64(%(begins_s)s, 0, 'UTC') "
    "AND closed_at < toDateTime64(%(ends_s)s, 0, 'UTC'))) "
    f"ORDER BY {', '.join(DWELLS.key)} LIMIT %(limit)s",
    _falling,
)
"""What ended in a period, and what was begun before its end and is open."""
