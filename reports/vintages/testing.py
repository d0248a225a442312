"""Vintages in memory, for tests: facts that a test may move, and an archive that can be killed.

Counts with the plain oracle and withholds as the fixtures do, so that closing, sealing and checking
can be tried without a database. Ships inside the package, so that no test imports another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from reports.datasets import Dataset, dataset
from reports.facts import FrozenFact
from reports.plain import plain_cells
from reports.shapes import PublishedCell, Standing, Vintage
from reports.testing import FEW, MONTH, frozen_facts
from reports.vintages.asks import Frozen, Published
from reports.vintages.changes import Change, changes, key_of
from reports.vintages.closing import Closed, Closer, Step, close
from reports.vintages.facts_digest import frozen_of
from reports.vintages.standing import Wanted
from timing.commitments.period import Period, month
from timing.measures.printed import figures_of

MADE_AT: Final = datetime(2026, 4, 9, 1, 0, tzinfo=UTC)
"""More than a week after the month of the fixtures, so that it may be final."""
DATASETS: Final = ("stage-split", "limits")
"""Two small ones: the way of the rest is the same."""
RULES: Final = {"cohort": "ended-in-month/1", "code": "0.0.0", "disclosure": "disclosure/1"}


class Killed(BaseException):
    """What a test raises in place of SIGKILL: nothing below may catch it."""


class MemoryArchive:
    """Ledger, workshop and observatory at once. `today` are the facts that stand, by month."""

    def __init__(self, visits: int = 60) -> None:
        self.today: dict[str, tuple[FrozenFact, ...]] = {MONTH: _by_key(frozen_facts(7, visits))}
        self.said_rules: dict[str, str] = dict(RULES)
        self.recorded: list[Vintage] = []
        self.kept: dict[str, tuple[FrozenFact, ...]] = {}
        self.cells: dict[str, dict[str, Sequence[PublishedCell]]] = {}

    def vintages(self) -> Sequence[Vintage]:
        """See Ledger."""
        return tuple(self.recorded)

    def append(self, vintage: Vintage) -> None:
        """See Ledger."""
        if vintage.id not in {one.id for one in self.recorded}:
            self.recorded.append(vintage)

    def clear(self, vintage: str) -> None:
        """See Workshop."""
        assert vintage not in {one.id for one in self.recorded}
        self.kept.pop(vintage, None)
        self.cells.pop(vintage, None)

    def freeze(self, vintage: str, period: Period) -> None:
        """See Workshop. Rows join those that are there, as rows of a table do."""
        self.kept[vintage] = (*self.kept.get(vintage, ()), *self.today.get(period.name, ()))

    def frozen(self, vintage: str) -> Frozen:
        """See Workshop."""
        return frozen_of(self.kept.get(vintage, ()))

    def protected(self, vintage: str, period: Period, before: Sequence[Vintage]) -> Published:
        """See Workshop."""
        kept = self.kept.get(vintage, ())
        return {name: _withheld(kept, dataset(name)) for name in DATASETS}

    def publish(self, vintage: str, dataset: str, cells: Sequence[PublishedCell]) -> None:
        """See Workshop."""
        there = self.cells.setdefault(vintage, {})
        there[dataset] = (*there.get(dataset, ()), *cells)

    def published(self, vintage: str) -> Published:
        """See Workshop."""
        return dict(self.cells.get(vintage, {}))

    def rules(self, period: Period) -> Mapping[str, str]:
        """See Workshop."""
        return self.said_rules

    def changes(self, older: str, newer: str) -> Iterator[Change]:
        """See Observatory."""
        return changes(self.kept[older], self.kept[newer])

    def changes_today(self, vintage: str, period: Period) -> Iterator[Change]:
        """See Observatory."""
        return changes(self.kept[vintage], self.today[period.name])

    def facts(self, vintage: str, only: Mapping[str, str] | None = None) -> Iterator[FrozenFact]:
        """See Observatory."""
        words = (only or {}).items()
        kept = self.kept.get(vintage, ())
        return (fact for fact in kept if all(getattr(fact, name) == word for name, word in words))

    def close(
        self,
        standing: Standing = "provisional",
        reason: str | None = None,
        told: Callable[[Step], None] = lambda step: None,
        made_at: datetime = MADE_AT,
    ) -> Closed:
        """Close the month of the fixtures."""
        wanted = Wanted(month(MONTH), standing, reason)
        return close(Closer(self, self, told), wanted, made_at)

    def correct(self, number: int, by_s: int = 60) -> FrozenFact:
        """One fact of today, in the order of its ended ones, takes so much longer. Returns it as it
        was."""
        facts = self.today[MONTH]
        ended = [fact for fact in facts if fact.standing == "ended"]
        was = ended[number]
        now = was._replace(gross_s=was.gross_s + by_s, net_s=was.net_s + by_s)
        self.today[MONTH] = tuple(now if fact == was else fact for fact in facts)
        return was


def _by_key(facts: Sequence[FrozenFact]) -> tuple[FrozenFact, ...]:
    return tuple(sorted(facts, key=key_of))


def _withheld(facts: Sequence[FrozenFact], counted: Dataset) -> tuple[PublishedCell, ...]:
    return tuple(
        PublishedCell(cell.key, {}, "too-few-units")
        if 0 < cell.exposure.units < FEW
        else PublishedCell(cell.key, figures_of(cell.summary))
        for cell in plain_cells(facts, counted)
    )
