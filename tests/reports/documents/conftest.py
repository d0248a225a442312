"""A font with every Chinese character that documents may hold, made here: no machine needs one."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reports.documents.fonts import FontChoice

FAMILY = "Portclock Test Song"
WORDS = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def test_font(tmp_path_factory: pytest.TempPathFactory) -> FontChoice:
    """A folder with one font, whose every character is a box, and its family."""
    folder = tmp_path_factory.mktemp("fonts")
    _font(_characters()).save(folder / "test.ttf")
    return FontChoice((folder,), FAMILY)


def _characters() -> set[str]:
    """Of every file that holds Chinese words which documents may print."""
    said = [*WORDS.glob("reports/**/*.toml"), WORDS / "timing/story/chinese.py"]
    said += [WORDS / "timing/stages.py", WORDS / "timing/definitions.toml"]
    return {c for file in said for c in file.read_text(encoding="utf-8") if ord(c) > 0x2000}


def _font(characters: set[str]) -> FontBuilder:
    glyphs = {f"u{ord(c):04X}": ord(c) for c in sorted(characters)}
    order = [".notdef", "space", *glyphs]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0x20: "space", **{code: name for name, code in glyphs.items()}})
    builder.setupGlyf({name: _glyph(name) for name in order})
    builder.setupHorizontalMetrics({name: (1000, 0) for name in order})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    names = {"familyName": FAMILY, "styleName": "Regular", "fullName": FAMILY}
    builder.setupNameTable({**names, "psName": FAMILY.replace(" ", "")})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    return builder


def _glyph(name: str) -> object:
    pen = TTGlyphPen(None)
    if name != "space":
        pen.moveTo((100, 0))
        pen.lineTo((100, 800))
        pen.lineTo((900, 800))
        pen.lineTo((900, 0))
        pen.closePath()
    return pen.glyph()
