"""The stages of a whole stay, in a table whose rows add up, and as a picture.

Knows splits and sets them; must never know how they are found.
"""

from collections.abc import Iterator

from reports.bulletin.compared import DIRECTIONS
from reports.bulletin.split import Split, Splitting, splitting
from reports.documents.blocks import Block, Chart, Column, Paragraph, Row, Table
from reports.documents.charts import Stack, stacks
from reports.documents.sheet import Sheet
from reports.documents.voice import WITHHELD, Voice, captioned
from reports.documents.writing import NOTHING, count, decimal


def by_stage(said: Voice, sheet: Sheet) -> Iterator[Block]:
    """For each direction a table and a picture of all ports."""
    yield Paragraph(said.say("bulletin.split.words"))
    for direction in DIRECTIONS:
        found = splitting(sheet, direction)
        yield _table(said, found, direction)
        if any(one.parts_h for one in (found.together, *found.ports)):
            yield _picture(said, found, direction)


def _table(said: Voice, found: Splitting, direction: str) -> Table:
    heads = (
        Column(said.say("column.port"), "words"),
        *(Column(said.stage_head(stage)) for stage in found.stages),
        Column(said.say("column.whole_h")),
        Column(said.say("column.n")),
    )
    rows = [_row(said, one, found) for one in (*found.ports, found.together)]
    rows[-1] = rows[-1]._replace(kind="total")
    caption = said.say("bulletin.split.caption", what=said.say(f"direction.{direction}"))
    return captioned(said, (f"split-{direction}-table", caption), heads, rows)


def _row(said: Voice, one: Split, found: Splitting) -> Row:
    n = NOTHING if one.n is None else count(one.n)
    if one.whole_h is None:
        mark = WITHHELD if one.n is None else NOTHING
        return Row((_name(said, one), *(mark for _ in found.stages), mark, n if one.n else mark))
    return Row((_name(said, one), *map(decimal, one.parts_h), decimal(one.whole_h), n))


def _picture(said: Voice, found: Splitting, direction: str) -> Chart:
    shown = [one for one in (found.together, *found.ports) if one.whole_h is not None]
    rows = [Stack(_name(said, one), one.parts_h, decimal(one.whole_h or 0)) for one in shown]  # type: ignore[arg-type]
    series = [said.stage_head(stage) for stage in found.stages]
    caption = said.say("bulletin.split.chart", what=said.say(f"direction.{direction}"))
    seen = said.say("semicolon").join(_seen(said, one, series) for one in shown)
    picture = stacks(rows, series, said.say("unit.h"))
    return Chart(f"split-{direction}", caption, picture, seen)


def _seen(said: Voice, one: Split, series: list[str]) -> str:
    parts = zip(series, one.parts_h, strict=True)
    words = said.say("comma").join(f"{stage} {decimal(part)}" for stage, part in parts)
    return said.say("pair", name=_name(said, one), means=words)


def _name(said: Voice, one: Split) -> str:
    return said.place(one.port) if one.port else said.say("place.all")
