"""A rehearsal: what an alert that a route asks for would do, without telling anybody. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from events.instants import from_epoch
from events.outcomes import Alert
from events.topics import LIMIT_ALERTS
from events.vocabulary import AlertState
from serving.notify.errands import Errand, Heard
from serving.notify.incidents import Standing, hear
from serving.notify.intake import Intake
from serving.notify.routes import Route, Routes, Told
from serving.notify.schedule import choose
from serving.notify.settings import NotifySettings
from serving.notify.wording import words_of
from timing.stages import STAGES

LIMIT_S = 1_800
ROOM_BYTES = 2_000
_BOX = "CSQU3054383"


class Rehearsed(NamedTuple):
    """One state of the sample, on one channel: when it would be told, and its first line."""

    route: str
    state: str
    channel: str
    at_ms: int
    held: bool
    title: str


def rehearse(routes: Routes, settings: NotifySettings, at_ms: int) -> Iterator[Rehearsed]:
    """Each route's own sample: an alert that goes from at risk to overdue to ended."""
    for number, route in enumerate(routes.route):
        standing: Standing | None = None
        for state in (AlertState.AT_RISK, AlertState.BREACHED, AlertState.RESOLVED):
            alert = _sample(route, state, at_ms)
            heard = Heard(LIMIT_ALERTS.name, 0, number, at_ms, b"")
            taken = Intake(routes, settings).take(alert, heard, standing, at_ms, {})
            standing = hear(standing, alert) or standing
            for errand in taken.errands:
                if errand.route == route.name:
                    yield _rehearsed(errand, routes, settings)


def _rehearsed(errand: Errand, routes: Routes, settings: NotifySettings) -> Rehearsed:
    facts, language = errand.facts, routes.channel[errand.channel].language
    before = {facts.incident: Told.BREACHED}
    choice = choose([errand], before, (), errand.due_ms, settings)
    assert choice.outgoing is not None, "one errand that is due is a message"
    words = words_of(choice.outgoing, language, settings.board_url, ROOM_BYTES)
    return Rehearsed(
        *(errand.route, facts.state.value, errand.channel, errand.due_ms, errand.held),
        title=words.title,
    )


def _sample(route: Route, state: AlertState, at_ms: int) -> Alert:
    """A box that was due just now, at a place and stage that the route asks for."""
    port = route.ports[0] if route.ports else "CNLYG"
    stages = {stage.id: stage.answers for stage in STAGES}
    stage = route.stages[0] if route.stages else "inspection-positioning"
    moment = from_epoch(at_ms // 1000)
    visit_id = f"{port}/{_BOX}/{moment - timedelta(seconds=2 * LIMIT_S):%Y%m%dT%H%M%SZ}"
    limit_id = "sample.limit"
    return Alert.model_validate(
        {
            "alert_id": f"{visit_id}/{stage}/1/{limit_id}/{state}",
            "visit_id": visit_id,
            "unit": {"type": "container", "id": _BOX},
            "port": port,
            "facility": route.facilities[0] if route.facilities else None,
            "stage": stage,
            "occurrence": 1,
            "limit": {"id": limit_id, "edition": "sample", "kind": "duration", "limit_s": LIMIT_S},
            "state": state,
            "answers": route.answers[0] if route.answers else stages[stage],
            "raised_at": moment,
            "deadline_at": None if state is AlertState.RESOLVED else moment,
            "cause": {"what": "time", "id": None},
        }
    )
