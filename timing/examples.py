"""The examples that an edition carries: small visits told in words, judged by the edition itself.

"10:00 inspection-ordered", "day+1 09:00 tick": sentences of `events.sentences`, at the port, on the
day the example names. A tick only lets time pass. A unit that no sentence brings in was there
since midnight. The judge is the real one; this module must never know a rule.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from events.codec import encode
from events.envelope import Event
from events.instants import format_instant
from events.outcomes import Outcome
from events.sentences import Sentence, read_sentence
from events.vocabulary import Kind, UnitType
from timing.complaints import Fault
from timing.editions import Edition, Example
from timing.judge import judge
from timing.limits import Register
from timing.patience import Patience
from timing.rules import Rules
from timing.visits import OPENERS
from timing.written import midnight, nearest

_FIRST_DAY = date(2026, 3, 2)
"""Of an edition without a date: a Monday, and a working day in China."""
_UNITS = {
    UnitType.CONTAINER: "CSQU3054383",
    UnitType.WAGON: "1634521",
    UnitType.ULD: "AKE12345MU",
    UnitType.LOT: "LOT-1",
}
_AT_ONCE = Patience(allowed_lateness_s=0)
_TICK = "tick"


class UnreadableExample(ValueError):
    """A sentence of an example, by its number from 0, is none; the message says what to write."""

    def __init__(self, number: int, what: str, remedy: str) -> None:
        """`what` and `remedy` as in a complaint."""
        self.number, self.what, self.remedy = number, what, remedy
        super().__init__(f"{what}; {remedy}")


def failures(edition: Edition) -> Iterator[Fault]:
    """Every example that does not hold or cannot be read, and every limit that none shows."""
    for number, example in enumerate(edition.example):
        where = ("example", number)
        try:
            outcome = outcome_of(edition, example)
        except UnreadableExample as error:
            given = (*where, "given", error.number)
            yield Fault(given, f"the example cannot be read: {error.what}", error.remedy)
        else:
            for what in _differences(example, outcome):
                yield Fault(where, what, "correct the example or the limit")
    shown = {example.limit for example in edition.example}
    for number, limit in enumerate(edition.limit):
        if limit.id not in shown:
            remedy = "add an [[example]] that shows its boundary"
            if limit.kind == "listed":
                remedy = 'add an [[example]] of its stage with expect = "no-limit"'
            yield Fault(("limit", number), f"limit {limit.id} has no example", remedy)


def _differences(example: Example, outcome: Outcome | None) -> Iterator[str]:
    told = ", ".join(example.given)
    if outcome is None:
        yield f"the example ({told}) shows nothing: the stage of {example.limit} never begins"
        return
    if outcome.verdict != example.expect:
        yield f"{example.limit} says {outcome.verdict}, expected {example.expect}: {told}"
    if lacking := [flag for flag in example.flags if flag not in outcome.flags]:
        has = ", ".join(outcome.flags) or "none"
        yield f"{example.limit} has flags {has}, expected {', '.join(lacking)}: {told}"


def outcome_of(edition: Edition, example: Example) -> Outcome | None:
    """What the limit says of the example's visit, of the last time that its stage happens; without
    a limit where it says nothing. None: the stage never begins. Raises UnreadableExample.
    """
    stage = next(limit.stage for limit in edition.limit if limit.id == example.limit)
    day = datetime.fromtimestamp(midnight(_day(edition, example)), UTC)
    told = [_sentence(number, words, day) for number, words in enumerate(example.given)]
    happened = [(n, one) for n, one in enumerate(told) if one.kind != _TICK]
    events = [_event(n, one, edition, example) for n, one in happened]
    unit = _unit(example)
    if not any(event.kind in OPENERS for event in events if event.unit.model_dump() == unit):
        there = Sentence(day, Kind.GATED_IN, {})
        events.insert(0, _event(0, there, edition, example))
    rules = Rules(Register((edition,)), _AT_ONCE)
    found = judge(map(encode, events), rules, max(one.moment for one in told)).outcomes
    return _meant([one for one in found if one.stage == stage], example.limit)


def _meant(outcomes: list[Outcome], limit: str) -> Outcome | None:
    """Of the last occurrence, the outcome under this limit; else one that it might have had."""
    last = max((one.occurrence for one in outcomes), default=0)
    there = [one for one in outcomes if one.occurrence == last]
    judged = [one for one in there if one.limit and one.limit.id == limit]
    unjudged = [one.model_copy(update={"limit": None, "verdict": "no-limit"}) for one in there]
    return next(iter((*judged, *unjudged)), None)


def _day(edition: Edition, example: Example) -> date:
    first = edition.effective_from
    return example.on or (first if isinstance(first, date) else _FIRST_DAY)


def _sentence(number: int, words: str, day: datetime) -> Sentence:
    try:
        sentence = read_sentence(words, day)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        raise UnreadableExample(number, what, remedy or "write it as 10:00 positioned") from error
    if sentence.kind != _TICK and sentence.kind not in set(Kind):
        remedy = nearest(sentence.kind, Kind, "the kinds stand in docs/contract.md")
        what = f"{words!r}: the contract has no kind {sentence.kind!r}"
        raise UnreadableExample(number, what, remedy)
    return sentence


def _unit(example: Example) -> dict[str, str]:
    return {"type": example.unit, "id": _UNITS[example.unit]}


def _event(number: int, sentence: Sentence, edition: Edition, example: Example) -> Event:
    """The sentence as an event; what it says itself goes before what is known of the unit."""
    said = sentence.fields
    known = {
        "size_type": example.size_type,
        "laden": example.laden,
        "category": example.category,
        "weight_kg": example.weight_kg,
    }
    place = {"port": edition.port, "facility": example.facility}
    usual: dict[str, Any] = {
        "event_id": f"{number}-{sentence.kind}@{format_instant(sentence.moment)}",
        "source": "example",
        "unit": _unit(example),
        "mode": example.mode,
        "direction": example.direction,
        "journey_s": example.journey_s,
    }
    nested = {
        "place": {**place, **said.get("place", {})},
        "cargo": {**known, **said.get("cargo", {})},
    }
    fixed = {"kind": sentence.kind, "occurred_at": sentence.moment}
    try:
        return Event.model_validate({**usual, **said, **nested, **fixed})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        what = f"{key} = {first['input']!r} will not do"
        raise UnreadableExample(number, what, first["msg"]) from error
