"""Markdown says what the blocks say, and no text in it is markup."""

import re

from markdown_it import MarkdownIt

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.documents.blocks import (
    Block,
    Column,
    Document,
    Listing,
    Paragraph,
    Row,
    Table,
    Term,
    Terms,
)
from reports.documents.markdown import markdown
from reports.documents.testing import publication

HOSTILE = "a|b *c* <script>x</script> [d](e) `f` #g ~h~"


def _document(*blocks: Block) -> Document:
    return Document("en", "d", HOSTILE, HOSTILE, HOSTILE, HOSTILE, {}, blocks)


def _rendered(document: Document) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(markdown(document)))


def test_every_character_of_a_text_is_that_character() -> None:
    table = Table("t", HOSTILE, (Column(HOSTILE, "words"), Column("n")), (Row((HOSTILE, "1")),))
    found = _rendered(_document(Paragraph(HOSTILE), Listing((HOSTILE,)), table))
    assert "<script>" not in found
    assert "<em>" not in found
    assert "<a " not in found
    plain = re.sub(r"<[^>]+>", "", found)
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    assert plain.count(escaped) == 9


def test_a_table_has_as_many_cells_as_its_rows() -> None:
    found = _rendered(bulletin("en", Months(publication()), {}))
    rows = [row.count("<td") for row in found.split("<tr>")[1:] if "<td" in row]
    document = bulletin("en", Months(publication()), {})
    expected = [
        len(row.cells)
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    assert rows == expected


def test_a_hash_is_written_letter_by_letter() -> None:
    assert "`a_b*c`" in markdown(_document(Terms((Term("hash", "a_b*c", exact=True),))))
