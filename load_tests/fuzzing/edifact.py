"""Interchanges that were tampered with, for as long as you like: no crash, no hang, no lost byte.

Each attempt is a number: it draws an interchange of known events, decodes it to exactly those, then
tampers with it and looks whether every byte still has an end. An attempt that fails names its
number, and `attempt(number)` fails again.
"""

from collections import Counter
from functools import cache
from random import Random
from time import perf_counter
from typing import Final

from events.codec import decode as decode_message
from events.dialects.decoded import Decoded
from events.dialects.edifact.acknowledgement import acknowledgements
from events.dialects.edifact.drawing import Known, known, tampered
from events.dialects.edifact.profile import Profile, shipped
from events.dialects.edifact.reading import decode

SLOWEST_S: Final = 5.0
"""An interchange of a few thousand bytes that takes longer hangs."""
TAMPERED_TIMES: Final = 20


class Broken(AssertionError):
    """What an attempt found; its number draws the same again."""

    def __init__(self, number: int, law: str, data: bytes) -> None:
        super().__init__(f"attempt {number}: {law}; the input was {data!r}")
        self.number = number


def soak(seconds: float, seed: int) -> Counter[str]:
    """Attempts from `seed` on for so long; what came of them. Raises Broken at the first that
    fails."""
    found: Counter[str] = Counter()
    begun = perf_counter()
    number = seed
    while perf_counter() - begun < seconds:
        found += attempt(number)
        number += 1
    return found


def attempt(number: int) -> Counter[str]:
    """One interchange, whole and then tampered with. Raises Broken."""
    rng = Random(number)
    made = known(rng)
    whole = _decoded(number, made.data, made.profile)
    _same(number, made, whole)
    found = _counted(made.data, whole)
    profile = rng.choice(_profiles())
    for _ in range(TAMPERED_TIMES):
        data = tampered(rng, made.data)
        found += _counted(data, _decoded(number, data, rng.choice((made.profile, profile))))
    return found


@cache
def _profiles() -> tuple[Profile, ...]:
    return tuple(shipped().values())


def _decoded(number: int, data: bytes, profile: Profile) -> Decoded:
    begun = perf_counter()
    try:
        decoded = decode(data, profile)
        if decoded.events:
            told = decoded.events[0].reported
            at = decode_message(decoded.events[0].data)[0].occurred_at
            if int(at.timestamp()) != told.occurred_s:
                raise Broken(number, "an event says another time than its message", data)
            acknowledgements(data, decoded, profile, at)
    except Broken:
        raise
    except Exception as error:
        raise Broken(number, f"crashed with {error!r}", data) from error
    if perf_counter() - begun > SLOWEST_S:
        raise Broken(number, f"took {perf_counter() - begun:.1f} s", data)
    _has_ends(number, data, decoded)
    return decoded


def _has_ends(number: int, data: bytes, decoded: Decoded) -> None:
    if b"".join(data[part.start : part.end] for part in decoded.parts) != data:
        raise Broken(number, "the parts are not the input", data)
    ended = {told.part for told in decoded.events} | {r.part for r in decoded.refusals}
    ended |= {announced.part for announced in decoded.announcements}
    lost = [p for n, p in enumerate(decoded.parts) if not p.envelope and n not in ended]
    if lost:
        raise Broken(number, f"{lost} ended as nothing", data)


def _same(number: int, made: Known, decoded: Decoded) -> None:
    events = [decode_message(told.data)[0] for told in decoded.events]
    if [e.model_dump(exclude_none=True) for e in events] != [
        e.model_dump(exclude_none=True) for e in made.events
    ]:
        raise Broken(number, "known events decode to others", made.data)


def _counted(data: bytes, decoded: Decoded) -> Counter[str]:
    return Counter(
        inputs=1,
        bytes=len(data),
        messages=decoded.messages.total(),
        events=len(decoded.events),
        announcements=len(decoded.announcements),
        refusals=len(decoded.refusals),
    )
