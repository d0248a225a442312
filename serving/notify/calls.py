"""Escalation: who is called when a breach was told and nobody acknowledged it."""

import msgspec

from events.topics import ALERT_DEEDS
from serving.notify.errands import Errand, Facts
from serving.notify.hours import Due, due
from serving.notify.incidents import Standing
from serving.notify.intake import Watch
from serving.notify.outbox import LOOK_MAX, Outbox
from serving.notify.records import escalated
from serving.notify.routes import Route, Routes, Told
from serving.notify.schedule import unanswered
from serving.notify.settings import NotifySettings


class Calls:
    """The watches of one outbox, looked at whenever somebody says what time it is."""

    def __init__(self, outbox: Outbox, routes: Routes, settings: NotifySettings) -> None:
        self._outbox, self._routes, self._settings = outbox, routes, settings
        self._ledger = outbox.ledger

    def escalate(self, now_ms: int) -> int:
        """Call the next in line for every breach that nobody acknowledged in time; how many."""
        due = unanswered(self._watches(now_ms), self._routes, self._suspended(now_ms), now_ms)
        if due:
            with self._ledger.transaction():
                for watch in due:
                    self._call(watch, now_ms)
            self._outbox.bell.ring()
        return len(due)

    def _watches(self, now_ms: int) -> list[Watch]:
        rows = self._ledger.ask(
            "SELECT incident, route, port, stage, since_ms FROM watches WHERE incident NOT IN "
            "(SELECT incident FROM acknowledged) AND since_ms <= ? ORDER BY since_ms LIMIT ?",
            *(now_ms, LOOK_MAX),
        )
        return [
            Watch(incident=incident, route=route, port=port, stage=stage, since_ms=since_ms)
            for incident, route, port, stage, since_ms in rows
        ]

    def _suspended(self, now_ms: int) -> set[tuple[str, str]]:
        """Ports and stages where work is known to rest: something was withdrawn for it, nothing
        was raised again since, and it is not too long ago to be believed."""
        oldest_ms = now_ms - round(self._settings.suspended_at_most_s * 1000)
        rows = self._ledger.ask("SELECT port, stage FROM suspended WHERE since_ms >= ?", oldest_ms)
        return {(port, stage) for port, stage in rows}

    def _call(self, watch: Watch, now_ms: int) -> None:
        self._ledger.tell(
            "DELETE FROM watches WHERE incident = ? AND route = ?", watch.incident, watch.route
        )
        route, standing = self._routes.named(watch.route), self._outbox.standing(watch.incident)
        if route is None or route.escalate is None or standing is None:
            return
        to = route.escalate.to
        key = f"{watch.incident}/escalated/{route.name}/{watch.since_ms}"
        facts = msgspec.structs.replace(standing.facts, state=Told.ESCALATED, to=to)
        self._note(standing, route.name, now_ms)
        when = due(route, self._routes.zone, Told.ESCALATED, now_ms, window_ms=0)
        self._outbox.add(_errands(key, route, facts, when, now_ms), now_ms)
        deed = escalated(facts, key, to, now_ms)
        self._outbox.books.publish(ALERT_DEEDS.name, deed.visit_id, deed)

    def _note(self, standing: Standing, route: str, now_ms: int) -> None:
        by = tuple(dict.fromkeys((*standing.escalated, route)))
        self._outbox.stand(msgspec.structs.replace(standing, escalated=by), now_ms)
        self._outbox.books.count("escalations", 1)


def _errands(key: str, route: Route, facts: Facts, when: Due, now_ms: int) -> list[Errand]:
    return [
        Errand(
            key=key,
            route=route.name,
            channel=channel,
            facts=facts,
            noticed_ms=now_ms,
            published_ms=now_ms,
            due_ms=when.at_ms,
            held=when.held,
        )
        for channel in (route.escalate.channels if route.escalate else ())
    ]
