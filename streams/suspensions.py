"""What an event about a place does to a partition: its row first, then all units of the port.

Knows desks and effects. Which clocks stop, and what that makes of a verdict, is the law's.
"""

from collections.abc import Callable, Iterator

from events.envelope import Event
from streams.desk import Desk
from streams.effects import Effects, Ending
from streams.law import Law
from streams.places import Place
from streams.tables import place_key, port_of


def place_of(desk: Desk, event: Event) -> Place:
    """What the desk knows of the place that the event is about."""
    return desk.places.open(place_key(event.place.port, event.unit.id))


def declare(desk: Desk, place: Place, event: Event, effects: Effects, *, copied: bool) -> Ending:
    """Take an event into the row of its place; the units are told by `tell_units`.

    A copy's fates were said where the event was sent to.
    """
    step = desk.law.declare(place.history, event, desk.watermark_s)
    if step.history is not place.history:
        desk.places.learn(place, step.history, f"{event.source}/{event.event_id}")
        desk.put_place(place)
    if copied:
        return Ending.COPY
    effects.fates += step.words.fates
    return Ending(str(step.novelty))


def tell_units(desk: Desk, units_max: int, interrupted: Callable[[], bool]) -> Iterator[Effects]:
    """Judge every unit of the port again, if an event about a place waits for that.

    In steps of at most `units_max`. The place's row says what is under way until the last of them.
    Whoever dies or is interrupted before leaves it to the next worker, who begins again before
    anything else: judging a unit twice says the same twice, and no unit meets another event, or a
    tick, while some are judged by the law of before.
    """
    place = desk.places.unfinished
    if place is None:
        return
    before = desk.places.enact()
    keys = desk.units_at(port_of(place.key))
    while len(keys) > units_max:
        yield _reconsider(desk, keys[:units_max], before, place)
        keys = keys[units_max:]
        if interrupted():
            desk.left = True
            return
    effects = _reconsider(desk, keys, before, place)
    desk.places.settle(place)
    desk.put_place(place)
    desk.close(effects)
    yield effects


def _reconsider(desk: Desk, keys: list[str], before: Law, place: Place) -> Effects:
    assert place.because is not None, "only an event has units judged again"
    effects = Effects(desk.partition, reconsidered=len(keys))
    for key in keys:
        row = desk.open(key)
        step = desk.law.reconsider(row.history, before, desk.watermark_s, place.because)
        if step.history is not row.history:
            desk.put(row, step.history)
        effects.say(step)
    desk.close(effects)
    return effects


def elapse(desk: Desk, key: str, watermark_s: int) -> None:
    """Let the watermark pass over a place. It says nothing of its own."""
    place = desk.places.open(key)
    desk.places.forget(place, desk.law.elapse(place.history, watermark_s).history)
    desk.put_place(place)
