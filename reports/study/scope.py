"""What a study covers and how it was made: its objectives, scope and methodology.

Knows the period, the ports and what was counted. Must never know a time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from reports.bulletin.bulletin import month_words
from reports.bulletin.compared import DIRECTIONS
from reports.bulletin.method import port_time
from reports.documents.blocks import Block, Heading, Listing, Paragraph
from reports.documents.sheet import Publication, Sheet
from reports.documents.voice import Voice
from reports.documents.writing import count
from timing.commitments.period import month


def objectives(said: Voice, publication: Publication) -> Iterator[Block]:
    """What the study is for."""
    yield Heading(said.say("study.objectives.title"), "objectives")
    span = month_words(said, publication.vintage.month)
    yield Paragraph(said.say("study.objectives.words", span=span))


def scope(said: Voice, publication: Publication) -> Iterator[Block]:
    """Which ports and months, from where to where, and how many units."""
    sheet = publication.sheet("clearance")
    ports = sorted({p for d in DIRECTIONS for p in sheet.words("port", direction=d)})
    yield Heading(said.say("study.scope.title"), "scope")
    yield Paragraph(
        said.say(
            "study.scope.words",
            ports=count(len(ports)),
            names=said.say("enumeration").join(said.place(port) for port in ports),
            span=month_words(said, publication.vintage.month),
        )
    )
    counted = (_counted(said, sheet, direction) for direction in DIRECTIONS)
    yield Listing((*counted, said.say("study.scope.mixed")))


def methodology(said: Voice, publication: Publication) -> Iterator[Block]:
    """Where the data come from, and until when they were followed."""
    yield Heading(said.say("study.methodology.title"), "methodology")
    yield Paragraph(said.say("study.methodology.words"))
    at = port_time(said, censored_at(publication.vintage.month))
    yield Paragraph(said.say("study.methodology.censored", at=at))


def censored_at(months: str) -> datetime:
    """The end of the last month: what had not ended by then is open."""
    return datetime.fromtimestamp(month(months.rpartition("/")[2]).ends_at, UTC)


def _counted(said: Voice, sheet: Sheet, direction: str) -> str:
    cell = sheet.cell(direction=direction)
    figures = {measure: said.figure(cell, measure) for measure in ("n", "open", "left_out")}
    return said.say("study.scope.counted", what=said.say(f"direction.{direction}"), **figures)
