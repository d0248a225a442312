"""What to send next, of all that waits: threads folded, bundles, escalations, when to try again.

Pure functions over the rows of the outbox and the time; nothing here waits or writes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from events.alerts import INCIDENTS_MAX
from serving.notify.errands import ENDS, Errand, Kind, Outgoing, delivery_id
from serving.notify.intake import Watch, is_withdrawn
from serving.notify.routes import Routes, Told
from serving.notify.settings import NotifySettings

OVER: Final = "over before anybody was told"
GONE: Final = "its route or channel is not in the routes file any more"
ANSWERED: Final = "acknowledged before anybody else was told"
TOO_OLD: Final = "too old when it was read"
JITTER: Final = 0.2
"""Retries come up to this part earlier or later, so that they do not all come at once."""

ALERTS: Final = "alerts"
DIGEST: Final = "digest"
ESCALATION: Final = "escalation"
SUSPENSION: Final = "suspension"


class Folded(NamedTuple):
    """A thread of one incident on one channel: what to tell, if anything, and all that it settles.
    `last` is None when it was over before anybody was told."""

    last: Errand | None
    thread: tuple[Errand, ...]


class Choice(NamedTuple):
    """What to send now, with the errands that it settles; and threads that need not be told."""

    outgoing: Outgoing | None
    settles: tuple[Errand, ...]
    held_back: tuple[Errand, ...]


def fold(thread: Sequence[Errand], told: Told | None) -> Folded:
    """Only the last state of an incident is told; a breach that ended is told as ended.

    `thread` in the order of the log; `told` is what the channel was told last.
    """
    last = thread[-1]
    if last.facts.state in ENDS and (told is None or told in ENDS):
        breached = any(errand.facts.state is Told.BREACHED for errand in thread)
        if last.facts.state is not Told.RESOLVED or not breached:
            return Folded(None, tuple(thread))
    return Folded(last, tuple(thread))


def choose(
    waiting: Iterable[Errand],
    told: Mapping[str, Told],
    busy: Collection[str],
    now_ms: int,
    settings: NotifySettings,
) -> Choice:
    """What one channel sends next. `waiting` in the order of the log; `told` by incident; `busy`
    are incidents of which a message is under way: they wait, so that a thread keeps its order."""
    folded = [fold(thread, told.get(incident)) for incident, thread in _threads(waiting, busy)]
    held_back = tuple(errand for each in folded if each.last is None for errand in each.thread)
    bundles: dict[tuple[Kind, str, str], list[Folded]] = {}
    for each in folded:
        if each.last is not None:
            last = each.last
            bundles.setdefault((kind_of(last), last.route, last.facts.port), []).append(each)
    ripe = [(_first_due(bundle), key) for key, bundle in bundles.items()]
    ripe = sorted(pair for pair in ripe if pair[0] <= now_ms)
    if not ripe:
        return Choice(None, (), held_back)
    key = ripe[0][1]
    many = key[0].word in (DIGEST, SUSPENSION)
    most = INCIDENTS_MAX if many else settings.bundle_max
    chosen = _together(key[0], bundles[key], now_ms)[:most]
    settles = tuple(errand for each in chosen for errand in each.thread)
    return Choice(_outgoing(key, chosen, settles, now_ms), settles, held_back)


def kind_of(errand: Errand) -> Kind:
    """With what it is told: withdrawals by their suspension, what was held in a digest."""
    facts = errand.facts
    if is_withdrawn(facts.state, facts.cause_what):
        return Kind(SUSPENSION, facts.cause_id or "")
    if errand.held:
        return Kind(DIGEST)
    return Kind(ESCALATION if facts.state is Told.ESCALATED else ALERTS)


def _threads(
    waiting: Iterable[Errand], busy: Collection[str]
) -> Iterable[tuple[str, list[Errand]]]:
    threads: dict[str, list[Errand]] = {}
    for errand in waiting:
        if errand.facts.incident not in busy:
            threads.setdefault(errand.facts.incident, []).append(errand)
    return threads.items()


def _first_due(bundle: Iterable[Folded]) -> int:
    return min(each.last.due_ms for each in bundle if each.last)


def _together(kind: Kind, bundle: list[Folded], now_ms: int) -> list[Folded]:
    """What goes with the first that is due: all of its kind, unless it is held until later."""
    whole = kind.word in (ALERTS, ESCALATION)
    ready = [each for each in bundle if whole or (each.last and each.last.due_ms <= now_ms)]
    return sorted(ready, key=lambda each: each.thread[0].id)


def _outgoing(
    key: tuple[Kind, str, str], chosen: Sequence[Folded], settles: tuple[Errand, ...], now_ms: int
) -> Outgoing:
    (kind, route, port), lasts = key, [each.last for each in chosen if each.last]
    newest = max(lasts, key=lambda errand: errand.published_ms)
    channel = newest.channel
    return Outgoing(
        id=delivery_id(route, channel, settles),
        kind=kind.word,
        cause_id=kind.cause_id,
        route=route,
        channel=channel,
        port=port,
        told=tuple(errand.facts for errand in lasts),
        alerts=len(settles),
        proved_s=newest.facts.raised_s,
        published_ms=newest.published_ms,
        noticed_ms=newest.noticed_ms,
        created_ms=now_ms,
        held=any(errand.held for errand in lasts),
    )


def unanswered(
    watches: Iterable[Watch],
    routes: Routes,
    suspended: Collection[tuple[str, str]],
    now_ms: int,
) -> list[Watch]:
    """The breaches that nobody acknowledged in time. Where a suspension is known to be in force
    for a port and stage, nobody is called for it: the watch waits until it is lifted."""
    return [
        watch
        for watch in watches
        if (route := routes.named(watch.route)) is not None
        and route.escalate is not None
        and (watch.port, watch.stage) not in suspended
        and now_ms >= watch.since_ms + route.escalate.after_min * 60_000
    ]


def retry_at(
    outgoing: Outgoing, now_ms: int, retry_after_s: float | None, settings: NotifySettings
) -> int | None:
    """When to try a message again that was just tried in vain; None to give it up.

    Waits double up to a bound and are spread by the message's own id. A receiver that names a time
    is given it, up to the same bound.
    """
    attempts = outgoing.attempts
    wait_s = min(settings.retry_max_s, settings.retry_first_s * 2 ** min(attempts - 1, 30))
    spread = sha256(f"{outgoing.id}/{attempts}".encode()).digest()[0] / 255 * 2 - 1
    wait_s = min(settings.retry_max_s, max(wait_s * (1 + JITTER * spread), retry_after_s or 0.0))
    at_ms = now_ms + round(wait_s * 1000)
    over = at_ms - outgoing.created_ms > settings.give_up_s * 1000
    return None if attempts >= settings.attempts_max or over else at_ms
