"""What the notifier says to the log: deliveries, and deeds of escalation. Pure."""

from hashlib import sha256

from events.alerts import HOUSE, INCIDENTS_MAX, AlertDeed, Delivery
from events.instants import from_epoch
from events.vocabulary import Deed, DeliveryState
from serving.notify.errands import Errand, Facts, Outgoing, delivery_id


def delivery_of(
    outgoing: Outgoing, state: DeliveryState, detail: str | None, now_ms: int
) -> Delivery:
    """What became of a message, as far as is known now."""
    settled = None if state is DeliveryState.WAITING else from_epoch(now_ms // 1000)
    return Delivery(
        delivery_id=outgoing.id,
        incidents=outgoing.incidents[:INCIDENTS_MAX],
        port=outgoing.port,
        route=outgoing.route,
        channel=outgoing.channel,
        state=state,
        attempts=outgoing.attempts,
        proved_at=from_epoch(outgoing.proved_s),
        published_at=from_epoch(outgoing.published_ms // 1000),
        noticed_at=from_epoch(outgoing.noticed_ms // 1000),
        settled_at=settled,
        detail=detail,
        alerts=outgoing.alerts,
    )


def held_back(errands: tuple[Errand, ...], why: str, now_ms: int) -> Delivery:
    """Errands of one route, channel and port that nobody is told; at most INCIDENTS_MAX."""
    newest = max(errands, key=lambda errand: errand.published_ms)
    return Delivery(
        delivery_id=delivery_id(newest.route, newest.channel, errands),
        incidents=tuple(dict.fromkeys(errand.facts.incident for errand in errands)),
        port=newest.facts.port,
        route=newest.route,
        channel=newest.channel,
        state=DeliveryState.HELD_BACK,
        attempts=0,
        proved_at=from_epoch(newest.facts.raised_s),
        published_at=from_epoch(newest.published_ms // 1000),
        noticed_at=from_epoch(newest.noticed_ms // 1000),
        settled_at=from_epoch(now_ms // 1000),
        detail=why,
        alerts=len(errands),
    )


def escalated(facts: Facts, key: str, to: str, now_ms: int) -> AlertDeed:
    """The house's own deed: nobody acknowledged in time, and `to` is called. Its identity is made
    of `key`, whatever its length: the same call has the same one after any crash."""
    return AlertDeed.model_validate(
        {
            "deed_id": f"e-{sha256(key.encode()).hexdigest()[:32]}",
            "incident": facts.incident,
            "visit_id": facts.visit_id,
            "port": facts.port,
            "facility": facts.facility,
            "stage": facts.stage,
            "answers": facts.answers,
            "deed": Deed.ESCALATED,
            "by": HOUSE,
            "to": to,
            "at": from_epoch(now_ms // 1000),
        }
    )
