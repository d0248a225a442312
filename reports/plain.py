"""Cells counted plainly: the oracle of the counting in SQL (`reports.cells`), and of fixtures.

One pass over frozen facts in plain Python, without a thought for speed. Knows datasets, facts and
rules; must never know a statement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reports.datasets import Dataset, Dimension
from reports.facts import FrozenFact
from reports.pledges import verdict_of
from reports.shapes import Cell, Exposure, Key
from timing.measures.rules import MeasureRules, measure_rules
from timing.measures.summary import RANKS, WITHIN_H, Summary, rank
from timing.patience import HOUR_S
from timing.stages import CHAINS

CHAIN_INCOMPLETE = "chain-incomplete"
"""Why a whole stay is left out of its split: a link is missing, or they do not add up to it."""

Group = tuple[str, str, str]


class Counted(NamedTuple):
    """What one fact adds to a dataset under the words of its key. `seconds` are of an ended one."""

    fact: FrozenFact
    words: Mapping[Dimension, str]
    seconds: int
    left_out: str
    verdict: str

    @property
    def counts(self) -> bool:
        """Whether its seconds are in the figures."""
        return self.fact.standing == "ended" and not self.left_out

    @property
    def group(self) -> Group:
        """Among which it may be extreme."""
        return self.words.get("stage", self.fact.stage), self.fact.direction, self.fact.mode


def plain_cells(
    facts: Iterable[FrozenFact], dataset: Dataset, rules: MeasureRules | None = None
) -> tuple[Cell, ...]:
    """Every cell of a dataset that counts anything, by key."""
    counted = [one for fact in facts for one in counted_of(fact, dataset)]
    fences = _fences(counted, rules or measure_rules())
    inside: dict[Key, list[Counted]] = defaultdict(list)
    for one in counted:
        for named in dataset.groupings:
            inside[dataset.key({d: one.words[d] for d in named})].append(one)
    return tuple(_cell(key, inside[key], fences) for key in sorted(inside))


def counted_of(fact: FrozenFact, dataset: Dataset) -> Iterator[Counted]:
    """What a fact adds to a dataset: nothing, itself, or one for each of its limits or links."""
    if fact.stage in dataset.without or (dataset.stages and fact.stage not in dataset.stages):
        return
    words = _words(fact)
    if dataset.facts == "stages":
        seconds = fact.gross_s if dataset.basis == "gross" else fact.net_s
        yield Counted(fact, words, seconds, fact.left_out, fact.verdict)
    elif dataset.facts == "limits":
        for one in fact.limits:
            own: Mapping[Dimension, str] = {"edition": one.edition, "limit": one.limit}
            yield Counted(fact, {**words, **own}, one.net_s, fact.left_out, one.verdict)
    elif dataset.facts in ("pledges", "unpledged"):
        yield from _pledged(fact, dataset, words)
    else:
        yield from _links(fact, words)


def _pledged(
    fact: FrozenFact, dataset: Dataset, words: Mapping[Dimension, str]
) -> Iterator[Counted]:
    """One for each pledge that covers it; of the rest, for each that does not count its time."""
    for pledge in dataset.pledges:
        own: Mapping[Dimension, str] = {"edition": pledge.edition, "commitment": pledge.commitment}
        covered = pledge.covers(fact)
        left_out, verdict = verdict_of(pledge, fact) if covered else ("", "")
        if dataset.facts == "pledges":
            if covered:
                yield Counted(fact, {**words, **own}, fact.net_s, left_out, verdict)
        elif pledge.may_cover(fact) and (left_out or not covered):
            yield Counted(fact, {**words, **own}, fact.net_s, "", "")


def _links(fact: FrozenFact, words: Mapping[Dimension, str]) -> Iterator[Counted]:
    """The whole and its links: of an open or incomplete stay, each says so."""
    expected = links_of(fact.direction)
    took = {link.stage: link.gross_s for link in fact.links}
    left_out = fact.left_out
    whole = tuple(sorted(took)) == tuple(sorted(expected)) and sum(took.values()) == fact.gross_s
    if fact.standing == "ended" and not left_out and not whole:
        left_out = CHAIN_INCOMPLETE
    for stage in (*expected, fact.stage):
        own: Mapping[Dimension, str] = {"stage": stage}
        seconds = fact.gross_s if stage == fact.stage else took.get(stage, 0)
        yield Counted(fact, {**words, **own}, seconds, left_out, fact.verdict)


def links_of(direction: str) -> tuple[str, ...]:
    """The stages that a whole stay of a direction is made of; none for one that has no chain."""
    for chain in CHAINS:
        if chain.whole.directions is not None and direction in chain.whole.directions:
            return tuple(stage.id for stage in chain.stages)
    return ()


def _words(fact: FrozenFact) -> dict[Dimension, str]:
    return {
        "direction": fact.direction, "province": fact.province, "port": fact.port,
        "facility": fact.facility, "mode": fact.mode, "inspected": fact.inspected,
        "advance": fact.advance, "goods": fact.goods, "peak": fact.peak, "stage": fact.stage,
    }  # fmt: skip


def _fences(counted: Iterable[Counted], rules: MeasureRules) -> dict[Group, int]:
    """Above what a value is extreme, by group."""
    times: dict[Group, list[int]] = defaultdict(list)
    for one in counted:
        if one.counts:
            times[one.group].append(one.seconds)
    return {group: rules.extremes.above(sorted(some)) for group, some in times.items()}


def _cell(key: Key, inside: list[Counted], fences: Mapping[Group, int]) -> Cell:
    timed = [one for one in inside if one.counts]
    waiting = [one for one in inside if one.fact.standing == "open"]
    left_out = Counter(one.left_out for one in inside if one.left_out)
    verdicts = Counter(one.verdict for one in timed)
    ordered = sorted(one.seconds for one in timed)
    extreme = [one.seconds for one in timed if one.seconds > fences[one.group]]
    hours = Counter(seconds // HOUR_S for seconds in ordered)
    modal_h = min(hours, key=lambda hour: (-hours[hour], hour), default=0)
    summary = Summary(
        n=len(ordered),
        sum_s=sum(ordered),
        square_sum=sum(seconds * seconds for seconds in ordered),
        ranks_s=tuple(rank(ordered, per_cent) for per_cent in RANKS) if ordered else (),
        within=tuple(sum(s <= hours * HOUR_S for s in ordered) for hours in WITHIN_H),
        extreme_n=len(extreme),
        extreme_sum_s=sum(extreme),
        open_n=len(waiting),
        open_age_s=sum(one.fact.age_s for one in waiting),
        left_out=tuple(sorted(left_out.items())),
        met=verdicts["met"],
        breached=verdicts["breached"],
        excused=verdicts["excused"],
        least_s=ordered[0] if ordered else 0,
        most_s=ordered[-1] if ordered else 0,
        modal_h=modal_h,
        modal_n=hours[modal_h],
    )
    return Cell(key, summary, _exposure(timed))


def _exposure(timed: Iterable[Counted]) -> Exposure:
    units: set[tuple[str, str]] = set()
    by_trader: dict[str, tuple[int, int]] = {}
    for one in timed:
        units.add((one.fact.unit_type, one.fact.unit_id))
        if one.fact.trader:
            n, seconds = by_trader.get(one.fact.trader, (0, 0))
            by_trader[one.fact.trader] = n + 1, seconds + one.seconds
    most_n = sorted((n for n, _ in by_trader.values()), reverse=True)
    most_s = sorted((s for _, s in by_trader.values()), reverse=True)
    return Exposure(len(units), len(by_trader), *_two(most_n), *_two(most_s))


def _two(largest: list[int]) -> tuple[int, int]:
    first, second = (*largest[:2], 0, 0)[:2]
    return first, second
