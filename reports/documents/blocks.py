"""A document as blocks in one language, before it is Markdown, a page or a sheet of paper.

Every form is made of the same blocks, so that none says what another does not. Knows what a reader
meets, one after the other; must never know a month, a port, or how a form is written.
"""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Heading(NamedTuple):
    """The title of a part; `level` 2 or 3, below the document's own."""

    text: str
    id: str
    level: Literal[2, 3] = 2


class Paragraph(NamedTuple):
    """Sentences."""

    text: str


class Listing(NamedTuple):
    """Sentences that stand under each other."""

    items: tuple[str, ...]


class Term(NamedTuple):
    """A word and what it stands for; `exact` is written letter by letter, as hashes are."""

    word: str
    means: str
    exact: bool = False


class Terms(NamedTuple):
    """Words and what they stand for."""

    entries: tuple[Term, ...]


class Plate(NamedTuple):
    """One figure that is read first, with what stands beside it in small letters."""

    label: str
    value: str
    unit: str
    lines: tuple[str, ...] = ()


class Plates(NamedTuple):
    """The figures that are read first."""

    entries: tuple[Plate, ...]


class Column(NamedTuple):
    """The head of a column. Words stand left, numbers right."""

    head: str
    holds: Literal["numbers", "words"] = "numbers"


class Row(NamedTuple):
    """What stands in the columns of one row; a total is set off from the rest."""

    cells: tuple[str, ...]
    kind: Literal["plain", "total"] = "plain"


class Table(NamedTuple):
    """Rows under heads. The first column names the row. `notes` stand below it."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


class Chart(NamedTuple):
    """A picture (SVG) and, in words, what is seen in it."""

    id: str
    caption: str
    picture: str
    seen: str


Block = Heading | Paragraph | Listing | Terms | Plates | Table | Chart


class Document(NamedTuple):
    """A whole document. `kicker` stands above the title, `standing` below it, `colophon` last.

    `labels` are the words of its frame: contents, the other language, pages.
    """

    language: Language
    name: str
    kicker: str
    title: str
    standing: str
    colophon: str
    labels: dict[str, str]
    blocks: tuple[Block, ...]


def numbered(blocks: tuple[Block, ...], table: str, chart: str) -> tuple[Block, ...]:
    """Captions with their numbers; `table` and `chart` hold `{number}` and `{caption}`."""
    tables, charts, found = 0, 0, list[Block]()
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            block = block._replace(caption=table.format(number=tables, caption=block.caption))
        elif isinstance(block, Chart):
            charts += 1
            block = block._replace(caption=chart.format(number=charts, caption=block.caption))
        found.append(block)
    return tuple(found)
