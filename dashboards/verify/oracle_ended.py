"""What panels about ended stages must show, in plain Python from the same facts. Never from SQL.

The same functions serve operators and evaluators; `least` is the smallest cell that is shown.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from dashboards.language import Words
from dashboards.verify.facts import Standing, key_of
from dashboards.verify.macros import Chosen
from dashboards.verify.reckoning import (
    HOUR_S,
    Oracle,
    Rows,
    Where,
    bucket,
    grouped,
    in_range,
    local_day,
    local_month,
    mean,
    named,
    percentile,
    scaled,
    share,
)
from events.outcomes import Outcome

CELL_MIN = 5


def judged(standing: Standing, chosen: Chosen, where: Where) -> list[Outcome]:
    """Closed stages of the range under a limit, once for each limit."""
    return [one for one in _closed(standing, chosen, where) if one.limit]


def once(standing: Standing, chosen: Chosen, where: Where) -> list[Outcome]:
    """Closed stages of the range, each once: under the first of its limits by name."""
    closed = sorted(_closed(standing, chosen, where), key=lambda one: key_of(one)[4])
    by_stage = grouped(closed, lambda one: (one.visit_id, one.stage, one.occurrence))
    return [outcomes[0] for outcomes in by_stage.values()]


def _closed(standing: Standing, chosen: Chosen, where: Where) -> list[Outcome]:
    return [
        one for one in standing.outcomes if in_range(one.closed_at, chosen) and where(one, chosen)
    ]


def _ended_at(one: Outcome) -> datetime:
    assert one.closed_at is not None
    return one.closed_at


def _took_s(outcomes: Sequence[Outcome]) -> list[float]:
    return [float(one.net_s) for one in outcomes if one.net_s is not None]


def _verdicts(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(str(one.verdict) for one in outcomes)


def _kept(outcomes: Sequence[Outcome], least: int) -> float | None:
    said = _verdicts(outcomes)
    whole = said["met"] + said["breached"]
    return None if whole < least else share(said["met"], whole)


def verdicts_over_time(where: Where) -> Oracle:
    """By interval: met, excused, breached."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        by_time = grouped(
            judged(standing, chosen, where), lambda one: bucket(_ended_at(one), chosen)
        )
        verdicts = ("met", "excused", "breached")
        return [
            (time, *(_verdicts(by_time[time])[verdict] for verdict in verdicts))
            for time in sorted(by_time)
        ]

    return expected


def used_over_time(where: Where) -> Oracle:
    """By interval: median and 90th percentile of the share used."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        by_time: dict[datetime, list[float]] = {}
        for one in judged(standing, chosen, where):
            assert one.limit
            assert one.net_s is not None
            if one.limit.kind != "notice":
                used = one.net_s / one.limit.limit_s
                by_time.setdefault(bucket(_ended_at(one), chosen), []).append(used)
        return [
            (time, percentile(by_time[time], 0.5), percentile(by_time[time], 0.9))
            for time in sorted(by_time)
        ]

    return expected


def _dwell(outcomes: Sequence[Outcome], least: int = 0) -> tuple[float | None, ...]:
    """How many, mean, median, 90th percentile; hours."""
    if len(outcomes) < least:
        return None, None, None, None
    took = _took_s(outcomes)
    figures = (mean(took), percentile(took, 0.5), percentile(took, 0.9))
    return (len(outcomes), *(scaled(figure, HOUR_S) for figure in figures))


def time_by_stage(where: Where) -> Oracle:
    """The most frequent first, with the longest."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        by_stage = grouped(once(standing, chosen, where), lambda one: one.stage)
        stages = sorted(by_stage, key=lambda stage: (-len(by_stage[stage]), stage))
        return [
            (
                named(words, "stage", stage),
                *_dwell(by_stage[stage]),
                max(_took_s(by_stage[stage])) / HOUR_S,
            )
            for stage in stages
        ]

    return expected


def limits_kept(where: Where) -> Oracle:
    """The worst kept first, those without a verdict last."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        by_limit = grouped(judged(standing, chosen, where), lambda one: (one.stage, key_of(one)[4]))
        rows = []
        for (stage, limit), outcomes in by_limit.items():
            said = _verdicts(outcomes)
            rows.append(
                (stage, limit, said["met"], said["breached"], said["excused"], _kept(outcomes, 1))
            )
        rows.sort(key=lambda row: (row[5] is None, row[5] or 0.0, -row[3], row[0], row[1]))
        return [(named(words, "stage", row[0]), *row[1:]) for row in rows]

    return expected


def time_had(where: Where, stage: str) -> Oracle:
    """Hours by party, the most first."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        hours: Counter[str] = Counter()
        for one in once(standing, chosen, _only(where, stage)):
            hours.update({str(party): had_s for party, had_s in one.split_s.items()})
        rows = sorted(hours.items(), key=lambda row: (-row[1], row[0]))
        return [(named(words, "party", party), had_s / HOUR_S) for party, had_s in rows]

    return expected


def share_had(where: Where, stage: str) -> Oracle:
    """Shares of the whole by party, null for fewer than five units."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        had = [
            (str(party), had_s)
            for one in once(standing, chosen, _only(where, stage))
            for party, had_s in one.split_s.items()
        ]
        all_s = sum(had_s for _, had_s in had)
        by_party = grouped(had, lambda one: one[0])
        return [
            (
                named(words, "party", party),
                None
                if len(by_party[party]) < CELL_MIN
                else share(sum(had_s for _, had_s in by_party[party]), all_s),
            )
            for party in sorted(by_party)
        ]

    return expected


def clearance(where: Where, of: Callable[[datetime], datetime], least: int) -> Oracle:
    """Mean hours of overall clearance, imports and exports, by day or month."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = once(standing, chosen, _only(where, "overall-clearance"))
        by_time = grouped(found, lambda one: of(_ended_at(one)))
        return [
            (time, *(_mean_of(by_time[time], direction, least) for direction in _DIRECTIONS))
            for time in sorted(by_time)
        ]

    return expected


_DIRECTIONS = ("import", "export")


def _mean_of(outcomes: Sequence[Outcome], direction: str, least: int) -> float | None:
    took = _took_s([one for one in outcomes if one.direction == direction])
    return None if len(took) < least else scaled(mean(took), HOUR_S)


def _only(where: Where, stage: str) -> Where:
    def both(of: Any, chosen: Chosen) -> bool:
        return of.stage == stage and where(of, chosen)

    return both


def kept_in_all(where: Where) -> Oracle:
    """One row: verdicts, share kept, share excused."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = judged(standing, chosen, where)
        shown = len(found) >= CELL_MIN
        excused = share(_verdicts(found)["excused"], len(found))
        return [(len(found) if shown else None, _kept(found, CELL_MIN), excused if shown else None)]

    return expected


def figures_by_stage(where: Where) -> Oracle:
    """By stage, small cells null."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        by_stage = grouped(once(standing, chosen, where), lambda one: one.stage)
        return [
            (named(words, "stage", stage), *_dwell(by_stage[stage], CELL_MIN))
            for stage in sorted(by_stage)
        ]

    return expected


def figures_by_month(where: Where) -> Oracle:
    """By month, the newest first, and stage; small cells null."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        cells = grouped(
            once(standing, chosen, where), lambda one: (local_month(_ended_at(one)), one.stage)
        )
        return [
            (month, named(words, "stage", stage), *_dwell(cells[month, stage], CELL_MIN))
            for month, stage in sorted(cells, key=lambda cell: (-cell[0].timestamp(), cell[1]))
        ]

    return expected


def kept_by_edition(where: Where) -> Oracle:
    """By edition, stage and limit; small cells null."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        cells = grouped(
            judged(standing, chosen, where),
            lambda one: (one.limit.edition if one.limit else "", one.stage, key_of(one)[4]),
        )
        return [_edition(cell, cells[cell], words) for cell in sorted(cells)]

    return expected


def _edition(
    cell: tuple[str, str, str], outcomes: Sequence[Outcome], words: Words
) -> tuple[object, ...]:
    edition, stage, limit = cell
    number = len(outcomes) if len(outcomes) >= CELL_MIN else None
    return edition, named(words, "stage", stage), limit, number, _kept(outcomes, CELL_MIN)


def kept_by_month(where: Where) -> Oracle:
    """By month and stage; small cells null."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        cells = grouped(
            judged(standing, chosen, where), lambda one: (local_month(_ended_at(one)), one.stage)
        )
        return [
            (month, named(words, "stage", stage), _kept(cells[month, stage], CELL_MIN))
            for month, stage in sorted(cells)
        ]

    return expected


BY_DAY, BY_MONTH = local_day, local_month
