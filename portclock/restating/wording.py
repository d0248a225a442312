"""What is said to people, in two languages, from words.toml. Knows no figure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("words.toml")


class Words(BaseModel):
    """The words of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str
    stage: str
    limit: str
    before: str
    after: str
    outcomes: str
    summary: str
    same: str
    done: str
    none: str
    verdicts: Mapping[str, str]


@cache
def words(language: str) -> Words:
    """The words of `en` or `zh`. Raises KeyError for any other."""
    return Words.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8"))[language])
