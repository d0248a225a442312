"""The analysis of a study: how long, how widely spread, in which stages, for which traffic.

The statistics are those that the model report of a time release study asks for: mean, median, mode,
range and extremes, by means of transport, inspection channel, goods, declaration ahead of arrival,
and peak or off-peak
(https://1library.net/article/model-final-report-format-measure-time-required.yjn6vr5q). The range
is P10 to P90: the least and the most are each the time of one unit, and are not published.
"""

from collections.abc import Iterator
from typing import NamedTuple

from reports.bulletin.compared import DIRECTIONS
from reports.bulletin.fair import TRAITS, trait_table
from reports.bulletin.stay import by_stage
from reports.documents.blocks import Block, Chart, Heading, Paragraph, Row, Table
from reports.documents.charts import Spread, spreads
from reports.documents.sheet import Publication, Sheet, hours_of
from reports.documents.voice import Voice, captioned, columns
from reports.documents.writing import decimal
from reports.shapes import PublishedCell

SUMMARY = (
    "n",
    "mean_h",
    "median_h",
    "modal_h",
    "p10_h",
    "p90_h",
    "sd_h",
    "mean_without_extremes_h",
)
SPREAD = ("n", "mean_h", "p10_h", "p25_h", "median_h", "p75_h", "p90_h", "sd_h")
STAGES = ("n", "mean_h", "median_h", "p90_h", "sd_h", "kept_pct", "open")
_RANKS = ("p10_h", "p25_h", "median_h", "p75_h", "p90_h")


class Group(NamedTuple):
    """Part of the traffic by its name, with its cell."""

    name: str
    cell: PublishedCell | None


def analysis(said: Voice, publication: Publication) -> Iterator[Block]:
    """All of it, in the order of the model report."""
    clearance = publication.sheet("clearance")
    yield Heading(said.say("study.analysis.title"), "analysis")
    yield from _summary(said, clearance)
    yield Heading(said.say("study.analysis.spread"), "spread", 3)
    for direction in DIRECTIONS:
        yield from _by_port(said, clearance, direction)
    yield Heading(said.say("study.analysis.split"), "split", 3)
    yield from by_stage(said, publication.sheet("stage-split"))
    yield from _each_stage(said, publication.sheet("stages"))
    yield Heading(said.say("study.analysis.trait"), "traits", 3)
    for direction in DIRECTIONS:
        yield from _by_trait(said, clearance, direction)


def _summary(said: Voice, sheet: Sheet) -> Iterator[Block]:
    yield Heading(said.say("study.analysis.summary"), "summary", 3)
    rows = [
        Row((said.say(f"direction.{direction}"), *(said.figure(cell, m) for m in SUMMARY)))
        for direction in DIRECTIONS
        for cell in [sheet.cell(direction=direction)]
    ]
    heads = columns(said, "direction:words", *SUMMARY)
    yield captioned(
        said, ("summary-table", said.say("study.analysis.summary_caption")), heads, rows
    )
    for direction in DIRECTIONS:
        yield from _beside_the_mean(said, sheet.cell(direction=direction), direction)


def _beside_the_mean(said: Voice, cell: PublishedCell | None, direction: str) -> Iterator[Block]:
    """What extremes do to the mean, and what is not in it: in words, where it may be said."""
    what = said.say(f"direction.{direction}")
    mean, without = hours_of(cell, "mean_h"), hours_of(cell, "mean_without_extremes_h")
    if mean is not None and without is not None:
        figures = {
            "n": said.figure(cell, "extreme_n"),
            "mean": decimal(mean),
            "without": decimal(without),
        }
        less = decimal(mean - without)
        yield Paragraph(said.say("study.analysis.extremes_words", what=what, less=less, **figures))
    if hours_of(cell, "open_age_mean_h") is not None:
        figures = {"n": said.figure(cell, "open"), "age": said.figure(cell, "open_age_mean_h")}
        yield Paragraph(said.say("study.analysis.open_words", what=what, **figures))


def _by_port(said: Voice, sheet: Sheet, direction: str) -> Iterator[Block]:
    ports = sheet.words("port", direction=direction)
    groups = [Group(said.place(p), sheet.cell(direction=direction, port=p)) for p in ports]
    groups.sort(
        key=lambda one: (hours_of(one.cell, "mean_h") is None, hours_of(one.cell, "mean_h"))
    )
    groups.append(Group(said.say("place.all"), sheet.cell(direction=direction)))
    yield from _picture(said, groups, direction, "spread")
    rows = [Row((one.name, *(said.figure(one.cell, m) for m in SPREAD))) for one in groups]
    rows[-1] = rows[-1]._replace(kind="total")
    what = said.say(f"direction.{direction}")
    named = (f"spread-{direction}-table", said.say("study.analysis.spread_caption", what=what))
    yield captioned(said, named, columns(said, "port:words", *SPREAD), rows)


def _by_trait(said: Voice, sheet: Sheet, direction: str) -> Iterator[Block]:
    groups = [
        Group(said.trait(dimension, word), sheet.cell(**{"direction": direction, dimension: word}))
        for dimension in TRAITS
        for word in sheet.words(dimension, direction=direction)
        if word
    ]
    yield from _picture(said, groups, direction, "trait")
    yield trait_table(said, sheet, direction)


def _picture(said: Voice, groups: list[Group], direction: str, key: str) -> Iterator[Chart]:
    """The groups whose figures are all there; nothing where none has them."""
    drawn = [one for one in (_spread(said, group) for group in groups) if one is not None]
    if not drawn:
        return
    seen = said.say("semicolon").join(
        said.say(
            "study.analysis.spread_seen",
            name=one.label,
            mean=decimal(one.mean),
            median=decimal(one.ranks[2]),
            low=decimal(one.ranks[0]),
            high=decimal(one.ranks[4]),
        )
        for one in drawn
    )
    what = said.say(f"direction.{direction}")
    caption = said.say(f"study.analysis.{key}_chart", what=what)
    yield Chart(f"{key}-{direction}", caption, spreads(drawn, said.say("unit.h")), seen)


def _spread(said: Voice, group: Group) -> Spread | None:
    found = [hours_of(group.cell, measure) for measure in (*_RANKS, "mean_h")]
    known = [hours for hours in found if hours is not None]
    if len(known) < len(found):
        return None
    low, first, median, third, high, mean = known
    words = said.say("study.analysis.mean", mean=decimal(mean))
    return Spread(group.name, (low, first, median, third, high), mean, words)


def _each_stage(said: Voice, sheet: Sheet) -> Iterator[Block]:
    yield Heading(said.say("study.analysis.stages"), "stages", 3)
    yield Paragraph(said.say("study.analysis.stages_words"))
    for direction in DIRECTIONS:
        yield _stage_table(said, sheet, direction)


def _stage_table(said: Voice, sheet: Sheet, direction: str) -> Table:
    stages = sheet.words("stage", direction=direction)
    rows = [
        Row((said.stage_head(stage), *(said.figure(cell, measure) for measure in STAGES)))
        for stage in stages
        for cell in [sheet.cell(direction=direction, stage=stage)]
    ]
    what = said.say(f"direction.{direction}")
    named = (f"stages-{direction}-table", said.say("study.analysis.stages_caption", what=what))
    return captioned(said, named, columns(said, "stage:words", *STAGES), rows)
