"""The rules by which places are compared, by id and version. Reads comparison.toml.

Data and nothing else: what ranks and standardises asks for them. It must never know a figure.
"""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from timing.written import Written

COMPARISON: Final = "comparison/1"
"""The rules in use."""

_RULES: Final = Path(__file__).with_suffix(".toml")

Percent = Annotated[Decimal, Field(gt=0, lt=100)]


class Rules(Written):
    """What comparison.toml says of one version; see there for what each word means."""

    id: str
    n_min: Annotated[int, Field(ge=2)]
    confidence_pct: Percent
    design_effect: Annotated[Decimal, Field(ge=1)]
    stratum_min_pct: Percent
    coverage_min_pct: Percent
    stratum_n_min: Annotated[int, Field(ge=2)]
    sources: tuple[str, ...]


class _File(Written):
    rule: tuple[Rules, ...]


@cache
def comparison(id: str = COMPARISON) -> Rules:
    """The rules of that version. Raises KeyError if there are none."""
    found = _File.model_validate(tomllib.loads(_RULES.read_text("utf-8"), parse_float=Decimal))
    for rules in found.rule:
        if rules.id == id:
            return rules
    raise KeyError(f"no rules {id!r}; see {_RULES.name}")
