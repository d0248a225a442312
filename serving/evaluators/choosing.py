"""Which vintage is meant. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from serving.evaluators.asks import Vintage

How = Literal["asked", "newest-final", "newest-provisional"]


class Chosen(NamedTuple):
    """A vintage, how it came to be meant, and the newest one of its month."""

    vintage: Vintage
    how: How
    newest: str


_MONTH: Final = len("2026-03")


def place(vintage: Vintage) -> tuple[str, str, int]:
    """Where a vintage stands in time: the last month of its period, the period, and which one of
    that period it is. Of periods, that which began last stands above: a month above its year."""
    period = vintage.month
    return period[-_MONTH:], period, int(vintage.id.rpartition(".")[2])


def in_order(vintages: Iterable[Vintage]) -> list[Vintage]:
    """The newest first."""
    return sorted(vintages, key=place, reverse=True)


def choose(vintages: Sequence[Vintage], asked: str, month: str) -> Chosen | None:
    """The vintage asked for; else the newest that is final or restated, else the newest
    provisional one, of that period or of all single months. None: there is no such vintage."""
    if asked:
        of_month = (one for one in vintages if month in ("", one.month))
        found = next((one for one in of_month if one.id == asked), None)
        return _chosen(found, "asked", in_order(vintages)) if found else None
    single = (one for one in vintages if len(one.month) == _MONTH)
    ordered = in_order(one for one in (vintages if month else single) if month in ("", one.month))
    settled = [one for one in ordered if one.standing != "provisional"]
    if settled:
        return _chosen(settled[0], "newest-final", ordered)
    return _chosen(ordered[0], "newest-provisional", ordered) if ordered else None


def _chosen(vintage: Vintage, how: How, ordered: Iterable[Vintage]) -> Chosen:
    newest = next(one.id for one in ordered if one.month == vintage.month)
    return Chosen(vintage, how, newest)
