"""`notice`: at least so long before arrival, by the journey."""

from collections.abc import Callable

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.notice import NoticeLimit

AskFor = Callable[..., Ask]
HOUR_S = 3600
MANIFEST = NoticeLimit.model_validate(
    {
        "id": "t", "stage": "manifest-notice", "kind": "notice", "journey_over": "PT4H",
        "notice": "PT4H",
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("journey_s", "notice_s"),
    [
        (12 * HOUR_S, 4 * HOUR_S),
        (4 * HOUR_S + 1, 4 * HOUR_S),
        (4 * HOUR_S, 4 * HOUR_S),
        (2 * HOUR_S, 2 * HOUR_S),
    ],
)
def test_a_short_journey_is_declared_before_it_begins(
    journey_s: int, notice_s: int, ask: AskFor
) -> None:
    assert MANIFEST.allowance(ask(journey_s=journey_s), CONTINUOUS) == Allowed(notice_s)


def test_a_journey_of_exactly_that_length_is_a_short_one(ask: AskFor) -> None:
    other = NoticeLimit.model_validate({**MANIFEST.model_dump(), "journey_over": "PT4H",
                                        "notice": "PT2H"})  # fmt: skip
    lengths = (4 * HOUR_S, 4 * HOUR_S + 1)
    allowed = [other.allowance(ask(journey_s=one), CONTINUOUS) for one in lengths]
    assert allowed == [Allowed(4 * HOUR_S), Allowed(2 * HOUR_S)]


def test_a_journey_of_unknown_length_has_no_limit(ask: AskFor) -> None:
    assert MANIFEST.allowance(ask(), CONTINUOUS) == Unlimited("journey-unknown")


def test_it_is_the_kind_where_more_is_better() -> None:
    assert MANIFEST.at_least
    assert MANIFEST.constant
