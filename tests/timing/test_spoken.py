"""Spoken: byte for byte what the models of the contract would write, in the same order; and what a
model refuses is refused.
"""

from itertools import product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from events.identifiers import Identity
from events.instants import LATEST
from events.said import SILENCE, Words
from events.testing import PORT, box
from events.vocabulary import Cause, Fate, Party, UnitType, Verdict
from timing import announce
from timing.announce import Change, Places, Reason
from timing.editions import Applied
from timing.engine import Rules, elapse
from timing.findings import Finding, Level
from timing.history import History
from timing.limits import Register
from timing.play import Play
from timing.spoken import Voice
from timing.step import Step
from timing.testing import (
    LONGER,
    RULES,
    TWO_DAYS,
    edition,
    play,
    told,
    told_at_random,
    told_of_places,
)

thoroughly = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seeds = st.integers(0, 2**32 - 1).map(Random)
KEY = f"{PORT}/{box()}"
REASONS: tuple[Reason | None, ...] = (
    None,
    (Cause.TIME, None),
    (Cause.EVENT, "lyg-tos/e1"),
    (Cause.SUSPENSION, 'a"b\\c/é\u2028\x1f上海'),
    (Cause.EDITION, None),
)
HISTORY = History(KEY, UnitType.CONTAINER)


def in_models(step: Step) -> Words:
    return Words.of(step.outcomes, step.alerts, step.fates)


def steps_of(rng: Random) -> list[Step]:
    """A unit's stream, at watermarks near its events, with corrections and whatever is odd."""
    story = told_at_random(rng) if rng.random() < 0.5 else told(rng)
    watermarks = [int(e.occurred_at.timestamp()) - rng.choice((0, 120, 3000)) for e in story]
    return play(story, watermarks, rng.choice((RULES, LONGER)))


# -- the same bytes


@thoroughly
@given(seeds)
def test_a_step_says_in_bytes_what_its_models_would_write(rng: Random) -> None:
    for step in steps_of(rng):
        assert step.words == in_models(step)


@thoroughly
@given(seeds)
def test_units_and_places_say_the_same_when_work_rests(rng: Random) -> None:
    stage = Play(RULES)
    story = sorted((*told(rng), *told_of_places(rng)), key=lambda one: one.occurred_at)
    said = [step for event in story for step in stage.take(event)]
    stage.reach(rng.choice(TWO_DAYS))
    for step in (*said, *stage.settle()):
        assert step.words == in_models(step)


@thoroughly
@given(seeds)
def test_another_edition_is_named_by_each_of_its_limits(rng: Random) -> None:
    longer = edition(1.5).model_copy(update={"edition": "t/2"})
    for step in steps_of(rng)[:8]:
        if step.history is not None and step.history.body:
            later = elapse(step.history, step.history.watermark, Rules(Register((longer,))))
            assert later.cause == (Cause.EDITION, None)
            assert later.words == in_models(later)


CHANGES = [
    change
    for seed in range(12)
    for step in (*steps_of(Random(seed)),)
    if step.of is not None
    for change in step.changes
]
FOUND = [verdict for verdict in Verdict if verdict is not Verdict.VOID]
"""What a finding may come to: void is only said of one that is gone."""
SOMETIMES_ODD = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.sampled_from(('"', "\\", '":-1', "\x00\x1f\x7f", "提箱", "\u2028", "🚢", "</script>")),
)
HELD = st.dictionaries(st.sampled_from(Party), st.integers(0, 10**7), max_size=4).map(
    lambda held: tuple(held.items())
)


@st.composite
def distorted(draw: st.DrawFn) -> Change:
    """A change of a real story with whatever the wire allows in the place of what was found."""
    change = draw(st.sampled_from(CHANGES))
    finding = change.finding
    reports = tuple(
        msgspec.structs.replace(
            report,
            event_id=draw(st.sampled_from((report.event_id, "e")) | SOMETIMES_ODD),
            facility=draw(st.none() | st.just(report.facility) | SOMETIMES_ODD),
        )
        for report in finding.occurrence.reports
    )
    occurrence = msgspec.structs.replace(finding.occurrence, reports=reports)
    facility = draw(st.none() | SOMETIMES_ODD)
    return Change(
        msgspec.structs.replace(
            finding,
            occurrence=occurrence,
            traits=finding.traits._replace(facility=facility),
            applied=draw(st.just(finding.applied) | st.sampled_from(LIMITS)),
            held=draw(HELD),
            split=draw(HELD),
            verdict=draw(st.sampled_from(FOUND)),
            revision=draw(st.integers(1, 10**9)),
            flags=tuple(draw(st.lists(SOMETIMES_ODD, max_size=3))),
            level=draw(st.sampled_from(Level)) if finding.applied is not None else Level.CALM,
        ),
        gone=draw(st.booleans()),
        was=draw(st.sampled_from(Level)) if finding.applied is not None else Level.CALM,
        was_closed=draw(st.booleans()),
        told=draw(st.booleans()),
    )


LIMITS = [change.finding.applied for change in CHANGES if change.finding.applied is not None][:20]
PLACES = st.lists(
    st.tuples(st.builds(Identity, SOMETIMES_ODD, SOMETIMES_ODD), st.none() | SOMETIMES_ODD),
    max_size=3,
).map(tuple)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(distorted(), max_size=3),
    PLACES,
    st.sampled_from(REASONS),
    st.sampled_from(UnitType),
    SOMETIMES_ODD,
)
def test_whatever_the_wire_allows_is_written_as_the_models_write_it(
    changes: list[Change], moved: Places, reason: Reason | None, kind: UnitType, id: str
) -> None:
    history = History(f"{PORT}/{id}", kind)
    unit = history.unit
    expected = Words.of(
        announce.outcomes(unit, changes, reason),
        announce.alerts(unit, changes, reason),
        announce.fates(unit, PORT, moved),
    )
    assert Voice.of(history.key, kind, reason).words(changes, moved) == expected


def test_all_that_is_drawn_above_does_occur() -> None:
    closed = {change.finding.occurrence.closed_at is not None for change in CHANGES}
    limited = {change.finding.applied is not None for change in CHANGES}
    assert closed == limited == {True, False}
    assert {change.gone for change in CHANGES} == {True, False}
    assert {change.told for change in CHANGES} == {True, False}
    assert {change.finding.level for change in CHANGES} == set(Level)
    assert {len(change.finding.occurrence.reports) for change in CHANGES} >= {1, 2, 3}
    assert {len(change.finding.split) for change in CHANGES} >= {0, 1, 2}


# -- what the models refuse


def first(**wanted: bool) -> Finding:
    found = (change.finding for change in CHANGES)
    return next(f for f in found if (f.occurrence.closed_at is not None) is wanted["closed"])


CLOSED, OPEN = first(closed=True), first(closed=False)
NOBODY = msgspec.structs.replace(CLOSED.occurrence, number=0)
TOO_LATE = int(LATEST.timestamp())
ABSURD: dict[str, tuple[Finding, dict[str, Any]]] = {
    "less than no time": (CLOSED, {"gross_s": -1}),
    "less than no net time": (CLOSED, {"net_s": -1}),
    "held for less than no time": (CLOSED, {"held": ((Party.RAIL, -1),)}),
    "split beyond the whole": (CLOSED, {"split": ((Party.RAIL, 1), (Party.AGENT, -1))}),
    "no revision": (CLOSED, {"revision": 0}),
    "no occurrence": (CLOSED, {"occurrence": NOBODY}),
    "younger than its birth": (OPEN, {"decided_at": OPEN.occurrence.opened_at - 1}),
    "an instant beyond all": (OPEN, {"deadline_at": TOO_LATE}),
    "decided beyond all": (CLOSED, {"decided_at": TOO_LATE}),
    "decided before all": (CLOSED, {"decided_at": -1}),
}


@pytest.mark.parametrize(("finding", "wrong"), ABSURD.values(), ids=ABSURD)
def test_what_a_model_refuses_is_not_said(finding: Finding, wrong: dict[str, Any]) -> None:
    changes = (Change(msgspec.structs.replace(finding, **wrong)),)
    with pytest.raises(ValidationError):
        announce.outcomes(HISTORY.unit, changes)
    with pytest.raises(ValueError, match=r"no outcome can say this|no time|between 1990"):
        Voice.of(KEY, UnitType.CONTAINER).words(changes, ())


def test_a_limit_of_less_than_nothing_is_not_cited() -> None:
    (applied, *_) = LIMITS
    less = Applied(applied.limit, applied.edition, -1)
    changes = (Change(msgspec.structs.replace(CLOSED, applied=less)),)
    for say in (announce.outcomes, announce.alerts):
        with pytest.raises(ValidationError):
            list(say(HISTORY.unit, (msgspec.structs.replace(changes[0], was=Level.BREACHED),)))
    with pytest.raises(ValidationError):
        Voice.of(KEY, UnitType.CONTAINER).words(changes, ())


def test_only_a_limit_raises_an_alert() -> None:
    broken = msgspec.structs.replace(OPEN, applied=None, level=Level.BREACHED)
    with pytest.raises(AssertionError):
        Voice.of(KEY, UnitType.CONTAINER).words((Change(broken),), ())


# -- what it says besides


def test_a_step_that_changes_nothing_is_silent() -> None:
    assert Step(None).words is SILENCE
    assert Step(None, of=HISTORY).words is SILENCE


def test_what_is_counted_of_a_word_is_what_it_says() -> None:
    (change,) = (c for c in CHANGES[:200] if c.finding is CLOSED)
    voice = Voice.of(KEY, UnitType.CONTAINER)
    for gone, verdict in ((False, CLOSED.verdict), (True, Verdict.VOID)):
        said = voice.outcome(Change(change.finding, gone))
        assert (said.verdict, said.key) == (verdict, CLOSED.key.visit_id.encode())
        assert f'"verdict":"{verdict}"'.encode() in said.value


@pytest.mark.parametrize(
    ("kind", "visit_id"), [*product((UnitType.LOT, UnitType.PLACE), (None, "CNLYG/L/1"))]
)
def test_a_fate_is_counted_as_it_is_said(kind: UnitType, visit_id: str | None) -> None:
    (said,) = Voice.of("CNLYG/L", kind).fates(((Identity("s", "e"), visit_id),))
    kept = visit_id is None and kind is not UnitType.PLACE
    assert said.fate is (Fate.KEPT if kept else Fate.JUDGED)
    assert said.key == b"L"
    assert f'"fate":"{said.fate}"'.encode() in said.value


@pytest.mark.parametrize("ids", [("a",), ("a", "b"), ("a", "a"), ("a", "b", "a"), ("a", "a", "a")])
def test_each_event_that_shaped_an_occurrence_is_named_once(ids: tuple[str, ...]) -> None:
    # two feeds may use one id
    report = CLOSED.occurrence.reports[0]
    reports = tuple(msgspec.structs.replace(report, source=f"feed-{n}", event_id=id)
                    for n, id in enumerate(ids))  # fmt: skip
    occurrence = msgspec.structs.replace(CLOSED.occurrence, reports=reports)
    finding = msgspec.structs.replace(CLOSED, occurrence=occurrence)
    history = History(f"{PORT}/L", UnitType.LOT)
    expected = Words.of(announce.outcomes(history.unit, [Change(finding)]))
    assert Voice.of(history.key, UnitType.LOT).words([Change(finding)], ()) == expected
    (said,) = announce.outcomes(history.unit, [Change(finding)])
    assert said.event_ids == tuple(dict.fromkeys(ids))
