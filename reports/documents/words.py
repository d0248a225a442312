"""The words of what is published, in each language: the tables of reports/words/.

Knows where the files are and that every language has the same keys. Must never know a document.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from reports.documents.blocks import Language

FOLDER: Final = Path(__file__).parents[1] / "words"


class Words(NamedTuple):
    """The words of one language. A key that the files lack raises KeyError: it is our bug."""

    language: Language
    entries: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The text of `table.key`, its `{names}` filled in."""
        return self.entries[key].format_map(values)

    def known(self, table: str, word: str) -> str:
        """A word of somebody else's list as people read it, or as it is where nobody knew it."""
        return self.entries.get(f"{table}.{word}", word)


@cache
def words(language: Language) -> Words:
    """The words of one language, read once."""
    tables = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, _flat(tables))


def _flat(tables: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found = dict[str, str]()
    for name, entry in tables.items():
        if isinstance(entry, dict):
            found.update(_flat(entry, f"{above}{name}."))
        else:
            found[f"{above}{name}"] = entry
    return found
