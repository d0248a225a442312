"""Interchanges, tampered with: read by the profile that they were made for, and by every other."""

from collections.abc import Iterator
from random import Random

from events.codec import decode as decode_message
from events.dialects.decoded import Decoded
from events.dialects.edifact import drawing
from events.dialects.edifact.acknowledgement import acknowledgements
from events.dialects.edifact.profile import Profile, shipped
from events.dialects.edifact.reading import decode
from load_tests.fuzzing.laws import Dialect, Made, Read

_TERMINAL = "terminal-d95b"


def _known(rng: Random) -> Made:
    made = drawing.known(rng, shipped()[_TERMINAL])
    return Made(made.data, made.events)


def _reading_by(profile: Profile) -> Read:
    def read(data: bytes) -> Decoded:
        decoded = decode(data, profile)
        if decoded.events:
            _answered(data, decoded, profile)
        return decoded

    return read


def _answered(data: bytes, decoded: Decoded, profile: Profile) -> None:
    """Whatever is taken can be acknowledged, and says its time twice in the same way."""
    told = decoded.events[0].reported
    at = decode_message(decoded.events[0].data)[0].occurred_at
    assert int(at.timestamp()) == told.occurred_s, "an event says another time than its message"
    acknowledgements(data, decoded, profile, at)


def _others() -> Iterator[Read]:
    return (_reading_by(profile) for name, profile in shipped().items() if name != _TERMINAL)


DIALECTS = (Dialect(_known, _reading_by(shipped()[_TERMINAL]), drawing.tampered, tuple(_others())),)
