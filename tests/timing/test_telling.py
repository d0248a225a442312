"""Telling: a visit told from anywhere comes to what it comes to from its first report on.

That each telling is what the long road finds is a property (`tests/properties/laws/roads.py`).
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import PORT, at, box, told
from timing.brief import Detour
from timing.engine import Rules
from timing.limits import Register
from timing.observation import observation_of
from timing.roles import parts_of
from timing.running import SIZE, Stay, shared, stated, turns_in
from timing.stages import STAGES
from timing.telling import Account, Telling, alike, tell
from timing.visits import traits_of, visit_id

RULES = Rules(Register(()))
KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
}
STORY = (
    "08:00 arrived", "09:00 discharged", "10:00 transfer-ordered", "10:05 transfer-started",
    "10:20 transfer-ended", "10:30 inspection-ordered", "10:40 inspection-scheduled at=15:00",
    "10:50 positioned", "11:00 declaration-accepted", "12:00 released", "13:00 gated-out",
)  # fmt: skip


def account(*sentences: str, left_out: int = -1) -> Account:
    """The account of a visit, of which one report was not told yet."""
    reports = [observation_of(each) for each in told(*sentences, **KNOWN)]
    facts = [(report, n) for n, report in enumerate(reports) if n != left_out]
    traits = shared(traits_of([report for report, _ in facts]))
    since = facts[0][0].occurred_at
    stay = Stay(
        visit_id(f"{PORT}/{box()}", since), traits,
        parts_of(traits.mode, traits.direction, traits.laden), stated(traits), since,
    )  # fmt: skip
    return Account(facts, stay, {n: report for report, n in facts})


def also(prior: Telling, whole: Account, place: int) -> Account:
    """The account of a prior telling, with the report that was left out."""
    facts = prior.account.facts.copy()
    facts.insert(place, whole.facts[place])
    return whole._replace(facts=facts)


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def in_the_end(telling: Telling) -> tuple[Any, ...]:
    visit = telling.visit
    fields = ("running", "done", "turns", "seen", "soonest", "last_at", "closed_at", "booked")
    return (*(getattr(visit, name) for name in fields), telling.became)


def shared_with(prior: Telling, found: Telling) -> int:
    """Before how many of its reports a visit was noted once for both tellings."""
    return sum(one is other for one, other in zip(prior.before, found.before, strict=False))


@pytest.mark.parametrize("place", range(1, len(STORY)))
def test_from_anywhere_it_comes_to_the_same(place: int) -> None:
    whole = account(*STORY)
    prior = tell(account(*STORY, left_out=place), b"", 0, RULES, None)
    before = in_the_end(prior)
    found = tell(also(prior, whole, place), b"", 0, RULES, prior)
    assert in_the_end(found) == in_the_end(tell(whole, b"", 0, RULES, None))
    assert in_the_end(prior) == before, "a telling that others begin from must stay as it is"


@pytest.mark.plain
def test_what_begins_alike_is_not_told_again() -> None:
    whole = account(*STORY)
    prior = tell(account(*STORY, left_out=8), b"", 0, RULES, None)
    found = tell(also(prior, whole, 8), b"", 0, RULES, prior)
    assert shared_with(prior, found) == 8
    assert len(found.before) == len(STORY)
    assert shared_with(prior, tell(whole, b"", 0, RULES, None)) == 0


def test_a_visit_of_other_traits_is_told_from_its_beginning() -> None:
    whole = account(*STORY)
    empty = whole.stay.traits._replace(laden=False)
    other = Stay(whole.stay.visit_id, empty, whole.stay.parts, True, whole.stay.since)
    assert not alike(whole.stay, other)
    prior = tell(account(*STORY, left_out=8), b"", 0, RULES, None)
    found = tell(also(prior, whole, 8)._replace(stay=other), b"", 0, RULES, prior)
    assert shared_with(prior, found) == 0


PLAIN = ("08:00 arrived", "09:00 discharged")


def test_a_plain_visit_leaves_nothing_to_the_law() -> None:
    assert tell(account(*STORY), b"", 0, RULES, None).rest is None


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ("10:00 clock-stopped", set[str]()),
        ("10:00 stuffing-started", {"restuffing"}),
        ("07:00 declaration-accepted", {"unloading", "clearance-preparation",
                                        "customs-clearance", "release-time"}),
    ],
)  # fmt: skip
def test_what_it_cannot_say_is_left_to_the_law(more: str, left: set[str]) -> None:
    found = tell(account(*sorted((*PLAIN, more))), b"", 0, RULES, None)
    assert found.rest is not None
    assert {o.stage.id for o in found.rest.left.values()} == left
    running = found.visit.running
    begun = {STAGES[running[place]].id for place in range(0, len(running), SIZE)}
    assert begun & {"restuffing", "overall-clearance", *left} == {"overall-clearance"} - left


def test_a_turn_before_its_predecessor_is_said_by_the_law() -> None:
    found = tell(account(PLAIN[0], "08:30 declaration-accepted", PLAIN[1]), b"", 0, RULES, None)
    assert [since for _, since in turns_in(found.visit.turns)] == [epoch("09:00")] * 2


def test_the_unit_that_is_gone_before_it_came_cannot_be_told() -> None:
    with pytest.raises(Detour):
        tell(account("07:00 gated-out", *PLAIN), b"", 0, RULES, None)


def test_what_is_due_since_a_prior_telling_is_looked_at_anew(rules: Callable[..., Rules]) -> None:
    promised = rules("in-yard-transfer PT30M")
    whole = account(*STORY[:3], "10:01 declared")
    prior = tell(whole._replace(facts=whole.facts[:3]), b"", 0, promised, None)
    later = tell(whole, b"", prior.visit.soonest, promised, prior)
    assert later.visit.soonest > prior.visit.soonest
    afresh = tell(whole, b"", prior.visit.soonest, promised, None)
    assert in_the_end(later) == in_the_end(afresh)
