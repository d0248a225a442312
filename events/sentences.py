"""One event told in a sentence: `day+1 09:00 clock-stopped party=customs reason="no crane"`.

Scenarios and the examples inside editions are written so, for people who read no JSON. A sentence
is a time, a kind, and as many `field=value` as it needs. This module turns it into the words of the
wire; whether the kind exists and the values fit is for the envelope to say. It knows no port's
clock: the midnight that the times count from is an argument.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from events.envelope import Cargo, Customs, Event, Place, Refs, Scope

_TIME = r"(?:day[+-]\d+ )?\d\d:\d\d(?::\d\d)?"
_WHEN = re.compile(r"(?:day([+-]\d{1,4}) )?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_SENTENCE = re.compile(rf"({_TIME}) (.+)")
_FIELD = re.compile(rf'(?<!\S)(\w+)=("[^"]*"(?!\S)|{_TIME}(?!\S)|\S+)')

_WITHIN: Final = MappingProxyType(
    {"place": Place, "cargo": Cargo, "customs": Customs, "refs": Refs, "scope": Scope}
)
"""Fields of these need no dot: `weight_kg=1500` is the cargo's, `facility=LPCT` the place's."""


class Sentence(NamedTuple):
    """What one sentence says: an aware UTC instant, a kind, and fields in the form of the wire."""

    moment: datetime
    kind: str
    fields: dict[str, Any]


def read_sentence(sentence: str, midnight: datetime) -> Sentence:
    """Take one sentence apart. `midnight` is aware, and begins the day of plain times.

    `at`, `until` and `recorded_at` are times (`at=day+1 10:00`), `laden` and `advance` are yes or
    no, the lists of a scope have commas (`stages=box-move,pickup`), another unit is named with its
    type (`unit=place/CNLYG`), and a text with blanks stands in double quotes. Raises ValueError.
    """
    found = _SENTENCE.fullmatch(" ".join(sentence.split()))
    if found is None:
        raise ValueError(f"{sentence!r} has no time and kind; write it as 10:00 positioned")
    when, said = found.groups()
    kind = "-".join(_FIELD.sub("", said).split())
    if not kind or "=" in kind:
        raise ValueError(f"{sentence!r} names no kind; write a time, a kind, then field=value")
    return Sentence(read_moment(when, midnight), kind, _fields(said, midnight))


def read_moment(words: str, midnight: datetime) -> datetime:
    """The instant of `10:30`, `10:30:01` or `day+1 09:00`, counted from `midnight`; aware UTC.

    Raises ValueError for any other words.
    """
    found = _WHEN.fullmatch(words)
    if found is None:
        raise ValueError(f"{words!r} is no time; write 10:30, 10:30:01 or day+1 09:00")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    since = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return (midnight + since).astimezone(UTC)


def _fields(said: str, midnight: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in _FIELD.findall(said):
        holder = _HOLDERS.get(name)
        if holder is None:
            raise ValueError(f"{name!r} is no field that a sentence may give")
        into = fields.setdefault(holder, {}) if holder else fields
        if name in into:
            raise ValueError(f"{name!r} stands twice")
        into[name] = _value(name, value.strip('"'), midnight)
    return fields


def _holders() -> dict[str, str]:
    """Where each field belongs: the name of an inner object, or nothing for the event itself."""
    told = {"kind", "occurred_at", "extra", *_WITHIN}
    inner = {field: name for name, shape in _WITHIN.items() for field in _names(shape)}
    return {**inner, **{field: "" for field in _names(Event) if field not in told}}


def _names(shape: type[Any]) -> list[str]:
    return list(shape.model_fields if issubclass(shape, BaseModel) else shape.__annotations__)


_HOLDERS: Final = MappingProxyType(_holders())


def _value(name: str, text: str, midnight: datetime) -> Any:
    if name in ("at", "until", "recorded_at"):
        return read_moment(text, midnight)
    reader = _READERS.get(name)
    return reader(text) if reader else text


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _truth(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text == "yes"


def _unit(text: str) -> dict[str, str]:
    kind, slash, id = text.partition("/")
    if not slash:
        raise ValueError(f"{text!r} names no type of unit; write place/CNLYG or wagon/1634521")
    return {"type": kind, "id": id}


def _list(text: str) -> list[str]:
    return text.split(",")


_READERS: Final[MappingProxyType[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "journey_s": _number, "weight_kg": _number, "laden": _truth, "advance": _truth,
        "unit": _unit, "stages": _list, "categories": _list, "modes": _list,
    }
)  # fmt: skip
