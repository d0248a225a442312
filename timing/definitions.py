"""Metric definitions: which events start and end a published measure, by id and version.

Knows the words of the wire and one data file, timing/definitions.toml. Must never know a stage, a
visit or a figure: the stage table reads its starts and ends from here.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from events.vocabulary import Direction, Kind

DEFINITIONS = Path(__file__).parent / "definitions.toml"

Words = Annotated[str, Field(min_length=1)]


class DefinitionError(Exception):
    """A definition cannot be used; the message names the file, what is wrong and what to do."""


class Definition(BaseModel):
    """One version of one measure. `openers` are in order of preference; the first closer ends it.

    `direction` is None where one definition serves both. `clamped`: a closer before the opener
    counts as with it; `advance` says the same of 提前申报 in words. `status` is unconfirmed as
    long as no official wording of start and end is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    version: Annotated[int, Field(strict=True, ge=1)]
    chinese: Words
    english: Words
    direction: Direction | None = None
    openers: Annotated[tuple[Kind, ...], Field(min_length=1)]
    closers: Annotated[frozenset[Kind], Field(min_length=1)]
    advance: Words
    clamped: bool
    source: Annotated[str, Field(pattern=r"^https?://")]
    status: Literal["unconfirmed", "confirmed"]
    note: str = ""

    @property
    def id(self) -> str:
        """`<metric>/<version>`, as it travels with outcomes."""
        return f"{self.metric}/{self.version}"

    @model_validator(mode="after")
    def _starts_where_it_does_not_end(self) -> Self:
        if both := self.closers.intersection(self.openers):
            raise ValueError(f"{', '.join(sorted(both))} cannot both start and end a measure")
        return self


def definition(id: str) -> Definition:
    """The definition of that id. Raises KeyError naming those there are."""
    known = definitions()
    if id not in known:
        raise KeyError(f"no definition {id!r}; there are {', '.join(known)}")
    return known[id]


@cache
def definitions() -> dict[str, Definition]:
    """All definitions shipped, by id."""
    return load_definitions(DEFINITIONS)


def load_definitions(file: Path) -> dict[str, Definition]:
    """Read definitions by id. Raises DefinitionError naming the file and every finding."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{file}: not TOML: {error}") from error
    if list(document) != ["definition"] or not isinstance(document["definition"], list):
        raise DefinitionError(f"{file}: must hold [[definition]] tables and nothing else")
    found = [_read(file, place, row) for place, row in enumerate(document["definition"], start=1)]
    _refuse_gaps(file, found)
    return {one.id: one for one in found}


def _read(file: Path, place: int, row: object) -> Definition:
    try:
        return Definition.model_validate(row)
    except ValidationError as error:
        findings = (f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        what = "\n".join((f"{file}: [[definition]] {place}; correct these keys:", *findings))
        raise DefinitionError(what) from error


def _refuse_gaps(file: Path, found: Iterable[Definition]) -> None:
    """Versions count 1, 2, 3: a gap means that one was taken away under figures that cite it."""
    versions: dict[str, list[int]] = {}
    for one in found:
        versions.setdefault(one.metric, []).append(one.version)
    for metric, numbers in versions.items():
        if numbers != list(range(1, len(numbers) + 1)):
            raise DefinitionError(
                f"{file}: {metric} has versions {numbers}; number them 1, 2, 3 in order, "
                "and keep the old ones"
            )
