"""The figures behind a bulletin, one line each: its cells, and what was computed from them.

Knows which cells a bulletin shows. Must never know a language or how a line is written.
"""

from collections.abc import Iterator
from decimal import Decimal

from reports.bulletin.compared import DIRECTIONS, Compared, Months, beside
from reports.bulletin.fair import TRAITS
from reports.bulletin.ranks import STRATA, ranks, standardising
from reports.datasets import Dimension, dataset
from reports.documents.lines import Line, lines_of
from reports.documents.sheet import Publication
from timing.measures.comparison import COMPARISON
from timing.measures.ranking import Place

Named = frozenset[str]

_PLACES: tuple[frozenset[Dimension], ...] = (
    frozenset(),
    frozenset({"province"}),
    frozenset({"province", "port"}),
)
SHOWN: frozenset[Named] = frozenset(
    [frozenset({"direction", *place}) for place in _PLACES]
    + [frozenset({"direction", trait}) for trait in TRAITS]
    + [frozenset({"direction", "province", "port", trait}) for trait in STRATA]
)
"""What the cells of clearance name that a bulletin shows."""


def figures(months: Months) -> Iterator[Line]:
    """The lines of a bulletin, in the order of its datasets and keys."""
    now = months.now
    for id in ("clearance", "stage-split", "limits", "commitments"):
        yield from _published(now, id)
    for direction in DIRECTIONS:
        yield from _changes(months, direction)
        yield from _ranks(now, direction)


def _published(now: Publication, id: str) -> Iterator[Line]:
    of = dataset(id)
    cells = now.sheet(id).cells
    shown = (cell for cell in cells if _is_shown(id, frozenset(of.words(cell.key))))
    yield from lines_of(now.vintage.id, of, shown)


def _is_shown(id: str, named: Named) -> bool:
    if id == "clearance":
        return named in SHOWN
    if id == "commitments":
        return named == {"port", "edition", "commitment"}
    return "facility" not in named


def _changes(months: Months, direction: str) -> Iterator[Line]:
    one = beside(months, direction)
    places: list[tuple[dict[str, str], Compared]] = [({}, one.compared("port", ""))]
    for kind in ("province", "port"):
        places += [({kind: found.place}, found) for found in one.each(kind)]
    for words, found in places:
        named = {"direction": direction, **words}
        for measure, value in _cuts(found):
            yield Line(months.now.vintage.id, "change", named, measure, value)


def _cuts(found: Compared) -> Iterator[tuple[str, Decimal]]:
    known = (("2017", found.baseline), ("month", found.month), ("year", found.year))
    for name, one in known:
        if one is not None and one.cut_pct is not None:
            yield f"cut_on_{name}_pct", one.cut_pct


def _ranks(now: Publication, direction: str) -> Iterator[Line]:
    sheet = now.sheet("clearance")
    for place in ranks(sheet, direction).values():
        yield from _place(now, direction, place, "")
    found = standardising(sheet, direction)
    for place in () if found is None else found.places:
        yield from _place(now, direction, place, "standard_")


def _place(now: Publication, direction: str, place: Place, prefix: str) -> Iterator[Line]:
    named = {"direction": direction, "port": place.name}
    known = place.interval
    measures = {
        "rank_first": place.first,
        "rank_last": place.last,
        "low_h": None if known is None else known.low,
        "high_h": None if known is None else known.high,
    }
    if prefix:
        measures = {"mean_h": place.mean_h, **measures}
    for measure, value in measures.items():
        if value is not None or place.reason is not None:
            reason = "" if value is not None else str(place.reason)
            yield Line(now.vintage.id, COMPARISON, named, f"{prefix}{measure}", value, reason)
