"""Published limits and commitments: what was kept, beside what was promised of many.

Knows cells of the dataset `limits`, and editions for the shares that they promise. Must never know
a register or a language.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from reports.documents.sheet import Sheet, count_of, hours_of
from reports.shapes import PublishedCell
from timing.commitments.promise import SharePromise
from timing.editions import Edition
from timing.scope import Scope
from timing.series import decimals

Promised = Mapping[tuple[str, str], Decimal]
"""By edition and limit: the share of units, in per cent, that are to keep it (完成率)."""


class Kept(NamedTuple):
    """One limit at one port, in all its facilities. `kept` is whether the promised share was, and
    None where nothing was promised or nothing may be said."""

    port: str
    stage: str
    edition: str
    limit: str
    cell: PublishedCell
    promised_pct: Decimal | None
    kept: bool | None


def kept(sheet: Sheet, promised: Promised) -> Iterator[Kept]:
    """Every limit that has a cell, by port and stage. A share that equals the promise keeps it."""
    for cell in sheet.cells:
        words = sheet.dataset.words(cell.key)
        if "facility" in words:
            continue
        bound = promised.get((words["edition"], words["limit"]))
        yield Kept(
            words["port"],
            words["stage"],
            words["edition"],
            words["limit"],
            cell,
            bound,
            None if bound is None else _reaches(cell, bound),
        )


def promised_by(editions: Iterable[Edition]) -> dict[tuple[str, str], Decimal]:
    """Completion rates as editions promise them, in per cent.

    A promise that covers less than its limit (one facility, one kind of goods) speaks of other
    units than the limit's cell, so it is left to `portclock commitments`. Of two on one limit both
    are kept only where the higher is.
    """
    found: dict[tuple[str, str], Decimal] = {}
    for edition in editions:
        limits = {limit.id: limit for limit in edition.limit}
        for promise in edition.commitment:
            if isinstance(promise, SharePromise) and not _narrower(promise, limits[promise.of]):
                named = (edition.edition, promise.of)
                found[named] = max(found.get(named, Decimal(0)), promise.at_least * 100)
    return found


def _narrower(promise: Scope, limit: Scope) -> bool:
    """Whether it names anything that the limit does not name alike."""
    named = {name: getattr(promise, name) for name in Scope.model_fields}
    return any(
        said not in ((), None) and said != getattr(limit, name) for name, said in named.items()
    )


def _reaches(cell: PublishedCell, bound: Decimal) -> bool | None:
    """By the counts where they are published. A rounded share answers only where rounding could not
    have made it: one of ten thousand breached prints as 99.99 or as 100.00, and breaks a 100."""
    met, judged = count_of(cell, "met"), count_of(cell, "judged")
    if met is not None and judged:
        return Fraction(met * 100, judged) >= bound
    share = hours_of(cell, "kept_pct")
    if share is None:
        return None
    half = Fraction(1, 2 * 10 ** decimals(share))
    return None if abs(Fraction(share) - Fraction(bound)) <= half else share >= bound
