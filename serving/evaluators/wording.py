"""The words of the evaluators' answers in each language, from words/*.toml. Knows no problem."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from serving.asks import Language

FOLDER: Final = Path(__file__).parent / "words"


@cache
def tables(language: Language) -> dict[str, Any]:
    """The file of one language, as it stands."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def problem_words(kind: str, language: Language) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    words: dict[str, str] = tables(language)["problem"][kind]
    return words["title"], words["do"]


def dimension_word(id: str, language: Language) -> str:
    """What people call a dimension that bulletins do not name; its id where nobody knows."""
    words: dict[str, str] = tables(language)["dimension"]
    return words.get(id, id)
