"""DCSA documents of all three shapes, and EPCIS documents, tampered with."""

from random import Random

from events.dialects import dcsa, epcis
from events.dialects.dcsa import testing as dcsa_testing
from events.dialects.dcsa.shapes import FLAT
from events.dialects.epcis import testing as epcis_testing
from events.envelope import Event
from events.vocabulary import Kind
from load_tests.fuzzing.drawing import of_a_box, word
from load_tests.fuzzing.laws import Dialect, Made, tampering_with

SIGNS = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"1e999", b"\\", b"\\u0000",
    b'"ACT"', b'"isRetracted": true,', b"[" * 2000, b'{"a":' * 500, b"\xef\xbb\xbf", b"\0",
    b"\xed\xa0\x80", b'"GTOT"', b'"eventID"', b'"events": [', b"-0", b'"2026-02-30T10:00:00Z"',
)  # fmt: skip

_DCSA = dcsa.Profile.read(dcsa_testing.PROFILE)
_EPCIS = epcis.Profile.read(epcis_testing.PROFILE)
_OF_EQUIPMENT = {
    Kind.LOADED: "water", Kind.DISCHARGED: "water", Kind.RAIL_LOADED: "rail",
    Kind.RAIL_UNLOADED: "rail", Kind.GATED_IN: "road", Kind.GATED_OUT: "road",
    Kind.STUFFING_ENDED: "water", Kind.UNSTUFFING_ENDED: "water",
}  # fmt: skip


def _known_to_dcsa(rng: Random) -> Made:
    shape = rng.choice(dcsa_testing.SHAPES)
    directions = [None, "transhipment"] + (["import", "export"] if shape != FLAT else [])
    events = [_of_equipment(rng, "msk", rng.choice(directions)) for _ in range(rng.randint(1, 5))]
    return Made(dcsa_testing.document(events, shape), events)


def _known_to_epcis(rng: Random) -> Made:
    events = [_of_equipment(rng, "lyg-rfid", None) for _ in range(rng.randint(1, 5))]
    return Made(epcis_testing.document(events, rng.choice(epcis_testing.SPELLINGS)), events)


def _of_equipment(rng: Random, source: str, direction: str | None) -> Event:
    kind = rng.choice(list(_OF_EQUIPMENT))
    name = word(rng)
    withdrawn = {"retracts": name} if rng.random() < 0.2 else {}
    fields = {"source": source, "event_id": name, "direction": direction, **withdrawn}
    return of_a_box(rng, kind, mode=_OF_EQUIPMENT[kind], facility="LPCT", **fields)


_TAMPERED = tampering_with(SIGNS)
DIALECTS = (
    Dialect(_known_to_dcsa, lambda data: dcsa.decode(data, _DCSA), _TAMPERED),
    Dialect(_known_to_epcis, lambda data: epcis.decode(data, _EPCIS), _TAMPERED),
)
