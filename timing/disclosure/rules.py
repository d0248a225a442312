"""The rules of disclosure control, by id and version. Reads rules.toml.

Data and nothing else: what each number protects from stands in docs/disclosure.md. Must never know
a cell.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from timing.written import Written

DISCLOSURE: Final = "disclosure/1"
"""The rules in use."""

RULES: Final = Path(__file__).with_suffix(".toml")

Number = Annotated[int, Field(ge=0)]
Percent = Annotated[int, Field(gt=0, le=100)]


class Rules(Written):
    """One version; see rules.toml for what each word means."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*/[1-9]\d*$")]
    units: Number
    companies: Number
    largest_pct: Percent
    two_largest_pct: Percent
    rest_units: Number
    interval_pct: Annotated[int, Field(ge=0, lt=100)]
    side_units: Number
    modal_units: Number
    share_units: Number
    open_units: Number
    extreme_units: Number
    round_to: Literal[1, 3, 5]


class _File(Written):
    rule: tuple[Rules, ...]


@cache
def disclosure(id: str = DISCLOSURE) -> Rules:
    """The rules of that version. Raises KeyError if there are none."""
    found = _File.model_validate(tomllib.loads(RULES.read_text(encoding="utf-8")))
    for rules in found.rule:
        if rules.id == id:
            return rules
    raise KeyError(f"no rules {id!r}; see {RULES.name}")
