"""Which vintages a document is made of: of its month, and of those it is held against.

The vintage that counts of a month is chosen by `reports.vintages.standing`; here only months are
counted back. Must never know a cell.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reports.shapes import Vintage
from reports.vintages.standing import standing_now
from timing.commitments.period import month, month_of


class NotPublished(Exception):
    """There is no such vintage; the message says what to do."""


class Chosen(NamedTuple):
    """The vintages of a bulletin; None where a month was never published."""

    now: Vintage
    month_before: Vintage | None
    year_before: Vintage | None

    @property
    def all(self) -> tuple[Vintage, ...]:
        """Those there are."""
        return tuple(one for one in self if one is not None)


def chosen(made: Sequence[Vintage], months: str, id: str | None = None) -> Vintage:
    """The vintage `id` of a month or span, or the one that counts. Raises NotPublished."""
    found = _named(made, id) if id else standing_now(made, months)
    if found is None or found.month != months:
        raise NotPublished(
            f"there is no vintage {id or 'of ' + months}; `portclock vintage list` says which "
            "there are, and `portclock vintage close` makes one"
        )
    return found


def chosen_months(made: Sequence[Vintage], name: str, id: str | None = None) -> Chosen:
    """The vintages for a bulletin of a month. Raises NotPublished, and ValueError for no month."""
    period = month(name)
    before = month_of(period.begins_at - 1).name
    year_ago = f"{int(name[:4]) - 1:04d}{name[4:]}"
    now = chosen(made, name, id)
    return Chosen(now, standing_now(made, before), standing_now(made, year_ago))


def _named(made: Sequence[Vintage], id: str) -> Vintage | None:
    return next((one for one in made if one.id == id), None)
