"""Holds: intervals in which the clock of a stage stands still, each with a responsible party.

Where holds of several parties overlap, each second goes to one of them by the stated precedence,
so that the parts sum to the whole.
"""

from collections.abc import Iterable
from typing import NamedTuple

from events.vocabulary import Kind, Party
from timing.observation import Observation
from timing.stages import Answers, Stage, Stopper

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
    stage: str | None
    reports: tuple[Observation, ...]


class Slice(NamedTuple):
    """A stretch of time held by exactly one party."""

    start: int
    end: int | None
    party: Party


def holds_in(reports: Iterable[Observation]) -> tuple[Hold, ...]:
    """Pair stops and resumptions of a visit's reports, in order. A second stop by a party that
    already holds changes nothing; a resumption without a party ends every hold of its family."""
    running: list[Hold] = []
    done: list[Hold] = []
    for report in reports:
        if report.kind in STOPS:
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
    return Hold(stopper, report.party or party, report.occurred_at, None, report.stage, (report,))


def _same(hold: Hold, other: Hold) -> bool:
    return (hold.stopper, hold.party, hold.stage) == (other.stopper, other.party, other.stage)


def _ends(report: Observation, hold: Hold) -> bool:
    _, resume, _ = STOPS[hold.reports[0].kind]
    if report.stage not in (None, hold.stage):
        return False
    return report.kind is resume and (
        report.party is None or report.party is hold.party or resume is Kind.RELEASED
    )


def stopping(holds: tuple[Hold, ...], stage: Stage) -> tuple[Hold, ...]:
    """The holds that may stop this stage's clock."""
    return tuple(h for h in holds if h.stopper in stage.stoppers and h.stage in (None, stage.id))


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
