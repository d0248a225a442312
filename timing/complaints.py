"""Complaints: what keeps an edition from judging, where it stands, and what to do about it.

Turns what a parser or a model says into sentences for the person who wrote the file. Must never
know what makes an edition sound, which `timing.soundness` and `timing.succession` do.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from timing.lines import Lines
from timing.written import nearest

Where = tuple[str | int, ...]
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_UNIONS = ("limit", "commitment")


class Complaint(NamedTuple):
    """One thing that is wrong. `line` is None when it is about the file or the folder as such."""

    file: Path
    line: int | None
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.what}; {self.remedy}"


class Fault(NamedTuple):
    """The same by its place in the document, before the file is looked at again for the line."""

    where: Where
    what: str
    remedy: str


class RegisterError(Exception):
    """Editions cannot be used. Each complaint names the file, what is wrong and what to do."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        """At least one complaint."""
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, complaints)))


def located(file: Path, text: str, faults: Iterable[Fault]) -> Iterator[Complaint]:
    """The faults of a file with their lines, in the order of the lines."""
    found = list(faults)
    lines = Lines(text) if found else None
    placed = ((lines.of(fault.where) if lines else 1, fault) for fault in found)
    for line, fault in sorted(placed, key=lambda pair: pair[0]):
        yield Complaint(file, line, fault.what, fault.remedy)


def of_syntax(file: Path, text: str, error: tomllib.TOMLDecodeError) -> Complaint:
    """Where it ceases to be TOML."""
    told = str(error)
    at = _AT_LINE.search(told)
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    return Complaint(file, line, f"not TOML: {_AT_LINE.sub('', told)}", "correct the syntax")


def of_form(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """What the model refuses, one fault for each key."""
    schema = model.model_json_schema()
    told = error.errors()
    places = [one["loc"] for one in told]
    for one in told:
        if any(place != one["loc"] and place[: len(one["loc"])] == one["loc"] for place in places):
            continue  # It will not do only because something inside it will not.
        known = _keys_beside(one["loc"], schema)
        yield Fault(_without_kind(one["loc"]), *_told(one, known))


def _told(error: ErrorDetails, known: Iterable[str]) -> tuple[str, str]:
    key = str(error["loc"][-1]) if error["loc"] else ""
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return f"there is no key {key!r} here", nearest(key, known, "take it out")
        case "missing":
            return f"the key {key!r} is missing", "add it"
        case "union_tag_not_found":
            return "the key 'kind' is missing", "add it"
        case "union_tag_invalid":
            kinds = re.findall(r"'([^']+)'", context["expected_tags"])
            tag = context["tag"]
            return f"there is no kind {tag!r}", nearest(tag, kinds, f"kinds are {', '.join(kinds)}")
        case "value_error":
            what, _, remedy = str(context["error"]).partition("; ")
            return what, remedy or "correct it"
    return f"{key} = {error['input']!r} will not do", _lowered(error["msg"])


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _without_kind(where: Where) -> Where:
    """The place of a key without the kind that pydantic puts behind the number of a limit."""
    inside = len(where) > 2 and where[0] in _UNIONS
    return (*where[:2], *where[3:]) if inside else where


def _keys_beside(where: Where, schema: dict[str, Any]) -> list[str]:
    """The keys that the table around a key may have, by the JSON Schema of the document."""
    table: Any = schema
    for part in where[:-1]:
        if isinstance(part, int):
            table = table.get("items", {})
        elif "discriminator" in table:
            table = {"$ref": table["discriminator"]["mapping"].get(part, "")}
        else:
            table = table.get("properties", {}).get(part, {})
        if "$ref" in table:
            table = schema["$defs"].get(table["$ref"].rpartition("/")[2], {})
    return list(table.get("properties", ()))
