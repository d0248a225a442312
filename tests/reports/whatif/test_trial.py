"""A trial of one unit: it says of each side what that side says alone."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from events.testing import told as said
from events.vocabulary import UnitType, Verdict
from reports.whatif.beside import beside
from reports.whatif.testing import drafted, drawn, in_force, lines
from reports.whatif.trial import Law, Tried, law_of, limits_of, over_s, tried, worst
from timing.editions import Edition
from timing.finding import Finding
from timing.findings import find
from timing.hearing import Hearing
from timing.limits import Register
from timing.observation import Observation, observation_of
from timing.patience import DAY_S
from timing.places import closures_of
from timing.rules import Rules
from timing.testing import START

Reports = tuple[Observation, ...]
OLD, DRAFT = in_force(), drafted()
"""Both have limits of every kind, some that flag what they cannot judge, and an override."""


def _without_flags(edition: Edition) -> Edition:
    plain = [one for one in edition.limit if one.kind == "duration" and not one.overrides]
    return edition.model_copy(update={"limit": tuple(plain), "commitment": ()})


PLAIN = [(_without_flags(OLD), _without_flags(drafted(factor))) for factor in (0.5, 1.3)]
PAIRS = [(OLD, DRAFT), (OLD, drafted(1.4)), *PLAIN, (PLAIN[0][0], DRAFT), (OLD, PLAIN[0][1])]
NONE = Rules(Register(()))
SEEDS = st.integers(0, 2**32)


def _heard(story_lines: list[bytes]) -> Hearing:
    hearing = Hearing()
    for number, line in enumerate(story_lines, start=1):
        hearing.hear(line, number)
    hearing.settle()
    return hearing


def _law(pair: tuple[Edition, Edition], hearing: Hearing, watermark: int) -> Law:
    old, draft = pair
    rules = NONE.under(closures_of(hearing.places()))
    return law_of(beside(draft, [old]), rules, watermark)


def _alone(key: str, reports: Reports, rules: Rules, law: Law) -> dict[object, list[object]]:
    found: dict[object, list[Finding]] = {}
    for one in find(key, reports, rules, law.watermark).by_key.values():
        if one.key.stage in law.stages:
            found.setdefault(_which(one), []).append(one)
    return {which: _contents(same) for which, same in found.items()}


def _contents(findings: Iterable[Finding]) -> list[object]:
    return [_content(one) for one in sorted(findings, key=lambda one: one.key)]


def _which(one: Finding) -> object:
    return one.key.visit_id, one.key.stage, one.key.occurrence


def _content(one: Finding) -> object:
    return one.key, structs.asdict(one)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.integers(0, len(PAIRS) - 1), st.integers(0, 6))
def test_each_side_says_what_it_says_alone(seed: int, pair: int, days: int) -> None:
    hearing = _heard(lines(drawn(Random(seed), boxes=4)))
    law = _law(PAIRS[pair], hearing, START + days * DAY_S)
    for key, told in hearing.units.items():
        if told.type is UnitType.PLACE:
            continue
        reports = tuple(told.reports)
        found = tried(key, reports, law)
        for rules, side in zip((law.current, law.draft), Tried._fields, strict=True):
            mine = {_which(one.first): _contents(getattr(one, side)) for one in found}
            assert mine == _alone(key, reports, rules, law), side


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, len(PAIRS) - 1))
def test_a_unit_that_begins_nothing_compared_has_nothing_to_compare(seed: int, pair: int) -> None:
    rng, (old, draft) = Random(seed), PAIRS[pair]
    few = (draft.limit[rng.randrange(len(draft.limit))],)
    draft = draft.model_copy(update={"limit": few, "commitment": ()})
    laid = beside(draft, [old.model_copy(update={"limit": few, "commitment": ()})])
    hearing = _heard(lines(drawn(rng, boxes=4)))
    law = law_of(laid, NONE, START + 9 * DAY_S)
    for key, told in hearing.units.items():
        begun = any(report.kind in laid.openers for report in told.reports)
        if told.type is not UnitType.PLACE and not begun:
            assert tried(key, tuple(told.reports), law) == []


def _tried(*words: str, pair: tuple[Edition, Edition] = PLAIN[0]) -> list[Tried]:
    reports = tuple(observation_of(one) for one in said("08:00 gated-in", *words))
    law = _law(pair, Hearing(), START + DAY_S)
    return [
        one
        for one in tried(f"CNLYG/{said('08:00 gated-in')[0].unit.id}", reports, law)
        if one.first.key.stage == "box-move"
    ]


def test_a_time_between_two_limits_is_judged_by_both() -> None:
    """The draft has half of 30 minutes."""
    [one] = _tried("10:00 move-ordered", "10:20 move-ended")
    assert (worst(one.current), worst(one.draft)) == (Verdict.MET, Verdict.BREACHED)
    sides = [{f.key.limit_id: over_s(f) for f in side} for side in one]
    assert [side["box-move"] for side in sides] == [-10 * 60, 5 * 60]


def test_what_no_limit_can_judge_is_told_once() -> None:
    """The truck left without the box, so neither limit on the pickup was kept or broken."""
    pickup = next(one for one in OLD.limit if one.stage == "pickup")
    twice = (pickup, pickup.model_copy(update={"id": "again"}))
    pair = (OLD.model_copy(update={"limit": twice, "commitment": ()}), PLAIN[0][1])
    words = ("08:00 discharged", "10:00 truck-arrived", "10:10 truck-departed")
    story = said(*words, mode="water", direction="import", cargo={"laden": True})
    reports = tuple(map(observation_of, story))
    found = tried(f"CNLYG/{story[0].unit.id}", reports, _law(pair, Hearing(), START + DAY_S))
    [one] = [one for one in found if one.first.key.stage == "pickup"]
    assert [f.verdict for f in one.current] == [Verdict.NO_LIMIT]


def test_no_limit_is_over_by_nothing() -> None:
    [old, draft] = PLAIN[0]
    pair = (old.model_copy(update={"limit": ()}), draft)
    [one] = _tried("10:00 move-ordered", "10:20 move-ended", pair=pair)
    assert (worst(one.current), worst(one.draft)) == (Verdict.NO_LIMIT, Verdict.BREACHED)
    assert over_s(one.current[0]) == 0
    assert list(limits_of(one.current)) == []


def test_a_notice_is_over_by_what_it_lacks() -> None:
    """A journey of nine hours asks for notice four hours ahead; the draft for eight."""
    reports = tuple(
        map(observation_of, said("08:00 manifest-declared", "13:00 arrived", journey_s=32_400))
    )
    longer = drafted().limit[[one.kind for one in DRAFT.limit].index("notice")]
    eight = longer.model_copy(update={"notice": 8 * 3600})
    pair = (OLD, DRAFT.model_copy(update={"limit": (eight,), "commitment": ()}))
    key = f"CNLYG/{said('08:00 arrived')[0].unit.id}"
    found = tried(key, reports, _law(pair, Hearing(), START + DAY_S))
    [one] = [one for one in found if one.first.key.stage == "manifest-notice"]
    assert (worst(one.current), worst(one.draft)) == (Verdict.MET, Verdict.BREACHED)
    assert [over_s(f) for f in (*one.current, *one.draft)] == [-3600, 3 * 3600]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["met", "breached", "excused"], "breached"),
        (["met", "excused", "no-limit"], "excused"),
        (["no-limit", "met", "open"], "met"),
        (["no-limit", "open"], "open"),
        (["no-limit"], "no-limit"),
        ([], "no-limit"),
    ],
)
def test_the_worst_verdict_stands_for_all(verdicts: list[str], expected: str) -> None:
    class Said:
        def __init__(self, verdict: str) -> None:
            self.verdict = Verdict(verdict)

    assert worst(list(map(Said, verdicts))) == Verdict(expected)  # type: ignore[arg-type]
