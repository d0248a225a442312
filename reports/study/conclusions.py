"""What follows from a study's figures, in plain sentences, and no word about causes.

A sentence is there where its figures are published and true: it compares what is printed. Must
never know why anything took long.
"""

from collections.abc import Iterator
from decimal import Decimal

from reports.bulletin.compared import DIRECTIONS
from reports.bulletin.split import splitting
from reports.documents.blocks import Block, Heading, Listing, Paragraph
from reports.documents.sheet import Publication, Sheet, count_of, hours_of
from reports.documents.voice import Voice
from reports.documents.writing import decimal, part
from reports.shapes import PublishedCell
from timing.measures.comparison import comparison

TWOFOLD = ("inspected", "advance", "peak")
"""Traits with a yes and a no, whose means are compared."""

CUSTOMS = "customs-clearance"


def conclusions(said: Voice, publication: Publication) -> Iterator[Block]:
    """The sentences, imports first."""
    yield Heading(said.say("study.conclusions.title"), "conclusions")
    yield Paragraph(said.say("study.conclusions.words"))
    clearance, split = publication.sheet("clearance"), publication.sheet("stage-split")
    sentences = tuple(
        sentence
        for direction in DIRECTIONS
        for sentence in (
            *_mean(said, clearance, direction),
            *_longest(said, split, direction),
            *_ports(said, clearance, direction),
            *_traits(said, clearance, direction),
            *_rest(said, clearance.cell(direction=direction), direction),
        )
    )
    yield Listing(sentences) if sentences else Paragraph(said.say("study.conclusions.none"))


def _mean(said: Voice, sheet: Sheet, direction: str) -> Iterator[str]:
    cell = sheet.cell(direction=direction)
    mean, median = hours_of(cell, "mean_h"), hours_of(cell, "median_h")
    if mean is not None and median is not None:
        yield _said(said, "mean" if mean > median else "even", direction, mean=mean, median=median)


def _longest(said: Voice, sheet: Sheet, direction: str) -> Iterator[str]:
    found = splitting(sheet, direction)
    whole, parts = (
        found.together.whole_h,
        dict(zip(found.stages, found.together.parts_h, strict=False)),
    )
    if not whole or not parts:
        return
    stage = max(parts, key=lambda one: parts[one])
    yield _said(
        said,
        "longest",
        direction,
        whole=whole,
        stage=said.stage(stage),
        part=parts[stage],
        pct=part(parts[stage], whole),
        customs=parts[CUSTOMS],
        customs_pct=part(parts[CUSTOMS], whole),
    )


def _ports(said: Voice, sheet: Sheet, direction: str) -> Iterator[str]:
    """Only where there are two, and not of those whose means say the same."""
    means = {
        port: mean
        for port in sheet.words("port", direction=direction)
        if (mean := _known(sheet.cell(direction=direction, port=port))) is not None
    }
    if len(set(means.values())) < 2:
        return
    fastest, slowest = min(means, key=lambda p: means[p]), max(means, key=lambda p: means[p])
    yield _said(
        said,
        "ports",
        direction,
        least=means[fastest],
        fastest=said.place(fastest),
        most=means[slowest],
        slowest=said.place(slowest),
    )


def _traits(said: Voice, sheet: Sheet, direction: str) -> Iterator[str]:
    for trait in TWOFOLD:
        yes, no = (
            _known(sheet.cell(**{"direction": direction, trait: word})) for word in ("yes", "no")
        )
        if yes is not None and no is not None:
            yield _said(said, trait, direction, yes=yes, no=no, apart=abs(yes - no))


def _known(cell: PublishedCell | None) -> Decimal | None:
    """A mean that may be compared: published, and of as many units as a rank asks for."""
    enough = (count_of(cell, "n") or 0) >= comparison().n_min
    return hours_of(cell, "mean_h") if enough else None


def _rest(said: Voice, cell: PublishedCell | None, direction: str) -> Iterator[str]:
    """Extremes, where they move the mean, and what is still open."""
    mean, without = hours_of(cell, "mean_h"), hours_of(cell, "mean_without_extremes_h")
    if mean is not None and without is not None and without < mean:
        yield _said(said, "extremes", direction, without=without, less=mean - without)
    if cell is not None and cell.figures.get("open"):
        yield _said(said, "open", direction, n=said.figure(cell, "open"))


def _said(said: Voice, key: str, direction: str, **values: Decimal | str | None) -> str:
    told = {k: decimal(v) if isinstance(v, Decimal) else v for k, v in values.items()}
    what = said.say(f"direction.{direction}")
    return said.say(f"study.conclusions.{key}", what=what, **told)
