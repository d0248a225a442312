"""Spans of months: vintages of `2026-01/2026-06`, counted from the frozen facts of each month.

A span freezes nothing of its own. It records from which vintages of its months it was made, so that
it can be counted again when a month has been restated since. Pure but for what a workshop is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from reports.shapes import Vintage
from reports.vintages.asks import Frozen
from reports.vintages.standing import Refused, standing_now
from timing.commitments.period import Period, month, month_of

MONTHS: Final = "months"
"""Among the rules of a vintage: the vintages of its months, in order, with spaces between."""
MONTHS_MAX: Final = 36


def period_of(name: str) -> Period:
    """A month, or a span of months as `2026-01/2026-06`. Raises ValueError."""
    first, slash, last = name.partition("/")
    if not slash:
        return month(name)
    begins, ends = month(first), month(last)
    if not begins.ends_at < ends.ends_at:
        raise ValueError(f"{name} does not go forward; write 2026-01/2026-06")
    found = Period(name, begins.begins_at, ends.ends_at)
    if len(list(months_in(found))) > MONTHS_MAX:
        raise ValueError(f"{name} has more than {MONTHS_MAX} months")
    return found


def months_in(period: Period) -> Iterator[str]:
    """The months of a period, in order."""
    at = period.begins_at
    while at < period.ends_at:
        one = month_of(at)
        yield one.name
        at = one.ends_at


def parts_now(period: Period, made: Sequence[Vintage], settled: bool) -> list[Vintage]:
    """The vintages of a span's months that count today; all `settled` where the span is to be.

    Raises Refused, naming the month that is missing.
    """
    found = []
    for name in months_in(period):
        one = standing_now(made, name)
        if one is None:
            raise Refused(f"{name} has no vintage", "close every month of the span first")
        if settled and one.standing == "provisional":
            raise Refused(f"{name} is provisional still", "close it with --final first")
        found.append(one)
    return found


def parts_of(vintage: Vintage, made: Sequence[Vintage]) -> list[Vintage]:
    """From which vintages a span was made; of a month nothing but itself. Raises KeyError."""
    by_id = {one.id: one for one in made}
    return [by_id[id] for id in vintage.rules.get(MONTHS, vintage.id).split()]


def with_parts(rules: Mapping[str, str], parts: Sequence[Vintage]) -> dict[str, str]:
    """The rules of a span made from these."""
    return {**rules, MONTHS: " ".join(one.id for one in parts)}


def frozen_of_parts(parts: Sequence[Frozen]) -> Frozen:
    """Number and hash of a span's facts: the hash of its months' hashes, joined in order."""
    joined = "".join(one.hash for one in parts)
    return Frozen(sum(one.facts for one in parts), sha256(joined.encode()).hexdigest())
