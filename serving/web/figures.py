"""The stages of one day beside their limit and beside the same day a week before. Pure.

Knows the figures as rows; must never know SQL, markup or who asks (rows are cut before).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from serving.access.viewers import Viewer
from serving.asks import Promise, StageDay
from timing.story.words import Language

WEEK: Final = timedelta(days=7)
DRAWN_MAX: Final = 16
"""Bars of the chart: the table has all."""


class Pair(NamedTuple):
    """One stage at one facility under one limit: on the day, and a week before; not both None."""

    today: StageDay | None
    before: StageDay | None

    @property
    def either(self) -> StageDay:
        """Whichever there is, for what both have in common."""
        found = self.today or self.before
        if found is None:
            raise ValueError("a pair of nothing")
        return found


def pairs(rows: Iterable[StageDay], day: str) -> list[Pair]:
    """The rows of two days, side by side: what was broken most often first."""
    today: dict[tuple[Any, ...], StageDay] = {}
    before: dict[tuple[Any, ...], StageDay] = {}
    for row in rows:
        (today if row.day == day else before)[_key(row)] = row
    keys = sorted({*today, *before}, key=lambda key: _urgency(today.get(key), key))
    return [Pair(today.get(key), before.get(key)) for key in keys]


def _key(row: StageDay) -> tuple[Any, ...]:
    return row.stage, row.facility or "", row.limit_id, row.limit_edition, row.answers


def _urgency(row: StageDay | None, key: tuple[Any, ...]) -> tuple[Any, ...]:
    return (-(row.breached if row else 0), -(row.ended if row else 0), key)


def seen_days(rows: Iterable[StageDay], viewer: Viewer) -> list[StageDay]:
    """Those that may enter what this viewer is shown."""
    return [row for row in rows if viewer.counts(row.port, row.facility, row.stage, row.answers)]


def seen_promises(rows: Iterable[Promise], viewer: Viewer) -> list[Promise]:
    """A promise is over a whole port: whoever sees single facilities only, is shown none."""
    return [row for row in rows if viewer.counts(row.port, None, row.stage, "")]


def kept_share(row: StageDay) -> float | None:
    """Of those that a limit decided, the share that kept it; excused ones are no case of either."""
    decided = row.met + row.breached
    return row.met / decided if decided else None


def week_before(day: str) -> str:
    """The same day of the week before. Raises ValueError for what is no ISO date."""
    return (date.fromisoformat(day) - WEEK).isoformat()


def month_of(day: str) -> str:
    """The first of the month: commitments are kept or broken over months."""
    return date.fromisoformat(day).replace(day=1).isoformat()


def chart(found: Sequence[Pair], language: Language) -> dict[str, Any]:
    """What the chart draws, in percent of the limit; the worst stage on top."""
    drawn = [pair for pair in found if pair.either.limit_s][:DRAWN_MAX]
    return {
        "names": list(_labels([pair.either for pair in drawn], language)),
        "today": [_shares(pair.today) for pair in drawn],
        "before": [_shares(pair.before) for pair in drawn],
    }


def _labels(rows: Sequence[StageDay], language: Language) -> Iterator[str]:
    """Stage and facility; with the limit where two would be called alike."""
    plain = [" · ".join(filter(None, (language.stage(r.stage), r.facility))) for r in rows]
    for label, row in zip(plain, rows, strict=True):
        yield f"{label} · {row.limit_id}" if plain.count(label) > 1 else label


def _shares(row: StageDay | None) -> list[float] | None:
    if row is None:
        return None
    return [round(100 * s / row.limit_s, 1) for s in (row.net_p50_s, row.net_p90_s)]
