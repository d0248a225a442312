"""A page needs nothing but itself, and whoever cannot see it can read it."""

import re
from html.parser import HTMLParser

import pytest

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.documents.blocks import Chart, Document, Language, Paragraph, Table
from reports.documents.html import html
from reports.documents.testing import publication

LABELS = {
    "skip": "skip",
    "contents": "contents",
    "sibling": "other.html",
    "sibling_name": "other",
    "sibling_language": "en",
}


class _Seen(HTMLParser):
    """Tags with their attributes, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest) -> Document:
    language: Language = request.param
    return bulletin(language, Months(publication()), {})


def test_a_page_asks_the_network_for_nothing(document: Document) -> None:
    seen = _Seen(html(document))
    assert not seen.of("script")
    assert not seen.of("link")
    assert not seen.of("img")
    asked = [found[key] for _, found in seen.tags for key in ("src", "href") if key in found]
    inside = [one for one in asked if one and not one.startswith("#")]
    assert inside == [document.labels["sibling"]]
    assert not re.search(r"@import|url\(", html(document))


def test_every_row_and_column_of_a_table_has_a_head_and_every_table_a_caption(
    document: Document,
) -> None:
    seen = _Seen(html(document))
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert len(seen.of("caption")) == len(tables)
    scopes = [one.get("scope") for one in seen.of("th")]
    assert scopes.count("col") == sum(len(table.columns) for table in tables)
    assert scopes.count("row") == sum(len(table.rows) for table in tables)


def test_every_picture_says_in_words_what_is_seen(document: Document) -> None:
    seen = _Seen(html(document))
    labels = [one.get("aria-label") for one in seen.of("div") if one.get("role") == "img"]
    charts = [block for block in document.blocks if isinstance(block, Chart)]
    assert labels == [chart.seen for chart in charts]
    assert all(labels)


def test_ids_are_there_once_and_every_link_of_the_contents_finds_one(document: Document) -> None:
    seen = _Seen(html(document))
    ids = [found["id"] for _, found in seen.tags if "id" in found]
    assert len(ids) == len(set(ids))
    anchors = [one["href"] or "" for one in seen.of("a")]
    assert {a.removeprefix("#") for a in anchors if a.startswith("#")} <= set(ids)


def test_the_language_is_said(document: Document) -> None:
    expected = {"zh": "zh-Hans", "en": "en"}[document.language]
    assert _Seen(html(document)).of("html") == [{"lang": expected}]


def test_no_text_can_become_markup() -> None:
    hostile = '</style><script>alert("x")</script>&amp;'
    document = Document(
        "en", "d", hostile, hostile, hostile, hostile, LABELS, (Paragraph(hostile),)
    )
    seen = _Seen(html(document))
    assert not seen.of("script")
    assert "".join(seen.text).count(hostile) == 6
