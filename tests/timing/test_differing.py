"""Differing: what two tellings amount to is judged where it does not look the same in both.

That this is what the long road says is a property (`tests/properties/laws/roads.py`).
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import PORT, box, told
from timing.announce import Change
from timing.brief import Detour
from timing.differing import SAME_PLACES, differing
from timing.observation import observation_of
from timing.roles import parts_of
from timing.rules import Rules
from timing.running import Stay, shared, stated
from timing.telling import Account, Telling, tell
from timing.visits import traits_of, visit_id

KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
}
MOVED = ("08:00 arrived", "09:00 discharged", "10:00 transfer-ordered", "10:20 transfer-ended")


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules("in-yard-transfer PT30M", "unloading PT2H")


def telling(rules: Rules, *sentences: str, first: int = 0) -> Telling:
    """A visit of which all of that was told, each report as far on as its number."""
    facts = [(observation_of(each), n) for n, each in enumerate(told(*sentences, **KNOWN), first)]
    facts.sort(key=lambda fact: fact[0].occurred_at)
    traits = shared(traits_of([report for report, _ in facts]))
    since = facts[0][0].occurred_at
    stay = Stay(
        visit_id(f"{PORT}/{box()}", since), traits,
        parts_of(traits.mode, traits.direction, traits.laden), stated(traits), since,
    )  # fmt: skip
    return tell(Account(facts, stay, {n: r for r, n in facts}), b"", 0, rules, None)


def stages(changes: tuple[Change, ...]) -> dict[str, bool]:
    """The stages that changed, and whether each is gone."""
    return {change.finding.key.stage: change.gone for change in changes}


def test_two_tellings_of_the_same_differ_in_nothing(promised: Rules) -> None:
    one, other = telling(promised, *MOVED), telling(promised, *MOVED)
    assert differing(one, other, SAME_PLACES) == ()


def test_where_nothing_was_told_all_is_new(promised: Rules) -> None:
    found = differing(None, telling(promised, *MOVED), SAME_PLACES)
    assert {"in-yard-transfer", "unloading", "overall-clearance"} <= set(stages(found))


def test_what_one_more_report_changes_is_judged_and_nothing_else(promised: Rules) -> None:
    begun = telling(promised, *MOVED[:3])
    assert stages(differing(begun, telling(promised, *MOVED), SAME_PLACES)) == {
        "in-yard-transfer": False
    }
    assert stages(differing(telling(promised, *MOVED[:3]), telling(promised, *MOVED[:2]), {})) == {
        "in-yard-transfer": True
    }


def test_a_stopped_clock_bears_upon_what_had_not_ended_by_then(promised: Rules) -> None:
    plain = telling(promised, *MOVED)
    held = telling(promised, *MOVED, "10:10 clock-stopped party=customs")
    changed = stages(differing(plain, held, SAME_PLACES))
    assert "in-yard-transfer" in changed
    assert "unloading" not in changed


def test_what_stands_elsewhere_is_the_same_and_another_content_is_not(promised: Rules) -> None:
    one = telling(promised, *MOVED)
    moved = telling(promised, *MOVED, first=5)
    assert differing(one, moved, {n: n + 5 for n in range(len(MOVED))}) == ()
    changed = {**{n: n for n in range(len(MOVED))}, 3: -1}
    later = telling(promised, *MOVED[:3], "10:20 transfer-ended precision=minute")
    assert stages(differing(one, later, changed)) == {"in-yard-transfer": False}


def test_what_it_cannot_judge_it_refuses(rules: Callable[..., Rules]) -> None:
    twice = rules("in-yard-transfer PT30M", "in-yard-transfer PT40M")
    with pytest.raises(Detour):
        differing(None, telling(twice, *MOVED), SAME_PLACES)
