"""The quality of feeds put together: what came in, what was refused, and which ends are missing.

The tables say how every stage ended and who told of what; the table of stages says which kinds of
events end a stage. So a missing end is held against whoever tells such ends at that place. Knows no
command and no page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from events.refusals import Reason
from serving.asks import FeedQuality, Quality, StageEnds, UnknownWord
from sinks import ends, quality
from sinks.store import Store
from sinks.unknown import UNKNOWN
from timing.stages import CHAINS, JOINT, OVERALL, STAGES

SUMS: Final = frozenset(s.id for s in (JOINT, *OVERALL, *(chain.whole for chain in CHAINS)))
"""Stages made of others: what is missing in them is missing in these already."""

Feed = tuple[str, str]
_Tellers = dict[tuple[str, str, str], set[Feed]]


class _Faults(NamedTuple):
    """What was refused of one feed, by what it tells of the feed."""

    refused: int = 0
    check_digits: int = 0
    unknown: int = 0
    future: int = 0


def quality_of(store: Store, since_s: int, until_s: int) -> Quality:
    """Every feed of which anything was received in the span. Raises StoreUnavailable and
    StoreRefused."""
    span = quality.Span(since_s, until_s)
    refusals = quality.refused(store, span)
    known = _known(quality.tellers(store, span))
    told = [_told(one, known) for one in ends.stage_ends(store, span) if one.stage not in SUMS]
    feeds = _feeds(quality.received(store, span), refusals, told, known)
    return Quality(since_s, until_s, list(feeds), list(_words(refusals)), told)


def closers_of(stage: str) -> frozenset[str]:
    """The kinds of events that end a stage, whatever the unit."""
    return frozenset(kind.value for one in STAGES if one.id == stage for kind in one.closers)


def _known(tellers: Iterable[quality.Teller]) -> _Tellers:
    found: _Tellers = defaultdict(set)
    for one in tellers:
        found[one.port, one.facility, one.kind].add((one.topic, one.source))
    return found


def _ending(port: str, facility: str, stage: str, known: _Tellers) -> set[Feed]:
    """Who tells of the ends of a stage at a facility. A source that names no facility, as customs,
    tells of all."""
    places = {facility, ""}
    kinds = closers_of(stage)
    return {
        feed for place in places for kind in kinds for feed in known.get((port, place, kind), ())
    }


def _told(one: ends.StageEnds, known: _Tellers) -> StageEnds:
    sources = {source for _, source in _ending(one.port, one.facility, one.stage, known)}
    return StageEnds(*one, tuple(sorted(closers_of(one.stage))), tuple(sorted(sources)))


def _feeds(
    received: Iterable[quality.Received],
    refusals: Sequence[quality.Refused],
    told: Iterable[StageEnds],
    known: _Tellers,
) -> Iterator[FeedQuality]:
    """Those that were heard, and those of which all was refused; by name."""
    faults = _faults(refusals)
    complete = _complete(told, known)
    heard = {(one.topic, one.source): one for one in received}
    for feed in sorted({*heard, *faults}, key=lambda feed: (feed[1], feed[0])):
        fault, (ended, missing) = faults.get(feed, _Faults()), complete.get(feed, (0, 0))
        yield _feed(heard.get(feed) or _unheard(feed), fault)._replace(ended=ended, missing=missing)


def _feed(one: quality.Received, fault: _Faults) -> FeedQuality:
    return FeedQuality(
        one.source,
        one.topic,
        one.messages,
        one.events,
        fault.refused,
        one.told_again,
        fault.check_digits,
        fault.unknown,
        fault.future,
        one.ahead,
        _three(one.recorded_after_s) if one.recorded else None,
        _three(one.received_after_s) if one.timed else None,
        (one.clock_s[0], one.clock_s[1]) if one.recorded else None,
        tuple(one.later),
        0,
        0,
    )


def _three(times: list[int]) -> tuple[int, int, int]:
    return times[0], times[1], times[2]


def _unheard(feed: Feed) -> quality.Received:
    """A feed of a door, whose bytes never became messages."""
    nothing = [0] * (len(quality.LATER_S) + 1)
    return quality.Received(*feed, 0, 0, 0, 0, 0, 0, 0, [0, 0, 0], [0, 0, 0], [0, 0], nothing)


def _faults(refusals: Iterable[quality.Refused]) -> dict[Feed, _Faults]:
    found: dict[Feed, _Faults] = {}
    for one in refusals:
        so_far = found.get((one.topic, one.source), _Faults())
        found[one.topic, one.source] = _Faults(
            so_far.refused + one.messages,
            so_far.check_digits + one.messages * (one.reason == Reason.BAD_CHECK_DIGIT),
            so_far.unknown + one.messages * one.reason.startswith(UNKNOWN),
            so_far.future + one.messages * (one.reason == Reason.FUTURE_TIME),
        )
    return found


def _complete(told: Iterable[StageEnds], known: _Tellers) -> dict[Feed, tuple[int, int]]:
    """By feed, the ends told and missing of the stages whose ends it tells. Where two feeds tell of
    one, what is missing is held against both: nobody knows whose it was."""
    found: dict[Feed, tuple[int, int]] = {}
    for one in told:
        for feed in _ending(one.port, one.facility, one.stage, known):
            ended, missing = found.get(feed, (0, 0))
            found[feed] = ended + one.ended, missing + one.missing
    return found


def _words(refusals: Iterable[quality.Refused]) -> Iterator[UnknownWord]:
    for one in refusals:
        if one.reason.startswith(UNKNOWN):
            yield UnknownWord(
                one.source, one.topic, one.reason, one.code, one.messages,
                int(one.first_at.timestamp()), one.first_place, one.first_detail,
            )  # fmt: skip
