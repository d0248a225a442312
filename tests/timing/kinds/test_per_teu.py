"""`duration-per-teu`: a 40-foot box is two, and gets twice the time."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.duration import DurationLimit
from timing.kinds.per_teu import PerTeuLimit

AskFor = Callable[..., Ask]
JOINT = "unstuffing-and-restuffing"


def limit(**more: Any) -> PerTeuLimit:
    usual = {"id": "t", "stage": JOINT, "kind": "duration-per-teu", "within": "PT3H"}
    return PerTeuLimit.model_validate({**usual, "teu": {"20": 1, "40": 2}, **more})


@pytest.mark.parametrize(
    ("size_type", "answer"),
    [
        ("22G1", Allowed(10_800)),
        ("45G1", Allowed(21_600)),
        ("L5G1", Unlimited(None)),
        (None, Unlimited("size-unknown")),
    ],
)
def test_the_time_grows_with_the_standard_boxes(
    size_type: str | None, answer: Allowed | Unlimited, ask: AskFor
) -> None:
    assert limit().allowance(ask(size_type=size_type), CONTINUOUS) == answer


def test_a_part_of_a_standard_box_counts_exactly(ask: AskFor) -> None:
    said = limit(teu={"45": 2.25})
    assert said.allowance(ask(size_type="L5G1"), CONTINUOUS) == Allowed(24_300)


def test_three_hours_a_teu_are_not_three_hours_a_box(ask: AskFor) -> None:
    per_box = {"id": "t", "stage": JOINT, "kind": "duration", "within": "PT3H"}
    box = DurationLimit.model_validate(per_box)
    both = [one.allowance(ask(size_type="42G1"), CONTINUOUS) for one in (limit(), box)]
    assert both == [Allowed(21_600), Allowed(10_800)]


@pytest.mark.parametrize("teu", [{}, {"20": 0}, {"20": -1}, {"40": 20}])
def test_a_box_counts_for_something(teu: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="teu"):
        limit(teu=teu)
