"""`duration-by-weight`: a step that has begun counts whole."""

from collections.abc import Callable

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.by_weight import ByWeightLimit

AskFor = Callable[..., Ask]
PULKOVO = ByWeightLimit.model_validate(
    {
        "id": "t", "stage": "air-storage", "kind": "duration-by-weight", "within": "PT30M",
        "up_to_kg": 1000, "step": "PT10M", "step_kg": 500,
    }
)  # fmt: skip


#  kg        1000          1500          2000
#   30 min ---|--- 40 min ---|--- 50 min ---|--- 60 min
@pytest.mark.parametrize(
    ("weight_kg", "minutes"),
    [(0, 30), (999, 30), (1000, 30), (1001, 40), (1500, 40), (1501, 50), (2000, 50), (2001, 60)],
)
def test_each_step_begun_adds_its_time(weight_kg: int, minutes: int, ask: AskFor) -> None:
    assert PULKOVO.allowance(ask(weight_kg=weight_kg), CONTINUOUS) == Allowed(minutes * 60)


def test_a_weight_nobody_stated_has_no_limit(ask: AskFor) -> None:
    assert PULKOVO.allowance(ask(), CONTINUOUS) == Unlimited("weight-unknown")


def test_the_unit_alone_fixes_it() -> None:
    assert PULKOVO.constant
