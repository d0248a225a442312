"""From a published number to what it rests on: rules, definitions, editions, facts, events.

For those who may see single visits. Pure over facts; visits are named as `named` names them, which
is by pseudonym unless the asker may have more. Must never know who asks or where facts are kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from reports.datasets import Dataset
from reports.facts import FrozenFact
from reports.places import places
from reports.plain import Counted, counted_of
from reports.shapes import ALL, Key, PublishedCell, Vintage


class NoSuchCell(ValueError):
    """A cell is named that cannot be; the message says what can."""


class Ground(NamedTuple):
    """One fact that a cell counts. `part` is how: counted, open, or why it is left out. `limit` and
    `edition` are those that judged it, if the dataset is about limits; else all that did."""

    visit: str
    stage: str
    occurrence: int
    part: str
    seconds: int
    age_s: int
    verdict: str
    editions: tuple[str, ...]
    definition: str
    events: tuple[str, ...]


class Traced(NamedTuple):
    """A cell and all it rests on. `parts`, `definitions` and `editions` say of how many facts."""

    vintage: Vintage
    dataset: str
    key: Key
    published: PublishedCell
    grounds: tuple[Ground, ...]
    parts: Mapping[str, int]
    definitions: Mapping[str, int]
    editions: Mapping[str, int]


def key_named(dataset: Dataset, words: Mapping[str, str]) -> Key:
    """The cell that these words name; dimensions that are not named are summed over. A port brings
    its province with it.

    Raises NoSuchCell for a dimension that there is not, and for tables that are not published.
    """
    if unknown := set(words) - set(dataset.dimensions):
        known = ", ".join(dataset.dimensions)
        raise NoSuchCell(f"{dataset.id} has no {', '.join(sorted(unknown))}; it has {known}")
    if "port" in words and dataset.within.get("port") == "province":
        words = {"province": places().province_of(words["port"]), **words}
    named = tuple(d for d in dataset.dimensions if words.get(d, ALL) != ALL)
    if named not in dataset.groupings:
        least = " or ".join(", ".join(one) for one in _nearest(dataset, named))
        raise NoSuchCell(
            f"{dataset.id} has no cells by {', '.join(named) or 'nothing'}; it has such by {least}"
        )
    return tuple(words.get(dimension, ALL) for dimension in dataset.dimensions)


def trace(
    vintage: Vintage,
    dataset: Dataset,
    cell: PublishedCell,
    facts: Iterable[FrozenFact],
    named: Callable[[FrozenFact], str],
) -> Traced:
    """What a published cell rests on; `facts` may be more than it counts."""
    grounds = tuple(_grounds(dataset, cell.key, facts, named))
    return Traced(
        vintage,
        dataset.ref,
        cell.key,
        cell,
        grounds,
        _numbers(ground.part for ground in grounds),
        _numbers(ground.definition for ground in grounds if ground.definition),
        _numbers(edition for ground in grounds for edition in ground.editions),
    )


def narrowing(dataset: Dataset, key: Key) -> dict[str, str]:
    """What a key says of the columns of facts themselves, to read no more of them than needed."""
    said = dataset.words(key)
    own = {"edition", "limit"} | ({"stage"} if dataset.facts == "chain" else set())
    return {str(name): word for name, word in said.items() if name not in own}


def _grounds(
    dataset: Dataset, key: Key, facts: Iterable[FrozenFact], named: Callable[[FrozenFact], str]
) -> Iterator[Ground]:
    words = dataset.words(key)
    for fact in facts:
        for one in counted_of(fact, dataset):
            if all(one.words[dimension] == word for dimension, word in words.items()):
                yield _ground(one, named(fact))


def _ground(one: Counted, visit: str) -> Ground:
    fact = one.fact
    editions = (one.words["edition"],) if "edition" in one.words else None
    return Ground(
        visit,
        one.words.get("stage", fact.stage),
        fact.occurrence,
        "open" if fact.standing == "open" else one.left_out or "counted",
        one.seconds if one.counts else 0,
        fact.age_s,
        one.verdict,
        editions or tuple(sorted({limit.edition for limit in fact.limits})),
        fact.definition,
        fact.event_ids,
    )


def _numbers(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _nearest(dataset: Dataset, named: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Up to three groupings that have most in common with what was named."""
    apart = sorted(dataset.groupings, key=lambda one: (len(set(one) ^ set(named)), len(one)))
    return [tuple(map(str, one)) for one in apart[:3]]
