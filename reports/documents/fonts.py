"""Fonts for paper: which are there, and which has the characters of a language.

The letters of English are in the typesetter itself, so they print the same everywhere; Chinese
needs a font of the machine, or of a folder that somebody names. Must never know a document.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from reports.documents.blocks import Language

if TYPE_CHECKING:
    from typst import FontInfo, Fonts

LATIN: Final = "Libertinus Serif"
CHINESE: Final = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Songti SC",
    "SimSun",
    "FangSong",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)
"""Families with simplified Chinese, the ones for reading on paper first."""


class FontMissing(Exception):
    """There is no font for a language; the message says what to do."""


class FontChoice(NamedTuple):
    """What somebody asked for: folders to look into as well, and a family by name."""

    folders: tuple[Path, ...] = ()
    family: str | None = None


class Faces(NamedTuple):
    """Fonts at hand, and the families to set a language in, in order."""

    fonts: "Fonts"
    families: tuple[str, ...]


def faces(language: Language, choice: FontChoice) -> Faces:
    """The fonts for a language. Raises FontMissing where none has its characters."""
    fonts = _fonts(choice.folders)
    known = fonts.families()
    if choice.family is not None and choice.family not in known:
        raise FontMissing(f"there is no font {choice.family!r}; name one of: {', '.join(known)}")
    if choice.family is None and language == "en":
        return Faces(fonts, (LATIN,))
    family = choice.family or _first(CHINESE, known)
    if family is None:
        raise FontMissing(
            "no font with Chinese characters was found; install one (in Debian: fonts-noto-cjk), "
            "or name a folder that holds one with --fonts"
        )
    return Faces(fonts, (LATIN, family))


@cache
def _fonts(folders: tuple[Path, ...]) -> "Fonts":
    import typst

    return typst.Fonts(font_paths=[str(folder) for folder in folders])


def setting(language: Language, choice: FontChoice) -> str:
    """What a sheet of this language is set with, as a hash: the typesetter's version and fonts.

    Where it is the same, the same document is the same bytes. Raises FontMissing.
    """
    from importlib.metadata import version

    found = faces(language, choice)
    told = sha256(f"typst {version('typst')}".encode())
    for font in sorted(found.fonts.fonts(), key=_order):
        if font.family in found.families:
            told.update(f"{_order(font)}".encode())
            told.update(b"" if font.path is None else _content(font.path))
    return told.hexdigest()


def _order(font: "FontInfo") -> tuple[str, str, int, float, int]:
    return font.family, font.style, font.weight, font.stretch, font.index


@cache
def _content(path: str) -> bytes:
    return sha256(Path(path).read_bytes()).digest()


def _first(wanted: Sequence[str], known: Sequence[str]) -> str | None:
    return next((one for one in wanted if one in known), None)
