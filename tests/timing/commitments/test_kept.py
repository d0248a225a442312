"""Kept: every point must hold, and what is on nothing is kept by nobody."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from events.outcomes import Outcome
from events.testing import box, outcome
from timing.calls import Call
from timing.commitments.facts import Facts
from timing.commitments.kept import kept
from timing.commitments.period import month
from timing.commitments.promise import Promise

MARCH = month("2026-03")
READ: TypeAdapter[Any] = TypeAdapter(Promise)
POINTS = [{"within": "PT30M", "at_least": 0.6}, {"within": "PT60M", "at_least": 0.9}]
PICKUP = {"id": "p", "words": "", "kind": "percentile", "stage": "pickup", "points": POINTS}
RATE = {"id": "r", "words": "", "kind": "rate", "lifts": "per-call", "at_least": 22}


def _facts(*minutes: int) -> Facts:
    closed = [f"{10 + m // 60:02}:{m % 60:02}" for m in minutes]
    return Facts(tuple(outcome("pickup", "10:00", at, unit=box(n)) for n, at in enumerate(closed)))


@pytest.mark.parametrize(
    ("minutes", "holds"),
    [
        ((30, 30, 30, 30, 30, 30, 60, 60, 60, 61), True),
        ((30, 30, 30, 30, 30, 31, 60, 60, 60, 60), False),
        ((30, 30, 30, 30, 30, 30, 60, 60, 61, 61), False),
        ((), None),
    ],
)
def test_a_percentile_is_kept_when_every_point_is(
    minutes: tuple[int, ...], holds: bool | None
) -> None:
    promise = READ.validate_python(PICKUP)
    found = kept(promise, _facts(*minutes), MARCH)
    assert found.kept is holds
    assert (found.promise, found.period, len(found.measures)) == (promise, MARCH, 2)


def test_a_point_on_nothing_leaves_the_promise_open_and_a_broken_one_breaks_it() -> None:
    """70 minutes, 30 of them typhoon: nobody is left to judge at 60 minutes."""
    (late,) = _facts(70).outcomes
    assert isinstance(late, Outcome)
    saved = late.model_copy(update={"held_s": {"force-majeure": 1800}})
    broken = kept(READ.validate_python(PICKUP), Facts((saved,)), MARCH)
    assert ([m.kept for m in broken.measures], broken.kept) == ([False, None], False)
    loose = {**PICKUP, "points": [{"within": "PT10H", "at_least": 0.5}, POINTS[1]]}
    one = {**PICKUP, "points": [{"within": "PT41M", "at_least": 0.5}]}
    assert kept(READ.validate_python(one), Facts((saved,)), MARCH).kept is None
    with pytest.raises(ValueError, match="points must rise"):
        READ.validate_python(loose)


def test_calls_are_judged_as_calls() -> None:
    call = Call(
        "CNLYG", None, "V1", None, None, None, MARCH.begins_at, MARCH.begins_at + 3600,
        MARCH.begins_at + 3600, 22, (), (),
    )  # fmt: skip
    found = kept(READ.validate_python(RATE), Facts(calls=(call,)), MARCH)
    assert found.kept is True
    assert kept(READ.validate_python(RATE), Facts(), MARCH).kept is None
