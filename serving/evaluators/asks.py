"""What the evaluators' answers need from elsewhere, as values and protocols; the door brings them.

The shapes are those that the publishing wing hands out, told again here, since wings never meet.
Every protocol is asked from any thread, several at once, and may raise AnswerUnavailable.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple, Protocol

from serving.asks import Language

ALL: Final = "*"
"""In a cell's key: summed over this dimension."""

Said = Mapping[Language, str]
"""One thing said in each language."""
Printed = int | Decimal
"""A figure as it was printed: a count, or hours and per cent with their decimals."""
Standing = Literal["provisional", "final", "restated"]


class Value(NamedTuple):
    """One word that a dimension may have."""

    id: str
    title: Said


class Dimension(NamedTuple):
    """What cells are divided by. `values` is empty where the words are not a closed list."""

    id: str
    title: Said
    values: tuple[Value, ...] = ()


class Measure(NamedTuple):
    """One figure of a cell: `unit` is `count`, `h`, `min` or `%`, printed to so many `decimals`."""

    id: str
    title: Said
    unit: Literal["count", "h", "min", "%"]
    decimals: int


class Dataset(NamedTuple):
    """A set of tables over one kind of cohort. `basis` says whose time: gross, or net of holds.

    A table is the dimensions that are crossed in it. `groupings` are the sets of dimensions that
    cells name: those of the tables and of their margins; the smallest that holds some dimensions
    is one and no other.
    """

    id: str
    version: int
    title: Said
    note: Said
    basis: str
    dimensions: tuple[Dimension, ...]
    tables: tuple[tuple[str, ...], ...]
    groupings: tuple[tuple[str, ...], ...]
    measures: tuple[Measure, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its dimensions by id, in the order of a key."""
        return tuple(one.id for one in self.dimensions)


class Rule(NamedTuple):
    """One versioned rule that figures rest on, as `extremes/1`, in words, and where it is from."""

    id: str
    title: Said
    words: Said
    source: str = ""


class Catalogue(NamedTuple):
    """What there is to pull, by which rules it came about, and why some of it is not shown."""

    datasets: tuple[Dataset, ...]
    rules: tuple[Rule, ...] = ()
    reasons: tuple[Value, ...] = ()


class Vintage(NamedTuple):
    """One publication of one month, never changed afterwards. `id` is `2026-03.1`.

    `facts_hash` is over the frozen facts, `rules` names every versioned rule that was applied,
    `reason` is why it was restated, `published` has the hash of the cells of each dataset.
    """

    id: str
    month: str
    standing: Standing
    made_at: datetime
    facts: int
    facts_hash: str
    rules: Mapping[str, str]
    reason: str | None = None
    published: Mapping[str, str] = {}


class Cell(NamedTuple):
    """A published cell: `key` has one word for each dimension of its dataset, in its order; figures
    by measure, or the reason why there are none; of each missing one, why it is withheld."""

    key: tuple[str, ...]
    figures: Mapping[str, Printed]
    suppressed: str | None = None
    withheld: Mapping[str, str] = {}


class Asked(NamedTuple):
    """Which cells of a dataset of a vintage: those with one of these words in each dimension of
    `only`; if `named` is given, those that name just these dimensions and are summed over all
    others. In the order of their keys, after one of them, at most so many."""

    vintage: str
    dataset: str
    only: Mapping[str, tuple[str, ...]]
    named: tuple[str, ...] | None
    after: tuple[str, ...] | None
    limit: int


class Published(Protocol):
    """Where published cells are kept. What was published never changes."""

    def vintages(self) -> Sequence[Vintage]:
        """All of them, in any order."""

    def cells(self, asked: Asked) -> Sequence[Cell]:
        """Cells in the order of their keys, compared as code points, word by word."""


class Seals(Protocol):
    """Sealed bulletins: their files, the list of those with hashes, and who signed it."""

    def keys(self) -> Mapping[str, object]:
        """The public keys of whoever signs, as a JWK set (RFC 7517)."""

    def names(self, vintage: str) -> Sequence[str]:
        """The files of the sealed bulletin of a vintage; empty where there is none."""

    def file(self, vintage: str, name: str) -> bytes | None:
        """One of those files, byte for byte; None for any other name."""
