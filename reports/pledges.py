"""Pledges: what editions promise of many units, as the counting of frozen facts asks for it.

A promise becomes one pledge, or one for each of its points. Whom it covers, since when and until
when follow from the edition and, for a share, from the limit that it is a share of. What each unit
comes to is said plainly in `verdict_of`; `reports.cells` says the same to the database, and
`timing.commitments` is the oracle of both. Must never know a table.

Promises over ships' calls are not here: a call is one ship's, and frozen facts know no ship. Nor
are those that leave out other units than facts do, or that ask who is to blame.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final, Literal, NamedTuple

import isodate

from events.vocabulary import Category
from reports.facts import NO, UNSAID, YES, FrozenFact
from timing.commitments.promise import (
    MeanPromise,
    PercentilePromise,
    Point,
    Promise,
    SharePromise,
)
from timing.editions import Edition
from timing.scope import Scope
from timing.succession import InForce, terms_of
from timing.verdict import of_closed

NO_LIMIT: Final = "no-limit"
"""Why a unit of which a share is promised is not judged: the limit covers it and could not be
applied, for whatever reason."""
NOBODY: Final = "?"
"""A word that no fact has: of a scope that covers nobody."""
LEFT_OUT: Final = frozenset({"inferred-close", "undone"})
"""What frozen facts leave out (`reports.freezing.LEAVE_OUT`)."""


class Pledge(NamedTuple):
    """One promised measure. What is empty narrows nothing. Instants are epoch seconds; `limit` is
    the one that a share is of, `within_s` the time of a point."""

    port: str
    edition: str
    commitment: str
    kind: Literal["share", "percentile", "mean"]
    stages: tuple[str, ...]
    facilities: tuple[str, ...]
    modes: tuple[str, ...]
    directions: tuple[str, ...]
    categories: tuple[str, ...]
    laden: str
    since_s: int
    until_s: int
    limit: str
    within_s: int

    def covers(self, fact: FrozenFact) -> bool:
        """Whether it speaks of such a unit, as `Scope.covers`: unstated goods are general."""
        return (
            fact.port == self.port
            and fact.stage in self.stages
            and self.since_s <= fact.opened_at < self.until_s
            and (not self.facilities or fact.facility in self.facilities)
            and (not self.modes or fact.mode in self.modes)
            and (not self.directions or fact.direction in self.directions)
            and (not self.categories or (fact.goods or Category.GENERAL) in self.categories)
            and self.laden in (UNSAID, fact.laden)
        )

    def may_cover(self, fact: FrozenFact) -> bool:
        """Whether it is about the stage, and the unit's time is told by `stages`."""
        told = fact.standing == "ended" and not fact.left_out
        return told and fact.port == self.port and fact.stage in self.stages


def verdict_of(pledge: Pledge, fact: FrozenFact) -> tuple[str, str]:
    """Why an ended unit that a pledge covers is left out, and its verdict where it is not."""
    if fact.standing == "open" or fact.left_out:
        return fact.left_out, ""
    if pledge.kind == "mean":
        return "", ""
    if pledge.kind == "percentile":
        return "", of_closed(fact.gross_s, fact.net_s, pledge.within_s).value
    said = next((one.verdict for one in fact.limits if one.limit == pledge.limit), "")
    return ("", said) if said else (NO_LIMIT, "")


def pledges_of(editions: Sequence[Edition]) -> tuple[Pledge, ...]:
    """Every pledge of these editions, in their order."""
    return tuple(
        pledge
        for term in terms_of(editions)
        for promise in term.edition.commitment
        for pledge in _pledges(promise, term)
    )


def _pledges(promise: Promise, term: InForce) -> Iterator[Pledge]:
    if isinstance(promise, SharePromise | PercentilePromise | MeanPromise):
        if frozenset(map(str, promise.leave_out)) != LEFT_OUT:
            return
        yield from _of_units(promise, term)


def _of_units(
    promise: SharePromise | PercentilePromise | MeanPromise, term: InForce
) -> Iterator[Pledge]:
    edition, begins_at, ends_at = term
    if isinstance(promise, SharePromise):
        limit = next(one for one in edition.limit if one.id == promise.of)
        pledge = _pledge(promise, edition, (limit.stage,), (promise, limit))
        yield pledge._replace(limit=limit.id, since_s=begins_at, until_s=ends_at)
        return
    pledge = _pledge(promise, edition, promise.stage, (promise,))
    pledge = pledge._replace(since_s=begins_at, until_s=ends_at)
    if isinstance(promise, MeanPromise):
        yield pledge
        return
    for point in promise.points:
        yield pledge._replace(commitment=word_of(promise, point), within_s=point.within)


def word_of(promise: PercentilePromise, point: Point) -> str:
    """What a point is called in a key: `tianjin.pickup:PT30M`."""
    return f"{promise.id}:{isodate.duration_isoformat(timedelta(seconds=point.within))}"


def _pledge(
    promise: SharePromise | PercentilePromise | MeanPromise,
    edition: Edition,
    stages: tuple[str, ...],
    scopes: Sequence[Scope],
) -> Pledge:
    laden = {scope.laden for scope in scopes} - {None}
    return Pledge(
        port=edition.port,
        edition=edition.edition,
        commitment=promise.id,
        kind=promise.kind,
        stages=stages,
        facilities=_both(scope.facilities for scope in scopes),
        modes=_both(scope.modes for scope in scopes),
        directions=_both(scope.directions for scope in scopes),
        categories=_both(scope.categories for scope in scopes),
        laden=NOBODY if len(laden) > 1 else YES if True in laden else NO if laden else UNSAID,
        since_s=0,
        until_s=0,
        limit="",
        within_s=0,
    )


def _both(named: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """What all of them name that name anything; somebody that there is not, where that is none."""
    narrowing = [frozenset(map(str, some)) for some in named if some]
    if not narrowing:
        return ()
    return tuple(sorted(frozenset.intersection(*narrowing))) or (NOBODY,)
