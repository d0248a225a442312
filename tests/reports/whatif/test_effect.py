"""Effects: worked by hand, sums that add up, and ranks of what was used."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import box, told
from events.vocabulary import Verdict
from reports.whatif.beside import Beside, beside
from reports.whatif.effect import ALL, Effect, Effects, Row, count, joined, kept_percent
from reports.whatif.testing import drafted, in_force
from reports.whatif.trial import law_of, tried
from timing.commitments.period import month
from timing.editions import Edition
from timing.limits import Register
from timing.observation import observation_of, unit_key
from timing.patience import DAY_S
from timing.rules import Rules
from timing.testing import START

MARCH = month("2026-03")
MET, BREACHED, NONE = Verdict.MET, Verdict.BREACHED, Verdict.NO_LIMIT


def _one(edition: Edition, minutes: int, id: str = "move") -> Edition:
    """Box-moves and nothing else."""
    limit = next(one for one in edition.limit if one.id == "box-move")
    limit = limit.model_copy(update={"within": minutes * 60, "id": id})
    return edition.model_copy(update={"limit": (limit,), "commitment": ()})


OLD, DRAFT = _one(in_force(), 30), _one(drafted(), 20)


def _effects(found: Beside, *stories: tuple[str, ...]) -> Effects:
    law = law_of(found, Rules(Register(())), START + 60 * DAY_S)
    effects: Effects = {}
    for number, words in enumerate(stories):
        story = told("08:00 gated-in", *words, unit=box(number))
        reports = tuple(map(observation_of, story))
        count(effects, tried(unit_key(story[0]), reports, law), MARCH)
    return effects


def _move(minutes: int, day: str = "") -> tuple[str, ...]:
    return f"{day}10:00 move-ordered", f"{day}10:{minutes:02} move-ended"


def test_what_a_draft_breaks_is_told_apart_from_what_was_broken_before() -> None:
    effects = _effects(beside(DRAFT, [OLD]), _move(10), _move(20), _move(25), _move(40))
    effect = effects[Row("draft", "box-move", "move")]
    assert effect.shifts == {(MET, MET): 2, (MET, BREACHED): 1, (BREACHED, BREACHED): 1}
    assert (effect.judged, effect.newly, effect.relieved) == (4, 1, 0)
    assert (effect.now(BREACHED), effect.then(BREACHED)) == (1, 2)
    assert effect.breakers == {"terminal": 1}


def test_a_longer_limit_spares() -> None:
    effects = _effects(beside(_one(drafted(), 60), [OLD]), _move(10), _move(40), _move(59))
    effect = effects[ALL]
    assert effect.shifts == {(MET, MET): 1, (BREACHED, MET): 2}
    assert (effect.newly, effect.relieved, effect.breakers) == (0, 2, {})


def test_the_same_edition_again_changes_nothing() -> None:
    effects = _effects(beside(_one(drafted(), 30), [OLD]), *map(_move, range(0, 60, 7)))
    assert {now is then for now, then in effects[ALL].shifts} == {True}
    assert effects[ALL].judged == 9


def test_what_ended_elsewhere_in_time_is_not_counted() -> None:
    effects = _effects(beside(DRAFT, [OLD]), _move(25), _move(25, "day+29 "), _move(25, "day+30 "))
    assert effects[ALL].judged == 2, "the third ended in April"
    assert effects[ALL].open_n == 0


def test_what_had_begun_by_the_end_of_the_time_and_not_ended_is_open() -> None:
    over_the_end = ("day+29 23:50 move-ordered", "day+30 00:30 move-ended")
    began_later = ("day+30 00:00 move-ordered",)
    never = ("10:00 move-ordered",)
    on_the_stroke = ("day+29 23:50 move-ordered", "day+30 00:00 move-ended")
    effects = _effects(beside(DRAFT, [OLD]), over_the_end, began_later, never, on_the_stroke)
    assert effects[ALL] == Effect(open_n=3)
    assert effects[Row("draft", "box-move", "move")].open_n == 3


def test_what_only_the_draft_judges_has_no_verdict_now() -> None:
    effects = _effects(beside(DRAFT, []), _move(10), _move(25))
    assert effects[ALL].shifts == {(NONE, MET): 1, (NONE, BREACHED): 1}
    assert effects[ALL].newly == 1


def test_what_the_draft_leaves_out_is_told_under_the_limit_that_judges_it_now() -> None:
    bare = DRAFT.model_copy(update={"limit": ()})
    effects = _effects(beside(bare, [OLD]), _move(10), _move(40))
    assert set(effects) == {ALL, Row("current", "box-move", "move")}
    assert effects[Row("current", "box-move", "move")].shifts == {
        (MET, NONE): 1,
        (BREACHED, NONE): 1,
    }
    assert effects[ALL].relieved == 1


def test_two_limits_on_one_piece_of_work_are_two_lines_and_one_unit() -> None:
    wide, tight = _one(drafted(), 60, "wide"), _one(drafted(), 20, "tight")
    both = wide.model_copy(update={"limit": (*wide.limit, *tight.limit)})
    effects = _effects(beside(both, [OLD]), _move(25))
    assert effects[Row("draft", "box-move", "wide")].shifts == {(MET, MET): 1}
    assert effects[Row("draft", "box-move", "tight")].shifts == {(MET, BREACHED): 1}
    assert effects[ALL].shifts == {(MET, BREACHED): 1}


def test_how_much_of_an_allowance_was_used_is_rounded_up_to_whole_per_cents() -> None:
    used = _effects(beside(DRAFT, [OLD]), _move(1), _move(10), _move(20), _move(25))
    effect = used[Row("draft", "box-move", "move")]
    assert effect.used_pct == {5: 1, 50: 1, 100: 1, 125: 1}
    odd = _effects(beside(_one(drafted(), 7), [OLD]), _move(7), _move(8))
    assert odd[Row("draft", "box-move", "move")].used_pct == {100: 1, 115: 1}


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.integers(1, 100))
def test_used_is_the_nearest_rank(parts: list[int], per_cent: int) -> None:
    effect = Effect(used_pct=Counter(parts))
    expected = sorted(parts)[-(-per_cent * len(parts) // 100) - 1]
    assert effect.used(per_cent) == expected


def test_of_nothing_nothing_was_used_and_nothing_kept() -> None:
    assert Effect().used(50) is None
    assert kept_percent(0, 0) is None


@pytest.mark.parametrize(
    ("met", "broken", "share"), [(2, 1, "66.67"), (1, 0, "100.00"), (0, 3, "0.00"), (1, 7, "12.50")]
)
def test_a_share_is_of_what_was_kept_or_broken(met: int, broken: int, share: str) -> None:
    assert str(kept_percent(met, broken)) == share


def test_parts_of_the_units_sum_to_the_whole() -> None:
    found = beside(DRAFT, [OLD])
    stories = [*map(_move, range(5, 60, 9)), ("10:00 move-ordered",)]
    parts = [_effects(found, story) for story in stories]
    assert joined(parts) == _effects(found, *stories)
