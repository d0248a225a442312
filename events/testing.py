"""Builders for the tests of the whole house: one fixed morning, boxes by number, visits in words.

Ships inside the package, so that no test imports from another test. Everything here is a value that
is the same on every run: it must never read a clock, draw a random number or know a stage's rules.
"""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from stdnum.iso6346 import calc_check_digit

from events.codec import encode
from events.envelope import Event, Unit
from events.outcomes import Alert, EventFate, Outcome, Tick
from events.sentences import Sentence, read_moment, read_sentence
from events.topics import EVENT_TOPICS

PORT_TIME = timezone(timedelta(hours=8))
"""The offset of every Chinese port; words such as "10:30" are read in it."""

MIDNIGHT = datetime(2026, 3, 2, tzinfo=PORT_TIME)
MORNING = (MIDNIGHT + timedelta(hours=8)).astimezone(UTC)
"""Monday, 2026-03-02, 08:00 in Lianyungang: the one morning on which all tests begin."""

PORT = "CNLYG"
FACILITY = "LPCT"
SOURCE = "lyg-tos"

EXAMPLES = Path(__file__).parent / "examples"


def at(words: str) -> datetime:
    """The instant meant by `10:30`, `10:30:01` or `day+1 09:00`, port time; aware UTC.

    Raises ValueError for any other words.
    """
    return read_moment(words, MIDNIGHT)


def box(n: int = 0) -> str:
    """The n-th container number of the tests, valid by ISO 6346. n is 0 to 999999."""
    if not 0 <= n <= 999_999:
        raise ValueError(f"there are a million test boxes, and {n} is not among them")
    body = f"PCKU{n:06d}"
    return body + str(calc_check_digit(body))


def event(
    kind: str,
    when: str | datetime,
    *,
    unit: str | Unit | None = None,
    port: str = PORT,
    **fields: Any,
) -> Event:
    """One event. `when` is words for `at`; `unit` a container number (`box(0)` when left out).

    Any field of the contract may be given as it stands on the wire (`cargo={"laden": True}`);
    `facility` and `spot` go into the place. Unless given, `event_id` is made of the box, the kind
    and the time, so the same words make the same event.
    """
    moment = at(when) if isinstance(when, str) else when
    of = (
        Unit.model_validate({"type": "container", "id": unit or box()})
        if not isinstance(unit, Unit)
        else unit
    )
    place = {
        "port": port,
        "facility": fields.pop("facility", FACILITY),
        "spot": fields.pop("spot", None),
    }
    usual = {
        "event_id": f"{of.id}-{kind}-{moment:%Y%m%dT%H%M%S}",
        "source": SOURCE,
        "mode": "water",
        "direction": "import",
    }
    said = {"kind": kind, "unit": of, "place": place, "occurred_at": moment}
    return Event.model_validate({**usual, **said, **fields})


def told(
    *sentences: str, unit: str | Unit | None = None, ids: str = "e", **fields: Any
) -> list[Event]:
    """A visit told in words, one event per sentence (`events.sentences`), in the order told.

    `10:00 inspection-ordered`, `day+1 09:00 gated out`, `11:00 clock-stopped party=customs`. The
    ids are e1, e2, ... (another letter by `ids`); `fields` go to every event, as in `event`, and a
    sentence says what is its own.
    """
    sentences_read = (read_sentence(sentence, MIDNIGHT) for sentence in sentences)
    usual = {"unit": unit, **fields}
    return [
        _told(sentence, {"event_id": f"{ids}{n}", **usual})
        for n, sentence in enumerate(sentences_read, start=1)
    ]


def _told(sentence: Sentence, usual: dict[str, Any]) -> Event:
    own = {**sentence.fields, **sentence.fields.get("place", {})}
    own.pop("place", None)
    if "unit" in own:
        own["unit"] = Unit.model_validate(own["unit"])
    for name in usual.keys() & own.keys():
        if isinstance(own[name], dict) and usual[name]:
            own[name] = {**usual[name], **own[name]}
    return event(sentence.kind, sentence.moment, **{**usual, **own})


def suspension(
    declared: str, lifted: str | None = None, *, place: str = PORT, ids: str = "s", **fields: Any
) -> list[Event]:
    """Work rests at a place, a port or one of its facilities, for everybody or for a `scope`.

    One event, or two when it is lifted again; force majeure, unless `fields` say more.
    """
    unit = Unit.model_validate({"type": "place", "id": place})
    kinds = [("suspension-declared", declared), ("suspension-lifted", lifted)]
    usual = {"party": "force-majeure", "direction": None, "facility": None, **fields}
    return [
        event(kind, when, unit=unit, **{"event_id": f"{ids}{n}", **usual})
        for n, (kind, when) in enumerate(kinds, start=1)
        if when
    ]


def wire(*events: Event) -> list[bytes]:
    """The messages that senders would put on a topic, one per event."""
    return [encode(each) for each in events]


def tick(when: str | datetime, upto: int = 0) -> Tick:
    """A tick at `when`, to be applied once every event topic was read up to offset `upto`."""
    moment = at(when) if isinstance(when, str) else when
    return Tick(at=moment, upto={topic.name: upto for topic in EVENT_TOPICS})


def outcome(
    stage: str, opened: str, closed: str | None = None, *, unit: str | None = None, **fields: Any
) -> Outcome:
    """What the house publishes of one stage: closed and unlimited, unless `fields` say more.

    Holds no rule: gross is simply `closed` less `opened`, and everything else can be overruled by
    `fields`, written as on the wire. The terminal had all of the time, and the last event brought
    the outcome about.
    """
    opened_at, closed_at = at(opened), at(closed) if closed else None
    number = unit or box()
    gross_s = int((closed_at - opened_at).total_seconds()) if closed_at else None
    usual: dict[str, Any] = {
        "visit_id": f"{PORT}/{number}/{opened_at:%Y%m%dT%H%M%SZ}",
        "unit": {"type": "container", "id": number},
        "port": PORT, "facility": FACILITY, "mode": "water", "direction": "import",
        "stage": stage, "occurrence": 1, "opened_at": opened_at, "closed_at": closed_at,
        "gross_s": gross_s, "net_s": gross_s, "held_s": {},
        "split_s": {} if gross_s is None else {"terminal": gross_s},
        "age_s": None if closed_at else 0,
        "verdict": "no-limit", "limit": None, "deadline_at": None, "answers": "terminal",
        "decided_at": closed_at or opened_at, "revision": 1, "definition": None,
        "flags": (), "event_ids": ("e1", "e2") if closed_at else ("e1",),
        "cause": {"what": "event", "id": f"{SOURCE}/{'e2' if closed_at else 'e1'}"},
    }  # fmt: skip
    return Outcome.model_validate({**usual, **fields})


def limit(limit_s: int = 1800, **fields: Any) -> dict[str, Any]:
    """A limit as an outcome or an alert cites it: half an hour, from an edition of the tests."""
    return {
        "id": "test.limit",
        "edition": "test/2026-01-01",
        "kind": "duration",
        "limit_s": limit_s,
        **fields,
    }


def alert(stage: str, state: str, raised: str, *, unit: str | None = None, **fields: Any) -> Alert:
    """A message to people about one stage of one box, as `outcome` would name it."""
    number = unit or box()
    usual: dict[str, Any] = {
        "visit_id": f"{PORT}/{number}/{MORNING:%Y%m%dT%H%M%SZ}",
        "unit": {"type": "container", "id": number},
        "port": PORT, "facility": FACILITY, "stage": stage, "occurrence": 1, "limit": limit(),
        "state": state, "answers": "terminal", "raised_at": at(raised), "deadline_at": None,
    }  # fmt: skip
    named = {**usual, **fields}
    named.setdefault("alert_id", f"{named['visit_id']}/{stage}/{named['occurrence']}/{state}")
    return Alert.model_validate(named)


def fate(of: Event, became: str = "judged", visit_id: str | None = None) -> EventFate:
    """What became of one event."""
    said = {"source": of.source, "event_id": of.event_id, "port": of.place.port, "unit": of.unit}
    return EventFate.model_validate({**said, "fate": became, "visit_id": visit_id})


class Example(NamedTuple):
    """One file of events/examples: `<folder>/<word>[.<case>].json`, or `.bin` for broken bytes.

    The folder is a topic, and the word a kind, a verdict, a state or a fate; or the folder is
    `refused`, and the word the reason.
    """

    folder: str
    word: str
    case: str
    data: bytes

    @property
    def name(self) -> str:
        """The file's path in the folder of examples, without the ending."""
        return f"{self.folder}/{self.word}" + (f".{self.case}" if self.case else "")


def examples(*folders: str) -> list[Example]:
    """The examples of these folders (of all of them, when none is named), sorted by path."""
    wanted = sorted(
        path for path in EXAMPLES.glob("*/*") if not folders or path.parent.name in folders
    )
    return [_example(path) for path in wanted]


def _example(path: Path) -> Example:
    word, _, case = path.stem.partition(".")
    return Example(path.parent.name, word, case, path.read_bytes())
