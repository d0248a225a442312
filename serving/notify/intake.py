"""What one alert sets off: errands for its channels, a watch over a breach, a suspension noted.

Pure: told the record, the incident as it stood, the routes and the time.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from events.outcomes import Alert
from events.vocabulary import AlertState, Cause
from serving.notify.errands import Errand, Heard
from serving.notify.hours import due
from serving.notify.incidents import Standing, hear
from serving.notify.routes import Route, Routes, Told
from serving.notify.settings import NotifySettings

Account = Literal["repeats", "no-route", "routed"]


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """A breach that somebody must acknowledge, by one route, after `since_ms`."""

    incident: str
    route: str
    port: str
    stage: str
    since_ms: int


class Suspended(NamedTuple):
    """A suspension that is known to bear upon a stage at a port, and since when."""

    cause_id: str
    since_ms: int


class Taken(NamedTuple):
    """What is to be written down about one alert. `standing` is None for one that is said again."""

    account: Account
    standing: Standing | None = None
    errands: tuple[Errand, ...] = ()
    watches: tuple[Watch, ...] = ()
    too_old: bool = False
    suspended: str | None = None
    resumed: bool = False


class Intake(NamedTuple):
    """The law of taking in: routes and bounds, the same for every alert."""

    routes: Routes
    settings: NotifySettings

    def take(
        self,
        alert: Alert,
        heard: Heard,
        before: Standing | None,
        now_ms: int,
        suspensions: Mapping[str, Suspended],
    ) -> Taken:
        """What an alert sets off. `suspensions` are those known at its port, by their id."""
        standing = hear(before, alert)
        if standing is None:
            return Taken("repeats")
        state = standing.facts.state
        targets = self.routes.targets(alert, state, frozenset(standing.escalated))
        errands = tuple(
            self._errand(channel, route, standing, heard, now_ms, suspensions)
            for channel, route in targets.items()
        )
        too_old = now_ms - heard.published_ms > self.settings.too_old_s * 1000
        watches = () if too_old else tuple(self._watches(alert, standing, errands))
        return Taken(
            account="routed" if errands else "no-route",
            standing=standing,
            errands=errands,
            watches=watches,
            too_old=too_old,
            suspended=_withdrawn_by(alert),
            resumed=alert.state in (AlertState.AT_RISK, AlertState.BREACHED)
            and _by_suspension(alert),
        )

    def _errand(
        self,
        channel: str,
        route: Route,
        standing: Standing,
        heard: Heard,
        now_ms: int,
        suspensions: Mapping[str, Suspended],
    ) -> Errand:
        facts, settings = standing.facts, self.settings
        when = due(route, self.routes.zone, facts.state, now_ms, settings.window_ms)
        at_ms = when.at_ms
        if is_withdrawn(facts.state, facts.cause_what):
            known = suspensions.get(facts.cause_id or "")
            mass_ms = self._after_suspension(known, now_ms)
            at_ms = max(at_ms, mass_ms) if when.held else mass_ms
        return Errand(
            key=heard.key(settings.era),
            route=route.name,
            channel=channel,
            facts=facts,
            noticed_ms=now_ms,
            published_ms=heard.published_ms,
            due_ms=at_ms,
            held=when.held,
        )

    def _after_suspension(self, known: Suspended | None, now_ms: int) -> int:
        """A mass of withdrawals comes over some seconds and is told once; what follows later is
        told together too, every so often."""
        since_ms = known.since_ms if known else now_ms
        first_ms = since_ms + round(self.settings.suspension_s * 1000)
        if now_ms <= first_ms:
            return first_ms
        again_ms = round(self.settings.suspension_again_s * 1000)
        return since_ms + -(-(now_ms - since_ms) // again_ms) * again_ms

    def _watches(
        self, alert: Alert, standing: Standing, errands: tuple[Errand, ...]
    ) -> list[Watch]:
        """The clock of an escalation begins when people are told, not while they may sleep."""
        if alert.state is not AlertState.BREACHED:
            return []
        told: dict[str, int] = {}
        for errand in errands:
            told[errand.route] = max(errand.due_ms, told.get(errand.route, 0))
        return [
            Watch(
                incident=standing.facts.incident,
                route=name,
                port=alert.port,
                stage=alert.stage,
                since_ms=since_ms,
            )
            for name, since_ms in told.items()
            if (route := self.routes.named(name)) and route.escalate
        ]


def is_withdrawn(state: Told, cause_what: str | None) -> bool:
    """Whether a suspension took the cause of an alert away."""
    return state is Told.RETRACTED and cause_what == Cause.SUSPENSION


def _by_suspension(alert: Alert) -> bool:
    return alert.cause is not None and alert.cause.what is Cause.SUSPENSION


def _withdrawn_by(alert: Alert) -> str | None:
    if alert.state is AlertState.RETRACTED and _by_suspension(alert):
        return (alert.cause.id if alert.cause else None) or ""
    return None
