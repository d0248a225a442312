"""What panels about ended stages must show, in plain Python from the same facts. Never from SQL."""

from collections import Counter
from collections.abc import Sequence
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
    mean,
    named,
    percentile,
    scaled,
    share,
)
from events.outcomes import Outcome


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


def _kept(outcomes: Sequence[Outcome]) -> float | None:
    said = _verdicts(outcomes)
    return share(said["met"], said["met"] + said["breached"])


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


def _dwell(outcomes: Sequence[Outcome]) -> tuple[float | None, ...]:
    """How many, mean, median, 90th percentile; hours."""
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
                (stage, limit, said["met"], said["breached"], said["excused"], _kept(outcomes))
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


def clearance_by_day(where: Where) -> Oracle:
    """Mean hours of overall clearance, imports and exports, by local day."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = once(standing, chosen, _only(where, "overall-clearance"))
        by_day = grouped(found, lambda one: local_day(_ended_at(one)))
        return [
            (day, *(_mean_of(by_day[day], way) for way in _DIRECTIONS)) for day in sorted(by_day)
        ]

    return expected


_DIRECTIONS = ("import", "export")


def _mean_of(outcomes: Sequence[Outcome], direction: str) -> float | None:
    took = _took_s([one for one in outcomes if one.direction == direction])
    return scaled(mean(took), HOUR_S)


def _only(where: Where, stage: str) -> Where:
    def both(of: Any, chosen: Chosen) -> bool:
        return of.stage == stage and where(of, chosen)

    return both
