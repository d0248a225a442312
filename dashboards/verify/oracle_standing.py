"""What the panels about now must show, in plain Python from the same facts. Never from SQL."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dashboards.language import Words
from dashboards.verify.facts import Incident, Standing, key_of
from dashboards.verify.macros import Chosen
from dashboards.verify.reckoning import (
    HOUR_S,
    Oracle,
    Rows,
    Where,
    bucket,
    grouped,
    in_range,
    named,
)
from events.outcomes import Alert, Outcome

INSPECTIONS = ["inspection-positioning", "inspection-wait", "inspection", "lab-test"]
SHOWN_MAX, BARS_MAX = 50, 12


class Open(NamedTuple):
    """An open stage with its level."""

    outcome: Outcome
    level: str
    age_s: float
    allowed_s: float | None
    left_s: float | None

    @property
    def used(self) -> float | None:
        """Share of the limit."""
        return None if not self.allowed_s else self.age_s / self.allowed_s


def open_stages(standing: Standing, chosen: Chosen, where: Where) -> list[Open]:
    """Every open stage that the board speaks of."""
    return [
        _open(one, standing, chosen.until)
        for one in standing.outcomes
        if one.closed_at is None and where(one, chosen)
    ]


def _open(one: Outcome, standing: Standing, now: datetime) -> Open:
    incident = standing.incidents.get(key_of(one))
    warned = incident is not None and incident.newest.state == "at-risk"
    level = "breached" if one.verdict == "breached" else "at-risk" if warned else "calm"
    deadline = one.deadline_at
    return Open(
        one,
        level,
        max((now - one.opened_at).total_seconds(), 0),
        (deadline - one.opened_at).total_seconds() if deadline else None,
        (deadline - now).total_seconds() if deadline else None,
    )


def _levels(stages: Iterable[Open]) -> tuple[int, int, int]:
    levels = [one.level for one in stages]
    return len(levels), levels.count("at-risk"), levels.count("breached")


def counts(where: Where) -> Oracle:
    """One row."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = open_stages(standing, chosen, where)
        units = len({one.outcome.visit_id for one in found})
        return [(units, *_levels(one for one in found if one.outcome.limit))]

    return expected


def endangered(where: Where) -> Oracle:
    """By deadline, those without one last."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = [one for one in open_stages(standing, chosen, where) if one.level != "calm"]
        found.sort(key=lambda one: (_deadline(one.outcome), _bytes(one.outcome)))
        return [_endangered(one, words) for one in found[:SHOWN_MAX]]

    return expected


def _deadline(outcome: Outcome) -> tuple[bool, float]:
    at = outcome.deadline_at
    return at is None, at.timestamp() if at else 0.0


def _bytes(outcome: Outcome) -> tuple[bytes | int, ...]:
    """ClickHouse sorts texts by their bytes."""
    return tuple(p.encode() if isinstance(p, str) else p for p in key_of(outcome))


def _endangered(one: Open, words: Words) -> tuple[object, ...]:
    outcome = one.outcome
    return (
        named(words, "level", one.level),
        outcome.unit.id,
        named(words, "stage", outcome.stage),
        outcome.facility,
        named(words, "party", str(outcome.answers)),
        None if one.left_s is None else one.left_s / 60,
        one.used,
        outcome.port,
        outcome.visit_id.split("/")[-1],
    )


def standing_by_stage(where: Where) -> Oracle:
    """The most broken first."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = [one for one in open_stages(standing, chosen, where) if one.outcome.limit]
        by_stage = grouped(found, lambda one: one.outcome.stage)
        rows = [(stage, *_levels(stages)) for stage, stages in by_stage.items()]
        rows.sort(key=lambda row: (-row[3], -row[2], -row[1], row[0]))
        return [(named(words, "stage", row[0]), *row[1:]) for row in rows]

    return expected


def used_by_stage(where: Where) -> Oracle:
    """The worst first."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        worst: dict[str, float] = {}
        for one in open_stages(standing, chosen, where):
            if one.used is not None:
                stage = one.outcome.stage
                worst[stage] = max(one.used, worst.get(stage, 0.0))
        rows = sorted(worst.items(), key=lambda row: (-row[1], row[0]))[:BARS_MAX]
        return [(named(words, "stage", stage), used) for stage, used in rows]

    return expected


def inspections_standing(where: Where) -> Oracle:
    """In the order in which an inspection goes."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = open_stages(standing, chosen, where)
        by_stage = grouped(found, lambda one: one.outcome.stage)
        return [
            _inspection(stage, by_stage[stage], words) for stage in INSPECTIONS if stage in by_stage
        ]

    return expected


def _inspection(stage: str, found: list[Open], words: Words) -> tuple[object, ...]:
    once = grouped(found, lambda one: (one.outcome.visit_id, one.outcome.occurrence))
    breached = [any(one.level == "breached" for one in group) for group in once.values()]
    oldest_s = max(one.age_s for one in found)
    return named(words, "stage", stage), len(once), oldest_s / HOUR_S, sum(breached)


def alerts_told(where: Where) -> Oracle:
    """By interval."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        told = [
            alert
            for alert in standing.alerts
            if alert.state in ("at-risk", "breached")
            and in_range(alert.raised_at, chosen)
            and where(alert, chosen)
        ]
        by_time = grouped(told, lambda alert: bucket(alert.raised_at, chosen))
        return [(time, *_states(by_time[time])) for time in sorted(by_time)]

    return expected


def _states(alerts: list[Alert]) -> tuple[int, int]:
    states = [str(alert.state) for alert in alerts]
    return states.count("at-risk"), states.count("breached")


def _unended(standing: Standing, chosen: Chosen, where: Where) -> list[Incident]:
    return [
        incident
        for incident in standing.incidents.values()
        if incident.newest.state in ("at-risk", "breached") and where(incident.newest, chosen)
    ]


def incident_counts(where: Where) -> Oracle:
    """One row."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = _unended(standing, chosen, where)
        return [
            (
                len(found),
                sum(one.acknowledged_by is None for one in found),
                sum(one.assigned_to is not None for one in found),
                sum(one.escalated for one in found),
            )
        ]

    return expected


def incidents(where: Where) -> Oracle:
    """Those that nobody has taken up, then by age."""

    def expected(standing: Standing, chosen: Chosen, words: Words) -> Rows:
        found = _unended(standing, chosen, where)
        found.sort(
            key=lambda one: (one.acknowledged_by is not None, one.first.raised_at, _name(one))
        )
        return [_incident(one, words) for one in found[:SHOWN_MAX]]

    return expected


def _name(one: Incident) -> bytes:
    _, stage, visit_id, occurrence, limit = one.key
    return f"{visit_id}/{stage}/{occurrence}/{limit}".encode()


def _incident(one: Incident, words: Words) -> tuple[object, ...]:
    alert = one.newest
    return (
        named(words, "level", str(alert.state)),
        one.first.raised_at,
        alert.unit.id,
        named(words, "stage", alert.stage),
        named(words, "party", str(alert.answers)),
        one.acknowledged_by,
        one.assigned_to,
        alert.port,
        alert.visit_id.split("/")[-1],
    )
