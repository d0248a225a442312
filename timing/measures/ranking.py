"""Ranking: which places are surely faster than which, and no more than that.

A place has a range of ranks. It is surely behind every place whose interval lies wholly below its
own, and surely ahead of every one wholly above; among the rest its rank is anybody's guess, so
those share it (M. Klein, T. Wright, J. Wieczorek, "A joint confidence region for an overall
ranking of populations", J. R. Stat. Soc. C 69 (2020); on such ranges for hospitals:
https://ar5iv.labs.arxiv.org/html/1708.02729). All intervals of one table hold at once with the
stated confidence, which is shared out among them (Bonferroni). Few units are shown and not ranked,
as CPPI leaves out ports of fewer than 24 calls a year.

Knows printed figures, by name; must never know a port from a company, or where figures come from.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from timing.measures.comparison import Rules, comparison
from timing.measures.intervals import Estimate, Interval, estimated, interval

Unranked = Literal["too-few", "suppressed", "stratum-missing"]
"""Why a place has no rank."""

TOO_FEW: Final = "too-few"
SUPPRESSED: Final = "suppressed"


class Entry(NamedTuple):
    """Who asks for a rank: `n` units with a mean in hours as printed. `reason` says why one without
    an estimate has none."""

    name: str
    n: int | None
    mean_h: Decimal | None
    estimate: Estimate | None
    reason: Unranked | None = None


class Place(NamedTuple):
    """What became of an entry. It is one of the places from `first` to `last`, both included, of
    `among` ranked ones; unranked, it has neither, and a reason."""

    name: str
    n: int | None
    mean_h: Decimal | None
    interval: Interval | None
    first: int | None
    last: int | None
    among: int
    reason: Unranked | None = None

    @property
    def shared(self) -> bool:
        """Whether another one may have the same rank."""
        return self.first != self.last

    @property
    def rank(self) -> str:
        """As it is printed: `3`, or `2-5`; empty where there is none."""
        if self.first is None:
            return ""
        return f"{self.first}-{self.last}" if self.shared else str(self.first)


def entry(
    name: str,
    n: int | None,
    mean_h: Decimal | None,
    sd_h: Decimal | None,
    rules: Rules | None = None,
) -> Entry:
    """An entry from a published cell; what is missing there is suppressed here."""
    said = rules or comparison()
    if n is None or mean_h is None or sd_h is None:
        return Entry(name, n, mean_h, None, SUPPRESSED)
    if n < said.n_min:
        return Entry(name, n, mean_h, None, TOO_FEW)
    return Entry(name, n, mean_h, estimated(n, mean_h, sd_h, said.design_effect))


def ranked(entries: Iterable[Entry], rules: Rules | None = None) -> tuple[Place, ...]:
    """The places of all entries, the fastest first; of one mean, by name. Unranked ones come last,
    by name."""
    found = sorted(entries, key=lambda one: one.name)
    rivals = [(one.estimate, one) for one in found if one.estimate is not None]
    rivals.sort(key=lambda rival: rival[0].mean)
    each_pct = shared_confidence(rules or comparison(), len(rivals))
    known = [interval(estimate, each_pct) for estimate, _ in rivals]
    placed = [_placed(one, mine, known) for (_, one), mine in zip(rivals, known, strict=True)]
    return (*placed, *(_unplaced(one, len(rivals)) for one in found if one.estimate is None))


def shared_confidence(rules: Rules, intervals: int) -> Decimal:
    """How sure, in per cent, each interval must be for all of them to hold at once."""
    return 100 - (100 - rules.confidence_pct) / max(1, intervals)


def _placed(one: Entry, mine: Interval, known: Sequence[Interval]) -> Place:
    ahead = sum(other.high < mine.low for other in known)
    behind = sum(other.low > mine.high for other in known)
    among = len(known)
    return Place(one.name, one.n, one.mean_h, mine, ahead + 1, among - behind, among)


def _unplaced(one: Entry, among: int) -> Place:
    return Place(one.name, one.n, one.mean_h, None, None, None, among, one.reason)
