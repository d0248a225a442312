"""What each event of a visit did: opened, closed, stopped, corrected, waited, or nothing at all.

Read off the findings and the reports; decides nothing of its own. Must never know a language.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from events.identifiers import Identity
from events.vocabulary import Kind, Party
from timing.corrections import Standing
from timing.holds import Hold, excuses
from timing.observation import Observation
from timing.occurrences import INFERRED, Occurrence
from timing.patience import Patience
from timing.story.words import Sentence, Value
from timing.visits import AHEAD, EXITS, OPENERS, Visit


class Deed(StrEnum):
    """What an event can have done. Each is a sentence of every language."""

    OPENED_VISIT = "opened-visit"
    CLOSED = "closed"
    INFERRED = "inferred"
    OPENED = "opened"
    WORKED = "worked"
    STOPPED = "stopped"
    HELD_ITSELF = "held-itself"
    RESUMED = "resumed"
    APPOINTED = "appointed"
    BOOKED = "booked"
    DECLARED_LATE = "declared-late"
    CLOSED_VISIT = "closed-visit"
    PASSED = "passed"
    REPLACED = "replaced"
    TOOK_BACK = "took-back"
    IN_VAIN = "in-vain"
    WAS_REPLACED = "was-replaced"
    WAS_TAKEN_BACK = "was-taken-back"
    REPEATED = "repeated"
    REVISED = "revised"
    WAITS = "waits"
    TOO_LATE = "too-late"
    STALE = "stale"
    NOTED = "noted"


_ORDER = {deed: place for place, deed in enumerate(Deed)}


class Act(NamedTuple):
    """One thing an event did. `stages` as `box-move#1`; `event` is the id of the other event of a
    correction; `at` and `until` are epoch seconds; `times` how often it was said again."""

    deed: Deed
    stages: tuple[str, ...] = ()
    party: Party | None = None
    event: str | None = None
    at: int | None = None
    until: int | None = None
    times: int | None = None

    @property
    def sentence(self) -> Sentence:
        """The same, to be said in a language."""
        values: dict[str, Value | None] = {
            "stage": self.stages or None,
            "party": self.party,
            "event": self.event,
            "about_at": self.at,
            "until_at": self.until,
            "times": self.times,
        }
        return Sentence(self.deed, {n: v for n, v in values.items() if v is not None})


class Held(NamedTuple):
    """An occurrence with the holds and suspensions laid on it."""

    occurrence: Occurrence
    holds: tuple[Hold, ...]

    @property
    def name(self) -> str:
        """Its stage and number, as acts name it."""
        return f"{self.occurrence.stage.id}#{self.occurrence.number}"


Acts = dict[Identity, list[Act]]


def by_visit(visit: Visit, held: Iterable[Held]) -> Acts:
    """What the reports of a visit, and the suspensions of its place, did to it."""
    found: Acts = {}
    for report in visit.reports:
        found[report.identity] = [*_of_visit(visit, report), *_spoken(report)]
    for one in held:
        for report, act in (*_worked(one), *_stopped(one)):
            found.setdefault(report.identity, []).append(act)
    return {identity: gathered(acts) for identity, acts in found.items()}


def gathered(acts: Iterable[Act]) -> list[Act]:
    """In a fixed order; what was done alike to several stages is one act."""
    stages: dict[Act, list[str]] = {}
    for act in acts:
        stages.setdefault(act._replace(stages=()), []).extend(act.stages)
    merged = [act._replace(stages=tuple(dict.fromkeys(names))) for act, names in stages.items()]
    return sorted(merged, key=lambda act: _ORDER[act.deed]) or [Act(Deed.NOTED)]


def _of_visit(visit: Visit, report: Observation) -> Iterator[Act]:
    opener = next(
        r for r in visit.reports if r.occurred_at == visit.opened_at and r.kind in OPENERS
    )
    if report is opener:
        yield Act(Deed.OPENED_VISIT)
    if report is _leaving(visit):
        yield Act(Deed.CLOSED_VISIT)
    if report.identity in visit.gates:
        yield Act(Deed.PASSED)


def _leaving(visit: Visit) -> Observation | None:
    """The report by which the unit left, while its last way out is known."""
    exits = EXITS | {Kind.DEPARTED}
    gone = (r for r in visit.heard if r.occurred_at == visit.closed_at and r.kind in exits)
    return next(gone, None)


def _spoken(report: Observation) -> Iterator[Act]:
    """What a report says of another time than its own."""
    if report.kind is Kind.OVERTIME_BOOKED:
        yield Act(Deed.BOOKED, at=report.said.about_at, until=report.said.until_at)
    elif report.said.about_at is not None:
        yield Act(Deed.APPOINTED, at=report.said.about_at)


def of_place(report: Observation) -> list[Act]:
    """What a report of a place is told with wherever it is told: when it was known, if later."""
    late = report.recorded_at > report.occurred_at
    return [Act(Deed.DECLARED_LATE, at=report.recorded_at)] if late else []


def _worked(one: Held) -> Iterator[tuple[Observation, Act]]:
    occurrence, name = one.occurrence, (one.name,)
    first, *rest = occurrence.reports
    yield first, Act(Deed.OPENED, name)
    last = rest.pop() if rest and occurrence.closed_at is not None else None
    for report in rest:
        yield report, Act(Deed.WORKED, name)
    if last is not None:
        yield last, Act(Deed.INFERRED if INFERRED in occurrence.flags else Deed.CLOSED, name)


def _stopped(one: Held) -> Iterator[tuple[Observation, Act]]:
    for hold in one.holds:
        stops = excuses(hold.party, one.occurrence.stage.answers)
        *stop, last = hold.reports
        ended = () if hold.end is None else (last,)
        for report in stop if ended else hold.reports:
            yield report, Act(Deed.STOPPED if stops else Deed.HELD_ITSELF, (one.name,), hold.party)
        for report in ended:
            yield report, Act(Deed.RESUMED, (one.name,), hold.party)


def by_correction(known: Standing) -> Acts:
    """What corrections did, and what was done to those that do not stand."""
    reports = {r.identity: r for r in (*known.facts, *known.void)}
    void = {r.identity for r in known.void}
    found: Acts = {}
    for report in reports.values():
        acts = [*_corrected(report, void), *_fallen(report, void, reports)]
        if acts:
            found[report.identity] = acts
    return found


def _corrected(report: Observation, void: set[Identity]) -> Iterator[Act]:
    target = report.corrects
    if target is None or target == report.identity:
        return
    if report.said.retracts is not None:
        yield Act(Deed.TOOK_BACK if target in void else Deed.IN_VAIN, event=target.event_id)
    elif report.identity not in void:
        yield Act(Deed.REPLACED if target in void else Deed.IN_VAIN, event=target.event_id)


def _fallen(
    report: Observation, void: set[Identity], reports: Mapping[Identity, Observation]
) -> Iterator[Act]:
    """Who took it back or replaced it; of several, the last to say so."""
    if report.identity not in void:
        return
    by = [r for r in reports.values() if r.corrects == report.identity and r is not report]
    for one in sorted(by, key=lambda r: (r.recorded_at, r.identity))[-1:]:
        deed = Deed.WAS_TAKEN_BACK if one.said.retracts is not None else Deed.WAS_REPLACED
        yield Act(deed, event=one.event_id)


def by_saying(heard: Sequence[Observation]) -> Acts:
    """What was said more than once, or otherwise before: every message, in any order."""
    found: Acts = {}
    contents: dict[Identity, dict[int, Observation]] = {}
    said = Counter(report.identity for report in heard)
    for report in heard:
        contents.setdefault(report.identity, {})[report.digest] = report
    for identity, by_digest in contents.items():
        *former, _ = sorted(by_digest.values(), key=lambda r: (r.recorded_at, r.digest))
        acts = [Act(Deed.REVISED, at=report.occurred_at) for report in former]
        if again := said[identity] - len(by_digest):
            acts.append(Act(Deed.REPEATED, times=again))
        if acts:
            found[identity] = acts
    return found


def of_kept(report: Observation, visits: Sequence[Visit], patience: Patience) -> Act:
    """Why a report that stands belongs to no visit."""
    later = [v for v in visits if v.opened_at >= report.occurred_at]
    if later:
        return Act(Deed.STALE)
    if visits and report.kind not in AHEAD:
        last = visits[-1]
        ended_at = last.closed_at if last.closed_at is not None else last.last_heard_at()
        if report.occurred_at - ended_at > patience.retention_s:
            return Act(Deed.TOO_LATE)
    return Act(Deed.WAITS)
