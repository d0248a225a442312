"""Words: numbers are said exactly, and a sentence says nothing that its table lacks."""

from dataclasses import replace

import pytest

from events.testing import at
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.words import Sentence, moment


@pytest.mark.parametrize(
    ("duration_s", "english", "chinese"),
    [
        (0, "0 s", "0秒"),
        (59, "59 s", "59秒"),
        (1800, "30 min", "30分"),
        (1801, "30 min 1 s", "30分1秒"),
        (90_000, "1 d 1 h", "1天1小时"),
        (31 * 86_400, "31 d", "31天"),
    ],
)
def test_a_duration_is_said_to_the_second(duration_s: int, english: str, chinese: str) -> None:
    assert ENGLISH.duration(duration_s) == english
    assert CHINESE.duration(duration_s) == chinese


def test_an_instant_is_said_in_port_time_with_seconds_where_it_has_some() -> None:
    assert moment(int(at("10:30").timestamp())) == "03-02 10:30"
    assert moment(int(at("day+1 00:00:05").timestamp())) == "03-03 00:00:05"


def test_a_stage_carries_the_number_of_its_occurrence() -> None:
    assert ENGLISH.stage("box-move#2") == "box-move #2"
    assert CHINESE.stage("box-move#2") == "吊箱移位 #2"
    assert CHINESE.stage("box-move") == "吊箱移位"


def test_several_things_are_listed() -> None:
    stopped = Sentence("stopped", {"stage": ("box-move#1", "pickup#1"), "party": "customs"})
    assert ENGLISH.say(stopped) == "stops the clock of box-move #1, pickup #1 for customs"
    assert CHINESE.say(stopped) == "吊箱移位 #1、货方提箱 #1停表,责任方海关"


def test_a_sentence_may_hold_another() -> None:
    took = Sentence("took", {"net_s": 600})
    assert ENGLISH.say(Sentence("met", {"taken": took, "limit_s": 1800})) == (
        "Met: it took 10 min; 30 min were allowed."
    )


def test_large_numbers_are_grouped_and_other_text_stays_as_it_is() -> None:
    assert ENGLISH.value("weight_kg", 21_300) == "21,300"
    assert ENGLISH.value("event", "e{4}") == "e{4}"


def test_what_a_table_lacks_is_never_said() -> None:
    bare = replace(ENGLISH, parties={})
    with pytest.raises(KeyError):
        bare.say(Sentence("resumed", {"stage": ("pickup#1",), "party": "customs"}))
    with pytest.raises(KeyError):
        ENGLISH.say(Sentence("met", {"limit_s": 1800}))
