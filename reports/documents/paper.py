"""A document as PDF for paper and for the archive: tagged (PDF/UA-1) and kept whole (PDF/A-2a).

The typesetter is handed the blocks as data, so no text can be taken for a command. Knows where the
layout is; must never know what a document says. The same document, fonts and version of the
typesetter give the same bytes.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from reports.documents.blocks import Block, Chart, Document
from reports.documents.fonts import Faces, FontChoice, faces
from reports.documents.picture import FAMILIES

LAYOUT: Final = Path(__file__).parent / "page" / "page.typ"
STANDARDS: Final = ("a-2a", "ua-1")


class NotSet(Exception):
    """The typesetter refused; the message is its own."""


def pdf(document: Document, made_at: datetime, choice: FontChoice | None = None) -> bytes:
    """The sheets. Raises FontMissing, and NotSet where the typesetter has something to say."""
    import typst

    chosen = faces(document.language, choice or FontChoice())
    try:
        found, warnings = typst.compile_with_warnings(
            LAYOUT.read_bytes(),
            font_paths=chosen.fonts,
            sys_inputs={"document": _as_data(document, made_at, chosen)},
            pdf_standards=list(STANDARDS),
            timestamp=made_at,
        )
    except typst.TypstError as error:
        raise NotSet(f"{error.message} {' '.join(error.hints)}") from error
    if warnings:
        raise NotSet("; ".join(str(one) for one in warnings))
    return found


def _as_data(document: Document, made_at: datetime, chosen: Faces) -> str:
    import orjson

    document_as_data: dict[str, Any] = {
        **document._asdict(),
        "blocks": [_block(_lettered(block, chosen.families)) for block in document.blocks],
        "fonts": chosen.families,
        "made": [made_at.year, made_at.month, made_at.day],
    }
    return orjson.dumps(document_as_data).decode()


def _lettered(block: Block, families: tuple[str, ...]) -> Block:
    """A picture in one font: letters that it lacks would come from any font of the machine."""
    if not isinstance(block, Chart):
        return block
    return block._replace(picture=block.picture.replace(FAMILIES, f"'{families[-1]}'"))


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__, **{k: _plain(v) for k, v in block._asdict().items()}}


def _plain(value: object) -> object:
    """Named tuples become objects, so that the layout reads them by name."""
    if isinstance(value, tuple):
        if hasattr(value, "_asdict"):
            return {name: _plain(one) for name, one in value._asdict().items()}
        return [_plain(one) for one in value]
    return value
