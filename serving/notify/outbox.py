"""The outbox: what was read, what is to be told, what became of it. Each step is one transaction.

The place in the log is written down together with what came of the record, so a record is taken in
exactly once however often the process dies. Decides nothing: that is `intake` and `schedule`.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from pydantic import ValidationError

from events.alerts import INCIDENTS_MAX, AlertDeed, Delivery, incident_of
from events.instants import EARLIEST, LATEST
from events.outcomes import Alert
from events.topics import ALERT_DEEDS, ALERT_DELIVERIES, LIMIT_ALERTS
from events.vocabulary import Deed, DeliveryState
from serving.notify.bell import Bell
from serving.notify.books import Books
from serving.notify.errands import Errand, Heard, Outgoing
from serving.notify.incidents import Standing
from serving.notify.intake import Intake, Suspended, Taken
from serving.notify.ledger import Ledger
from serving.notify.records import delivery_of, held_back
from serving.notify.routes import Routes, Told
from serving.notify.schedule import ANSWERED, GONE, OVER, TOO_OLD, choose, retry_at
from serving.notify.settings import NotifySettings

LOOK_MAX: Final = 5_000
"""Errands of one channel that are looked at for its next message."""

_Value = TypeVar("_Value")


class PoisonRecord(Exception):
    """A record of ours is no fact of its topic: a defect, which going on would hide."""


class Result(NamedTuple):
    """What a channel said to a message. Neither taken nor `final`: it will be tried again."""

    taken: bool
    detail: str | None = None
    final: bool = False
    retry_after_s: float | None = None


class Settled(NamedTuple):
    """What became of a message: for the metrics."""

    outgoing: Outgoing
    state: DeliveryState
    now_ms: int


class Outbox:
    """One file, shared by the threads of one notifier."""

    def __init__(self, ledger: Ledger, routes: Routes, settings: NotifySettings) -> None:
        self.ledger, self._routes, self._settings = ledger, routes, settings
        self._intake = Intake(routes, settings)
        self.books, self.bell = Books(ledger), Bell()

    # --- reading the log

    def places(self) -> dict[tuple[str, int], int]:
        """By topic and partition the offset to read on from. A new log begins anew: see `era`."""
        rows = self.ledger.ask(
            "SELECT topic, partition, next FROM places WHERE era = ?", self._settings.era
        )
        return {(topic, partition): offset for topic, partition, offset in rows}

    def take_in(self, records: Sequence[Heard], now_ms: int) -> None:
        """Write down what these records set off, and that they were read. Raises PoisonRecord."""
        if not records:
            return
        with self.ledger.transaction():
            for heard in (_dated(record, now_ms) for record in records):
                self._take(heard, now_ms)
                self.ledger.tell(
                    "REPLACE INTO places VALUES (?, ?, ?, ?)",
                    *(heard.topic, heard.partition, self._settings.era, heard.offset + 1),
                )
        self.bell.ring()

    def full(self) -> bool:
        """Whether so much is open that no more is read; the log keeps it."""
        return self.books.open_errands() >= self._settings.open_max

    def _take(self, heard: Heard, now_ms: int) -> None:
        try:
            if heard.topic == ALERT_DEEDS.name:
                self._deed(AlertDeed.model_validate_json(heard.value), now_ms)
            elif heard.topic == LIMIT_ALERTS.name:
                self._alert(Alert.model_validate_json(heard.value), heard, now_ms)
        except ValidationError as error:
            raise PoisonRecord(
                f"{heard.topic}/{heard.partition}/{heard.offset} is no fact of its topic: {error}"
            ) from error

    def _alert(self, alert: Alert, heard: Heard, now_ms: int) -> None:
        incident = incident_of(alert)
        known = {
            cause_id: Suspended(cause_id, since_ms)
            for cause_id, since_ms in self.ledger.ask(
                "SELECT cause_id, since_ms FROM suspensions WHERE port = ?", alert.port
            )
        }
        taken = self._intake.take(alert, heard, self.standing(incident), now_ms, known)
        self.books.count("alerts", 1)
        self.books.count(taken.account, 1)
        if taken.standing is not None:
            self.stand(taken.standing, now_ms)
            self._watch(taken, alert, now_ms)
            self.add(taken.errands, now_ms, TOO_OLD if taken.too_old else None)

    def _watch(self, taken: Taken, alert: Alert, now_ms: int) -> None:
        incident = incident_of(alert)
        if taken.standing and taken.standing.over:
            self.ledger.tell("DELETE FROM watches WHERE incident = ?", incident)
            self.ledger.tell("DELETE FROM acknowledged WHERE incident = ?", incident)
        for watch in taken.watches:
            self.ledger.tell(
                "INSERT OR IGNORE INTO watches VALUES (?, ?, ?, ?, ?)",
                *(watch.incident, watch.route, watch.port, watch.stage, watch.since_ms),
            )
        if taken.suspended is not None:
            self.ledger.tell(
                "INSERT OR IGNORE INTO suspensions VALUES (?, ?, ?)",
                *(alert.port, taken.suspended, now_ms),
            )
            self.ledger.tell(
                "REPLACE INTO suspended VALUES (?, ?, ?, ?)",
                *(alert.port, alert.stage, taken.suspended, now_ms),
            )
        if taken.resumed:
            self.ledger.tell(
                "DELETE FROM suspended WHERE port = ? AND stage = ?", alert.port, alert.stage
            )

    def _deed(self, deed: AlertDeed, now_ms: int) -> None:
        self.books.count("deeds", 1)
        if deed.deed in (Deed.ACKNOWLEDGED, Deed.ASSIGNED):
            self.ledger.tell(
                "REPLACE INTO acknowledged VALUES (?, ?, ?)", deed.incident, deed.by, now_ms
            )
            self._hold_back(self._calls_for(deed.incident), ANSWERED, now_ms)

    def _calls_for(self, incident: str) -> list[Errand]:
        """Escalations that were decided and are told to nobody yet: they wait for the morning."""
        rows = self.ledger.ask(
            "SELECT id, body FROM errands WHERE incident = ? AND delivery IS NULL", incident
        )
        return [one for one in map(_errand, rows) if one.facts.state is Told.ESCALATED]

    # --- errands

    def standing(self, incident: str) -> Standing | None:
        """Where an incident stands."""
        rows = self.ledger.ask("SELECT body FROM incidents WHERE incident = ?", incident)
        return _read(rows[0][0], Standing) if rows else None

    def stand(self, standing: Standing, now_ms: int) -> None:
        """Write down where an incident stands, within a transaction."""
        self.ledger.tell(
            "REPLACE INTO incidents VALUES (?, ?, ?, ?)",
            *(standing.facts.incident, _written(standing), int(standing.over), now_ms),
        )

    def add(self, errands: Sequence[Errand], now_ms: int, held_back_for: str | None = None) -> None:
        """Take errands on, within a transaction; or hold them back at once."""
        self.books.count("errands", len(errands))
        for errand in errands:
            if held_back_for:
                self._hold_back([errand], held_back_for, now_ms)
                continue
            self.ledger.tell(
                "INSERT INTO errands (channel, incident, due_ms, noticed_ms, body) "
                "VALUES (?, ?, ?, ?, ?)",
                *(errand.channel, errand.facts.incident, errand.due_ms, errand.noticed_ms),
                _written(errand),
            )

    def _hold_back(self, errands: Sequence[Errand], why: str, now_ms: int) -> None:
        """Account for errands that nobody is told, by route and port, and forget them."""
        ordered = sorted(errands, key=_side)
        for _, side in groupby(ordered, key=_side):
            these = tuple(side)
            for part in (these[n : n + INCIDENTS_MAX] for n in range(0, len(these), INCIDENTS_MAX)):
                self._publish(held_back(part, why, now_ms))
        self.books.count("held-back", len(errands))
        for errand in errands:
            self.ledger.tell("DELETE FROM errands WHERE id = ?", errand.id)

    # --- messages

    def next(self, channel: str, now_ms: int) -> Outgoing | None:
        """What one channel is to send now: a message that is due again, or one formed anew."""
        rows = self.ledger.ask(
            "SELECT body FROM deliveries WHERE channel = ? AND state = 'waiting' AND next_ms <= ? "
            "ORDER BY next_ms, id LIMIT 1",
            *(channel, now_ms),
        )
        if rows:
            return _read(rows[0][0], Outgoing)
        with self.ledger.transaction():
            return self._form(channel, now_ms)

    def _form(self, channel: str, now_ms: int) -> Outgoing | None:
        ((unsettled,),) = self.ledger.ask(
            "SELECT count(*) FROM deliveries WHERE channel = ? AND state = 'waiting'", channel
        )
        if unsettled >= self._settings.unsettled_max:
            return None
        waiting = self._waiting(channel)
        if not waiting:
            return None
        told, busy = self._told(channel), self._busy(channel)
        choice = choose(waiting, told, busy, now_ms, self._settings)
        if choice.held_back:
            self._hold_back(choice.held_back, OVER, now_ms)
        if choice.outgoing is not None:
            self._write_down(choice.outgoing, choice.settles, now_ms)
        return choice.outgoing

    def _waiting(self, channel: str) -> list[Errand]:
        rows = self.ledger.ask(
            "SELECT id, body FROM errands WHERE channel = ? AND delivery IS NULL "
            "ORDER BY id LIMIT ?",
            *(channel, LOOK_MAX),
        )
        return [_errand(row) for row in rows]

    def _told(self, channel: str) -> Mapping[str, Told]:
        rows = self.ledger.ask(
            "SELECT t.incident, t.state FROM told t WHERE t.channel = ? AND t.incident IN "
            "(SELECT incident FROM errands WHERE channel = ? AND delivery IS NULL)",
            *(channel, channel),
        )
        return {incident: Told(state) for incident, state in rows}

    def _busy(self, channel: str) -> frozenset[str]:
        rows = self.ledger.ask(
            "SELECT DISTINCT incident FROM errands WHERE channel = ? AND delivery IS NOT NULL",
            channel,
        )
        return frozenset(incident for (incident,) in rows)

    def _write_down(self, outgoing: Outgoing, settles: Iterable[Errand], now_ms: int) -> None:
        self.ledger.tell(
            "REPLACE INTO deliveries VALUES (?, ?, 'waiting', ?, ?, ?)",
            *(outgoing.id, outgoing.channel, now_ms, now_ms, _written(outgoing)),
        )
        for errand in settles:
            self.ledger.tell("UPDATE errands SET delivery = ? WHERE id = ?", outgoing.id, errand.id)
        for facts in outgoing.told:
            self.ledger.tell(
                "REPLACE INTO told VALUES (?, ?, ?, ?)",
                *(outgoing.channel, facts.incident, facts.state.value, now_ms),
            )

    def settle(self, outgoing: Outgoing, result: Result, now_ms: int) -> Settled:
        """Write down what a channel said to a message that it was just asked to take."""
        tried = msgspec.structs.replace(outgoing, attempts=outgoing.attempts + 1)
        again_ms = None
        if not result.taken and not result.final:
            again_ms = retry_at(tried, now_ms, result.retry_after_s, self._settings)
        state = _state_of(result, again_ms)
        with self.ledger.transaction():
            self.ledger.tell(
                "UPDATE deliveries SET state = ?, next_ms = ?, changed_ms = ?, body = ? "
                "WHERE id = ?",
                *(state.value, again_ms or 0, now_ms, _written(tried), tried.id),
            )
            if state is not DeliveryState.WAITING:
                done = self.ledger.tell("DELETE FROM errands WHERE delivery = ?", tried.id)
                self.books.count(state.value, done)
            self._publish(delivery_of(tried, state, result.detail, now_ms))
        self.bell.ring()
        return Settled(tried, state, now_ms)

    def _publish(self, delivery: Delivery) -> None:
        self.books.publish(ALERT_DELIVERIES.name, delivery.delivery_id, delivery)

    def hold_back_strays(self, now_ms: int) -> None:
        """Account for what waits for a channel that the routes file does not have any more."""
        named = list(self._routes.channel)
        marks = ", ".join("?" * len(named))
        with self.ledger.transaction():
            rows = self.ledger.ask(
                f"SELECT id, body FROM errands WHERE channel NOT IN ({marks}) LIMIT 100000", *named
            )
            self._hold_back([_errand(row) for row in rows], GONE, now_ms)
            self.ledger.tell(
                f"DELETE FROM deliveries WHERE state = 'waiting' AND channel NOT IN ({marks})",
                *named,
            )

    # --- when to look again

    def wake_ms(self, channel: str) -> int | None:
        """When a channel has something to do, as far as is known; None: when something comes."""
        ((first,),) = self.ledger.ask(
            "SELECT min(at) FROM (SELECT min(next_ms) AS at FROM deliveries "
            "WHERE channel = ? AND state = 'waiting' UNION ALL SELECT min(due_ms) FROM errands "
            "WHERE channel = ? AND delivery IS NULL)",
            *(channel, channel),
        )
        return None if first is None else int(first)


def _read(body: bytes, shape: type[_Value]) -> _Value:
    return msgspec.json.decode(body, type=shape)


def _dated(heard: Heard, now_ms: int) -> Heard:
    """A record that the log has no sensible time for counts as written now."""
    sensible = EARLIEST.timestamp() <= heard.published_ms / 1000 < LATEST.timestamp()
    return heard if sensible else heard._replace(published_ms=now_ms)


def _errand(row: tuple[Any, ...]) -> Errand:
    id, body = row
    return msgspec.structs.replace(_read(body, Errand), id=id)


def _written(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _side(errand: Errand) -> tuple[str, str, str]:
    return errand.route, errand.channel, errand.facts.port


def _state_of(result: Result, again_ms: int | None) -> DeliveryState:
    if result.taken:
        return DeliveryState.DELIVERED
    return DeliveryState.FAILED if again_ms is None else DeliveryState.WAITING
