"""What a bulletin says first: the overall clearance time of all ports, and how it changed.

Knows comparisons and puts them into words. Must never know where their figures come from.
"""

from collections.abc import Iterator

from reports.bulletin.compared import DIRECTIONS, Beside, Compared, Months, beside
from reports.documents.blocks import Block, Paragraph, Plate, Plates
from reports.documents.voice import Voice
from reports.documents.writing import NOTHING, decimal
from timing.measures.change import Change


def overall(said: Voice, months: Months) -> Iterator[Block]:
    """The first figures, and a sentence for each direction."""
    found = [beside(months, direction) for direction in DIRECTIONS]
    yield Plates(tuple(_plate(said, one) for one in found))
    for one in found:
        yield Paragraph(_sentence(said, one))


def _plate(said: Voice, one: Beside) -> Plate:
    found = one.compared("port", "")
    beneath = said.say(
        "bulletin.plate",
        median=said.figure(found.cell, "median_h"),
        p90=said.figure(found.cell, "p90_h"),
        n=said.figure(found.cell, "n"),
    )
    return Plate(
        said.say(f"bulletin.overall.{one.direction}"),
        said.figure(found.cell, "mean_h"),
        said.say("unit.h"),
        (*_clauses(said, found), beneath),
    )


def _sentence(said: Voice, one: Beside) -> str:
    found = one.compared("port", "")
    what = said.say(f"direction.{one.direction}")
    if found.mean_h is None:
        return said.say("bulletin.sentence.none", what=what)
    mean = said.say(
        "bulletin.sentence.mean",
        what=what,
        mean=decimal(found.mean_h),
        n=said.figure(found.cell, "n"),
    )
    counted = said.say(
        "bulletin.sentence.counted",
        within=said.figure(found.cell, "within_24h_pct"),
        open=said.figure(found.cell, "open"),
        left_out=said.figure(found.cell, "left_out"),
    )
    clauses = said.say("comma").join((mean, *_clauses(said, found)))
    return said.say("sentences", first=clauses, second=counted)


def _clauses(said: Voice, found: Compared) -> tuple[str, ...]:
    """What changed, as far as there is something to compare with."""
    known = (("baseline", found.baseline), ("month", found.month), ("year", found.year))
    return tuple(_clause(said, key, one) for key, one in known if one is not None)


def _clause(said: Voice, key: str, one: Change) -> str:
    way = "less" if one.less_h > 0 else "more" if one.less_h < 0 else "same"
    return said.say(
        f"cut.{way}",
        than=said.say(f"cut.{key}"),
        before=decimal(one.before_h),
        pct=NOTHING if one.cut_pct is None else decimal(abs(one.cut_pct)),
    )
