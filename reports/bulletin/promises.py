"""Limits and commitments of each port, in a table. Must never know a register."""

from collections.abc import Iterator

from reports.bulletin.kept import Kept, Pledged, Promised, kept, pledged
from reports.documents.blocks import Block, Heading, Paragraph, Row, Table
from reports.documents.sheet import Sheet
from reports.documents.voice import WITHHELD, Voice, captioned, columns
from reports.documents.writing import NOTHING, decimal
from reports.shapes import PublishedCell


def promises(said: Voice, sheet: Sheet, commitments: Sheet, promised: Promised) -> Iterator[Block]:
    """What was kept of what had been published, or that nothing was judged; then what was promised
    of many."""
    yield Heading(said.say("bulletin.kept.title"), "kept")
    yield Paragraph(said.say("bulletin.kept.words"))
    rows = [_row(said, one) for one in kept(sheet, promised)]
    if not rows:
        yield Paragraph(said.say("bulletin.kept.none"))
    else:
        yield _table(said, rows)
    over_many = [_pledged_row(said, one) for one in pledged(commitments, promised)]
    if over_many:
        heads = columns(
            said, "port:words", "commitment:words", "edition:words", "n", "mean_min", "kept_pct",
            "bound", "promise:words", "left_out", "open",
        )  # fmt: skip
        caption = said.say("bulletin.kept.commitments")
        yield captioned(said, ("commitments-table", caption), heads, over_many)


def _table(said: Voice, rows: list[Row]) -> Table:
    heads = columns(
        said, "port:words", "stage:words", "limit:words", "edition:words", "judged", "kept_pct",
        "promised_pct", "promise:words", "breached", "excused", "open",
    )  # fmt: skip
    return captioned(said, ("kept-table", said.say("bulletin.kept.caption")), heads, rows)


def _row(said: Voice, one: Kept) -> Row:
    promised = NOTHING if one.promised_pct is None else decimal(one.promised_pct)
    measures = ("breached", "excused", "open")
    return Row((
        said.place(one.port), said.stage_head(one.stage), one.limit, one.edition,
        said.figure(one.cell, "judged"), said.figure(one.cell, "kept_pct"), promised,
        _answer(said, one), *(said.figure(one.cell, measure) for measure in measures),
    ))  # fmt: skip


def _pledged_row(said: Voice, one: Pledged) -> Row:
    bound = NOTHING
    if one.share_pct is not None:
        bound = said.say("bulletin.kept.at_least", pct=decimal(one.share_pct))
    elif one.mean_min is not None:
        bound = said.say("bulletin.kept.at_most", minutes=decimal(one.mean_min))
    measures = ("n", "mean_min", "kept_pct")
    return Row((
        said.place(one.port), one.commitment, one.edition,
        *(said.figure(one.cell, measure) for measure in measures), bound,
        NOTHING if bound == NOTHING else _said(said, one.kept, one.cell),
        said.figure(one.cell, "left_out"), said.figure(one.cell, "open"),
    ))  # fmt: skip


def _answer(said: Voice, one: Kept) -> str:
    if one.promised_pct is None:
        return NOTHING
    return _said(said, one.kept, one.cell)


def _said(said: Voice, kept: bool | None, cell: PublishedCell) -> str:
    if kept is None:
        return WITHHELD if cell.suppressed else NOTHING
    return said.say("kept.yes" if kept else "kept.no")
