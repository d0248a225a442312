"""Sentences: a time, a kind and fields, as people write them; everything else is told apart."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import Event
from events.sentences import Sentence, read_moment, read_sentence
from events.vocabulary import Kind

MIDNIGHT = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))


def instant(hours: float) -> datetime:
    return (MIDNIGHT + timedelta(hours=hours)).astimezone(UTC)


def fields(words: str) -> dict[str, Any]:
    return read_sentence(f"10:00 positioned {words}", MIDNIGHT).fields


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("10:00 positioned", Sentence(instant(10), "positioned", {})),
        ("day+1 09:30 gated out", Sentence(instant(33.5), "gated-out", {})),
        ("  day-2  00:00   gated-out ", Sentence(instant(-48), "gated-out", {})),
        ("11:00 tick", Sentence(instant(11), "tick", {})),
        (
            "11:00 clock-stopped party=customs reason=typhoon",
            Sentence(instant(11), "clock-stopped", {"party": "customs", "reason": "typhoon"}),
        ),
    ],
)
def test_a_sentence_is_a_time_a_kind_and_fields(sentence: str, read: Sentence) -> None:
    assert read_sentence(sentence, MIDNIGHT) == read
    assert read_sentence(sentence, MIDNIGHT).moment.tzinfo is UTC


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_told_with_blanks_or_with_hyphens(kind: Kind) -> None:
    for spelling in (kind.value, kind.value.replace("-", " ")):
        assert read_sentence(f"10:00 {spelling} party=customs", MIDNIGHT).kind == kind


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("at=14:00", {"at": instant(14)}),
        ("at=day+1 09:00 party=consignee", {"at": instant(33), "party": "consignee"}),
        ("at=18:00 until=day+1 02:00", {"at": instant(18), "until": instant(26)}),
        ("recorded_at=12:00:30", {"recorded_at": instant(12 + 30 / 3600)}),
        ("journey_s=17400", {"journey_s": 17400}),
        ("weight_kg=1500 laden=no", {"cargo": {"weight_kg": 1500, "laden": False}}),
        ("size_type=45R1 category=reefer", {"cargo": {"size_type": "45R1", "category": "reefer"}}),
        ("advance=yes", {"customs": {"advance": True}}),
        ("truck=苏G12345 voyage=026W", {"refs": {"truck": "苏G12345", "voyage": "026W"}}),
        ("facility=石岛新港 spot=B1", {"place": {"facility": "石岛新港", "spot": "B1"}}),
        ("stages=box-move,pickup", {"scope": {"stages": ["box-move", "pickup"]}}),
        (
            "categories=reefer modes=water,rail",
            {"scope": {"categories": ["reefer"], "modes": ["water", "rail"]}},
        ),
        ("unit=place/LPCT", {"unit": {"type": "place", "id": "LPCT"}}),
        ('reason="no crane, at=10:00"', {"reason": "no crane, at=10:00"}),
        ("retracts=e3 mode=air direction=export", {
            "retracts": "e3", "mode": "air", "direction": "export",
        }),
    ],
)  # fmt: skip
def test_fields_are_read_into_the_form_of_the_wire(words: str, read: dict[str, Any]) -> None:
    assert fields(words) == read


def test_what_a_sentence_says_the_envelope_accepts() -> None:
    said = read_sentence(
        "09:00 suspension-declared unit=place/LPCT facility=LPCT port=CNLYG mode=water "
        "party=force-majeure stages=pickup categories=reefer event_id=e1 source=office "
        'recorded_at=day+1 08:00 reason="fog in the channel" laden=yes weight_kg=1 until=10:00',
        MIDNIGHT,
    )
    fact = Event.model_validate({"kind": said.kind, "occurred_at": said.moment, **said.fields})
    assert fact.occurred_at == instant(9)
    assert fact.recorded_at == instant(32)
    assert fact.scope == {"stages": ["pickup"], "categories": ["reefer"]}
    assert fact.model_extra == {}


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("", "10:00 positioned"),
        ("10:00", "10:00 positioned"),
        ("positioned", "10:00 positioned"),
        ("positioned 10:00", "10:00 positioned"),
        ("9:00 positioned", "10:00 positioned"),
        ("24:00 positioned", "is no time"),
        ("day+1 10:00", "day+1 10:00"),
        ("10:00 party=customs", "names no kind"),
        ("10:00 positioned =customs", "names no kind"),
        ("10:00 positioned Party=customs", "'Party' is no field"),
        ("10:00 positioned party=customs party=agent", "'party' stands twice"),
        ("10:00 positioned at=10:0099", "'10:0099' is no time"),
        ("10:00 positioned colour=red", "'colour' is no field"),
        ("10:00 positioned kind=arrived", "'kind' is no field"),
        ("10:00 positioned occurred_at=11:00", "'occurred_at' is no field"),
        ("10:00 positioned cargo=reefer", "'cargo' is no field"),
        ("10:00 positioned at=noon", "'noon' is no time"),
        ("10:00 positioned until=10:60", "'10:60' is no time"),
        ("10:00 positioned journey_s=5h", "whole number"),
        ("10:00 positioned weight_kg=-1", "whole number"),
        ("10:00 positioned laden=true", "neither yes nor no"),
        ("10:00 positioned unit=CNLYG", "names no type"),
    ],
)
def test_a_sentence_that_cannot_be_read_says_what_is_wrong(sentence: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_sentence(sentence, MIDNIGHT)
    assert why in str(caught.value)


@given(st.text(max_size=60) | st.from_regex(r"(day\+1 )?1\d:\d\d [a-z =/,\"]{1,30}"))
def test_any_text_is_a_sentence_or_a_value_error(text: str) -> None:
    try:
        said = read_sentence(text, MIDNIGHT)
    except ValueError:
        return
    assert said.kind


@given(st.integers(-400, 400), st.integers(0, 86_399))
def test_a_moment_counts_from_the_given_midnight(day: int, second: int) -> None:
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    words = f"day{day:+} {clock}" if day else clock
    assert read_moment(words, MIDNIGHT) == MIDNIGHT + timedelta(days=day, seconds=second)
