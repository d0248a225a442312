"""What every limit has: a stage that exists, overrides by day, and when its allowance is fixed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from timing.calendars import CONTINUOUS
from timing.kinds.ask import Allowed, Ask, Unlimited
from timing.kinds.by_size import BySizeLimit
from timing.kinds.duration import DurationLimit
from timing.kinds.limit import Limit

AskFor = Callable[..., Ask]
Epoch = Callable[[str], int]
MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def limit(*overrides: dict[str, Any], **more: Any) -> DurationLimit:
    usual = {"id": "t", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    written = [{"reason": "fog", "within": "PT1H", **one} for one in overrides]
    return DurationLimit.model_validate({**usual, "override": written, **more})


def test_a_limit_without_words_of_its_own_runs_round_the_clock() -> None:
    assert (limit().words, limit().calendar) == ("", "24x365")


def test_a_stage_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no stage 'box-moves'; did you mean 'box-move'"):
        limit(stage="box-moves")


#            2026-03-02                2026-03-03
#   30 min  |========= 1 h ===========| 30 min
@pytest.mark.parametrize(
    ("opened", "minutes"),
    [("day-1 23:59:59", 30), ("00:00", 60), ("23:59:59", 60), ("day+1 00:00", 30)],
)
def test_an_override_holds_from_its_first_midnight_to_the_end_of_its_last_day(
    opened: str, minutes: int, ask: AskFor
) -> None:
    said = limit({"from": MONDAY, "to": MONDAY}).allowance(ask(opened), CONTINUOUS)
    assert isinstance(said, Allowed)
    assert said.limit_s == minutes * 60
    assert said.flags == (("override",) if minutes == 60 else ())


def test_what_was_in_force_when_the_stage_began_decides(ask: AskFor) -> None:
    said = limit({"from": TUESDAY}).allowance(ask("23:00", closed="day+1 02:00"), CONTINUOUS)
    assert said == Allowed(1800)


def test_an_override_without_an_end_lasts(epoch: Epoch) -> None:
    (override,) = limit({"from": MONDAY}).overrides
    assert override.end is None
    assert override.holds_at(epoch("day+9000 00:00"))
    assert not override.holds_at(epoch("00:00") - 1)


def test_of_several_overrides_the_one_in_force_is_taken(ask: AskFor) -> None:
    said = limit({"from": MONDAY, "to": MONDAY}, {"from": TUESDAY, "within": "PT2H"})
    allowed = [said.allowance(ask(words), CONTINUOUS) for words in ("10:00", "day+1 10:00")]
    assert allowed == [Allowed(3600, ("override",)), Allowed(7200, ("override",))]


def test_an_override_that_allows_nothing_gives_its_own_reason(ask: AskFor) -> None:
    sizes = {"within_by_size": {"20": "PT1H"}}
    override = {**sizes, "reason": "fog", "from": MONDAY}
    said = BySizeLimit.model_validate(
        {"id": "t", "stage": "unstuffing", "kind": "duration-by-size", **sizes}
        | {"override": [override]}
    )
    assert said.allowance(ask(), CONTINUOUS) == Unlimited("size-unknown")


@pytest.mark.parametrize("lacking", ["reason", "from", "within"])
def test_an_override_says_why_since_when_and_how_much(lacking: str) -> None:
    whole = {"reason": "fog", "from": MONDAY, "within": "PT1H"}
    written = {key: value for key, value in whole.items() if key != lacking}
    with pytest.raises(ValueError, match=lacking):
        DurationLimit.model_validate({**limit().model_dump(exclude={"override", "within"}),
                                      "within": "PT1H", "override": [written]})  # fmt: skip


def test_days_are_those_of_the_file() -> None:
    (override,) = limit({"from": MONDAY, "to": TUESDAY}).overrides
    assert (override.first, override.to) == (date(2026, 3, 2), date(2026, 3, 3))
    assert override.model_dump(mode="json", by_alias=True)["from"] == MONDAY


def test_an_allowance_is_fixed_without_overrides_and_by_time_that_never_stands_still() -> None:
    assert limit().constant
    assert not limit({"from": MONDAY}).constant
    assert not limit(calendar="office").constant


def test_every_kind_says_what_it_allows() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Limit(id="t", stage="box-move", kind="none")  # type: ignore[abstract]
