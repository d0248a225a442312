"""`listed`: in the table without a time; measured, never judged."""

from collections.abc import Callable

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Ask, Unlimited
from timing.kinds.listed import ListedLimit

LISTED = {"id": "t", "stage": "inspection", "kind": "listed"}


def test_nothing_was_promised_and_that_is_said(ask: Callable[..., Ask]) -> None:
    limit = ListedLimit.model_validate(LISTED)
    assert limit.allowance(ask(), CONTINUOUS) == Unlimited("listed")
    assert limit.constant


@pytest.mark.parametrize("key", ["within", "override"])
def test_it_has_no_bound_to_set_or_to_override(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        ListedLimit.model_validate({**LISTED, key: "PT1H"})
