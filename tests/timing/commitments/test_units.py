"""Commitments over units: cohorts counted by hand, then by an oracle that shares no code."""

from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.outcomes import Outcome
from events.testing import box, outcome
from events.testing import limit as cited
from events.vocabulary import Category, Direction, Mode
from timing.commitments.facts import Facts
from timing.commitments.measure import Measure
from timing.commitments.period import month
from timing.commitments.promise import Promise
from timing.commitments.units import measures
from timing.kinds.duration import DurationLimit
from timing.kinds.limit import Limit
from timing.visits import Traits

MARCH, APRIL = month("2026-03"), month("2026-04")
READ: TypeAdapter[Any] = TypeAdapter(Promise)


def _limit(**more: Any) -> Limit:
    said = {"id": "test.limit", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    return DurationLimit.model_validate({**said, **more})


LIMITS = {"test.limit": _limit()}


def _promise(**said: Any) -> Any:
    return READ.validate_python({"id": "test.promise", "words": "", **said})


def _share(at_least: float = 0.9, **more: Any) -> Any:
    return _promise(kind="share", of="test.limit", at_least=at_least, **more)


def _mean(**more: Any) -> Any:
    return _promise(**{"kind": "mean", "stage": "box-move", "at_most": "PT30M", **more})


def _unit(number: int, minutes: int | None = 20, verdict: str = "met", **more: Any) -> Outcome:
    """One box, moved from 10:00 on for so many minutes, or still waiting."""
    closed = None if minutes is None else f"{10 + minutes // 60:02}:{minutes % 60:02}"
    usual = {"verdict": verdict, "limit": None if verdict == "no-limit" else cited()}
    return outcome("box-move", "10:00", closed, unit=box(number), **{**usual, **more})


def _found(promise: Any, *outcomes: Outcome, **more: Any) -> Measure:
    (only,) = measures(promise, Facts(outcomes, **more), MARCH, LIMITS)
    return only


def test_a_share_is_met_of_met_and_breached() -> None:
    nine = [_unit(n) for n in range(9)]
    found = _found(_share(), *nine, _unit(9, 40, "breached"))
    assert (found.numerator, found.denominator, found.kept) == (9, 10, True)
    assert found.left_out == {}


def test_one_breach_more_breaks_it() -> None:
    boxes = [_unit(n, 40, "breached") if n < 2 else _unit(n) for n in range(19)]
    found = _found(_share(), *boxes)
    assert (found.numerator, found.denominator, found.kept) == (17, 19, False)


def test_everything_left_out_is_counted_by_its_reason() -> None:
    found = _found(
        _share(),
        _unit(0),
        _unit(1, 90, "excused", held_s={"force-majeure": 4000}),
        _unit(2, None, "open"),
        _unit(3, None, "breached"),
        _unit(4, 200, "breached", flags=("inferred-close",)),
        _unit(5, 30, "no-limit"),
        _unit(6, 30, "no-limit", flags=("size-unknown",)),
        _unit(7, 30, "no-limit", flags=("no-appointment",)),
        _unit(8, 30, "void"),
    )
    assert found.left_out == {
        "excused": 1, "open": 1, "open-over-limit": 1, "inferred-close": 1, "no-limit": 1,
        "size-unknown": 1, "no-appointment": 1,
    }  # fmt: skip
    assert (found.judged, found.cohort) == (1, 8)


def test_a_breach_by_a_timer_is_judged_in_the_month_in_which_it_ends() -> None:
    """Until then it is seen, as open over its limit, and in no share."""
    waiting = _unit(0, None, "breached")
    assert _found(_share(), waiting).left_out == {"open-over-limit": 1}
    ended = _unit(0, 40, "breached", closed_at="2026-04-01T00:00:00+08:00")
    assert _found(_share(), ended).cohort == 0
    (april,) = measures(_share(), Facts((ended,)), APRIL, LIMITS)
    assert (april.judged, april.kept) == (1, False)


def test_a_clamped_end_is_judged_unless_the_edition_leaves_it_out() -> None:
    clamped = _unit(0, 0, "met", flags=("clamped",))
    assert _found(_share(), clamped).judged == 1
    assert _found(_share(leave_out=["clamped"]), clamped).left_out == {"clamped": 1}
    assert _found(_share(leave_out=[]), _unit(0, flags=("inferred-close",))).judged == 1


@pytest.mark.parametrize(
    ("closed", "march", "april"),
    [
        ("2026-03-31T23:59:59+08:00", 1, 0),
        ("2026-04-01T00:00:00+08:00", 0, 1),
        ("2026-03-31T16:00:00Z", 0, 1),
    ],
)
def test_the_month_is_that_of_the_end_at_the_port(closed: str, march: int, april: int) -> None:
    one = _unit(0, 20, "breached", closed_at=closed)
    counts = [measures(_share(), Facts((one,)), of, LIMITS)[0].judged for of in (MARCH, APRIL)]
    assert counts == [march, april]


def test_what_opens_after_the_month_is_not_open_in_it() -> None:
    later = outcome("box-move", "day+30 00:00", verdict="open", limit=cited())
    (before,) = measures(_share(), Facts((later,)), MARCH, LIMITS)
    (after,) = measures(_share(), Facts((later,)), APRIL, LIMITS)
    assert (before.cohort, after.left_out) == (0, {"open": 1})


def test_another_stage_or_limit_is_no_part_of_a_share() -> None:
    other = _unit(1, 40, "breached", limit=cited(id="other.limit"))
    transfer = outcome("in-yard-transfer", "10:00", "10:20", verdict="met", limit=cited())
    found = _found(_share(), _unit(0), transfer, other)
    assert found.judged == 1
    assert found.left_out == {"no-limit": 1}


def test_a_unit_that_two_limits_judge_counts_once_for_each_promise() -> None:
    by_both = [_unit(0, 20, "met"), _unit(0, 20, "breached", limit=cited(id="other.limit"))]
    found = _found(_share(), *by_both)
    assert (found.numerator, found.cohort) == (1, 1)
    assert _found(_mean(), *by_both).cohort == 1


def test_what_is_said_of_another_limit_leaves_no_unit_out() -> None:
    """An override of one limit says nothing of the other that judged the same box."""
    other = _unit(0, 20, "met", limit=cited(id="other.limit"), flags=("override",))
    promise = _share(leave_out=["override"])
    assert _found(promise, _unit(0, 20, "met"), other).left_out == {}
    assert _found(promise, _unit(0, 20, "met", flags=("override",))).left_out == {"override": 1}


def test_what_the_limit_does_not_cover_is_out_of_scope_and_not_left_out() -> None:
    """普货 only: dangerous goods are no part of the promise, and say nothing about it."""
    general = {"test.limit": _limit(categories=["general"])}
    dangerous, plain = _unit(0, 30, "no-limit"), _unit(1)
    traits = Traits(Mode.WATER, Direction.IMPORT, "LPCT", None, True, Category.DANGEROUS)
    facts = Facts((dangerous, plain), (), {dangerous.visit_id: traits})
    (found,) = measures(_share(), facts, MARCH, general)
    assert (found.cohort, found.judged) == (1, 1)


@pytest.mark.parametrize(
    ("scope", "cohort"),
    [
        ({"facilities": ["LPCT"]}, 2),
        ({"facilities": ["LNOCT"]}, 1),
        ({"modes": ["rail"]}, 1),
        ({"directions": ["export"]}, 1),
        ({"directions": ["import", "export"]}, 3),
        ({"laden": True}, 0),
    ],
)
def test_a_promise_speaks_only_of_its_own_scope(scope: dict[str, Any], cohort: int) -> None:
    some = _unit(0), _unit(1, facility="LNOCT", direction="export"), _unit(2, mode="rail")
    assert _found(_share(**scope), *some).cohort == cohort


def test_a_promise_on_nothing_is_not_kept() -> None:
    for empty in (_found(_share()), _found(_share(), _unit(0, None, "open"))):
        assert (empty.value, empty.kept) == (None, None)


def test_a_limit_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"test\.limit"):
        measures(_share(), Facts(), MARCH, {})


def _pickups(at_30: float = 0.6, at_60: float = 0.9, **more: Any) -> Any:
    points = [{"within": "PT30M", "at_least": at_30}, {"within": "PT60M", "at_least": at_60}]
    return _promise(kind="percentile", stage="box-move", points=points, **more)


def test_every_point_of_a_percentile_has_its_own_share() -> None:
    """天津: 30 minutes for 60%, 60 minutes for 90%; both exactly reached by ten boxes."""
    minutes = [5, 10, 20, 25, 29, 30, 31, 45, 60, 61]
    boxes = [_unit(n, m, "no-limit") for n, m in enumerate(minutes)]
    low, high = measures(_pickups(), Facts(tuple(boxes)), MARCH, {})
    assert (low.numerator, low.denominator, low.kept) == (6, 10, True)
    assert (high.numerator, high.denominator, high.kept) == (9, 10, True)
    assert [low.bound.of, high.bound.of] == ["PT30M", "PT1H"]
    slower = measures(_pickups(), Facts((*boxes[1:], _unit(0, 31))), MARCH, {})
    assert [point.kept for point in slower] == [False, True]


def test_held_time_excuses_a_unit_at_the_points_that_only_it_broke() -> None:
    """70 minutes, 30 of them typhoon: over 30 by itself, within 60 only without the typhoon."""
    held = _unit(0, 70, "no-limit", held_s={"force-majeure": 1800})
    low, high = measures(_pickups(), Facts((held,)), MARCH, {})
    assert (low.numerator, low.denominator, low.left_out) == (0, 1, {})
    assert (high.denominator, high.left_out) == (0, {"excused": 1})


def test_own_holds_excuse_nobody() -> None:
    own = _unit(0, 70, "no-limit", held_s={"terminal": 1800})
    _, high = measures(_pickups(), Facts((own,)), MARCH, {})
    assert (high.numerator, high.denominator) == (0, 1)


def test_several_stages_are_counted_together() -> None:
    """送箱或提箱: one share over both."""
    picked = outcome("pickup", "10:00", "10:20", unit=box(0))
    brought = outcome("delivery", "10:00", "11:30", unit=box(1))
    moved = outcome("box-move", "10:00", "11:30", unit=box(2))
    promise = _promise(
        kind="percentile",
        stage=["pickup", "delivery"],
        points=[{"within": "PT60M", "at_least": 0.9}],
    )
    found = _found(promise, picked, brought, moved)
    assert (found.numerator, found.denominator, found.cohort) == (1, 2, 2)


def test_a_mean_is_of_net_seconds() -> None:
    found = _found(
        _mean(),
        _unit(0, 20),
        _unit(1, 40, "breached"),
        _unit(2, 50, "excused", held_s={"customs": 1200}),
        _unit(3, None, "open"),
    )
    assert (found.numerator, found.denominator) == (90 * 60, 3)
    assert (found.value, found.kept) == (Fraction(1800), True)
    assert found.left_out == {"open": 1}


def test_a_mean_is_by_the_clock_whatever_calendar_judged_the_stage() -> None:
    """A limit in working time says net 20 minutes of a stage that took a night."""
    night = _unit(0, 13 * 60, net_s=1200)
    assert _found(_mean(), night).numerator == 13 * 3600


def test_a_second_over_the_mean_breaks_it() -> None:
    assert _found(_mean(), _unit(0, 30), _unit(1, 30)).kept is True
    slow = _unit(1, 30, gross_s=1801, net_s=1801)
    assert _found(_mean(), _unit(0, 30), slow).kept is False


def _blame(party: str = "terminal", at_most: float = 0.02, **more: Any) -> Any:
    of = {} if "stage" in more else {"of": "test.limit"}
    return _promise(kind="blame-share", party=party, at_most=at_most, **of, **more)


def test_a_blame_share_counts_the_breaches_of_one_party_of_all_judged() -> None:
    boxes = [_unit(n) for n in range(98)]
    late = [_unit(n, 40, "breached", answers="terminal") for n in (98, 99)]
    customs = _unit(100, 40, "breached", answers="customs")
    found = _found(_blame(), *boxes, *late, customs)
    assert (found.numerator, found.denominator, found.kept) == (2, 101, True)
    assert _found(_blame("customs"), *boxes, *late, customs).numerator == 1
    more = _unit(101, 40, "breached", answers="terminal")
    assert _found(_blame(), *boxes, *late, more).kept is False


def test_where_all_answer_together_nobody_is_blamed() -> None:
    found = _found(_blame(), _unit(0, 40, "breached", answers="all"), _unit(1, answers="all"))
    assert found.left_out == {"answered-by-all": 2}
    assert found.kept is None


def test_a_blame_share_of_a_stage_takes_any_limit() -> None:
    """A unit in breach of one of two limits is one unit in breach."""
    both = [_unit(0, 40, "met"), _unit(0, 40, "breached", limit=cited(id="other.limit"))]
    found = _found(_blame(stage="box-move"), *both, _unit(1), _unit(2, 20, "no-limit"))
    assert (found.numerator, found.denominator, found.left_out) == (1, 2, {"no-limit": 1})


class _Told(NamedTuple):
    minutes: int | None
    held_s: int
    party: str
    flags: tuple[str, ...]
    day: int


LIMIT_S = 1800
TOLD = st.builds(
    _Told,
    minutes=st.one_of(st.none(), st.integers(0, 90), st.just(30)),
    held_s=st.integers(0, 2400),
    party=st.sampled_from(["terminal", "customs", "force-majeure"]),
    flags=st.sampled_from([(), (), ("inferred-close",), ("minute-precision",)]),
    day=st.integers(0, 60),
)


def _net_s(told: _Told) -> int:
    gross_s = (told.minutes or 0) * 60
    return gross_s - (0 if told.party == "terminal" else min(told.held_s, gross_s))


def _verdict(told: _Told) -> str:
    if told.minutes is None:
        return "open"
    if _net_s(told) > LIMIT_S:
        return "breached"
    return "excused" if told.minutes * 60 > LIMIT_S else "met"


def _judged(number: int, told: _Told) -> Outcome:
    opened = f"day+{told.day} 10:00"
    minutes = told.minutes
    closed = None
    held_s = 0
    if minutes is not None:
        closed = f"day+{told.day} {10 + minutes // 60:02}:{minutes % 60:02}"
        held_s = min(told.held_s, minutes * 60)
    return outcome(
        "box-move", opened, closed, unit=box(number), verdict=_verdict(told), limit=cited(),
        flags=told.flags, held_s={told.party: held_s},
    )  # fmt: skip


def _oracle(told: list[_Told]) -> tuple[int, int, dict[str, int]]:
    """Days 0 to 29 after 2 March are in March."""
    met = judged = 0
    reasons: dict[str, int] = {}
    for one in told:
        if one.day > 29:
            continue
        verdict = _verdict(one)
        if one.minutes is not None and "inferred-close" in one.flags:
            verdict = "inferred-close"
        if verdict in ("met", "breached"):
            judged += 1
            met += verdict == "met"
        else:
            reasons[verdict] = reasons.get(verdict, 0) + 1
    return met, judged, reasons


@given(st.lists(TOLD, max_size=30))
def test_the_share_is_what_counting_by_hand_gives(told: list[_Told]) -> None:
    found = _found(_share(), *(_judged(n, one) for n, one in enumerate(told)))
    met, judged, reasons = _oracle(told)
    assert (found.numerator, found.judged, dict(found.left_out)) == (met, judged, reasons)
    assert found.kept is (None if judged == 0 else met * 10 >= judged * 9)
    assert found.cohort == sum(one.day <= 29 for one in told)


@given(st.lists(TOLD, max_size=30), st.floats(0.01, 1).map(lambda share: round(share, 2)))
def test_a_percentile_of_one_point_is_the_share_of_a_limit_of_that_time(
    told: list[_Told], at_least: float
) -> None:
    outcomes = tuple(_judged(n, one) for n, one in enumerate(told))
    one_point = _promise(
        kind="percentile", stage="box-move", points=[{"within": "PT30M", "at_least": at_least}]
    )
    by_limit, by_point = _found(_share(at_least), *outcomes), _found(one_point, *outcomes)
    assert by_limit.left_out == by_point.left_out
    assert (by_limit.numerator, by_limit.judged) == (by_point.numerator, by_point.judged)
    assert by_limit.kept is by_point.kept


@given(st.lists(TOLD, max_size=30))
def test_the_mean_is_the_sum_over_the_number(told: list[_Told]) -> None:
    found = _found(_mean(), *(_judged(n, one) for n, one in enumerate(told)))
    times = [
        _net_s(one)
        for one in told
        if one.day <= 29 and one.minutes is not None and "inferred-close" not in one.flags
    ]
    assert (found.numerator, found.judged) == (sum(times), len(times))
    assert found.kept is (None if not times else sum(times) <= 1800 * len(times))


@given(st.lists(TOLD, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_outcomes_does_not_matter(told: list[_Told], random: Any) -> None:
    outcomes = [_judged(n, one) for n, one in enumerate(told)]
    shuffled = list(outcomes)
    random.shuffle(shuffled)
    assert _found(_share(), *outcomes) == _found(_share(), *shuffled)
