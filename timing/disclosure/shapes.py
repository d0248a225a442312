"""What disclosure control takes and gives: sheets of counted cells, and cells as they are seen.

The shapes match those of the wing that publishes, which this floor must not know. Must never know
where cells are counted or kept.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from timing.measures.printed import Printed
from timing.measures.summary import Summary

ALL: Final = "*"
"""Stands in a key for a dimension that is summed over."""

Key = tuple[str, ...]

PROTECTED: Final = "protected"
"""The one reason that is published for what is held back for somebody's sake. Whether a cell is
small itself or protects a small one is not said: it would tell how small (docs/disclosure.md)."""

ONE_SIDED: Final = "few-on-a-side"
"""Why a percentile is missing: fewer units than the rule asks lie below it or above it."""

FEW_ALIKE: Final = "few-alike"
"""Why the most frequent hour is missing: fewer units than the rule asks took it."""

SINGLE: Final = "single-unit"
"""Why the least and the most are missing: each is the time of one unit."""


class Exposed(Protocol):
    """What tells on somebody in a cell; as `reports.shapes.Exposure`."""

    @property
    def units(self) -> int: ...
    @property
    def companies(self) -> int: ...
    @property
    def largest_units(self) -> int: ...
    @property
    def second_units(self) -> int: ...
    @property
    def largest_s(self) -> int: ...
    @property
    def second_s(self) -> int: ...


class Counted(Protocol):
    """A cell as counted; as `reports.shapes.Cell`."""

    @property
    def key(self) -> Key: ...
    @property
    def summary(self) -> Summary: ...
    @property
    def exposure(self) -> Exposed: ...


class Seen(Protocol):
    """A published cell; as `reports.shapes.PublishedCell`."""

    @property
    def key(self) -> Key: ...
    @property
    def figures(self) -> Mapping[str, Printed]: ...
    @property
    def suppressed(self) -> str | None: ...
    @property
    def withheld(self) -> Mapping[str, str]: ...


class Shown(NamedTuple):
    """A cell as anybody may see it. `PublishedCell(*shown[:4])` is the wing's.

    `suppressed` is why it has no figures, `withheld` why it lacks some. `carried` is set where the
    figures are those of the vintage before, because too few units have changed since.
    """

    key: Key
    figures: Mapping[str, Printed]
    suppressed: str | None = None
    withheld: Mapping[str, str] = {}
    carried: bool = False


class Sheet(NamedTuple):
    """The cells of one dataset in one period, every margin among them.

    `dimensions` name the places of a key. Cells that differ in nothing but `together` are of the
    same units, and are published together or not at all. `measures` are what is printed.

    `left_of` names two other sheets: each cell of this one is what the second leaves of the cell of
    the first that names the same. Such a sheet is never shown; it says what follows from the two.
    """

    name: str
    dimensions: Sequence[str]
    cells: Sequence[Counted]
    measures: Sequence[str]
    together: Sequence[str] = ()
    left_of: tuple[str, str] | None = None


class Earlier(NamedTuple):
    """What an earlier vintage of the same period shows, and what has changed since.

    Both by sheet. `changed` are cells over the facts that are not the same in both vintages, each
    once: gone, new, or with any other trait or time, open and left-out ones too. A fact whose
    traits changed counts in the cells it left and in those it came to. A key that is missing there
    has not changed. Their `exposure` is of those facts; their summary is not read.
    """

    shown: Mapping[str, Sequence[Seen]]
    changed: Mapping[str, Sequence[Counted]]


class Neighbour(NamedTuple):
    """Another period that is published already: its cells as counted and as shown, by sheet.

    `parts` names the neighbours of which it is the sum: the months of a year. A cell that was
    carried is to be left out of `shown`, and to have the exposure of its changes among `cells`,
    since the rest of it is known.
    """

    name: str
    cells: Mapping[str, Sequence[Counted]]
    shown: Mapping[str, Sequence[Seen]]
    parts: Sequence[str] = ()
