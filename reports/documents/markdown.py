"""A document as Markdown (GitHub's: with tables). Pictures stay out; what they show is said."""

import re

from reports.documents.blocks import (
    Block,
    Chart,
    Document,
    Heading,
    Listing,
    Paragraph,
    Plates,
    Row,
    Table,
    Terms,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def markdown(document: Document) -> str:
    """The whole document. Every character of a text is that character, and no markup."""
    head = [f"# {_plain(document.title)}", _plain(document.kicker), _plain(document.standing)]
    body = [_block(block) for block in document.blocks]
    return "\n\n".join([*head, *body, "---", _plain(document.colophon)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, _, level):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(text):
            return _plain(text)
        case Listing(items):
            return "\n".join(f"- {_plain(item)}" for item in items)
        case Terms(entries):
            return "\n".join(
                f"- **{_plain(e.word)}**: {f'`{e.means}`' if e.exact else _plain(e.means)}"
                for e in entries
            )
        case Plates(entries):
            return "\n".join(
                f"- {_plain(e.label)}: **{_plain(e.value)}** {_plain(e.unit)}"
                + "".join(f"; {_plain(one)}" for one in e.lines)
                for e in entries
            )
        case Table():
            return _table(block)
        case Chart(_, caption, _, seen):
            return f"*{_plain(caption)}*: {_plain(seen)}"


def _table(table: Table) -> str:
    sides = [":--" if c.holds == "words" else "--:" for c in table.columns]
    lines = [
        f"**{_plain(table.caption)}**",
        "",
        _line(tuple(_plain(c.head) for c in table.columns)),
        _line(tuple(sides)),
        *(_row(row) for row in table.rows),
    ]
    notes = [f"\n{_plain(note)}" for note in table.notes]
    return "\n".join([*lines, *notes])


def _row(row: Row) -> str:
    cells = (_plain(cell) for cell in row.cells)
    return _line(tuple(f"**{c}**" if c and row.kind == "total" else c for c in cells))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
