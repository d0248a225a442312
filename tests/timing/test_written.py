"""The small words of an edition file: durations, sizes, days, and the nearest known word."""

from datetime import date

import pytest

from timing.written import Written, clock_text, midnight, nearest, seconds, size_of


@pytest.mark.parametrize(
    ("text", "whole"), [("PT2M", 120), ("PT2H", 7200), ("P1D", 86400), ("PT1H30M", 5400)]
)
def test_a_duration_is_read_as_whole_seconds(text: str, whole: int) -> None:
    assert seconds(text) == whole


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("half an hour", "no ISO 8601 duration; write PT30M"),
        (1800, "no ISO 8601 duration"),
        ("PT0M", "no fixed positive duration"),
        ("P1M", "no fixed positive duration"),
        ("-PT5M", "no fixed positive duration"),
    ],
)
def test_what_has_no_fixed_length_is_no_duration(text: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        seconds(text)


@pytest.mark.parametrize(
    ("size_type", "size"),
    [("22G1", "20"), ("42G1", "40"), ("45R1", "40"), ("L5G1", "45"), ("12G1", None), (None, None)],
)
def test_the_first_sign_of_the_code_is_the_length(size_type: str | None, size: str | None) -> None:
    assert size_of(size_type) == size


def test_a_day_begins_at_midnight_in_china() -> None:
    # 2019-07-14 24:00 +08:00 is 16:00 in UTC
    assert midnight(date(2019, 7, 15)) == 1_563_120_000
    assert midnight(date(2019, 7, 15)) % 86400 == 16 * 3600


@pytest.mark.parametrize(("of_day_s", "text"), [(0, "00:00"), (57_600, "16:00"), (93_600, "26:00")])
def test_a_time_of_day_is_written_by_the_clock(of_day_s: int, text: str) -> None:
    assert clock_text(of_day_s) == text


def test_a_misspelt_key_is_an_error_and_a_table_never_changes() -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        Written.model_validate({"witin": 1})
    with pytest.raises(ValueError, match="frozen"):
        Written().anything = 1  # type: ignore[attr-defined]


def test_the_nearest_known_word_is_offered_if_any_is_near() -> None:
    assert nearest("witin", ["within", "words"], "none") == "did you mean 'within'?"
    assert nearest("lunch", ["within", "words"], "none") == "none"
