"""What feeds do to honest reports: say them twice, late, wrongly, never; and send rubbish between.

A pure function of a seed and one report, so that every fault stays where it is when the traffic
grows. Whatever it does, the final outcomes are those of the honest reports, but for ends that were
never sent: a wrong report is corrected, a false one retracted, and all within stated bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

import orjson

from events.refusals import Reason
from events.topics import TERMINAL_EVENTS
from events.vocabulary import Kind
from portclock.traffic.draws import draw_number
from portclock.traffic.poison import RECIPES, poison
from portclock.traffic.telling import Report, written

DISORDER_MAX_S: Final = 90
"""A report out of order is sent at most so long after it was recorded."""
LATE_MAX_S: Final = 6 * 3600
"""A late report, a repetition or a correction is sent at most so long after it was recorded."""
WRONG_BY_MAX_S: Final = 1800

ENDS: Final = frozenset(
    {
        Kind.MOVE_ENDED, Kind.TRANSFER_ENDED, Kind.UNSTUFFING_ENDED, Kind.STUFFING_ENDED,
        Kind.TALLY_REPORTED, Kind.PICKUP_PLANNED, Kind.POSITIONED, Kind.DOCUMENTS_SUPPLIED,
        Kind.CLOCK_RESUMED, Kind.GATED_OUT,
    }
)  # fmt: skip
"""Kinds that a feed may forget. Nothing here opens a visit."""
_REASONS: Final = tuple(RECIPES)


class Fault(StrEnum):
    """What was done to one report."""

    DUPLICATE = "duplicate"
    DISORDER = "disorder"
    LATE = "late"
    MISSING_END = "missing-end"
    SUPERSEDED = "superseded"
    REWRITTEN = "rewritten"
    RETRACTED = "retracted"
    POISON = "poison"


@dataclass(frozen=True, slots=True)
class Rates:
    """The share of reports that suffer each fault; `missing_ends` is a share of the ENDS."""

    duplicates: float = 0.02
    disorder: float = 0.02
    late: float = 0.003
    corrections: float = 0.009
    poison: float = 0.004
    missing_ends: float = 0.02


HONEST: Final = Rates(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. `said_s` is its `recorded_at`, None when nobody can read it.

    `refused_for`: the reason for which it must be refused, None for a good message.
    """

    due_s: int
    topic: str
    key: str
    value: bytes
    said_s: int | None
    refused_for: Reason | None = None


def harass(report: Report, seed: int, rates: Rates) -> tuple[Fault | None, list[Parcel]]:
    """What becomes of one report: the fault it suffers, if any, and the messages that are sent."""
    drawn = draw_number(seed, report.body["source"], report.body["event_id"])
    fault = _fault(report, drawn / 2**64, rates)
    if fault is None:
        return None, [_sent(report)]
    return fault, list(_FAULTS[fault](report, Random(drawn)))


def _fault(report: Report, share: float, rates: Rates) -> Fault | None:
    for rate, fault in (
        (rates.duplicates, Fault.DUPLICATE),
        (rates.disorder, Fault.DISORDER),
        (rates.late, Fault.LATE),
        (rates.corrections / 3, Fault.SUPERSEDED),
        (rates.corrections / 3, Fault.REWRITTEN),
        (rates.corrections / 3, Fault.RETRACTED),
        (rates.poison, Fault.POISON),
        (rates.missing_ends if report.kind in ENDS else 0, Fault.MISSING_END),
    ):
        if share < rate:
            return fault
        share -= rate
    return None


def _duplicate(report: Report, rolls: Random) -> Iterator[Parcel]:
    yield _sent(report)
    yield _sent(report, after_s=rolls.randint(1, LATE_MAX_S))


def _disorder(report: Report, rolls: Random) -> Iterator[Parcel]:
    yield _sent(report, after_s=rolls.randint(DISORDER_MAX_S // 3, DISORDER_MAX_S))


def _late(report: Report, rolls: Random) -> Iterator[Parcel]:
    yield _sent(report, after_s=rolls.randint(300, LATE_MAX_S))


def _missing(_: Report, __: Random) -> Iterator[Parcel]:
    return iter(())


def _superseded(report: Report, rolls: Random) -> Iterator[Parcel]:
    """A wrong time first; then the right one, as another event in place of the first."""
    yield _sent(_mistaken(report, rolls))
    known = report.body["event_id"]
    yield _sent(_again(report, rolls, event_id=f"{known}-c", supersedes=known))


def _rewritten(report: Report, rolls: Random) -> Iterator[Parcel]:
    """A wrong time first; then the right one under the same identity, recorded later."""
    yield _sent(_mistaken(report, rolls))
    yield _sent(_again(report, rolls))


def _retracted(report: Report, rolls: Random) -> Iterator[Parcel]:
    """The same thing keyed in twice, as two events; the false one is taken back."""
    false_id = f"{report.body['event_id']}-f"
    false = _mistaken(report, rolls)
    yield _sent(report)
    yield _sent(_with(false, false.due_s, event_id=false_id))
    yield _sent(_again(false, rolls, event_id=f"{false_id}-r", retracts=false_id))


def _poison(report: Report, rolls: Random) -> Iterator[Parcel]:
    """Rubbish right behind an honest report, which is left alone."""
    yield _sent(report)
    reason = rolls.choice(_REASONS)
    value = poison(report, reason, rolls)
    due_s = report.due_s + rolls.randint(1, 5)
    yield Parcel(due_s, TERMINAL_EVENTS.name, "", value, None, reason)


_FAULTS: Final = {
    Fault.DUPLICATE: _duplicate,
    Fault.DISORDER: _disorder,
    Fault.LATE: _late,
    Fault.MISSING_END: _missing,
    Fault.SUPERSEDED: _superseded,
    Fault.REWRITTEN: _rewritten,
    Fault.RETRACTED: _retracted,
    Fault.POISON: _poison,
}


def _mistaken(report: Report, rolls: Random) -> Report:
    """The same report with an earlier time: an error, and still no claim about the future."""
    wrong_s = report.due_s - rolls.randint(60, WRONG_BY_MAX_S)
    return _with(report, report.due_s, occurred_at=written(wrong_s))


def _again(report: Report, rolls: Random, **changes: str) -> Report:
    """Said once more, recorded later."""
    due_s = report.due_s + rolls.randint(600, LATE_MAX_S)
    return _with(report, due_s, recorded_at=written(due_s), **changes)


def _with(report: Report, due_s: int, **changes: str) -> Report:
    return Report(due_s, report.topic, report.key, {**report.body, **changes})


def _sent(report: Report, after_s: int = 0) -> Parcel:
    value = orjson.dumps(report.body)
    return Parcel(report.due_s + after_s, report.topic, report.key, value, report.due_s)
