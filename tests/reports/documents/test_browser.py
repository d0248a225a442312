"""Documents in a real browser, for everybody: on a desk in the light, by phone in the dark."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.documents.blocks import Block, Document, Heading, Language, Table
from reports.documents.html import html
from reports.documents.testing import publication
from reports.study.study import study

Theme = Literal["light", "dark"]
MANNERS: list[tuple[Language, Theme, int]] = [("en", "light", 1100), ("zh", "dark", 390)]


@pytest.fixture(scope="module")
def chromium(program: Callable[[str], Path]) -> Iterator[Browser]:
    path = str(program("chromium"))
    with (
        sync_playwright() as playing,
        playing.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser,
    ):
        yield browser


def _short(table: Table) -> Table:
    return table._replace(rows=table.rows[-2:])


def _excerpt(document: Document) -> Document:
    """Two blocks of every sort, with few rows: axe takes its time over each cell."""
    seen, found = Counter[type[Block]](), list[Block]()
    for block in document.blocks:
        seen[type(block)] += 1
        if seen[type(block)] <= 2 or isinstance(block, Heading):
            found.append(_short(block) if isinstance(block, Table) else block)
    return document._replace(blocks=tuple(found))


@pytest.mark.parametrize(("language", "theme", "width"), MANNERS)
def test_documents_can_be_read_by_everybody_and_are_never_too_wide(
    language: Language, theme: Theme, width: int, chromium: Browser
) -> None:
    """axe finds nothing: names, headings, landmarks, tables, languages; contrast in each theme."""
    documents = (bulletin(language, Months(publication()), {}), study(language, publication()))
    context = chromium.new_context(
        color_scheme=theme,
        viewport={"width": width, "height": 900},
        offline=True,
    )
    with context:
        page = context.new_page()
        for document in documents:
            page.set_content(html(document))
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{document.name} is {wide} px too wide"
            page.set_content(html(_excerpt(document)))
            found = Axe().run(page)
            assert found.violations_count == 0, f"{document.name}: {found.generate_report()}"
