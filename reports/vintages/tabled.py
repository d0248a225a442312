"""The workshops over the tables: freezing, counting and hiding, each done in the room that owns it.

One for a month, one for a span of months; the record stands beside them (`reports.vintages.kept`).
An attempt has a name of its own, so that an insert asked for twice is stored once and one of
another attempt is not taken for it. Must never know a statement or a clock.
"""

from collections.abc import Mapping, Sequence

from reports.cells import count_cells
from reports.cohorts import land_cohorts
from reports.datasets import Dataset, datasets, with_rest
from reports.freezing import forget, freeze
from reports.frozen import hashed
from reports.shapes import Cell, PublishedCell, Vintage
from reports.tables import Tables
from reports.vintages.affected import affected
from reports.vintages.asks import Frozen, Published
from reports.vintages.carried import carried, with_changes, without_carried
from reports.vintages.counted import keep_counted, kept_counted
from reports.vintages.kept import TableLedger, keep_cells, published_cells
from reports.vintages.spans import MONTHS, frozen_of_parts, parts_of, with_parts
from reports.vintages.tabled_facts import differing
from timing.commitments.period import Period
from timing.disclosure.control import disclosed
from timing.disclosure.rules import disclosure
from timing.disclosure.shapes import Earlier, Neighbour, Sheet
from timing.patience import Patience

__all__ = ["SpanWorkshop", "TableLedger", "TableWorkshop", "published_cells"]


class TableWorkshop:
    """See Workshop. `said_rules` are the rules that apply, `attempt` is a name nobody used.

    `counted` are the datasets that are published, with what is promised; all that there are,
    unless told otherwise.
    """

    def __init__(
        self,
        tables: Tables,
        said_rules: Mapping[str, str],
        attempt: str,
        counted: Sequence[Dataset] | None = None,
    ) -> None:
        self._tables, self._rules, self._attempt = tables, said_rules, attempt
        self._fresh: Mapping[str, Sequence[Cell]] = {}
        self._counted = with_rest(tuple(datasets().values()) if counted is None else counted)

    def clear(self, vintage: str) -> None:
        """See Workshop."""
        forget(self._tables, vintage)

    def freeze(self, vintage: str, period: Period) -> None:
        """See Workshop. Traits of visits are brought up to date before."""
        land_cohorts(self._tables, period, Patience())
        freeze(self._tables, vintage, period)

    def frozen(self, vintage: str) -> Frozen:
        """See Workshop."""
        return Frozen(*hashed(self._tables, vintage))

    def protected(self, vintage: str, period: Period, before: Sequence[Vintage]) -> Published:
        """See Workshop. All datasets at once, since they speak of the same units."""
        older = [one.id for one in before if one.month == period.name]
        counted = {one.id: count_cells(self._tables, [vintage], one) for one in self._counted}
        self._fresh = counted
        return shown(
            self._sheets(counted),
            [self._earlier(one, [(one, vintage)]) for one in older],
        )

    def publish(self, vintage: str, dataset: str, cells: Sequence[PublishedCell]) -> None:
        """See Workshop. What a month's cells were counted as is kept for the spans that it will be
        part of."""
        keep_cells(self._tables, vintage, dataset, cells, self._attempt)
        for one in self._counted:
            if one.id in self._fresh and dataset in (one.id, *(one.left_of or ())[1:]):
                keep_counted(self._tables, vintage, one, self._fresh[one.id], self._attempt)

    def published(self, vintage: str) -> Published:
        """See Workshop."""
        return published_cells(self._tables, vintage)

    def rules(self, period: Period) -> Mapping[str, str]:
        """See Workshop."""
        return self._rules

    def _sheets(self, counted: Mapping[str, Sequence[Cell]]) -> list[Sheet]:
        """Every dataset with its cells."""
        return [
            Sheet(
                one.id,
                one.dimensions,
                counted[one.id],
                one.measures,
                one.together,
                one.left_of,
            )
            for one in self._counted
        ]

    def _cells(self, months: Sequence[str], one: Dataset) -> Sequence[Cell]:
        """Cells over the frozen facts of some months in order; of one month as they were kept."""
        kept = kept_counted(self._tables, months[0], one) if len(months) == 1 else ()
        return kept or count_cells(self._tables, months, one)

    def _earlier(self, older: str, moves: Sequence[tuple[str, str]]) -> Earlier:
        """What an earlier vintage shows, and what has changed since in the facts it rests on."""
        return Earlier(published_cells(self._tables, older), self._changed(moves))

    def _changed(self, moves: Sequence[tuple[str, str]]) -> dict[str, list[Cell]]:
        """Cells over the facts that are not the same in pairs of vintages."""
        pairs = [pair for then, now in moves for pair in differing(self._tables, then, now)]
        return {one.id: affected(pairs, one) for one in self._counted}


class SpanWorkshop(TableWorkshop):
    """The workshop of a span: it is counted from the frozen facts of its months, `parts`."""

    def __init__(
        self,
        tables: Tables,
        said_rules: Mapping[str, str],
        attempt: str,
        parts: Sequence[Vintage],
        counted: Sequence[Dataset] | None = None,
    ) -> None:
        super().__init__(tables, with_parts(said_rules, parts), attempt, counted)
        self._parts = parts

    def freeze(self, vintage: str, period: Period) -> None:
        """See Workshop. Nothing: its months are frozen already."""

    def frozen(self, vintage: str) -> Frozen:
        """See Workshop. As its months are kept, whatever was recorded of them."""
        return frozen_of_parts([Frozen(*hashed(self._tables, one.id)) for one in self._parts])

    def protected(self, vintage: str, period: Period, before: Sequence[Vintage]) -> Published:
        """See Workshop. Beside its months, and beside other spans that share some of them."""
        older = [one for one in before if one.month == period.name]
        beside, names = _beside(self._parts, before, period.name)
        months = [one.id for one in self._parts]
        counted = {one.id: count_cells(self._tables, months, one) for one in self._counted}
        return shown(
            self._sheets(counted),
            [self._earlier(one.id, moves(parts_of(one, before), self._parts)) for one in older],
            [self._neighbour(one, before) for one in beside],
            names,
        )

    def _neighbour(self, one: Vintage, made: Sequence[Vintage]) -> Neighbour:
        """A period that is published already, by the id of its vintage."""
        months = [part.id for part in parts_of(one, made)]
        counted = {each.id: self._cells(months, each) for each in self._counted}
        shown = published_cells(self._tables, one.id)
        keys = {name: carried(counted.get(name, ()), cells) for name, cells in shown.items()}
        if any(keys.values()):
            changed = self._changed_since_the_one_before(one, made)
            counted = {
                name: with_changes(cells, keys.get(name, frozenset()), changed.get(name, ()))
                for name, cells in counted.items()
            }
            shown = without_carried(shown, keys)
        return Neighbour(one.id, counted, shown, months if MONTHS in one.rules else ())

    def _changed_since_the_one_before(
        self, one: Vintage, made: Sequence[Vintage]
    ) -> Mapping[str, Sequence[Cell]]:
        """Only a vintage that follows another of its period carries anything."""
        older = [other for other in made[: made.index(one)] if other.month == one.month]
        return self._changed(moves(parts_of(older[-1], made), parts_of(one, made)))


def moves(older: Sequence[Vintage], newer: Sequence[Vintage]) -> list[tuple[str, str]]:
    """Which months of a span are of another vintage now: the one then, and the one now."""
    both = zip(older, newer, strict=True)
    return [(then.id, now.id) for then, now in both if then.id != now.id]


def shown(
    counted: Sequence[Sheet],
    before: Sequence[Earlier],
    beside: Sequence[Neighbour] = (),
    parts: Sequence[str] = (),
) -> dict[str, list[PublishedCell]]:
    """Sheets past disclosure control, as this wing has cells."""
    found = disclosed(counted, disclosure(), before, beside, parts)
    return {name: [PublishedCell(*cell[:4]) for cell in cells] for name, cells in found.items()}


def _beside(
    parts: Sequence[Vintage], made: Sequence[Vintage], own: str
) -> tuple[list[Vintage], list[str]]:
    """Months of a span, other spans that share any with it, and their months, each once."""
    ids = {one.id for one in parts}
    spans = [
        one
        for one in made
        if MONTHS in one.rules
        and one.month != own
        and ids & {part.id for part in parts_of(one, made)}
    ]
    months = {part.id: part for one in spans for part in parts_of(one, made)}
    found = {**{one.id: one for one in parts}, **months, **{one.id: one for one in spans}}
    return list(found.values()), [one.id for one in parts]
