"""Doubts: words that a worker said and died before it remembered them, and how they are put right.

Reports come on three feeds without an order among each other. A worker that takes over reads again
what its predecessor did not remember, perhaps in another order, and comes to the same in the end;
but what the other said on its way (a visit that opened an hour later, under another id) nobody
would take back. So each such word is held against what was remembered. Where they differ, the word
is in doubt: it stands unless, once everything was read again, nothing else was said of the same
thing; then what was remembered is said. Pure; must never know where words are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from events.identifiers import Identity
from events.outcomes import Alert, EventFate, Outcome
from events.said import SaidAlert, SaidOutcome, Words
from events.vocabulary import AlertState, UnitType, Verdict
from timing import announce
from timing.announce import NOTHING, Change
from timing.findings import Finding, Findings, Key, Level
from timing.history import History
from timing.recalling import key_of
from timing.rules import Rules
from timing.spoken import Voice

_VOID: Final = Verdict.VOID
_CALM, _AT_RISK, _BREACHED = Level.CALM, Level.AT_RISK, Level.BREACHED


class Heard(NamedTuple):
    """What was said of one unit since it was last remembered, oldest first."""

    outcomes: tuple[Outcome, ...] = ()
    alerts: tuple[Alert, ...] = ()
    fates: tuple[EventFate, ...] = ()


def names_of(words: Words) -> Iterator[str]:
    """What these words are about: a word on the same thing takes the place of an earlier one."""
    yield from (_of_outcome(Outcome.model_validate_json(o.value)) for o in words.outcomes)
    yield from (_of_alert(Alert.model_validate_json(a.value)) for a in words.alerts)
    yield from (_of_fate(EventFate.model_validate_json(f.value)) for f in words.fates)


def doubts(
    key: str, history: History | None, heard: Heard, rules: Rules
) -> Mapping[str, Words | None]:
    """By name, what is to be said of each thing that was heard of if nobody says anything else of
    it; None where what was heard is what is remembered.

    `key` is `<port>/<unit id>`. Of a unit that was last judged by another register nothing is in
    doubt: it is judged anew, as a whole, with its next event.
    """
    found = _remembered(history, rules)
    if found is None:
        return {}
    voice = Voice.of(key, _unit_type(heard) if history is None else history.unit_type)
    return {
        **{_of_outcome(o): _outcome(o, found.by_key.get(key_of(o)), voice) for o in heard.outcomes},
        **dict(_alerts(heard.alerts, found, voice)),
        **{_of_fate(f): _fate(f, found, voice) for f in heard.fates},
    }


def _unit_type(heard: Heard) -> UnitType:
    said: tuple[Outcome | Alert | EventFate, ...] = (*heard.outcomes, *heard.alerts, *heard.fates)
    return said[0].unit.type


def _remembered(history: History | None, rules: Rules) -> Findings | None:
    """What is remembered of a unit amounts to this; None where that cannot be told."""
    if history is None or not history.body:
        return NOTHING
    if history.register != rules.register.fingerprint:
        return None
    return history.findings(rules)


def _outcome(heard: Outcome, finding: Finding | None, voice: Voice) -> Words | None:
    if finding is not None:
        right = announce.outcome(heard.unit, finding)
        same = right == heard.model_copy(update={"cause": None})
        return None if same else Words((voice.outcome(Change(finding)),))
    if heard.verdict is _VOID:
        return None
    gone = {"verdict": _VOID, "revision": heard.revision + 1, "deadline_at": None, "cause": None}
    return Words((SaidOutcome.of(heard.model_copy(update=gone)),))


def _alerts(
    heard: Iterable[Alert], found: Findings, voice: Voice
) -> Iterator[tuple[str, Words | None]]:
    """An incident is told in several alerts; the last one stands."""
    told: dict[Key, list[Alert]] = defaultdict(list)
    for alert in heard:
        told[_key_of(alert)].append(alert)
    for key, alerts in told.items():
        said = tuple(_right_alerts(alerts, found.by_key.get(key), voice))
        yield _of_alert(alerts[-1]), Words((), said) if said else None


def _right_alerts(heard: list[Alert], finding: Finding | None, voice: Voice) -> Iterator[SaidAlert]:
    """What people must be told of one promise so that they know what is remembered."""
    last, states = heard[-1], {alert.state for alert in heard}
    if finding is None or finding.level is _CALM:
        never_broken = last.state is AlertState.RESOLVED and AlertState.BREACHED not in states
        if not (never_broken or last.state is AlertState.RETRACTED):
            yield SaidAlert.of(_retracted(last))
        return
    alarms = list(announce.alarms(Change(finding)))
    if AlertState.RETRACTED not in states:  # What was not taken back stands.
        alarms = alarms[-1:] if last.state is not alarms[-1][0] else []
    yield from (voice.alert(finding, alarm) for alarm in alarms)


def _retracted(alert: Alert) -> Alert:
    gone = {
        "alert_id": announce.alert_id(_key_of(alert), AlertState.RETRACTED),
        "state": AlertState.RETRACTED,
        "deadline_at": None,
        "cause": None,
    }
    return alert.model_copy(update=gone)


def _fate(heard: EventFate, found: Findings, voice: Voice) -> Words | None:
    """Of an event that is not remembered something will be said as soon as it is read again."""
    identity = Identity(heard.source, heard.event_id)
    if identity not in found.visit_of or found.visit_of[identity] == heard.visit_id:
        return None
    return Words((), (), voice.fates(((identity, found.visit_of[identity]),)))


def _key_of(alert: Alert) -> Key:
    return Key(alert.visit_id, alert.stage, alert.occurrence, alert.limit.id)


def _of_outcome(outcome: Outcome) -> str:
    return f"outcome/{_named(key_of(outcome))}"


def _of_alert(alert: Alert) -> str:
    return f"alert/{_named(_key_of(alert))}"


def _of_fate(fate: EventFate) -> str:
    return f"fate/{fate.port}/{fate.unit.id}/{fate.source}/{fate.event_id}"


def _named(key: Key) -> str:
    return f"{key.visit_id}/{key.stage}/{key.occurrence}/{key.limit_id}"
