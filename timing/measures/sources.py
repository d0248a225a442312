"""Where the rules of published figures are from: an address, or the page of ours that states a rule
which no source has. Reads sources.toml. Must never know what a rule says.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).with_suffix(".toml")


@cache
def _sources() -> dict[str, str]:
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def source_of(rule: str) -> str:
    """The source of a rule by its id, as `extremes/1`. Raises KeyError naming the file."""
    if rule not in _sources():
        raise KeyError(f"{SOURCES.name} has no source of {rule}; write it there")
    return _sources()[rule]
