"""What has become of a vintage since it was made: superseded by a later one, or touched by units
that were judged again; and which spans rest on months that were restated since.

Knows the table `restatements`, where a mark stands before anything changes. Must never know a cell.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from reports.shapes import Vintage
from reports.tables import Tables
from reports.vintages.spans import MONTHS, months_in, parts_of, period_of
from reports.vintages.standing import Wanted, number_of, standing_now

_TOUCHED: Final = """
SELECT cause_what, uniqExact(port, unit_id)
FROM restatements FINAL
WHERE asked_at >= %(made_at)s AND hasAny(months, %(months)s)
GROUP BY cause_what ORDER BY cause_what
"""


class Touched(NamedTuple):
    """How many units of its months were judged again since, by what brought it about."""

    units: Mapping[str, int]

    def __bool__(self) -> bool:
        """Whether any was."""
        return bool(self.units)

    def __str__(self) -> str:
        """For people: `event 12, suspension 3`."""
        return ", ".join(f"{cause} {units:,}" for cause, units in self.units.items())


def touched_since(tables: Tables, vintage: Vintage) -> Touched:
    """The units judged again since a vintage was made, of which any figure of its months may have
    moved. One mark may be of the very second in which it was made: it counts."""
    months = list(months_in(period_of(vintage.month)))
    asked = {"made_at": vintage.made_at, "months": months}
    return Touched({cause: int(units) for cause, units in tables.rows(_TOUCHED, asked)})


def superseded_by(made: Sequence[Vintage], vintage: Vintage) -> Vintage | None:
    """The later vintage of the same months that counts today, if there is one."""
    standing = standing_now(made, vintage.month)
    if standing is None or number_of(standing) <= number_of(vintage):
        return None
    return standing


def spans_to_remake(made: Sequence[Vintage], restated: Vintage) -> list[Wanted]:
    """The spans that were counted from an earlier vintage of this month, as they are to be made
    again; settled ones as restated, for the same reason."""
    if MONTHS in restated.rules:
        return []
    found = []
    for name in dict.fromkeys(one.month for one in made if MONTHS in one.rules):
        span = standing_now(made, name)
        if span is not None and _rests_on_an_earlier(span, restated, made):
            settled = span.standing != "provisional"
            reason = f"{restated.id}: {restated.reason or restated.standing}"
            wanted = Wanted(period_of(name), "restated", reason)
            found.append(wanted if settled else Wanted(period_of(name), "provisional"))
    return found


def _rests_on_an_earlier(span: Vintage, restated: Vintage, made: Sequence[Vintage]) -> bool:
    return any(
        part.month == restated.month and part.id != restated.id for part in parts_of(span, made)
    )
