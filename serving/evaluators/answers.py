"""What the JSON answers look like, and how OpenAPI says so: one place, so that what is documented
is what is sent."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from serving.evaluators.asks import Printed, Said
from serving.evaluators.problems import Problem, Problems, Unknown

_REFERENCE: Final = "#/components/schemas/{name}"


class Index(msgspec.Struct):
    """Where to begin. `newest` is the vintage that an answer is of when none is asked for."""

    name: str
    version: str
    newest: str | None
    links: Mapping[str, str]


class ValueShown(msgspec.Struct):
    """One word of a dimension."""

    id: str
    title: Said


class DimensionShown(msgspec.Struct):
    """What cells are divided by. `values` is empty where the words are no closed list."""

    id: str
    title: Said
    values: list[ValueShown]


class MeasureShown(msgspec.Struct):
    """One figure: its unit (`count`, `h`, `%`), and to how many decimals it is printed."""

    id: str
    title: Said
    unit: str
    decimals: int


class DatasetShown(msgspec.Struct):
    """A dataset. A table is the dimensions crossed in it; its margins are there, too."""

    id: str
    version: int
    title: Said
    note: Said
    basis: str
    dimensions: list[DimensionShown]
    tables: list[list[str]]
    measures: list[MeasureShown]
    cells: str


class Datasets(msgspec.Struct):
    """Everything that can be pulled."""

    datasets: list[DatasetShown]


class RuleShown(msgspec.Struct):
    """A versioned rule that figures rest on."""

    id: str
    title: Said
    words: Said
    source: str


class ClockShown(msgspec.Struct):
    """Where the clock of a measure starts and ends. `status` is unconfirmed as long as no official
    wording is known."""

    id: str
    title: Said
    direction: str | None
    openers: list[str]
    closers: list[str]
    advance: str
    source: str
    status: str
    note: str


class Definitions(msgspec.Struct):
    """Clocks and rules, each by id and version; and the words for what is not shown, by which
    cells are suppressed and figures withheld."""

    clocks: list[ClockShown]
    rules: list[RuleShown]
    reasons: list[ValueShown]


class EditionShown(msgspec.Struct):
    """One published version of an issuer's limits; dates are ISO, or `undated`."""

    id: str
    issuer: str
    title: str
    port: str
    status: str
    effective_from: str
    effective_to: str | None
    supersedes: str | None
    source: str
    limits: list[str]
    commitments: list[str]


class Editions(msgspec.Struct):
    """The editions that judge here."""

    editions: list[EditionShown]


class VintageShown(msgspec.Struct):
    """One publication of one month, never changed afterwards. `newest` is the newest vintage of
    the same month: another one than this says that this was superseded. `published` has the
    SHA-256 of the cells of each dataset. `files` are those of its sealed documents."""

    id: str
    month: str
    standing: str
    made_at: str
    reason: str | None
    newest: str
    facts: int
    facts_hash: str
    rules: Mapping[str, str]
    published: Mapping[str, str]
    files: list[str]


class Vintages(msgspec.Struct):
    """What was published, the newest first."""

    vintages: list[VintageShown]


class VintageMeant(msgspec.Struct):
    """Which vintage an answer is of. `chosen` says how: it was asked for, or is the newest that is
    final (or restated), or the newest provisional one."""

    id: str
    month: str
    standing: str
    made_at: str
    reason: str | None
    newest: str
    chosen: str


class ScopeShown(msgspec.Struct):
    """What the token is for; empty means all."""

    ports: list[str]
    facilities: list[str]


class Head(msgspec.Struct, frozen=True):
    """What stands beside the cells: of what they are, by which rules, and what was asked for."""

    dataset: str
    basis: str
    vintage: VintageMeant
    rules: Mapping[str, str]
    scope: ScopeShown
    only: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...] | None
    measures: tuple[str, ...]


class CellShown(msgspec.Struct):
    """One cell. In `key`, `*` is summed over all, and the empty word is not said by the units.
    `suppressed` is why it has no figures; `withheld` is why it lacks some."""

    key: Mapping[str, str]
    figures: Mapping[str, Printed]
    suppressed: str | None
    withheld: Mapping[str, str]


class Cells(msgspec.Struct):
    """A page of cells in the order of their keys; `next` is the address of the next page."""

    head: Head
    cells: list[CellShown]
    next: str | None


_ALL: Final = (Index, Datasets, Definitions, Editions, Vintages, VintageShown, Cells, Problem,
               Problems, Unknown)  # fmt: skip
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def encoded(answer: msgspec.Struct) -> bytes:
    """As JSON. A decimal keeps its digits: 36.70 is written as 36.70."""
    return _ENCODER.encode(answer)


def reference(answer: type[msgspec.Struct]) -> dict[str, str]:
    """How a description refers to the shape of an answer."""
    return {"$ref": _REFERENCE.format(name=answer.__name__)}


def components() -> dict[str, Any]:
    """The schemas that the references are of."""
    found = msgspec.json.schema_components(_ALL, ref_template=_REFERENCE)[1]
    # A decimal is written as a number, which the library's own schema does not know.
    found["CellShown"]["properties"]["figures"]["additionalProperties"] = {"type": "number"}
    return found
