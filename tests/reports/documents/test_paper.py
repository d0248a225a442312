"""Sheets: set with the fonts that are there, tagged, and the same bytes for the same document."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.documents import fonts
from reports.documents.blocks import Document, Paragraph, Row, Table
from reports.documents.fonts import FontChoice, FontMissing, setting
from reports.documents.paper import NotSet, pdf
from reports.documents.testing import publication
from reports.study.study import study

MADE_AT = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)


def _text(sheets: bytes) -> str:
    pages = pypdfium2.PdfDocument(sheets)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def _without_blanks(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


@pytest.fixture(scope="module")
def english() -> bytes:
    return pdf(bulletin("en", Months(publication()), {}), MADE_AT)


def test_every_cell_of_every_table_is_on_paper(english: bytes) -> None:
    text = _without_blanks(_text(english))
    document = bulletin("en", Months(publication()), {})
    rows = [r for b in document.blocks if isinstance(b, Table) for r in b.rows]
    assert len(rows) > 50
    for row in rows:
        assert _without_blanks("".join(row.cells)) in text, row


def test_sheets_are_for_the_archive_and_for_readers_that_speak(english: bytes) -> None:
    assert b"pdfaid:part" in english
    assert b"pdfuaid:part" in english
    assert pypdfium2.PdfDocument(english).is_tagged()


def test_the_same_document_is_the_same_bytes(english: bytes) -> None:
    assert pdf(bulletin("en", Months(publication()), {}), MADE_AT) == english


def test_chinese_is_set_with_the_font_that_was_named(test_font: FontChoice) -> None:
    document = bulletin("zh", Months(publication()), {})
    text = _without_blanks(_text(pdf(document, MADE_AT, test_font)))
    assert "2026年3月口岸整体通关时间通报" in text
    assert "各口岸情况" in text


def test_a_study_prints_in_chinese_as_well(test_font: FontChoice) -> None:
    text = _without_blanks(_text(pdf(study("zh", publication()), MADE_AT, test_font)))
    assert "放行时间研究:2026年3月".replace(":", "\uff1a") in text


def test_a_machine_without_a_chinese_font_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "CHINESE", ("No Such Song",))
    with pytest.raises(FontMissing, match="--fonts"):
        pdf(bulletin("zh", Months(publication()), {}), MADE_AT)
    assert pdf(bulletin("en", Months(publication()), {}), MADE_AT)


def test_a_family_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(FontMissing, match="No Such Song"):
        setting("zh", FontChoice((), "No Such Song"))


def test_a_character_that_no_font_has_is_an_error_and_no_empty_box(test_font: FontChoice) -> None:
    labels = {"skip": "", "contents": "", "sibling": ""}
    document = Document("zh", "d", "k", "t", "s", "c", labels, (Paragraph("\U00013000"),))
    with pytest.raises(NotSet, match="could not be displayed"):
        pdf(document, MADE_AT, test_font)


def test_no_text_can_become_a_command() -> None:
    hostile = '#panic("x") $ [ ] { } \\ @label <tag> *b*'
    labels = {"skip": "", "contents": "", "sibling": ""}
    blocks = (Paragraph(hostile), Table("t", hostile, (), (Row(()),)))
    document = Document("en", "d", hostile, hostile, hostile, hostile, labels, blocks[:1])
    assert _without_blanks(hostile) in _without_blanks(_text(pdf(document, MADE_AT)))


def test_what_a_sheet_is_set_with_names_the_fonts(test_font: FontChoice) -> None:
    found = setting("zh", test_font)
    assert found == setting("zh", test_font)
    assert found != setting("en", FontChoice())
    assert len(found) == 64
