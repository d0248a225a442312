"""Messages of customs and of trains, tampered with."""

from datetime import timedelta
from random import Random

from events.dialects import customs_xml, rail
from events.dialects.customs_xml import testing as customs_testing
from events.dialects.customs_xml.messages import messages
from events.dialects.rail import testing as rail_testing
from events.envelope import Event, Unit
from events.testing import box, event
from load_tests.fuzzing.drawing import moment, word
from load_tests.fuzzing.laws import Dialect, Made, tampering_with

SIGNS = (
    b"<", b">", b"&", b"&amp;", b"&lt;", b"&#0;", b"&#x10FFFF;", b"<!--", b"-->", b"<![CDATA[",
    b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<a>" * 40, b"\xc9\xcf", b"\0", b'"', b"'",
    b"<?xml version='1.0' encoding='GBK'?>", b"</Manifest>", b"<Manifest>", b"<Wagon>", b"086",
    b"\xff\xfe", b"\xef\xbb\xbf", b"<TransportEquipment/>", b"</TransportEquipment>", b"20260230",
)  # fmt: skip

_CUSTOMS = customs_xml.Profile.read(customs_testing.PROFILE)
_RAIL = rail.Profile.read(rail_testing.PROFILE, rail_testing.SCHEMA)
_SPEAKING = [type for type, row in messages().items() if row.says]


def _known_to_customs(rng: Random) -> Made:
    type, voyage, deleted = rng.choice(_SPEAKING), word(rng, "AB 19/<&港"), rng.random() < 0.3
    happened = moment(rng)
    sent = happened + timedelta(seconds=rng.randrange(9999))
    boxes = [box(n) for n in rng.sample(range(1000), rng.randint(1, 4))]
    events = [
        one
        for number in boxes
        for one in customs_testing.known(
            type, number, happened, sent, voyage=voyage.strip() or "1", deleted=deleted
        )
    ]
    return Made(customs_testing.message(type, events, rng.choice(("UTF-8", "GBK"))), events)


def _known_to_trains(rng: Random) -> Made:
    sent = moment(rng) + timedelta(days=31)
    events = [_of_a_wagon(rng, f"{number}{word(rng)}") for number in range(rng.randint(1, 5))]
    events = [one.model_copy(update={"recorded_at": sent}) for one in events]
    return Made(rail_testing.message(events), events)


def _of_a_wagon(rng: Random, name: str) -> Event:
    wagon = Unit.model_validate({"type": "wagon", "id": word(rng)})
    return event(
        rng.choice(("arrived", "rail-unloaded", "rail-loaded")),
        moment(rng),
        unit=wagon,
        event_id=name,
        source="cr-shanghai",
        facility="LYG-RY",
        mode="rail",
        direction=None,
        cargo={"weight_kg": rng.randrange(90_000)},
        refs={"train": "30652"},
    )


_TAMPERED = tampering_with(SIGNS)
DIALECTS = (
    Dialect(_known_to_customs, lambda data: customs_xml.decode(data, _CUSTOMS), _TAMPERED),
    Dialect(_known_to_trains, lambda data: rail.decode(data, _RAIL), _TAMPERED),
)
