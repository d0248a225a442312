"""The words of the boards in one language, and how SQL names things in it.

Stages and parties have their words in `timing.story`; all others stand in words/<language>.toml.
Must never know a panel's statement.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
FOLDER: Final = Path(__file__).parent / "words"

_STORIES: Final = {"en": ENGLISH, "zh": CHINESE}


@dataclass(frozen=True)
class Words:
    """One language. A word that its file lacks raises KeyError, which names it."""

    language: Language
    table: Mapping[str, Any]

    def of(self, *path: str) -> str:
        """The word at a place of the file, such as `columns`, `stage`."""
        found: Any = self.table
        for step in path:
            if step not in found:
                raise KeyError(f"words/{self.language}.toml has no {'.'.join(path)}")
            found = found[step]
        return str(found)

    def names(self, of: str) -> Mapping[str, str]:
        """Identifier to word: `stage`, `party`, or a table of `names` in the file."""
        story = _STORIES[self.language]
        if of == "stage":
            return story.stages
        return story.parties if of == "party" else self.table["names"][of]

    def sql(self, of: str, column: str) -> str:
        """SQL for a column of identifiers as people read them; an unknown one stays as it is."""
        names = {name: word for name, word in self.names(of).items() if name != word}
        if not names:
            return column
        known, said = (_list(words) for words in (names.keys(), names.values()))
        return f"transform({column}, {known}, {said}, {column})"


@cache
def words(language: Language) -> Words:
    """The words of a language, from its file."""
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, tomllib.loads(text))


def quoted(value: str) -> str:
    """A text as ClickHouse reads it back."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _list(values: Any) -> str:
    return f"[{', '.join(quoted(value) for value in values)}]"
