"""What making and examining vintages asks of whoever keeps them, as protocols.

Implemented over the tables (`reports.vintages.tabled`) and in memory for tests. Each call may raise
`reports.tables.TablesUnavailable`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from reports.facts import FrozenFact
from reports.shapes import PublishedCell, Vintage
from reports.vintages.changes import Change
from timing.commitments.period import Period

Published = Mapping[str, Sequence[PublishedCell]]
"""Published cells by dataset."""


class Frozen(NamedTuple):
    """How many facts a vintage has, and the hash of them (`reports.vintages.facts_digest`)."""

    facts: int
    hash: str


class Ledger(Protocol):
    """Where vintages are recorded. What is recorded there is published; nothing else is."""

    def vintages(self) -> Sequence[Vintage]:
        """All that were ever made, in any order."""
        ...

    def append(self, vintage: Vintage) -> None:
        """Record one, for ever. Of two by one id the first stands."""
        ...


class Workshop(Protocol):
    """Where the facts and cells of a vintage are. Until its record is written nobody reads them."""

    def clear(self, vintage: str) -> None:
        """Remove what an attempt that did not end has left. Never called for a recorded vintage."""
        ...

    def freeze(self, vintage: str, period: Period) -> None:
        """Keep the facts that stand of a month as they are now."""
        ...

    def frozen(self, vintage: str) -> Frozen:
        """What is kept, by number and hash."""
        ...

    def protected(self, vintage: str, period: Period, before: Sequence[Vintage]) -> Published:
        """The cells of the facts kept, counted, and past disclosure control. `before` are all
        vintages made earlier: what they show bears on what may be shown."""
        ...

    def publish(self, vintage: str, dataset: str, cells: Sequence[PublishedCell]) -> None:
        """Keep the published cells of a dataset."""
        ...

    def published(self, vintage: str) -> Published:
        """The published cells kept."""
        ...

    def rules(self, period: Period) -> Mapping[str, str]:
        """Every versioned rule that applies to a month, by name, with its version or hash."""
        ...


class Observatory(Protocol):
    """For those who may see single visits: what differs, and what a cell is made of."""

    def changes(self, older: str, newer: str) -> Iterator[Change]:
        """What two vintages' facts do not share, by key, with what brought it about."""
        ...

    def changes_today(self, vintage: str, period: Period) -> Iterator[Change]:
        """What the facts that stand today do not share with those kept."""
        ...

    def facts(self, vintage: str, only: Mapping[str, str] | None = None) -> Iterator[FrozenFact]:
        """The facts kept, by key; `only` those whose columns have these words."""
        ...
