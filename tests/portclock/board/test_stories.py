"""Stories of the board: the words of `portclock explain`, from the tables, differences kept."""

from itertools import count

import pytest

from events.envelope import Event
from events.testing import MORNING, at, box, told, wire
from events.vocabulary import Verdict
from portclock.board.stories import TableStories
from portclock.board.tables import Tables
from serving.asks import StillLanding
from sinks.accepted import event_row
from sinks.memory import MemoryStore
from sinks.read import standing
from sinks.rows import outcome_row
from sinks.tables import DWELLS, EVENTS
from timing.judge import judge
from timing.rules import Rules

UNIT = box()
VISIT = f"CNSHD/{UNIT}/{MORNING:%Y%m%dT%H%M%SZ}"
WORK = ("08:00 discharged", "09:00 inspection-ordered", "09:40 positioned", "10:00 tally-ended")
DAY = told(*WORK, port="CNSHD")
LEFT = told("11:00 gated-out", port="CNSHD", ids="l")
AGAIN = told("14:00 gated-in", "15:00 inspection-ordered", port="CNSHD", ids="a")


def landed(*events: Event, changed: bool = False) -> MemoryStore:
    """A store with events and what the judge says of them; `changed` makes one outcome wrong."""
    store, version = MemoryStore(), count(1)
    store.insert(EVENTS, [event_row(one, next(version)) for one in events], "e")
    outcomes = judge(wire(*events), Rules()).outcomes
    if changed:
        outcomes = [
            one.model_copy(update={"verdict": Verdict.MET})
            if one.verdict is Verdict.BREACHED
            else one
            for one in outcomes
        ]
    store.insert(DWELLS, [outcome_row(one, next(version)) for one in outcomes], "o")
    return store


def stories(store: MemoryStore) -> TableStories:
    return TableStories(Tables(lambda: store, connections=1), Rules())


def test_a_story_is_what_explain_says_and_agrees_with_the_tables() -> None:
    found = stories(landed(*DAY)).story(VISIT, "en")
    assert found is not None
    words = [stage["verdict"]["words"] for stage in found["stages"]]
    assert "Breached by 10 min: it took 40 min; 30 min were allowed." in words
    assert found["differences"] == []
    assert found["visit_id"] == VISIT
    chinese = stories(landed(*DAY)).story(f"CNSHD/{UNIT}", "zh")
    assert chinese is not None
    assert "超时10分:用时40分,限额30分。" in str(chinese)


def test_where_the_tables_say_otherwise_the_story_says_so() -> None:
    found = stories(landed(*DAY, changed=True)).story(VISIT, "en")
    assert found is not None
    assert [(one["field"], one["judged"], one["stored"]) for one in found["differences"]] == [
        ("verdict", "breached", "met")
    ]


def test_while_events_are_still_landing_nothing_is_called_a_difference() -> None:
    whole, part = landed(*DAY), landed(*DAY[:3])
    for row in whole.ask(standing(DWELLS), {}):
        part.insert(DWELLS, [row], f"late-{row[2]}-{row[1]}")
    found = stories(part).story(VISIT, "en")
    assert found is not None
    assert (found["differences"], found["landing"]) == ([], ["e4"])
    complete = stories(whole).story(VISIT, "en")
    assert complete is not None
    assert complete["landing"] == []


def test_a_visit_of_which_no_event_has_landed_is_said_to_be_landing_not_unknown() -> None:
    whole, none = landed(*DAY), MemoryStore()
    for row in whole.ask(standing(DWELLS), {}):
        none.insert(DWELLS, [row], f"early-{row[2]}-{row[1]}")
    with pytest.raises(StillLanding, match=f"the events of {VISIT} are on their way"):
        stories(none).story(VISIT, "en")
    assert stories(none).story(f"CNSHD/{UNIT}", "en") is None


def test_of_several_visits_the_latest_is_told_and_all_are_named() -> None:
    told_twice = stories(landed(*DAY, *LEFT, *AGAIN))
    found = told_twice.story(f"CNSHD/{UNIT}", "en")
    assert found is not None
    second = f"CNSHD/{UNIT}/{at('14:00'):%Y%m%dT%H%M%SZ}"
    assert found["visit_id"] == second
    assert [visit["visit_id"] for visit in found["visits"]] == [VISIT, second]
    first = told_twice.story(VISIT, "en")
    assert first is not None
    assert first["visit_id"] == VISIT


@pytest.mark.parametrize("visit", ["", "a//b", f"CNTXG/{UNIT}", "CNSHD/NONE0000000",
                                   f"CNSHD/{UNIT}/20200101T000000Z"])  # fmt: skip
def test_what_is_not_known_has_no_story(visit: str) -> None:
    assert stories(landed(*DAY)).story(visit, "en") is None


def test_visits_are_found_by_how_their_unit_begins_the_newest_first() -> None:
    other = told("10:00 gated-in", "10:30 inspection-ordered", port="CNTXG", unit=box(7), ids="o")
    found = stories(landed(*DAY, *LEFT, *AGAIN, *other))
    second = f"CNSHD/{UNIT}/{at('14:00'):%Y%m%dT%H%M%SZ}"
    third = f"CNTXG/{box(7)}/{at('10:00'):%Y%m%dT%H%M%SZ}"
    assert found.find(UNIT[:4].lower()) == [second, third, VISIT]
    assert found.find(UNIT) == [second, VISIT]
    assert found.find("ZZZZ") == found.find(" ") == []
