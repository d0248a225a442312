"""Limits and commitments of each port, in a table. Must never know a register."""

from collections.abc import Iterator

from reports.bulletin.kept import Kept, Promised, kept
from reports.documents.blocks import Block, Heading, Paragraph, Row
from reports.documents.sheet import Sheet
from reports.documents.voice import WITHHELD, Voice, captioned, columns
from reports.documents.writing import NOTHING, decimal


def promises(said: Voice, sheet: Sheet, promised: Promised) -> Iterator[Block]:
    """What was kept of what had been published, or that nothing was judged."""
    yield Heading(said.say("bulletin.kept.title"), "kept")
    yield Paragraph(said.say("bulletin.kept.words"))
    rows = [_row(said, one) for one in kept(sheet, promised)]
    if not rows:
        yield Paragraph(said.say("bulletin.kept.none"))
        return
    heads = columns(
        said, "port:words", "stage:words", "limit:words", "edition:words", "judged", "kept_pct",
        "promised_pct", "promise:words", "breached", "excused", "open",
    )  # fmt: skip
    yield captioned(said, ("kept-table", said.say("bulletin.kept.caption")), heads, rows)


def _row(said: Voice, one: Kept) -> Row:
    promised = NOTHING if one.promised_pct is None else decimal(one.promised_pct)
    measures = ("breached", "excused", "open")
    return Row((
        said.place(one.port), said.stage_head(one.stage), one.limit, one.edition,
        said.figure(one.cell, "judged"), said.figure(one.cell, "kept_pct"), promised,
        _answer(said, one), *(said.figure(one.cell, measure) for measure in measures),
    ))  # fmt: skip


def _answer(said: Voice, one: Kept) -> str:
    if one.promised_pct is None:
        return NOTHING
    if one.kept is None:
        return WITHHELD if one.cell.suppressed else NOTHING
    return said.say("kept.yes" if one.kept else "kept.no")
