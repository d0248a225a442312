"""The attack suite: how somebody would try to learn of few units what is published of many.

Each attempt sees only what the public has (`timing.disclosure.view`) and says of which cells, taken
together, it has computed the number and the time. Whether those are few is for the judge of the
attempt to say, who knows the truth. Against publications without protection every one succeeds:
tests see to both. Must never know what was counted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from timing.disclosure.interval import Interval, intervals
from timing.disclosure.view import Public, Spot, solved

Of = Literal[
    "units", "changes", "open", "extremes", "usual", "judged", "side", "rest", "before", "interval"
]
"""What was computed of some cells: of all their units, of those that are not the same in a vintage
before, of the open, of extreme and of other ones, how many were judged and how, of those on one
side of a percentile, of those that a company leaves which knows its own, of all units in the
vintage before, or within what bounds the seconds lie."""

FEW: Final = 10
"""What looks small enough to be worth computing without its own figures."""


_PERCENTILES: Final = (
    (10, "p10_h"), (25, "p25_h"), (50, "median_h"), (75, "p75_h"), (90, "p90_h"), (95, "p95_h"),
)  # fmt: skip


class World(NamedTuple):
    """All that is published: this period, the vintages of it before, months that it is made of; and
    which commitments are of all units of their stages, as their words say."""

    now: Public
    before: tuple[Public, ...] = ()
    months: tuple[Public, ...] = ()
    whole: frozenset[str] = frozenset()


class Find(NamedTuple):
    """Of these cells together something is known. `n` is how many units it is of, as computed;
    None where it was not."""

    of: Of
    spots: frozenset[Spot]
    n: int | None = None
    bounds: Interval | None = None


class Attempt(NamedTuple):
    """One way to try. `tries` says how, `refused_by` what stands against it."""

    id: str
    tries: str
    refused_by: str
    run: Callable[[World], Iterable[Find]]


def _read(world: World) -> Iterator[Find]:
    for spot in world.now.spots():
        if world.now.n(spot):
            yield Find("units", frozenset({spot}), world.now.n(spot))


def _known(world: World) -> Iterator[Find]:
    """The narrowest published cell that a known box is in: no other published one lies in it."""
    public = world.now
    wide = {whole for whole, *parts in public.sums() if any(public.n(one) for one in parts)}
    for spot in public.spots():
        if public.n(spot) and spot not in wide:
            yield Find("units", frozenset({spot}), public.n(spot))


def _insider(world: World) -> Iterator[Find]:
    """What is left of a cell, or of what the margins give, for a company that knows its own."""
    for find in (*_read(world), *_linked(world)):
        yield find._replace(of="rest")


def _margins(world: World) -> Iterator[Find]:
    """Of one whole and its parts, each that the others give, or all that are missing together."""
    public = world.now
    for whole, *parts in public.sums():
        missing = [part for part in parts if public.n(part) is None]
        if public.n(whole) is not None:
            for left in [missing] if missing else [[part] for part in parts]:
                rest = sum(public.n(part) or 0 for part in parts if part not in left)
                yield Find("units", frozenset(left), (public.n(whole) or 0) - rest)
        elif not missing:
            yield Find("units", frozenset({whole}), sum(public.n(part) or 0 for part in parts))


def _filters(world: World) -> Iterator[Find]:
    """What a filter leaves of a wider one: a cell that is part of another, by any road. Siblings
    together are what is left."""
    public = world.now
    for whole, *parts in public.sums():
        for one in parts:
            wide, narrow = public.n(whole), public.n(one)
            if wide is not None and narrow is not None and len(parts) > 1:
                yield Find("units", frozenset(parts) - {one}, wide - narrow)


def _linked(world: World) -> Iterator[Find]:
    yield from _solved(world.now, _secret(world.now))


def _twins(world: World) -> Iterator[Find]:
    """What a cell is of, from another one of the same units: its only part, its only whole."""
    public = world.now
    for whole, *parts in public.sums():
        if len(parts) == 1:
            for one, other in ((whole, parts[0]), (parts[0], whole)):
                if public.n(other) is not None:
                    yield Find("units", frozenset({one}), public.n(other))


def _bounds(world: World) -> Iterator[Find]:
    for spot, found in intervals(world.now, _secret(world.now)).items():
        yield Find("interval", frozenset({spot}), bounds=found)


def _chain(world: World) -> Iterator[Find]:
    """Of the links of a whole stay, the one that is missing: the whole less the others."""
    public = world.now
    cells = public.cells.get("stage-split", {})
    for key in cells:
        links = [other for other in cells if other[:-1] == key[:-1] and other != key]
        if all(cells[other].figures.get("n") is not None for other in links) and links:
            n = cells[links[0]].figures["n"]
            yield Find("units", frozenset({(public.period, "stage-split", key)}), int(n))


def _part_of_cell(of: Of, measures: tuple[str, ...]) -> Callable[[World], Iterator[Find]]:
    """Read a figure that rests on part of a cell, or subtract it from the same of its margin."""

    def run(world: World) -> Iterator[Find]:
        public = world.now

        def told(spot: Spot) -> bool:
            return any(measure in public.seen(spot).figures for measure in measures)

        yield from (Find(of, frozenset({spot})) for spot in public.spots() if told(spot))
        missing = {spot for spot in public.spots() if not told(spot)}
        for row in solved(list(public.sums()), missing):
            if all(times > 0 for times in row.values()):
                yield Find(of, frozenset(row))

    return run


def _single(world: World) -> Iterator[Find]:
    """The least and the most, and percentiles with few beyond them: the time of one unit."""
    for spot in world.now.spots():
        figures, n = world.now.seen(spot).figures, world.now.n(spot) or 0
        sides = {"least_h": 0, "most_h": 0}
        for per_cent, measure in _PERCENTILES:
            at = -(-per_cent * n // 100)
            sides[measure] = min(at - 1, n - at)
        for measure in sides.keys() & figures.keys():
            yield Find("side", frozenset({spot}), sides[measure])


def _solved(public: Public, missing: Collection[Spot]) -> Iterator[Find]:
    for row in solved(list(public.sums()), missing):
        if all(times > 0 for times in row.values()):
            yield Find("units", frozenset(row))


def _secret(public: Public) -> set[Spot]:
    """What is missing, and what looks small: to be computed without its own figures."""
    return {spot for spot in public.spots() if (public.n(spot) or 0) < FEW}


def _subtracted(world: World) -> Iterator[Find]:
    """One vintage less another, cell by cell, where they differ."""
    for past in world.before:
        for spot in world.now.spots():
            old, new = _figures(past, spot), _figures(world.now, spot)
            if old and new and old != new:
                yield Find("changes", frozenset({spot}))


def _vintage_margins(world: World) -> Iterator[Find]:
    """The change of what is not published, or not anew, from changes of what is; and of what has
    hardly changed, without its own figures."""
    now = world.now
    for past in world.before:
        missing = {spot for spot in now.spots() if _hardly(past, now, spot)}
        for row in solved(list(now.sums()), missing):
            if all(times > 0 for times in row.values()):
                yield Find("changes", frozenset(row))


def _hardly(past: Public, now: Public, spot: Spot) -> bool:
    old, new = _figures(past, spot), _figures(now, spot)
    if not new or new == old:
        return True
    n = now.n(spot) or 0
    return abs(n - ((past.n(spot) or 0) if old else 0)) < FEW


def _reappeared(world: World) -> Iterator[Find]:
    """What was hidden and is shown now tells of the earlier vintage, with what did not change;
    what is new or gone is made of changes alone."""
    for past in world.before:
        hidden = {spot for spot in past.spots() if not _figures(past, spot)}
        shown = {spot for spot in hidden if _figures(world.now, spot)}
        for find in _solved(past, hidden - shown) if shown else ():
            yield find._replace(of="before")
        new = [spot for spot in world.now.spots() if spot[2] not in past.cells[spot[1]]]
        gone = [spot for spot in past.spots() if spot[2] not in world.now.cells[spot[1]]]
        some = [spot for spot in new if _figures(world.now, spot)]
        yield from (Find("changes", frozenset({spot})) for spot in (*some, *gone))


def _year(world: World) -> Iterator[Find]:
    """A year less the months that say, and less their margins: what is left of the rest."""
    if not world.months:
        return
    rows = [row for month in world.months for row in month.sums()]
    rows += list(world.now.sums())
    for spot in world.now.spots():
        parts = [
            (month.period, spot[1], spot[2])
            for month in world.months
            if spot[2] in month.cells[spot[1]]
        ]
        if parts:
            rows.append([spot, *parts])
    missing = _secret(world.now).union(*map(_secret, world.months))
    for row in solved(rows, missing):
        if all(times > 0 for times in row.values()):
            yield Find("units", frozenset(row))


def _promised(world: World) -> Iterator[Find]:
    """What a stage's cell leaves of a commitment's, and a commitment's of a stage's: of the same
    units but for those that the promise does not count, of which nothing is published."""
    public = world.now
    rows, secret = list(public.sums()), _secret(public)
    stages = public.cells.get("stages", {})
    for key in public.cells.get("commitments", {}):
        port, _, commitment, stage, direction, facility = key
        same = (direction, stage, port, facility)
        if same in stages:
            of = public.period
            tied: list[Spot] = [(of, "stages", same), (of, "commitments", key)]
            rest = (of, "commitments-rest", key)
            if commitment not in world.whole:
                tied.append(rest)
                secret.add(rest)
            rows.append(tied)
    for row in solved(rows, secret):
        if all(times > 0 for times in row.values()):
            yield Find("units", frozenset(row))


def _figures(public: Public, spot: Spot) -> dict[str, object]:
    found = public.cells[spot[1]].get(spot[2])
    return {} if found is None else dict(found.figures)


ATTEMPTS: Final = (
    Attempt(
        "read", "Read a cell of few units, few companies, or one that is nearly all one company's",
        "primary rules", _read,
    ),
    Attempt(
        "known", "Look up a known box in the narrowest published cell that it is in",
        "primary rules", _known,
    ),
    Attempt(
        "insider", "A company takes its own units away from what it can compute",
        "3 companies, and 3 units left without the largest; in sums 5", _insider,
    ),
    Attempt(
        "margins", "A total less all of its parts but one",
        "complementary suppression", _margins,
    ),
    Attempt(
        "filters", "What a narrow filter leaves of a wide one that overlaps it",
        "sums of cells are held to the same rules as cells", _filters,
    ),
    Attempt(
        "linked", "All margins of all tables that share units, solved together exactly",
        "tables of a dataset are protected as one", _linked,
    ),
    Attempt(
        "twins", "The same units under another name: a port that is its province's only one",
        "cells of the same units are one unknown", _twins,
    ),
    Attempt(
        "bounds", "The narrowest interval of hours that is left, by linear programs",
        "intervals of 20 % up and down", _bounds,
    ),
    Attempt(
        "chain", "A whole stay less its other links",
        "links are published together or not at all", _chain,
    ),
    Attempt(
        "single", "Least, most, and percentiles with few units beyond them",
        "5 units on each side of a percentile; no least, no most", _single,
    ),
    Attempt(
        "extremes", "A mean with extremes and one without: the extreme ones' time",
        "extremes are a family with its own complement",
        _part_of_cell("extremes", ("mean_without_extremes_h",)),
    ),
    Attempt(
        "usual", "A mean without extremes where nearly all are extreme",
        "what is left without extremes is guarded as well",
        _part_of_cell("usual", ("mean_without_extremes_h",)),
    ),
    Attempt(
        "open", "The mean age of one open unit, directly or by subtraction",
        "ages are a family with its own complement",
        _part_of_cell("open", ("open_age_mean_h",)),
    ),
    Attempt(
        "unanimous", "A share of 0 or 100 %, or no spread, of a few: then it is true of each",
        "shares and spread rest on 10 units",
        _part_of_cell("judged", ("kept_pct", "met", "within_24h_pct", "sd_h")),
    ),
    Attempt(
        "promised", "A stage less what a commitment counts of it",
        "what a commitment leaves of a stage is a table that nobody sees, protected with both",
        _promised,
    ),
    Attempt(
        "vintages", "A later vintage less an earlier one, cell by cell",
        "few changes are carried", _subtracted,
    ),
    Attempt(
        "vintage-margins", "Changes of margins less changes of what is published anew",
        "changes are protected as a table of their own", _vintage_margins,
    ),
    Attempt(
        "reappeared", "A cell hidden before and shown now; a cell that is gone, or new",
        "what was hidden stays hidden, what vanished stays in place",
        _reappeared,
    ),
    Attempt(
        "year", "A year less eleven months, margins included",
        "a year is protected beside its months", _year,
    ),
)  # fmt: skip
"""Every attempt on figures. Pseudonyms are attacked in their own tests."""
