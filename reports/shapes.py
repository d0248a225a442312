"""What goes between the rooms of this wing: cells as counted, cells as published, vintages.

A cell is one combination of a dataset's dimensions. As counted it is secret: only what disclosure
control has passed becomes a published cell, and nothing but published cells leaves the house.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from timing.measures.summary import Summary

ALL: Final = "*"
"""Stands in a key for a dimension that is summed over."""

Key = tuple[str, ...]
"""One word for each dimension of a dataset, in its order; ALL where it is summed over, and the
empty word where the units do not say."""

Printed = int | Decimal
"""A figure as it is printed: a count, or hours and per cent with their decimals."""


class Exposure(NamedTuple):
    """What tells on somebody in a cell: units and companies, and what the two largest have of it.

    `units` are different boxes among the `n` of its summary, `companies` different traders. The two
    companies with most have `largest_units` and `second_units` of the n, and the two with the
    longest times `largest_s` and `second_s` of the seconds. A unit whose company is unknown counts
    as a unit and as no company.
    """

    units: int
    companies: int
    largest_units: int
    second_units: int
    largest_s: int
    second_s: int


class Cell(NamedTuple):
    """A cell as counted."""

    key: Key
    summary: Summary
    exposure: Exposure


class PublishedCell(NamedTuple):
    """A cell as anybody may see it: figures by measure id, or the reason why it has none.

    `withheld` gives the reason of every measure that is missing although the cell stands.
    """

    key: Key
    figures: Mapping[str, Printed]
    suppressed: str | None = None
    withheld: Mapping[str, str] = {}


Standing = Literal["provisional", "final", "restated"]


class Vintage(NamedTuple):
    """One publication of one month, never changed afterwards. `id` is `2026-03.1`.

    `month` may also be a span of months, `2026-01/2026-06`, whose cells are counted from the frozen
    facts of each; its id is written `2026-01_2026-06.1`.

    `facts_hash` is over the frozen facts, `rules` names every versioned rule that was applied
    (definitions, cohort, extremes, peak, disclosure, calendar, register, code) with its version
    or hash, `reason` is why it was restated. `published` gives the hash of the published cells of
    each dataset; `after` is the hash of the vintage made before this one, of whatever month, so
    that no vintage can be taken away or written anew unseen (reports/vintages/chain.py).
    """

    id: str
    month: str
    standing: Standing
    made_at: datetime
    facts: int
    facts_hash: str
    rules: Mapping[str, str]
    reason: str | None = None
    published: Mapping[str, str] = {}
    after: str = ""
