"""What holds of every dialect, whatever it is given: known events come back, and no byte is lost.

Each attempt is a number: it draws an input of known events, decodes it to exactly those, then
tampers with it and looks whether every byte still has an end. An attempt that fails names its
number, and fails again when asked for.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from time import perf_counter, process_time
from typing import Final, NamedTuple

from events.codec import decode as decode_message
from events.dialects.decoded import Decoded
from events.envelope import Event

SLOWEST_S: Final = 5.0
"""An input of a few thousand bytes that takes longer hangs. Of the processor's time: a
machine that is busy elsewhere hangs nobody."""
TAMPERED_TIMES: Final = 20


class Broken(AssertionError):
    """What an attempt found; its number draws the same again."""

    def __init__(self, number: int, law: str, data: bytes) -> None:
        super().__init__(f"attempt {number}: {law}; the input was {data!r}")
        self.number = number


class Made(NamedTuple):
    """An input, and the events that it was made of."""

    data: bytes
    events: list[Event]


Read = Callable[[bytes], Decoded]
Tamper = Callable[[Random, bytes], bytes]


class Dialect(NamedTuple):
    """What is tried: how known inputs are drawn, how bytes are read, and what is done to them.
    `others` read the same format for other senders: they need not know the events, but lose
    nothing either."""

    known: Callable[[Random], Made]
    decode: Read
    tampered: Tamper
    others: tuple[Read, ...] = ()


def soak_all(dialects: Sequence[Dialect], seconds: float, seed: int) -> Counter[str]:
    """For so long, an equal share each. Raises Broken at the first that fails."""
    return sum((soak(each, seconds / len(dialects), seed) for each in dialects), Counter())


def soak(dialect: Dialect, seconds: float, seed: int) -> Counter[str]:
    """Attempts from `seed` on for so long; what came of them. Raises Broken at the first that
    fails."""
    found: Counter[str] = Counter()
    begun, number = perf_counter(), seed
    while perf_counter() - begun < seconds:
        found += attempt(dialect, number)
        number += 1
    return found


def attempt(dialect: Dialect, number: int) -> Counter[str]:
    """One input, whole and then tampered with. Raises Broken."""
    rng = Random(number)
    made = dialect.known(rng)
    whole = _decoded(dialect.decode, number, made.data)
    events = [decode_message(told.data)[0] for told in whole.events]
    if events != made.events:
        raise Broken(number, f"known events decode to others: {whole.refusals[:1]}", made.data)
    found = _counted(made.data, whole)
    for _ in range(TAMPERED_TIMES):
        data = dialect.tampered(rng, made.data)
        decode = rng.choice((dialect.decode, *dialect.others))
        found += _counted(data, _decoded(decode, number, data))
    return found


def tampering_with(signs: tuple[bytes, ...]) -> Tamper:
    """Puts signs that mean something in the format where they do not belong."""
    return lambda rng, data: _tampered(rng, data, signs)


def _tampered(rng: Random, data: bytes, signs: tuple[bytes, ...]) -> bytes:
    """The same with one to four things done to it: cut, doubled, moved, overwritten, filled."""
    for _ in range(rng.randint(1, 4)):
        a, b = sorted(rng.randint(0, len(data)) for _ in range(2))
        near = min(b, a + rng.choice((1, 3, 20, 10**6)))
        bit, noise = data[a:near], rng.choice((rng.choice(signs), rng.randbytes(rng.randint(1, 4))))
        data = rng.choice(
            (
                data[:a] + data[near:],
                data[:a] + bit + bit + data[near:],
                data[:a] + data[near:] + bit,
                data[:a] + noise + data[a + len(noise) :],
                data[:a] + noise + data[a:],
                data[:a],
            )
        )[: 2**16]
    return data


def _decoded(decode: Read, number: int, data: bytes) -> Decoded:
    begun = process_time()
    try:
        decoded = decode(data)
    except Exception as error:
        raise Broken(number, f"crashed with {error!r}", data) from error
    if process_time() - begun > SLOWEST_S:
        raise Broken(number, f"took {process_time() - begun:.1f} s", data)
    if b"".join(data[part.start : part.end] for part in decoded.parts) != data:
        raise Broken(number, "the parts are not the input", data)
    ended = {told.part for told in decoded.events} | {one.part for one in decoded.refusals}
    ended |= {one.part for one in decoded.announcements}
    lost = [p for n, p in enumerate(decoded.parts) if not p.envelope and n not in ended]
    if lost or not ended:
        raise Broken(number, f"{lost} ended as nothing", data)
    return decoded


def _counted(data: bytes, decoded: Decoded) -> Counter[str]:
    return Counter(
        inputs=1,
        bytes=len(data),
        messages=decoded.messages.total(),
        events=len(decoded.events),
        announcements=len(decoded.announcements),
        refusals=len(decoded.refusals),
    )
