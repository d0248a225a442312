"""Places: what is known of the suspensions of a port and of the facilities in it.

The history of a place is one like a unit's, with the place for a unit. Its reports are kept as long
as a visit may be judged that what they say bears upon.
"""

from collections.abc import Iterable

from events.identifiers import Identity
from events.vocabulary import UnitType
from timing.history import History
from timing.instants import NEVER
from timing.patience import Patience
from timing.suspensions import Closures, Suspension, suspensions_in


def is_place(history: History) -> bool:
    """Whether this is the history of a place."""
    return history.unit_type is UnitType.PLACE


def suspensions_of(history: History) -> list[Suspension]:
    """The suspensions of one place."""
    port, _, place = history.key.partition("/")
    return suspensions_in(place, port, history.reports)


def closures_of(histories: Iterable[History]) -> Closures:
    """All suspensions of all these places, by port."""
    by_port: dict[str, list[Suspension]] = {}
    for history in histories:
        port = history.key.partition("/")[0]
        by_port.setdefault(port, []).extend(suspensions_of(history))
    ordered = {
        port: tuple(sorted(found, key=lambda s: (s.start, s.facility or "", s.stages)))
        for port, found in by_port.items()
        if found
    }
    return Closures(ordered)


def kept_until(history: History, patience: Patience) -> dict[Identity, int]:
    """How long each report of a place is kept: what still stops clocks, for ever; what has ended,
    until no visit it bore upon is kept; a correction as long as what it corrects."""
    longest_s = patience.place_s
    reports = history.reports
    until = {r.identity: r.occurred_at + longest_s for r in reports}
    for suspension in suspensions_of(history):
        end = NEVER if suspension.end is None else suspension.end + longest_s
        until |= {r.identity: max(end, until[r.identity]) for r in suspension.reports}
    chained = [(r.identity, r.corrects) for r in reports if r.corrects in until]
    for _ in chained:
        for identity, target in chained:
            until[identity] = max(until[identity], until[target])
    return until


def forgotten(history: History, patience: Patience) -> History:
    """Without what bears upon no visit any more."""
    until = kept_until(history, patience)
    return history.only(lambda report: history.watermark <= until[report.identity])


def look_again(history: History, patience: Patience) -> int:
    """The smallest watermark at which something is to be forgotten; NEVER if none."""
    return min(
        (at + 1 for at in kept_until(history, patience).values() if at < NEVER), default=NEVER
    )
