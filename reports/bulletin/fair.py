"""Fair comparison: the mix of traffic of all ports, and ranks as if every port had that mix.

Knows published cells of clearance; must never know a baseline.
"""

from collections.abc import Iterator
from fractions import Fraction

from reports.bulletin.by_place import place_words
from reports.bulletin.compared import DIRECTIONS, Months
from reports.bulletin.ranks import STRATA, Standardising, ranks, standardising
from reports.datasets import Dimension
from reports.documents.blocks import Block, Heading, Paragraph, Row, Table
from reports.documents.sheet import Sheet, count_of
from reports.documents.voice import WITHHELD, Voice, captioned, columns, number
from reports.documents.writing import NOTHING, decimal
from reports.shapes import PublishedCell
from timing.series import rounded

TRAITS: tuple[Dimension, ...] = ("mode", "inspected", "advance", "goods", "peak")
"""By what clearance is told apart, beside its place."""

MEASURES = ("mean_h", "median_h", "p90_h", "sd_h", "within_24h_pct")


def by_trait(said: Voice, months: Months) -> Iterator[Block]:
    """What the traffic consists of, and what each part took."""
    yield Heading(said.say("bulletin.trait.title"), "trait")
    yield Paragraph(said.say("bulletin.trait.words"))
    for direction in DIRECTIONS:
        yield trait_table(said, months.now.sheet("clearance"), direction)


def trait_table(said: Voice, sheet: Sheet, direction: str) -> Table:
    """All parts of the traffic of one direction, with their shares of it."""
    whole = sheet.cell(direction=direction)
    rows = []
    for dimension in TRAITS:
        for word in sheet.words(dimension, direction=direction):
            cell = sheet.cell(**{"direction": direction, dimension: word})
            rows.append(
                Row((
                    _group(said, dimension, word),
                    said.figure(cell, "n"),
                    _share(said, cell, whole),
                    *(said.figure(cell, measure) for measure in MEASURES),
                ))
            )  # fmt: skip
    heads = columns(said, "trait:words", "n", "share_pct", *MEASURES)
    what = said.say(f"direction.{direction}")
    named = (f"trait-{direction}-table", said.say("bulletin.trait.caption", what=what))
    return captioned(said, named, heads, rows)


def _group(said: Voice, dimension: str, word: str) -> str:
    name = said.say(f"dimension.{dimension}")
    return said.say("pair", name=name, means=said.trait(dimension, word))


def like_for_like(said: Voice, months: Months) -> Iterator[Block]:
    """Means under the common mix beside the plain ones, or why there is none."""
    yield Heading(said.say("bulletin.fair.title"), "fair")
    yield Paragraph(said.say("bulletin.fair.words"))
    sheet = months.now.sheet("clearance")
    for direction in DIRECTIONS:
        found = standardising(sheet, direction)
        if found is None:
            what = said.say(f"direction.{direction}")
            yield Paragraph(said.say("bulletin.fair.none", what=what))
        else:
            yield _table(said, sheet, direction, found)


def _table(said: Voice, sheet: Sheet, direction: str, found: Standardising) -> Table:
    plain = ranks(sheet, direction)
    rows = []
    for place in found.places:
        rank, interval = place_words(said, place)
        cell = sheet.cell(direction=direction, port=place.name)
        before, _ = place_words(said, plain[place.name])
        standard = NOTHING if place.mean_h is None else number(place.mean_h)
        rows.append(
            Row((
                said.place(place.name), said.figure(cell, "mean_h"), before, standard, rank,
                interval, *_shares(said, sheet, direction, place.name),
            ))
        )  # fmt: skip
    heads = columns(
        said, "port:words", "mean_h", "rank", "standard_h", "rank_standard", "interval",
        "inspected_pct", "advance_pct",
    )  # fmt: skip
    what = said.say(f"direction.{direction}")
    caption = said.say("bulletin.fair.caption", what=what)
    table = captioned(said, (f"fair-{direction}-table", caption), heads, rows)
    covered = said.say("bulletin.fair.covered", pct=decimal(found.standard.coverage_pct))
    return table._replace(notes=(covered, *table.notes))


def _shares(said: Voice, sheet: Sheet, direction: str, port: str) -> Iterator[str]:
    """What share of a port's units was inspected, and declared ahead."""
    whole = sheet.cell(direction=direction, port=port)
    for dimension in STRATA:
        cell = sheet.cell(**{"direction": direction, "port": port, dimension: "yes"})
        yield _share(said, cell, whole)


def _share(said: Voice, cell: PublishedCell | None, whole: PublishedCell | None) -> str:
    """What part of the units one cell has of another, or the mark for one that is withheld."""
    n, of = count_of(cell, "n"), count_of(whole, "n")
    if n is not None and of:
        return decimal(rounded(Fraction(100 * n, of), 2))
    marks = (said.figure(one, "n") for one in (cell, whole))
    return WITHHELD if WITHHELD in marks else NOTHING
