"""Recalling: a unit whose visits were forgotten is judged again as a whole; what differs is said.

A report that comes after its visit was forgotten cannot be judged by what is left of the unit. What
was told of it is brought back, joined with what is remembered, and judged like any set of reports;
what that comes to is held against what stands in the tables. So the live stream says in the end
what a judge of the whole set says, however late a report is. Recalling twice says the same twice:
readers go by keys. Must never know where the reports were kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from events.codec import decode
from events.identifiers import Identity
from events.outcomes import Alert, Because, Outcome
from events.recalls import Recall
from events.said import SaidAlert, SaidFate, SaidOutcome, Words
from events.vocabulary import AlertState, UnitType, Verdict
from timing import announce
from timing.announce import NOTHING, Change, Reason
from timing.engine import settled
from timing.findings import Finding, Findings, Key, Level, find
from timing.forms import Frozen
from timing.history import History
from timing.observation import Observation, merged, observation_of
from timing.rules import Rules
from timing.spoken import Voice
from timing.step import Novelty

_BREACHED: Final = Verdict.BREACHED


class Brought(NamedTuple):
    """What the tables hold of one unit at one port: every report of it, the outcomes that stand,
    and the visit of each event as it was published (None: of no visit). `because` is what all that
    is said of it is put down to."""

    unit_type: UnitType
    reports: tuple[Observation, ...]
    outcomes: tuple[Outcome, ...]
    visits: Mapping[Identity, str | None]
    because: Reason


class Recalled(Frozen, frozen=True, gc=False):
    """What a recall comes to: the history that is left, None for nothing, and all that is said."""

    history: History | None
    words: Words
    novelty: Novelty = Novelty.CORRECTION


class _Known(NamedTuple):
    """What was published until now: outcomes as they stand, what is remembered of them, and for
    each event the visits that it was said to be of."""

    outcomes: Mapping[Key, Outcome]
    remembered: Findings
    visits: Mapping[Identity, str | None]


def recall(
    key: str, history: History | None, brought: Brought, rules: Rules, watermark: int
) -> Recalled:
    """Judge all that was ever told of a unit (`<port>/<unit id>`), and say what differs from what
    stands. `history` is what is remembered of it; visits that are over are forgotten again."""
    before = history or History(key, brought.unit_type)
    reports = joined((*brought.reports, *before.reports))
    after = History.of(key, before.unit, reports).at(max(watermark, before.watermark), rules)
    found = find(key, reports, rules, after.watermark)
    known = _known(before, brought, rules)
    voice = Voice.of(key, before.unit_type, brought.because)
    words = Words(
        tuple(_outcomes(voice, known, found)),
        tuple(_alerts(voice, known, found)),
        _fates(voice, known, found),
    )
    return Recalled(settled(after, reports, found, rules), words)


def brought_by(recall: Recall) -> Brought:
    """What a recall brings. Raises InvalidEvent where one of its messages cannot be read."""
    reports = tuple(
        observation_of(event) for message in recall.messages for event in decode(message.encode())
    )
    visits = {Identity(one.source, one.event_id): one.visit_id for one in recall.visits}
    because = (recall.cause.what, recall.cause.id)
    return Brought(recall.unit.type, reports, recall.outcomes, visits, because)


def joined(reports: Iterable[Observation]) -> tuple[Observation, ...]:
    """One report for each identity: of several contents the one that stands."""
    known: dict[Identity, Observation] = {}
    for report in reports:
        other = known.get(report.identity)
        if other is None:
            known[report.identity] = report
        elif not report.said_before(other):
            known[report.identity] = merged(other, report)
    return tuple(known.values())


def key_of(outcome: Outcome) -> Key:
    """What makes an outcome the same as another one."""
    limit_id = outcome.limit.id if outcome.limit else ""
    return Key(outcome.visit_id, outcome.stage, outcome.occurrence, limit_id)


def _known(before: History, brought: Brought, rules: Rules) -> _Known:
    """The memory is newer than the tables, where it was judged by the same register."""
    outcomes = {key_of(outcome): outcome for outcome in brought.outcomes}
    remembered = NOTHING
    if before.body and before.register == rules.register.fingerprint:
        remembered = before.findings(rules)
        unit = before.unit
        outcomes |= {k: announce.outcome(unit, f) for k, f in remembered.by_key.items()}
    return _Known(outcomes, remembered, brought.visits)


def _outcomes(voice: Voice, known: _Known, found: Findings) -> Iterator[SaidOutcome]:
    """Every outcome that is new or other than what stands; what has ceased to exist, as void."""
    for key, finding in found.by_key.items():
        if not _stands(known, key, finding, voice):
            yield voice.outcome(Change(finding))
    for key, outcome in known.outcomes.items():
        if key not in found.by_key:
            yield _void(voice, outcome)


def _stands(known: _Known, key: Key, finding: Finding, voice: Voice) -> bool:
    stood = known.outcomes.get(key)
    if stood is None:
        return False
    now = announce.outcome(stood.unit, finding)
    return now == (stood if stood.cause is None else stood.model_copy(update={"cause": None}))


def _void(voice: Voice, outcome: Outcome) -> SaidOutcome:
    gone = {"verdict": Verdict.VOID, "revision": outcome.revision + 1, "deadline_at": None}
    return SaidOutcome.of(outcome.model_copy(update={**gone, "cause": _cause(voice, outcome)}))


def _cause(voice: Voice, outcome: Outcome) -> Because | None:
    return None if voice.reason is None else Because(what=voice.reason[0], id=voice.reason[1])


def _alerts(voice: Voice, known: _Known, found: Findings) -> Iterator[SaidAlert]:
    """What people must be told: promises that are broken now and were not, or the reverse."""
    for key, finding in found.by_key.items():
        was, was_closed = _before(known, key)
        if finding.level is was and (was is Level.CALM or was_closed is _is_closed(finding)):
            continue
        change = Change(finding, False, was, was_closed)
        yield from (voice.alert(finding, alarm) for alarm in announce.alarms(change))
    for key, outcome in known.outcomes.items():
        was, _ = _before(known, key)
        if key not in found.by_key and was is not Level.CALM:
            yield SaidAlert.of(_retracted(voice, key, outcome))


def _is_closed(finding: Finding) -> bool:
    return finding.occurrence.closed_at is not None


def _before(known: _Known, key: Key) -> tuple[Level, bool]:
    """How urgent a promise was, and whether its stage had ended. Of what is not remembered it is
    known whether it was broken, and no more."""
    remembered = known.remembered.by_key.get(key)
    if remembered is not None:
        return remembered.level, _is_closed(remembered)
    stood = known.outcomes.get(key)
    if stood is None:
        return Level.CALM, False
    return Level.BREACHED if stood.verdict is _BREACHED else Level.CALM, stood.closed_at is not None


def _retracted(voice: Voice, key: Key, outcome: Outcome) -> Alert:
    """A breach of what has ceased to exist is taken back."""
    assert outcome.limit is not None, "only a limit can have raised an alert"
    said = outcome.model_dump(include=set(Alert.model_fields) - {"unit", "limit", "cause"})
    return Alert(
        **said | {"deadline_at": None},
        alert_id=announce.alert_id(key, AlertState.RETRACTED),
        unit=outcome.unit,
        limit=outcome.limit,
        state=AlertState.RETRACTED,
        raised_at=outcome.decided_at,
        cause=_cause(voice, outcome),
    )


_UNSAID: Final = object()


def _fates(voice: Voice, known: _Known, found: Findings) -> tuple[SaidFate, ...]:
    """Where reports belong, wherever that was never said, or otherwise."""
    published, remembered = known.visits, known.remembered.visit_of
    moved = tuple(
        (identity, visit)
        for identity, visit in found.visit_of.items()
        if not (published.get(identity, _UNSAID) == visit == remembered.get(identity, visit))
    )
    return voice.fates(moved)
