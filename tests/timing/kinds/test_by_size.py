"""`duration-by-size`: by the length of the box."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.by_size import BySizeLimit

AskFor = Callable[..., Ask]


def limit(**more: Any) -> BySizeLimit:
    usual = {
        "id": "t",
        "stage": "unstuffing",
        "kind": "duration-by-size",
        "within_by_size": {"20": "PT2H", "40": "PT3H"},
    }
    return BySizeLimit.model_validate({**usual, **more})


@pytest.mark.parametrize(
    ("size_type", "answer"),
    [
        ("22G1", Allowed(7200)),
        ("25G1", Allowed(7200)),
        ("42G1", Allowed(10_800)),
        ("L5G1", Unlimited(None)),
        ("MKG1", Unlimited(None)),
        (None, Unlimited("size-unknown")),
    ],
)
def test_the_length_code_decides_and_a_length_not_named_has_no_limit(
    size_type: str | None, answer: Allowed | Unlimited, ask: AskFor
) -> None:
    assert limit().allowance(ask(size_type=size_type), CONTINUOUS) == answer


def test_a_45_foot_box_has_one_where_it_is_named(ask: AskFor) -> None:
    said = limit(within_by_size={"45": "PT4H"})
    assert said.allowance(ask(size_type="L5G1"), CONTINUOUS) == Allowed(14_400)


@pytest.mark.parametrize("sizes", [{}, {"30": "PT1H"}])
def test_it_names_some_length_that_there_is(sizes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="within_by_size"):
        limit(within_by_size=sizes)


def test_other_times_hold_for_a_while(ask: AskFor) -> None:
    override = {"reason": "x", "from": "2026-03-01", "within_by_size": {"20": "PT5H"}}
    said = limit(override=[override])
    assert said.allowance(ask(size_type="22G1"), CONTINUOUS) == Allowed(18_000, ("override",))
    assert said.allowance(ask(size_type="42G1"), CONTINUOUS) == Unlimited(None)
