"""Holds: intervals in which the clock of a stage stands still, each with a responsible party.

Where holds of several parties overlap, each second goes to one of them by the stated precedence,
so that the parts sum to the whole.
"""

from collections.abc import Iterable
from typing import NamedTuple

from events.vocabulary import Category, Kind, Party
from timing.observation import Observation, Words
from timing.stages import Answers, Stage, Stopper
from timing.suspensions import Suspension
from timing.visits import Traits

PRECEDENCE = (
    Party.FORCE_MAJEURE, Party.CUSTOMS, Party.CONSIGNEE, Party.AGENT, Party.CARRIER, Party.RAIL,
    Party.THIRD_PARTY, Party.GROUND_HANDLER, Party.TERMINAL,
)  # fmt: skip
"""Who answers for a second that several parties hold: what nobody could help comes first, and the
terminal, whose clock it usually is, comes last."""
_RANK = {party: rank for rank, party in enumerate(PRECEDENCE)}

STOPS = {
    Kind.CLOCK_STOPPED: (Stopper.CLOCK, Kind.CLOCK_RESUMED, Party.THIRD_PARTY),
    Kind.DOCUMENTS_REQUESTED: (Stopper.DOCUMENTS, Kind.DOCUMENTS_SUPPLIED, Party.CONSIGNEE),
    Kind.DETAINED: (Stopper.DETENTION, Kind.RELEASED, Party.CUSTOMS),
}
"""Stopping kind: its family, the kind that ends it, and who answers when the event does not say."""
HOLD_KINDS = frozenset(STOPS) | {resume for _, resume, _ in STOPS.values()}


class Hold(NamedTuple):
    """A stopped clock from `start` until `end` (None: until further notice)."""

    stopper: Stopper
    party: Party
    start: int
    end: int | None
    stages: Words
    reports: tuple[Observation, ...]


class Slice(NamedTuple):
    """A stretch of time held by exactly one party."""

    start: int
    end: int | None
    party: Party


def holds_in(reports: Iterable[Observation], traits: Traits) -> tuple[Hold, ...]:
    """Pair stops and resumptions of a visit's reports, in order. A second stop by a party that
    already holds changes nothing; a resumption without a party ends every hold of its family. A
    stop that speaks of other cargo or another mode than the visit's stops nothing."""
    running: list[Hold] = []
    done: list[Hold] = []
    for report in reports:
        if report.kind in STOPS:
            if not _speaks_of(traits, report.said.categories, report.said.modes):
                continue
            hold = _begun(report)
            if not any(_same(hold, other) for other in running):
                running.append(hold)
        else:
            ended = [hold for hold in running if _ends(report, hold)]
            running = [hold for hold in running if hold not in ended]
            done += [
                h._replace(end=report.occurred_at, reports=(*h.reports, report)) for h in ended
            ]
    return tuple(sorted((*done, *running), key=lambda h: (h.start, _RANK[h.party])))


def _begun(report: Observation) -> Hold:
    stopper, _, party = STOPS[report.kind]
    said = report.said
    return Hold(
        stopper, said.party or party, report.occurred_at, None, said.stages, (report,)
    )  # fmt: skip


def _same(hold: Hold, other: Hold) -> bool:
    return (hold.stopper, hold.party, hold.stages) == (other.stopper, other.party, other.stages)


def _ends(report: Observation, hold: Hold) -> bool:
    _, resume, _ = STOPS[hold.reports[0].kind]
    if report.said.stages and report.said.stages != hold.stages:
        return False
    return report.kind is resume and (
        report.said.party is None or report.said.party is hold.party or resume is Kind.RELEASED
    )


def stopping(holds: tuple[Hold, ...], stage: Stage) -> tuple[Hold, ...]:
    """The holds that may stop this stage's clock."""
    return tuple(
        h for h in holds if h.stopper in stage.stoppers and (not h.stages or stage.id in h.stages)
    )


def suspending(
    suspensions: tuple[Suspension, ...], facility: str | None, traits: Traits
) -> tuple[Hold, ...]:
    """The suspensions that cover such a unit at such a facility: holds that nobody could help."""
    return tuple(
        Hold(Stopper.SUSPENSION, Party.FORCE_MAJEURE, s.start, s.end, s.stages, s.reports)
        for s in suspensions
        if s.facility in (None, facility) and _speaks_of(traits, s.categories, s.modes)
    )


def _speaks_of(traits: Traits, categories: Words, modes: Words) -> bool:
    """An unstated cargo category counts as general, as it does for limits."""
    category = traits.category or Category.GENERAL
    return (not categories or category in categories) and (not modes or traits.mode in modes)


def excuses(party: Party, answers: Answers) -> bool:
    """Whether a hold by `party` takes time off a stage that `answers` must keep. Nobody is excused
    by its own hold; where all answer together, only what nobody could help excuses."""
    return party is Party.FORCE_MAJEURE if answers == "all" else party is not answers


def attributed(holds: Iterable[Hold], start: int, end: int | None) -> tuple[Slice, ...]:
    """Cut [start, end) into slices, each held by one party; unheld time is left out."""
    if end is not None and end <= start:
        return ()
    holds = [
        h for h in holds if (end is None or h.start < end) and (h.end is None or h.end > start)
    ]
    if not holds:
        return ()
    cuts = sorted({start, *(h.start for h in holds), *(h.end for h in holds if h.end is not None)})
    cuts = [cut for cut in cuts if cut >= start and (end is None or cut < end)]
    slices = []
    for begin, finish in zip(cuts, [*cuts[1:], end], strict=True):
        parties = [h.party for h in holds if h.start <= begin and (h.end is None or h.end > begin)]
        if parties:
            slices.append(Slice(begin, finish, min(parties, key=_RANK.__getitem__)))
    return tuple(slices)
