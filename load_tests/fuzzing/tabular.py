"""Tables in all their forms, tampered with."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from events.dialects import tabular
from events.dialects.tabular.testing import PROFILE, lines, separated, workbook
from events.envelope import Event
from load_tests.fuzzing.drawing import of_a_box, word
from load_tests.fuzzing.laws import Dialect, Made, tampering_with

SIGNS = (
    b'"', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b'""', b'"\n', b"," * 50, b'"' * 51, b"\n" * 30,
    b"PK\x03\x04", b"{", b"}", b'{"a": 1}\n', b"\xc9", b"\x81\x30", b"\xef\xbb\xbf", b"\xff\xfe",
    b"99999999999999999999", b"0000-00-00", b"9999-12-31", b"0001-01-01", b"1e999", b"\0",
    "２０２６".encode(),
)  # fmt: skip

_GATE = tabular.Profile.read(PROFILE)
_OWN = tabular.Profile.read('source = "any"\nport = "CNLYG"\nzone = "Europe/Berlin"')
_KINDS = ("gated-in", "gated-out", "move-ended", "declared", "clock-stopped")
_TEXT = "港箱 a,;\"'\t"
Form = Callable[[Sequence[Event]], bytes]
_TEXTS: tuple[Form, ...] = (
    separated,
    lambda events: separated(events, ";", "gb18030"),
    lambda events: separated(events, "\t", "utf-8-sig"),
    lines,
)


def _of_the_gate(rng: Random) -> Event:
    fields: dict[str, Any] = {
        "event_id": word(rng),
        "mode": rng.choice(("water", "road")),
        "direction": rng.choice((None, "import", "export")),
        "reason": word(rng, _TEXT).strip() or None,
        "spot": word(rng, _TEXT).strip() or None,
    }
    if rng.random() < 0.5:
        fields["cargo"] = {"laden": rng.random() < 0.5, "weight_kg": rng.randrange(30_000)}
    return of_a_box(rng, rng.choice(_KINDS), **fields)


def _known(forms: tuple[Form, ...]) -> Callable[[Random], Made]:
    def known(rng: Random) -> Made:
        events = [_of_the_gate(rng) for _ in range(rng.randint(1, 5))]
        return Made(rng.choice(forms)(events), events)

    return known


def _known_in_our_words(rng: Random) -> Made:
    events = [_of_the_gate(rng) for _ in range(rng.randint(1, 5))]
    return Made(b"\n".join(each.model_dump_json().encode() for each in events), events)


_TAMPERED = tampering_with(SIGNS)
DIALECTS = (
    Dialect(_known(_TEXTS), lambda data: tabular.decode(data, _GATE), _TAMPERED),
    Dialect(_known((workbook,)), lambda data: tabular.decode(data, _GATE), _TAMPERED),
    Dialect(_known_in_our_words, lambda data: tabular.decode(data, _OWN), _TAMPERED),
)
