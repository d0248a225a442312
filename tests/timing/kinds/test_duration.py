"""`duration`: the same time for every unit."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask
from timing.kinds.duration import DurationLimit

AskFor = Callable[..., Ask]


def limit(**more: Any) -> DurationLimit:
    usual = {"id": "t", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    return DurationLimit.model_validate({**usual, **more})


@pytest.mark.parametrize("size_type", ["22G1", "42G1", "L5G1", None])
def test_every_unit_has_the_same_time(size_type: str | None, ask: AskFor) -> None:
    assert limit().allowance(ask(size_type=size_type), CONTINUOUS) == Allowed(1800)


def test_the_unit_alone_fixes_it() -> None:
    assert limit().constant


def test_another_time_holds_for_a_while(ask: AskFor) -> None:
    override = {"reason": "疫情防控", "from": "2026-03-02", "to": "2026-03-02", "within": "PT4H"}
    said = limit(override=[override])
    allowed = [said.allowance(ask(words), CONTINUOUS) for words in ("23:59:59", "day+1 00:00")]
    assert allowed == [Allowed(4 * 3600, ("override",)), Allowed(1800)]


def test_a_bound_of_another_kind_is_no_bound_of_this_one() -> None:
    with pytest.raises(ValueError, match="lead"):
        limit(lead="PT1H")
