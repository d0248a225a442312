"""How an allowance came about: the bound in force, and what of the unit it goes by.

One small function per kind of bound; each gives the numbers from which the allowance follows. The
allowance itself is the finding's. Must never know a language, nor compare a time with a limit.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from timing.kinds.by_size import BySize
from timing.kinds.by_weight import ByWeight
from timing.kinds.duration import Duration
from timing.kinds.half_day import Half
from timing.kinds.lead_time import LeadTime
from timing.kinds.limit import Bound, Override
from timing.kinds.notice import Notice
from timing.kinds.per_teu import PerTeu
from timing.limits import Applied
from timing.occurrences import Occurrence
from timing.story.words import Sentence, Value
from timing.visits import Traits
from timing.written import size_of


class Granted(NamedTuple):
    """A limit granted to one occurrence."""

    applied: Applied
    occurrence: Occurrence
    traits: Traits


def sentences(granted: Granted) -> tuple[Sentence, ...]:
    """The bound that was in force and how it comes to the allowance; an override with its reason
    first."""
    bound = _in_force(granted)
    said = next(tell for kind, tell in _TELLERS.items() if isinstance(bound, kind))
    told = said(bound, granted)
    return (_override(bound), told) if isinstance(bound, Override) else (told,)


def _in_force(granted: Granted) -> Bound:
    limit, at = granted.applied.limit, granted.occurrence.opened_at
    return next((one for one in limit.overrides if one.holds_at(at)), limit)


def _override(bound: Override) -> Sentence:
    values: dict[str, Value] = {"why": bound.reason, "from_on": bound.first.isoformat()}
    if bound.to is None:
        return Sentence("override-on", values)
    return Sentence("override", {**values, "to_on": bound.to.isoformat()})


def _duration(bound: Duration, granted: Granted) -> Sentence:
    return Sentence("duration", {"within_s": bound.within})


def _size(granted: Granted) -> dict[str, Value]:
    size_type = granted.traits.size_type
    assert size_type is not None, "no size, no allowance by size"
    return {"size": str(size_of(size_type)), "size_type": size_type}


def _by_size(bound: BySize, granted: Granted) -> Sentence:
    size = _size(granted)
    return Sentence("duration-by-size", {"within_s": granted.applied.limit_s, **size})


def _per_teu(bound: PerTeu, granted: Granted) -> Sentence:
    size = _size(granted)
    teu = next(count for named, count in bound.teu.items() if named == size["size"])
    return Sentence("duration-per-teu", {"within_s": bound.within, "teu": f"{teu:f}", **size})


def _by_weight(bound: ByWeight, granted: Granted) -> Sentence:
    weight_kg = granted.traits.weight_kg
    assert weight_kg is not None, "no weight, no allowance by weight"
    values: dict[str, Value] = {
        "within_s": bound.within,
        "up_to_kg": bound.up_to_kg,
        "step_s": bound.step,
        "step_kg": bound.step_kg,
        "weight_kg": weight_kg,
        "steps": (granted.applied.limit_s - bound.within) // bound.step,
    }
    return Sentence("duration-by-weight", values)


def _lead_time(bound: LeadTime, granted: Granted) -> Sentence:
    """The appointment that counts is the one which the allowance leads up to."""
    limit_s, opened_at = granted.applied.limit_s, granted.occurrence.opened_at
    appointment_at = opened_at + limit_s + bound.lead
    made = next(r for r in granted.occurrence.appointments if r.said.about_at == appointment_at)
    values: dict[str, Value] = {
        "lead_s": bound.lead,
        "appointment_at": appointment_at,
        "made_at": made.occurred_at,
        "opened_at": opened_at,
        "limit_s": limit_s,
    }
    return Sentence("lead-time", values)


def _half_day(bound: Half, granted: Granted) -> Sentence:
    opened_at, limit_s = granted.occurrence.opened_at, granted.applied.limit_s
    values: dict[str, Value] = {"opened_at": opened_at, "due_at": opened_at + limit_s}
    return Sentence("half-day", {**values, "limit_s": limit_s})


def _notice(bound: Notice, granted: Granted) -> Sentence:
    journey_s = granted.traits.journey_s
    assert journey_s is not None, "no journey, no notice"
    values: dict[str, Value] = {"journey_over_s": bound.journey_over, "journey_s": journey_s}
    if journey_s <= bound.journey_over:
        return Sentence("notice-short", values)
    return Sentence("notice", {**values, "notice_s": bound.notice})


_TELLERS: Final[Mapping[type[Bound], Callable[[Any, Granted], Sentence]]] = {
    Duration: _duration,
    BySize: _by_size,
    PerTeu: _per_teu,
    ByWeight: _by_weight,
    LeadTime: _lead_time,
    Half: _half_day,
    Notice: _notice,
}
