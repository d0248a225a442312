"""Provinces and ports: their means beside what they were, ranks, spread and counts.

Knows comparisons and ranks and sets them in tables. Must never know where they come from.
"""

from collections.abc import Iterator, Mapping

from reports.bulletin.compared import DIRECTIONS, Beside, Compared, Months, beside
from reports.bulletin.ranks import ranks
from reports.documents.blocks import Block, Chart, Heading, Paragraph, Row, Table
from reports.documents.charts import Bar, bars
from reports.documents.voice import Voice, captioned, columns, number
from reports.documents.writing import NOTHING, decimal
from timing.measures.ranking import Place

Ranks = Mapping[str, Place]

SPREAD = (
    "p10_h",
    "p25_h",
    "median_h",
    "p75_h",
    "p90_h",
    "p95_h",
    "sd_h",
    "mean_without_extremes_h",
)
COUNTED = (
    "n",
    "within_24h_pct",
    "within_48h_pct",
    "within_72h_pct",
    "extreme_n",
    "open",
    "open_age_mean_h",
    "left_out",
)


def by_province(said: Voice, months: Months) -> Iterator[Block]:
    """A table for each direction."""
    yield Heading(said.say("bulletin.province.title"), "province")
    heads = columns(
        said, "province:words", "mean_h", "cut_baseline", "cut_month", "cut_year", "median_h", "n"
    )
    for direction in DIRECTIONS:
        one = beside(months, direction)
        rows = [_province(said, found) for found in one.each("province")]
        rows.append(_province(said, one.compared("port", ""))._replace(kind="total"))
        yield _signed(said, captioned(said, _named(said, "province", direction), heads, rows))


def by_port(said: Voice, months: Months) -> Iterator[Block]:
    """For each direction: ranks and changes, a picture, how times are spread, what was counted."""
    yield Heading(said.say("bulletin.port.title"), "port")
    yield Paragraph(said.say("bulletin.port.words"))
    for direction in DIRECTIONS:
        one = beside(months, direction)
        places = ranks(one.now, direction)
        yield Heading(said.say(f"direction.{direction}"), f"port-{direction}", 3)
        yield _ranked(said, one, places)
        yield _picture(said, one, places)
        yield _measured(said, one, places, ("spread", *SPREAD))
        yield _measured(said, one, places, ("counted", *COUNTED))


def place_words(said: Voice, place: Place) -> tuple[str, str]:
    """A rank, or why there is none, and the interval of the mean."""
    rank = place.rank.replace("-", "–") or said.say(f"unranked.{place.reason}")
    known = place.interval
    return rank, NOTHING if known is None else f"{decimal(known.low)} – {decimal(known.high)}"


def _province(said: Voice, found: Compared) -> Row:
    figures = (said.figure(found.cell, measure) for measure in ("median_h", "n"))
    mean = said.figure(found.cell, "mean_h")
    return Row((_name(said, found), mean, *_cuts(found), *figures))


def _ranked(said: Voice, one: Beside, places: Ranks) -> Table:
    heads = columns(
        said,
        "port:words", "rank", "mean_h", "interval", "cut_baseline", "cut_month", "cut_year", "n",
    )  # fmt: skip
    rows = [
        _port(said, one.compared("port", port), place_words(said, place))
        for port, place in places.items()
    ]
    rows.append(_port(said, one.compared("port", ""), ("", ""))._replace(kind="total"))
    return _signed(said, captioned(said, _named(said, "port", one.direction), heads, rows))


def _signed(said: Voice, table: Table) -> Table:
    """With what the sign of a cut means, first of the notes."""
    return table._replace(notes=(said.say("bulletin.cuts"), *table.notes))


def _port(said: Voice, found: Compared, place: tuple[str, str]) -> Row:
    rank, interval = place
    mean, n = said.figure(found.cell, "mean_h"), said.figure(found.cell, "n")
    return Row((_name(said, found), rank, mean, interval, *_cuts(found), n))


def _name(said: Voice, found: Compared) -> str:
    return said.place(found.place) if found.place else said.say("place.all")


def _cuts(found: Compared) -> tuple[str, ...]:
    changes = (found.baseline, found.month, found.year)
    return tuple(number(None if one is None else one.cut_pct) for one in changes)


def _picture(said: Voice, one: Beside, places: Ranks) -> Chart:
    rows = [
        Bar(
            _name(said, found),
            found.mean_h,
            said.figure(found.cell, "mean_h"),
            None if found.month is None else found.month.before_h,
        )
        for found in (one.compared("port", port) for port in places)
    ]
    key = "bulletin.chart.beside" if one.month is not None else "bulletin.chart.alone"
    caption = said.say(key, what=said.say(f"direction.{one.direction}"))
    seen = said.say("comma").join(f"{row.label} {row.words}" for row in rows)
    return Chart(f"chart-{one.direction}", caption, bars(rows, said.say("unit.h")), seen)


def _measured(said: Voice, one: Beside, places: Ranks, what: tuple[str, ...]) -> Table:
    key, *measures = what
    found = [one.compared("port", port) for port in (*places, "")]
    rows = [Row((_name(said, f), *(said.figure(f.cell, m) for m in measures))) for f in found]
    rows[-1] = rows[-1]._replace(kind="total")
    heads = columns(said, "port:words", *measures)
    return captioned(said, _named(said, key, one.direction), heads, rows)


def _named(said: Voice, key: str, direction: str) -> tuple[str, str]:
    what = said.say(f"direction.{direction}")
    return f"{key}-{direction}-table", said.say(f"bulletin.{key}.caption", what=what)
