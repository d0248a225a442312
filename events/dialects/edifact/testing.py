"""Interchanges made of known events, for tests: what the reader must give back, and nothing else.

Ships inside the package, so that no test imports from another test. Writes what a partner would:
it turns the tables of `meanings` round, and knows no reader. An event is named as the dialect names
it, `<document>/<unit>/<kind>`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from events.dialects.edifact.meanings import Meaning, Table
from events.dialects.edifact.profile import Profile
from events.dialects.edifact.syntax import STANDARD, Service, written
from events.envelope import Event
from events.vocabulary import Direction, Kind, Mode, Precision, UnitType

Segment = list[str | list[str]]
FREE_TEXT: Final = "what? +:' UNT+1+1'"
"""Stands in every message that can release it, to tempt the reader."""

_WAYS: Final = {
    Direction.DOMESTIC: "1", Direction.EXPORT: "2", Direction.IMPORT: "3",
    Direction.TRANSHIPMENT: "6",
}  # fmt: skip
_MODES: Final = {Mode.WATER: "1", Mode.RAIL: "2", Mode.ROAD: "3", Mode.AIR: "4"}
_UNITS: Final = {UnitType.CONTAINER: "CN", UnitType.WAGON: "RR", UnitType.ULD: "UL"}
_TIMES: Final = {
    Precision.DAY: ("102", "%Y%m%d"), Precision.MINUTE: ("203", "%Y%m%d%H%M"),
    Precision.SECOND: ("204", "%Y%m%d%H%M%S"),
}  # fmt: skip


class Style(NamedTuple):
    """How the interchange is written: with which service characters, whether UNA says so, and what
    stands behind each segment."""

    service: Service = STANDARD
    advice: bool = False
    breaks: str = ""
    charset: str = "ascii"


def codes_of(table: Table) -> dict[Kind, tuple[str, str, Meaning]]:
    """By kind: the part of the table and the code in it that report it, the first of several."""
    found: dict[Kind, tuple[str, str, Meaning]] = {}
    for part in ("documents", "statuses", "decisions"):
        for code, meaning in getattr(table, part).items():
            if meaning.kind is not None:
                found.setdefault(meaning.kind, (part, code, meaning))
    return found


def interchange(
    events: Iterable[Event],
    profile: Profile,
    message: str,
    directory: str = "D.95B",
    style: Style | None = None,
) -> bytes:
    """One interchange of these events, a message for each document, kind and intent in turn."""
    style = style or Style()
    table = profile.tables[message][directory]
    sender = min(profile.partners)
    charset = "UNOY" if style.charset == "utf-8" else "UNOA"
    body: list[Segment] = []
    count = 0
    for _, told in groupby(events, key=_message_of):
        count += 1
        lines = _message(list(told), profile, table, (message, directory, str(count)))
        if style.service.release:
            lines.insert(2, ["FTX", "AAI", "", "", [FREE_TEXT]])
        body += [*lines, ["UNT", str(len(lines) + 1), str(count)]]
    head: Segment = ["UNB", [charset, "3"], sender, "PORTCLOCK", ["260302", "0830"], "IC1"]
    return envelope([head, *body, ["UNZ", str(count), "IC1"]], style)


def wrapped(*messages: str, sender: str = "LPCT") -> bytes:
    """Messages as texts (`CODECO:D:95B:UN'BGM+36+X+9'...`) in one interchange of standard service
    characters, with right counts and references."""
    body = ""
    for reference, message in enumerate(messages, 1):
        count = message.count("'") + 2
        body += f"UNH+{reference}+{message}'UNT+{count}+{reference}'"
    head = f"UNB+UNOA:2+{sender}+PORTCLOCK+260302:1300+IC1'"
    return f"{head}{body}UNZ+{len(messages)}+IC1'".encode()


def envelope(segments: list[Segment], style: Style | None = None) -> bytes:
    """Segments as bytes, with UNA before them if the style says so."""
    style = style or Style()
    service = style.service
    una = "UNA" + "".join(c or " " for c in service) if style.advice else ""
    texts = [written([segment], service) + style.breaks for segment in segments]
    return (una + (style.breaks if una else "") + "".join(texts)).encode(style.charset)


def _message_of(event: Event) -> tuple[str, Kind, str, datetime | None]:
    document = event.event_id.split(f"/{event.unit.id}/")[0]
    return document, event.kind, _intent(event), event.recorded_at


def _intent(event: Event) -> str:
    if event.retracts is not None:
        return "1"
    return "9" if event.supersedes is None else "5"


def _message(
    told: Sequence[Event], profile: Profile, table: Table, name: tuple[str, str, str]
) -> list[Segment]:
    first = told[0]
    document, kind, intent, recorded = _message_of(first)
    part, code, meaning = codes_of(table)[kind]
    kind_of, directory, reference = name
    bgm = code if part == "documents" else (table.documents_known or ("77",))[0]
    lines: list[Segment] = [
        ["UNH", reference, [kind_of, *directory.split("."), "UN"]],
        ["BGM", bgm, document, intent],
    ]
    if recorded is not None:
        lines.append(["DTM", ["137", _local(recorded, profile, "%Y%m%d%H%M"), "203"]])
    previous = first.retracts or first.supersedes
    if previous is not None:
        lines.append(["RFF", ["ACW", previous.split(f"/{first.unit.id}/")[0]]])
    if part == "decisions":
        lines.append(["GIS", code])
    if part == "statuses":
        lines.append(["CNI", "1", document])
    for event in told:
        lines += _unit(event, profile, table, (part, code, meaning))
    if part == "documents":
        lines.append(["CNT", ["16", str(len(told))]])
    return lines


def _unit(
    event: Event, profile: Profile, table: Table, meant: tuple[str, str, Meaning]
) -> list[Segment]:
    """What is said of one unit: its status before it, everything else behind."""
    part, code, meaning = meant
    status: list[Segment] = [["STS", "1", [code, "rec24"]]] if part == "statuses" else []
    lines: list[Segment] = [_eqd(event)]
    qualifier = (table.times if meaning.times is None else meaning.times)[0]
    form, pattern = _TIMES[event.precision]
    at: Segment = ["DTM", [qualifier, _local(event.occurred_at, profile, pattern), form]]
    where: Segment = [
        "LOC", "165", [event.place.port, "139", "6"], [event.place.facility or "", "TER", "ZZZ"]
    ]  # fmt: skip
    # A status has its own time and place; of any other report they are the unit's.
    if status:
        return [*status, at, where, *lines, *_transport(event), *_numbers(event)]
    return [*lines, at, where, *_transport(event), *_numbers(event)]


def _eqd(event: Event) -> Segment:
    cargo = event.cargo
    size: list[str] = [cargo.size_type, "102", "5"] if cargo and cargo.size_type else [""]
    way = _WAYS[event.direction] if event.direction else ""
    load = "" if cargo is None or cargo.laden is None else "5" if cargo.laden else "4"
    return ["EQD", _UNITS[event.unit.type], event.unit.id, size, "", way, load]


def _transport(event: Event) -> list[Segment]:
    refs, mode = event.refs, _MODES[event.mode]
    if event.mode is Mode.ROAD:
        truck = refs.truck if refs and refs.truck else ""
        return [["TDT", "1", "", mode, "", "", "", "", truck]]
    if event.mode is Mode.RAIL:
        return [["TDT", "1", refs.train if refs and refs.train else "", mode]]
    return [["TDT", "20", refs.voyage if refs and refs.voyage else "", mode]]


def _numbers(event: Event) -> list[Segment]:
    lines: list[Segment] = []
    cargo, refs, customs = event.cargo, event.refs, event.customs
    if cargo and cargo.weight_kg is not None:
        lines.append(["MEA", "AAE", "G", ["KGM", str(cargo.weight_kg)]])
    if cargo and cargo.category is not None:
        lines.append(["DGS", "IMD", "3"] if cargo.category == "dangerous" else ["TMP", "2"])
    if refs and refs.bill:
        lines.append(["RFF", ["BM", refs.bill]])
    if refs and refs.operator:
        lines.append(["NAD", "CF", [refs.operator, "160", "20"]])
    if customs and customs.declaration:
        lines.append(["RFF", ["ABT", customs.declaration]])
    return lines


def _local(moment: datetime, profile: Profile, pattern: str) -> str:
    return moment.astimezone(ZoneInfo(profile.zone)).strftime(pattern)
