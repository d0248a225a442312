"""Published limits and commitments: what was kept, beside what was promised of many.

Knows cells of the dataset `limits`, and editions for the shares that they promise. Must never know
a register or a language.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from reports.documents.sheet import Sheet, count_of, hours_of
from reports.pledges import word_of
from reports.shapes import PublishedCell
from timing.commitments.promise import MeanPromise, PercentilePromise, Promise, SharePromise
from timing.editions import Edition
from timing.measures.printed import MINUTE_S
from timing.scope import Scope
from timing.series import decimals, rounded

Promised = Mapping[tuple[str, str], Decimal]
"""By edition and limit: the share of units, in per cent, that are to keep it (完成率). A commitment
by itself stands there as `share <id>`, in per cent, or `mean <id>`, in minutes."""


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
            found |= {(edition.edition, word): bound for word, bound in _pledged(promise)}
    return found


def _pledged(promise: Promise) -> Iterator[tuple[str, Decimal]]:
    """What a promise over units promises, by the words of its cells (`reports.pledges`)."""
    if isinstance(promise, SharePromise):
        yield f"share {promise.id}", promise.at_least * 100
    elif isinstance(promise, PercentilePromise):
        for point in promise.points:
            yield f"share {word_of(promise, point)}", point.at_least * 100
    elif isinstance(promise, MeanPromise):
        yield f"mean {promise.id}", rounded(Fraction(promise.at_most, MINUTE_S), 2)


class Pledged(NamedTuple):
    """One commitment at its port, over all that it covers. `kept` is None where nothing is promised
    (the edition is not loaded) or nothing may be said."""

    port: str
    edition: str
    commitment: str
    cell: PublishedCell
    share_pct: Decimal | None
    mean_min: Decimal | None
    kept: bool | None


def pledged(sheet: Sheet, promised: Promised) -> Iterator[Pledged]:
    """Every commitment that has a cell, by port and edition. A bound that is reached is kept."""
    for cell in sheet.cells:
        words = sheet.dataset.words(cell.key)
        if words.keys() == {"port", "edition", "commitment"}:
            edition, commitment = words["edition"], words["commitment"]
            share = promised.get((edition, f"share {commitment}"))
            mean = promised.get((edition, f"mean {commitment}"))
            answer = None
            if share is not None:
                answer = _reaches(cell, share)
            elif mean is not None:
                answer = _stays_within(cell, mean)
            yield Pledged(words["port"], edition, commitment, cell, share, mean, answer)


def _stays_within(cell: PublishedCell, bound: Decimal) -> bool | None:
    """A printed mean answers only where rounding could not have made it."""
    mean = hours_of(cell, "mean_min")
    if mean is None:
        return None
    half = Fraction(1, 2 * 10 ** decimals(mean))
    return None if abs(Fraction(mean) - Fraction(bound)) <= half else mean < bound


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
