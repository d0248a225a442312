"""A document as one HTML page that needs nothing else: no script, no font, no address.

Knows where the template and the style are; must never know what a document says.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reports.documents.blocks import Document

if TYPE_CHECKING:
    from jinja2 import Template

PAGE: Final = Path(__file__).parent / "page"
HTML_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}


def html(document: Document) -> str:
    """The page. The same document is always the same page."""
    return _template().render(
        document=document,
        language=HTML_LANGUAGES[document.language],
        style=_style(),
        parts=[block for block in document.blocks if getattr(block, "level", 0) == 2],
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    room.filters["kind"] = lambda block: type(block).__name__
    return room.get_template("page.html.j2")


@cache
def _style() -> str:
    return (PAGE / "page.css").read_text(encoding="utf-8")
