"""Draws interchanges for tests and for the soak: known events, and bytes that were tampered with.

Everything follows from the `random.Random` that is handed in. Knows what the builder can write; it
must never know how it is read.
"""

from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from events.dialects.edifact.profile import Profile, shipped
from events.dialects.edifact.syntax import LEVEL_B, STANDARD, Service
from events.dialects.edifact.testing import Style, codes_of, interchange
from events.envelope import Event
from events.testing import box
from events.vocabulary import Kind, Mode, Precision

_SERVICES: Final = (
    STANDARD, STANDARD, Service(":", "+", ",", "?", "*", "'"),
    Service("^", "~", ".", "\\", " ", "|"),
    Service(">", "*", ".", "", " ", "\n"), LEVEL_B,
)  # fmt: skip
_MESSAGES: Final = ("CODECO", "COARRI", "IFTSTA", "CUSRES")
_DIRECTORIES: Final = ("D.95B", "D.00B")
_WORDS: Final = (
    b"UNA:+.? '", b"UNB+UNOA:2+LPCT+X+260302:0830+1'", b"UNH+1+CODECO:D:95B:UN'", b"UNT+2+1'",
    b"UNH+9+COPRAR:D:95B:UN'BGM+45+X+46'EQD+CN+CSNU6351189'UNT+4+9'",
    b"UNZ+1+1'", b"EQD+CN+CSNU6351189+45G1:102:5++3+5'", b"BGM+36+X+9'",
    b"DTM+7:202603020825:203'",
    b"DTM+132:99999999:203'", b"STS+1+48'", b"GIS+4'", b"CNT+16:9'", b"?'", b"??'", b"'", b"+",
    b":",
    b"?", b"\r\n", b"\x00", b"\xff\xfe", "箱".encode(), b"\x1c", b"0" * 40,
)  # fmt: skip
TAMPERINGS_MAX: Final = 8


class Known(NamedTuple):
    """Events and the interchange that was made of them."""

    events: list[Event]
    profile: Profile
    data: bytes


def known(rng: Random, profile: Profile | None = None) -> Known:
    """A handful of events that one message can say, and their interchange."""
    profile = profile or _profile()
    message, directory = rng.choice(_MESSAGES), rng.choice(_DIRECTORIES)
    codes = codes_of(profile.tables[message][directory])
    events = [
        event
        for number in range(rng.randint(1, 4))
        for event in _document(rng, profile, message, codes, number)
    ]
    style = _style(rng)
    return Known(events, profile, interchange(events, profile, message, directory, style))


def tampered(rng: Random, data: bytes) -> bytes:
    """The same bytes with something done to them: cut, doubled, moved, flipped, words put in."""
    for _ in range(rng.randint(1, TAMPERINGS_MAX)):
        a, b = sorted((_spot(rng, data), _spot(rng, data)))
        word = rng.choice(_WORDS)
        data = rng.choice(
            (
                data[:a] + word + data[a:], data[:a] + word + data[b:], data[:a] + data[b:],
                data[:b] + data[a:b][:4096] + data[b:], data[:a], data[a:],
                data[:a] + bytes([rng.randrange(256)]) + data[a + 1 :],
            )
        )  # fmt: skip
    return data


def _spot(rng: Random, data: bytes) -> int:
    """Anywhere, or where a segment has ended: what is whole but out of place reaches deepest."""
    at = rng.randint(0, len(data))
    return at if rng.random() < 0.5 else data.find(b"'", at) + 1


@cache
def _profile() -> Profile:
    return shipped()["terminal-d95b"]


def _style(rng: Random) -> Style:
    service = rng.choice(_SERVICES)
    breaks = rng.choice(("", "\n", "\r\n")) if service.terminator not in "\r\n" else ""
    advised = service not in (STANDARD, LEVEL_B) or rng.random() < 0.5
    return Style(service, advised, breaks, "utf-8" if service.release else "ascii")


def _document(
    rng: Random, profile: Profile, message: str, codes: dict[Kind, Any], number: int
) -> list[Event]:
    """One message: a kind, an intent, and some boxes that share a mode."""
    kind = rng.choice(sorted(codes))
    meaning = codes[kind][2]
    issued = datetime(2026, 3, 2, 12, rng.randrange(60), tzinfo=ZoneInfo(profile.zone))
    shared: dict[str, Any] = {
        "source": profile.source, "kind": kind, "recorded_at": issued.isoformat(),
        "place": {"port": profile.port, "facility": profile.facility},
        "mode": _mode(rng, profile, message, meaning.mode, meaning.rail is not None),
    }  # fmt: skip
    document, intent = f"DOC{number}", rng.choice("999951")
    ids = rng.sample(range(1000), rng.randint(1, 5))
    return [_event(rng, shared, (document, intent), box(n), meaning) for n in ids]


def _mode(rng: Random, profile: Profile, message: str, fixed: Any, moved: bool) -> Mode:
    """A mode that this code does not turn into another kind."""
    if fixed is not None:
        return profile.mode if fixed == "here" else Mode(fixed)
    if message == "CODECO":
        return rng.choice((Mode.ROAD, Mode.RAIL))
    return Mode.WATER if moved or message != "IFTSTA" else rng.choice((Mode.WATER, Mode.RAIL))


def _event(
    rng: Random, shared: dict[str, Any], named: tuple[str, str], number: str, meaning: Any
) -> Event:
    (document, intent), kind, mode = named, shared["kind"], shared["mode"]
    precision = rng.choice(tuple(Precision))
    issued = datetime.fromisoformat(shared["recorded_at"])
    at = issued - timedelta(days=rng.randrange(9), seconds=rng.randrange(86_400))
    if precision is not Precision.SECOND:
        at = at.replace(second=0)
    if precision is Precision.DAY:
        at = at.replace(hour=0, minute=0)
    said = {**shared, "event_id": f"{document}/{number}/{kind}", "precision": precision}
    said |= {"occurred_at": at.isoformat(), "unit": {"type": "container", "id": number}}
    if intent == "1":
        said |= {"event_id": f"{document}/{number}/{kind}/withdrawn"}
        said |= {"retracts": f"OLD/{number}/{kind}"}
    elif intent == "5":
        said |= {"supersedes": f"OLD/{number}/{kind}"}
    return Event.model_validate({**said, **_details(rng, mode, meaning.advance)})


def _details(rng: Random, mode: Mode, advance: bool) -> dict[str, Any]:
    moved = {Mode.ROAD: "truck", Mode.RAIL: "train"}.get(mode, "voyage")
    refs = {moved: rng.choice(("V1", "X8001")), "bill": rng.choice((None, "B/L 7"))}
    cargo = {
        "size_type": rng.choice((None, "22G1", "45R1")), "laden": rng.choice((None, True, False)),
        "weight_kg": rng.choice((None, 0, 21300)),
        "category": rng.choice((None, "dangerous", "reefer")),
    }  # fmt: skip
    customs = {"declaration": rng.choice((None, "230120261000123456")), "advance": advance or None}
    return {
        "direction": rng.choice((None, "import", "export", "transhipment", "domestic")),
        "refs": refs,
        "cargo": cargo if any(v is not None for v in cargo.values()) else None,
        "customs": customs if any(customs.values()) else None,
    }
