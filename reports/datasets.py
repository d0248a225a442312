"""Datasets: what is counted, by which dimensions, in which tables. Read from datasets.toml.

The catalogue of the evaluators, the counting of cells and their protection all read it here. Must
never know a figure or how cells are found.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reports.places import Language
from reports.pledges import Pledge
from reports.shapes import ALL, Key
from timing.stages import STAGE_IDS

DATASETS: Final = Path(__file__).parent / "datasets.toml"

Words = Annotated[str, Field(min_length=1)]
Dimension = Literal[
    "direction", "province", "port", "facility", "mode", "inspected", "advance", "goods", "peak",
    "stage", "edition", "limit", "commitment",
]  # fmt: skip
Named = tuple[Dimension, ...]
"""Some of a dataset's dimensions, in its order."""


class DatasetsError(Exception):
    """The file of datasets cannot be used; the message names it and what is wrong."""


class Sums(BaseModel):
    """Along which dimension seconds add up, and which word there is the whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    along: Dimension
    whole: Words


class Dataset(BaseModel):
    """One dataset; the keys are explained in datasets.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    version: Annotated[int, Field(ge=1)]
    facts: Literal["stages", "limits", "chain", "pledges", "unpledged"]
    stages: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    basis: Literal["gross", "net"]
    dimensions: Named
    apart: Named
    within: Mapping[Dimension, Dimension]
    tables: Annotated[tuple[Named, ...], Field(min_length=1)]
    together: Named = ()
    sums: Sums | None = None
    measures: Annotated[tuple[str, ...], Field(min_length=1)]
    zh: Words
    en: Words
    zh_note: Words
    en_note: Words
    pledges: tuple[Pledge, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        used = {*self.apart, *self.together, *self.within, *self.within.values()}
        if unknown := (used | set(chain(*self.tables))) - set(self.dimensions):
            raise ValueError(f"{self.id} has no dimension {', '.join(sorted(unknown))}")
        if unknown_stages := {*self.stages, *self.without} - STAGE_IDS:
            raise ValueError(f"{self.id}: no stage {', '.join(sorted(unknown_stages))}")
        for table in self.tables:
            if missing := set(self.apart) - set(table):
                raise ValueError(f"{self.id}: a table lacks {', '.join(sorted(missing))}")
        return self

    @property
    def ref(self) -> str:
        """`clearance/1`, as it is cited."""
        return f"{self.id}/{self.version}"

    def title(self, language: Language) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en

    def note(self, language: Language) -> str:
        """What it measures, in a sentence."""
        return self.zh_note if language == "zh" else self.en_note

    def with_pledges(self, pledges: Sequence[Pledge]) -> "Dataset":
        """The same over what these editions promise: cells of commitments are counted of it."""
        return self.model_copy(update={"pledges": tuple(pledges)})

    @property
    def rest(self) -> "Dataset":
        """What commitments leave of the stages that they are about: what somebody computes who has
        both."""
        own = {"id": f"{self.id}-rest", "facts": "unpledged", "measures": ()}
        return self.model_copy(update=own)

    @property
    def left_of(self) -> tuple[str, str] | None:
        """Of which dataset it is what another one leaves; None of one that is published."""
        return ("stages", "commitments") if self.facts == "unpledged" else None

    @property
    def groupings(self) -> tuple[Named, ...]:
        """Every set of dimensions that some cell names, each once: the tables and their margins.

        What a dimension lies within is named with it, so that a port's total is one cell and
        not a second one by another name; what stands apart is named always.
        """
        found = (self._named(some) for table in self.tables for some in _subsets(table))
        return tuple(dict.fromkeys(found))

    def margins(self, table: Named) -> tuple[Named, ...]:
        """The groupings of one table: itself and its margins."""
        return tuple(dict.fromkeys(self._named(some) for some in _subsets(table)))

    def key(self, words: Mapping[Dimension, str]) -> Key:
        """The key of a cell that names these; all else is summed over."""
        return tuple(words.get(dimension, ALL) for dimension in self.dimensions)

    def words(self, key: Key) -> dict[Dimension, str]:
        """What a key names, by dimension."""
        pairs = zip(self.dimensions, key, strict=True)
        return {dimension: word for dimension, word in pairs if word != ALL}

    def _named(self, some: Named) -> Named:
        wanted = {*some, *self.apart}
        for _ in self.within:
            wanted |= {outer for inner, outer in self.within.items() if inner in wanted}
        return tuple(dimension for dimension in self.dimensions if dimension in wanted)


def _subsets(table: Named) -> Iterator[Named]:
    for size in range(len(table), -1, -1):
        yield from combinations(table, size)


def with_rest(counted: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """Datasets with what commitments leave of the stages that they are about: what is counted for
    their protection and published by nobody."""
    return (*counted, *(one.rest for one in counted if one.facts == "pledges"))


def dataset(id: str) -> Dataset:
    """The dataset of that id. Raises KeyError naming those there are."""
    known = datasets()
    if id not in known:
        raise KeyError(f"no dataset {id!r}; there are {', '.join(known)}")
    return known[id]


@cache
def datasets() -> dict[str, Dataset]:
    """The datasets shipped, by id."""
    return load_datasets(DATASETS)


def load_datasets(file: Path) -> dict[str, Dataset]:
    """Read datasets by id. Raises DatasetsError naming the file and every finding."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        found = [Dataset.model_validate(row) for row in document["dataset"]]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise DatasetsError(f"{file}: not TOML with [[dataset]] tables: {error}") from error
    except ValidationError as error:
        said = (
            f"  {'.'.join(map(str, e['loc'])) or 'dataset'}: {e['msg']}" for e in error.errors()
        )
        raise DatasetsError(f"{file}: correct these:\n" + "\n".join(said)) from error
    ids = [one.id for one in found]
    if twice := {id for id in ids if ids.count(id) > 1}:
        raise DatasetsError(f"{file}: {', '.join(sorted(twice))} stands there twice")
    return {one.id: one for one in found}
