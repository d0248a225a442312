"""The words of the board in each language: tables of a file, joined with those of `timing.story`.

Knows where the files are and that every language has the same keys. Must never know a page.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, get_args

from serving.asks import Language as Code
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.words import Language

FOLDER: Final = Path(__file__).parents[1] / "words"
CODES: Final[tuple[Code, ...]] = get_args(Code)
STORIES: Final[Mapping[Code, Language]] = {"zh": CHINESE, "en": ENGLISH}
HTML_CODES: Final[Mapping[Code, str]] = {"zh": "zh-Hans", "en": "en"}


class Section:
    """One table of words. Only what the file has is here, so no word hides behind a method."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = entries

    def __getitem__(self, name: str) -> str:
        return self._entries[name]


class Words:
    """All words of one language: `words["now"]["title"]`, and in a template `w.now.title`."""

    def __init__(self, code: Code, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.code: Final = code
        self.html_code: Final = HTML_CODES[code]
        self.story: Final = STORIES[code]
        self._sections = {name: Section(table) for name, table in tables.items()}

    def __getitem__(self, section: str) -> Section:
        return self._sections[section]


def tables(code: Code) -> dict[str, dict[str, str]]:
    """The file of one language, as it stands."""
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


@cache
def words(code: Code) -> Words:
    """The words of one language, read once."""
    return Words(code, tables(code))
