"""Bytes to the gist of an event, quickly: the near road of plain messages.

Takes a message only where `codec.decode` would take it as one event and mean the same by it. Of
anything else it says nothing, and `decode` has the word: what is wrong, or rare, is told there, in
full. It must never refuse a message, nor know what a rule makes of one.
"""

import re
from datetime import datetime
from math import floor
from typing import Any, Final

import msgspec
import orjson
from msgspec.structs import force_setattr
from pydantic_core import PydanticCustomError

from events.codec import CLOCK_TOLERANCE, MESSAGE_BYTES_MAX, decode, names_many_units, parse, split
from events.envelope import Event
from events.gist import Cargo, Customs, Excerpt, Gist, Place, Refs, Unit
from events.identifiers import NAME, PORT_CODE, SIZE_TYPE, UNIT_ID, is_container_number
from events.refusals import InvalidEvent
from events.seconds import second_of
from events.vocabulary import UnitType

Reported = Event | Gist
"""What was reported, whole or in its gist: the rules read the same of either."""

WORDS_KEPT: Final = 2**12
"""How many texts of one form are known to be good: sources and facilities, ports, sizes."""

_TOLERANCE_S: Final = int(CLOCK_TOLERANCE.total_seconds())
_CONTAINER: Final = UnitType.CONTAINER
_PLACE: Final = UnitType.PLACE
_decode: Final = msgspec.json.Decoder(Gist[str]).decode
_decode_excerpt: Final = msgspec.json.Decoder(Excerpt[str]).decode
"""What is parsed already is written anew for them: `msgspec.convert` looks a generic shape up at
every call, for 2 us more."""
_FIELDS: Final = frozenset(Gist.__struct_encode_fields__)
_INNER: Final = {
    name: frozenset(shape.__struct_encode_fields__)
    for name, shape in {
        "unit": Unit, "place": Place, "cargo": Cargo, "customs": Customs, "refs": Refs
    }.items()
}  # fmt: skip
"""The inner objects that a sender may add to; a scope is closed."""


def read(data: bytes | None, *, received_at: datetime | None = None) -> tuple[Reported, ...]:
    """As `decode`, with the gist in place of an event wherever that is the nearer road."""
    received_s = None if received_at is None else floor(received_at.timestamp())
    gist = gist_of(data, received_s)
    if gist is not None:
        return (gist,)
    return gists_of(data, received_s) or decode(data, received_at=received_at)


def gist_of(data: bytes | None, received_s: int | None) -> Gist | None:
    """The gist of a message that names one unit, or None: ask `decode`, it may be anything.

    `received_s` is the second in which the message was taken, if known; like the `received_at` of
    `decode` it bounds how late an honest instant can be.
    """
    if data is None or len(data) > MESSAGE_BYTES_MAX:
        return None
    said: Any  # A gist whose instants are texts yet.
    try:
        said = _decode(data)
    except msgspec.ValidationError:
        said = _without_news(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return said if said is not None and _is_timely(said, received_s) and _is_spelled(said) else None


def gists_of(data: bytes | None, received_s: int | None) -> tuple[Gist, ...]:
    """The gists of a message that names many units, one for each of its parts; none if any of them
    may not be plain: ask `decode`."""
    if data is None or b'"units"' not in data:
        return ()
    try:
        said: list[Any] = [_decode(orjson.dumps(part)) for part in split(parse(data))]
    except (InvalidEvent, msgspec.ValidationError):
        return ()
    plain = all(_is_timely(one, received_s) and _is_spelled(one) for one in said)
    return tuple(said) if plain else ()


def _without_news(data: bytes) -> Any:
    """A message less the fields that nobody knows, at a third of the price of an event; None if it
    is no gist even so."""
    try:
        message = parse(data)
        if names_many_units(message) or not isinstance(message.get("extra", {}), dict):
            return None
        known = {name: value for name, value in message.items() if name in _FIELDS}
        for name, fields in _INNER.items():
            inner = known.get(name)
            if isinstance(inner, dict) and not inner.keys() <= fields:
                known[name] = {field: inner[field] for field in fields & inner.keys()}
        return _decode_excerpt(orjson.dumps(known))
    except (InvalidEvent, msgspec.ValidationError):
        return None


def _is_timely(said: Any, received_s: int | None) -> bool:
    """Read the instants of a gist, which are texts yet: whether they are such, and nothing was
    noticed before it happened."""
    try:
        occurred_s, recorded_s = second_of(said.occurred_s), said.recorded_s
        force_setattr(said, "occurred_s", occurred_s)
        if recorded_s is not None:
            recorded_s = second_of(recorded_s)
            force_setattr(said, "recorded_s", recorded_s)
        if (said.at_s is not None or said.until_s is not None) and not _is_span(said):
            return False
    except PydanticCustomError:
        return False
    if recorded_s is not None and occurred_s > recorded_s + _TOLERANCE_S:
        return False
    if received_s is None:
        return True
    latest_s = received_s + _TOLERANCE_S
    return occurred_s <= latest_s and (recorded_s is None or recorded_s <= latest_s)


def _is_span(said: Any) -> bool:
    """Read the instants that the event speaks of: whether what begins at one ends after it."""
    for name in ("at_s", "until_s"):
        if getattr(said, name) is not None:
            force_setattr(said, name, second_of(getattr(said, name)))
    return said.at_s is None or said.until_s is None or bool(said.at_s < said.until_s)


class _Good:
    """Texts known to have a form: few words that come again and again."""

    def __init__(self, form: str) -> None:
        self.fits: Final = re.compile(form.removeprefix("^").removesuffix("$")).fullmatch
        self.known: Final[set[str | None]] = {None}

    def learns(self, text: str | None) -> bool:
        """Whether an unknown text has the form, and is known from now on."""
        if text is None or self.fits(text) is None:
            return False
        if len(self.known) >= WORDS_KEPT:
            self.known.clear()
            self.known.add(None)
        self.known.add(text)
        return True


_names, _ports, _sizes = _Good(NAME), _Good(PORT_CODE), _Good(SIZE_TYPE)
_known_names, _known_ports, _known_sizes = _names.known, _ports.known, _sizes.known
_unit_id_fits: Final = re.compile(UNIT_ID.removeprefix("^").removesuffix("$")).fullmatch


def _is_spelled(gist: Gist) -> bool:
    """Whether everything that has a form has it. The rest is seen to by the decoder."""
    unit, place, cargo, customs = gist.unit, gist.place, gist.cargo, gist.customs
    if unit.type is _CONTAINER:
        if not is_container_number(unit.id):
            return False
    elif unit.type is _PLACE or _unit_id_fits(unit.id) is None:
        return False
    return (
        _is_name(gist.event_id)
        and (gist.source in _known_names or _names.learns(gist.source))
        and (place.port in _known_ports or _ports.learns(place.port))
        and (place.facility in _known_names or _names.learns(place.facility))
        and (cargo is None or cargo.size_type in _known_sizes or _sizes.learns(cargo.size_type))
        and (customs is None or customs.trader is None or _is_name(customs.trader))
        and (gist.supersedes is None or _is_name(gist.supersedes))
        and (gist.retracts is None or _is_name(gist.retracts))
        and (gist.scope is None or all(map(_is_name, gist.scope.all_stages)))
    )


def _is_name(text: str) -> bool:
    """What is printable and has no blank is a name; only the rest is worth the pattern, which
    costs three times as much."""
    if text and text.isprintable() and " " not in text:
        return True
    return _names.fits(text) is not None
