"""Closing a month: freeze, count, protect, publish, and only then record.

A vintage is there for everybody or for nobody: readers ask the record, which is written last. An
attempt that was killed at any step leaves rows that nobody reads; the next attempt removes them and
begins again. Nothing that was recorded is ever touched. Must never know a clock or a store.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from reports.shapes import Vintage
from reports.vintages.asks import Frozen, Ledger, Published, Workshop
from reports.vintages.chain import next_link, ordered
from reports.vintages.digest import hashes
from reports.vintages.standing import Planned, Wanted, planned

Step = Literal["clear", "freeze", "hash", "count", "publish", "read back", "record"]
STEPS: Final[tuple[Step, ...]] = (
    "clear", "freeze", "hash", "count", "publish", "read back", "record",
)  # fmt: skip


class Disturbed(Exception):
    """Somebody else wrote under the same id meanwhile; nothing was recorded by us."""


class Closed(NamedTuple):
    """The vintage that stands for what was asked; not `made` when it stood already."""

    vintage: Vintage
    made: bool
    last: Vintage | None


class Closer(NamedTuple):
    """What closing works with. `told` hears of each step before it is begun."""

    ledger: Ledger
    workshop: Workshop
    told: Callable[[Step], None]


def close(closer: Closer, wanted: Wanted, made_at: datetime) -> Closed:
    """Make the next vintage of a month, unless nothing would change.

    Raises Refused, ChainBroken, Disturbed, and what the tables raise.
    """
    made = ordered(closer.ledger.vintages())
    plan = planned(wanted, made, int(made_at.timestamp()))
    frozen = _frozen(closer, plan)
    rules = dict(closer.workshop.rules(wanted.month))
    if plan.last is not None and _says_the_same(plan.last, wanted, frozen, rules):
        closer.workshop.clear(plan.id)
        return Closed(plan.last, False, plan.last)
    published = _published(closer, plan, made)
    vintage = Vintage(
        plan.id,
        wanted.month.name,
        wanted.standing,
        made_at,
        frozen.facts,
        frozen.hash,
        rules,
        (wanted.reason or "").strip() or None,
        hashes(published),
        next_link(made),
    )
    _record(closer, vintage)
    return Closed(vintage, True, plan.last)


def _frozen(closer: Closer, plan: Planned) -> Frozen:
    closer.told("clear")
    closer.workshop.clear(plan.id)
    closer.told("freeze")
    closer.workshop.freeze(plan.id, plan.wanted.month)
    closer.told("hash")
    return closer.workshop.frozen(plan.id)


def _says_the_same(last: Vintage, wanted: Wanted, frozen: Frozen, rules: Mapping[str, str]) -> bool:
    """Whether a new vintage would say nothing new. To become final is news."""
    settled = last.standing == wanted.standing or wanted.standing == "restated"
    same = (last.facts, last.facts_hash, dict(last.rules))
    return settled and same == (frozen.facts, frozen.hash, rules)


def _published(closer: Closer, plan: Planned, made: Sequence[Vintage]) -> Published:
    closer.told("count")
    cells = closer.workshop.protected(plan.id, plan.wanted.month, made)
    closer.told("publish")
    for dataset in sorted(cells):
        closer.workshop.publish(plan.id, dataset, cells[dataset])
    return cells


def _record(closer: Closer, vintage: Vintage) -> None:
    """Only what is kept is recorded: facts and cells are read back and compared first."""
    closer.told("read back")
    _require(closer.workshop.frozen(vintage.id) == (vintage.facts, vintage.facts_hash), vintage)
    kept = closer.workshop.published(vintage.id)
    names = {*kept, *vintage.published}
    _require(hashes({name: kept.get(name, ()) for name in names}) == vintage.published, vintage)
    closer.told("record")
    closer.ledger.append(vintage)
    _require(vintage in closer.ledger.vintages(), vintage)


def _require(undisturbed: bool, vintage: Vintage) -> None:
    if not undisturbed:
        raise Disturbed(f"somebody else is closing {vintage.month} at the same time; try again")
