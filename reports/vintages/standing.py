"""Which vintage of a month may come next: provisional, then final, then restated for a reason.

Pure: months that are over, what was made before and what is wanted, to an id or a refusal. Must
never know how a vintage is made.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports.shapes import Standing, Vintage
from timing.commitments.period import Period
from timing.patience import DAY_S, Patience

SETTLED_AFTER_S: Final = Patience().retention_s
"""How long after its end a month may be called final: for so long the law still takes corrections
of visits that ended in it."""


class Refused(Exception):
    """This vintage may not be made: what is wrong, and what to do."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what, self.do = what, do


class Wanted(NamedTuple):
    """What is asked for. A reason belongs to a restatement and to nothing else."""

    month: Period
    standing: Standing
    reason: str | None = None


class Planned(NamedTuple):
    """What may be made, and what of the month was made last."""

    id: str
    wanted: Wanted
    last: Vintage | None


def planned(wanted: Wanted, made: Sequence[Vintage], now_s: int) -> Planned:
    """The next vintage of a month; `made` are all there are. Raises Refused."""
    of_month = [vintage for vintage in made if vintage.month == wanted.month.name]
    _refuse_by_time(wanted, now_s)
    _refuse_by_what_was_made(wanted, of_month)
    _refuse_by_reason(wanted)
    number = max((number_of(vintage) for vintage in of_month), default=0) + 1
    last = max(of_month, key=number_of, default=None)
    return Planned(f"{wanted.month.name.replace('/', '_')}.{number}", wanted, last)


def number_of(vintage: Vintage) -> int:
    """Which one of its month it is, from 1."""
    return int(vintage.id.rpartition(".")[2])


def standing_now(made: Sequence[Vintage], month: str) -> Vintage | None:
    """The vintage of a month that counts today: the last one that is not provisional, else the
    last."""
    of_month = sorted((one for one in made if one.month == month), key=number_of)
    settled = [one for one in of_month if one.standing != "provisional"]
    found = settled or of_month
    return found[-1] if found else None


def _refuse_by_time(wanted: Wanted, now_s: int) -> None:
    """Until it is over nobody knows what a month left open, so it has no figures at all."""
    month = wanted.month
    if now_s < month.ends_at:
        raise Refused(f"{month.name} is not over", "close it once it is")
    if wanted.standing == "final" and now_s < month.ends_at + SETTLED_AFTER_S:
        days = SETTLED_AFTER_S // DAY_S
        raise Refused(
            f"{month.name} ended less than {days} days ago, and can still be corrected",
            "close it provisionally (without --final), or later",
        )


def _refuse_by_what_was_made(wanted: Wanted, of_month: Sequence[Vintage]) -> None:
    settled = [one.id for one in of_month if one.standing != "provisional"]
    if settled and wanted.standing != "restated":
        raise Refused(
            f"{wanted.month.name} is final since {settled[0]}",
            "state it anew with --restate --reason TEXT",
        )
    if not settled and wanted.standing == "restated":
        raise Refused(
            f"{wanted.month.name} has no final vintage that could be restated",
            "close it with --final first",
        )


def _refuse_by_reason(wanted: Wanted) -> None:
    said = (wanted.reason or "").strip()
    if wanted.standing == "restated" and not said:
        raise Refused("a restatement without a reason helps nobody", "give --reason TEXT")
    if wanted.standing != "restated" and said:
        raise Refused("only a restatement has a reason", "leave out --reason, or add --restate")
