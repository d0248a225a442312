"""What is published says why, and people are told once.

With the parts of an engine that each law must notice when they are broken.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import msgspec

from events.envelope import Event
from events.outcomes import Alert, Outcome
from events.vocabulary import Cause, UnitType, Verdict
from timing import announce, engine
from timing import play as play_module
from timing.announce import Change
from timing.findings import Level
from timing.play import Play
from timing.rules import Rules
from timing.step import Step
from timing.testing import (
    END,
    LONGER,
    RULES,
    START,
    TWO_DAYS,
    judged,
    play,
    told,
    told_of_places,
)

BEYOND = {"cause", "revision"}


class Moment(NamedTuple):
    """What an engine was told when it took a step."""

    heard: Event | None
    watermark: int
    edited: bool


def people_are_told_once_and_nothing_else_than_the_verdicts(rng: Random) -> None:
    story = told(rng)
    standing: dict[str, set[str]] = {}
    for step in play(story, sorted(rng.choices(TWO_DAYS, k=len(story)))):
        for alert in step.alerts:
            _hear(alert, standing.setdefault(alert.alert_id.rpartition("/")[0], set()))
    for key, f in judged(story, END).by_key.items():
        raised = standing.pop(f"{key.visit_id}/{key.stage}/{key.occurrence}/{key.limit_id}", set())
        assert ("breached" in raised) == (f.level is Level.BREACHED)
        assert (raised == {"at-risk"}) == (f.level is Level.AT_RISK)
    assert not any(standing.values())


def _hear(alert: Alert, raised: set[str]) -> None:
    if alert.state in ("at-risk", "breached"):
        reopened = alert.state == "breached" and "resolved" in raised
        assert alert.state not in raised or reopened, "told twice"
        raised.discard("resolved")
        assert not (alert.state == "at-risk" and "breached" in raised), "less urgent than told"
        raised.add(alert.state)
    else:
        assert raised, "the end of what was never told"
        broken = "breached" in raised
        if broken and alert.state == "resolved":
            raised.add("resolved")
        if alert.state == "retracted" or not broken:
            raised.clear()


def an_outcome_changes_only_by_the_cause_that_it_names(rng: Random) -> None:
    """An event of the unit, the passing of its deadline, a suspension of its port, or an edition;
    and what does not change is not published again as if it did."""
    known: dict[tuple[Any, ...], Outcome] = {}
    for moment, step in _lived(rng):
        for outcome in step.outcomes:
            limit = outcome.limit.id if outcome.limit else ""
            key = outcome.visit_id, outcome.stage, outcome.occurrence, limit
            before = known.get(key)
            if before is None or before.model_dump(exclude=BEYOND) != outcome.model_dump(
                exclude=BEYOND
            ):
                _is_named(outcome, before, moment)
            known[key] = outcome


def _lived(rng: Random) -> Iterator[tuple[Moment, Step]]:
    """A port with two boxes and its suspensions; now and then the limits are edited."""
    story = sorted(
        (*told(rng), *told(rng, number=1), *told_of_places(rng)), key=lambda e: e.occurred_at
    )
    for _ in range(rng.randint(0, 4)):
        story.insert(rng.randrange(len(story)), story.pop(rng.randrange(len(story))))
    port, editions = Play(RULES), [RULES.register, LONGER.register]
    judged_by: dict[str, str] = {}
    for heard in story:
        if rng.random() < 0.05:
            editions.reverse()
            port.rules = Rules(editions[0], RULES.patience, port.rules.closures)
        port.reach(rng.choice((START, int(heard.occurred_at.timestamp()))))
        yield from _at_moments(port, heard, port.take(heard), judged_by)
    port.reach(END)
    yield from _at_moments(port, None, port.settle(), judged_by)


def _at_moments(
    port: Play, heard: Event | None, steps: Iterator[Step], judged_by: dict[str, str]
) -> Iterator[tuple[Moment, Step]]:
    """Each step, with whether other limits judge its unit than before."""
    for step in steps:
        now = port.rules.register.fingerprint
        key = step.of.key if step.of else ""
        yield Moment(heard, port.watermark, judged_by.get(key, now) != now), step
        if step.history is not None and step.novelty is not engine.Novelty.DUPLICATE:
            judged_by[key] = step.history.register


def _is_named(outcome: Outcome, before: Outcome | None, moment: Moment) -> None:
    cause, heard = outcome.cause, moment.heard
    assert cause is not None
    if cause.what is Cause.EDITION:
        assert moment.edited
        assert cause.id == (outcome.limit.edition if outcome.limit else None)
        return
    assert not moment.edited
    if cause.what is Cause.TIME:
        assert before is not None
        assert before.deadline_at is not None
        assert before.deadline_at.timestamp() < moment.watermark
        assert (before.verdict, outcome.verdict) == (Verdict.OPEN, Verdict.BREACHED)
        return
    assert heard is not None
    assert cause.id == f"{heard.source}/{heard.event_id}"
    if cause.what is Cause.SUSPENSION:
        assert heard.unit.type is UnitType.PLACE
        assert heard.place.port == outcome.port
    else:
        assert (heard.unit.id, heard.place.port) == (outcome.unit.id, outcome.port)


_alarms, _advance, _reconsider = announce.alarms, engine._advance, engine.reconsider


def told_again_each_time(change: Change) -> Any:
    return _alarms(msgspec.structs.replace(change, was=Level.CALM))


def breach_never_withdrawn(change: Change) -> Any:
    return (alarm for alarm in _alarms(change) if alarm[0] != "retracted")


def always_an_event(before: Any, after: Any, rules: Any, cause: Any, novelty: Any) -> Step:
    return _advance(before, after, rules, (Cause.EVENT, None), novelty)


def always_time(report: Any) -> Any:
    return Cause.TIME, None


def edited_by_nobody(before: Any, after: Any, rules: Any, cause: Any, novelty: Any) -> Step:
    step = _advance(before, after, rules, cause, novelty)
    return Step(step.history, step.changes, step.moved, cause, step.of, step.novelty)


def suspended_by_somebody(history: Any, before: Any, after: Any, watermark: int, why: str) -> Step:
    return _reconsider(history, before, after, watermark, "somebody/else")


NAMED = an_outcome_changes_only_by_the_cause_that_it_names

MUTANTS = [
    (people_are_told_once_and_nothing_else_than_the_verdicts, announce, "alarms",
     told_again_each_time),
    (people_are_told_once_and_nothing_else_than_the_verdicts, announce, "alarms",
     breach_never_withdrawn),
    (NAMED, engine, "_advance", always_an_event),
    (NAMED, engine, "_advance", edited_by_nobody),
    (NAMED, engine, "_by_event", always_time),
    (NAMED, play_module, "reconsider", suspended_by_somebody),
]  # fmt: skip
