"""A record calls for a look when its event belongs to no visit, corrects another, or is about a
place; anything else, and anything broken, is passed over."""

import pytest

from events.codec import encode
from events.identifiers import Identity
from events.testing import at, box, event, fate, suspension, told
from events.vocabulary import Cause
from portclock.restating.suspects import Rested, Suspect, of_event, of_fate
from timing.testing import withdrawn

MOVED = told("10:00 move-ordered")[0]


def test_a_fate_without_a_visit_calls_for_its_unit() -> None:
    found = of_fate(encode(fate(MOVED, "kept")))
    assert found is not None
    assert (found.port, found.unit_id, found.event) == ("CNLYG", box(), MOVED.identity)
    assert (found.because.what, found.because.id) == (Cause.EVENT, "lyg-tos/e1")
    assert of_fate(encode(fate(MOVED, "judged", "v"))) is None


@pytest.mark.parametrize("value", [None, b"", b"{", b'{"fate":"kept"}'])
def test_what_is_no_fate_calls_for_nothing(value: bytes | None) -> None:
    assert of_fate(value) is None


def test_a_correction_calls_for_its_unit_and_a_plain_report_does_not() -> None:
    for correction in (
        withdrawn(MOVED, "no"),
        event("move-ordered", "10:05", event_id="better", supersedes="e1"),
    ):
        found = of_event(encode(correction))
        assert isinstance(found, Suspect)
        assert found.event == correction.identity
    assert of_event(encode(MOVED)) is None


def test_a_word_that_only_looks_like_a_correction_is_none() -> None:
    named = event("move-ordered", "10:00", event_id="supersedes-nothing")
    assert of_event(encode(named)) is None
    assert of_event(b'{"supersedes": ') is None
    assert of_event(None) is None
    many = encode(named).replace(b'"unit":{', b'"units":[{', 1).replace(b"},", b"}],", 1)
    assert of_event(many) is None


def test_what_is_said_of_a_place_calls_for_its_port_since_then() -> None:
    (declared,) = suspension("10:05", place="LPCT")
    found = of_event(encode(declared))
    assert isinstance(found, Rested)
    assert (found.port, found.since_s) == ("CNLYG", int(at("10:05").timestamp()))
    assert found.because.what is Cause.SUSPENSION
    assert (found.events, found.corrects) == (frozenset({declared.identity}), frozenset())
    taken_back = of_event(encode(withdrawn(declared, "calm")))
    assert isinstance(taken_back, Rested)
    assert taken_back.corrects == {Identity("lyg-tos", "s1")}
    spaced = encode(declared).replace(b'":', b'" : ')
    assert of_event(spaced) == found


def test_two_words_of_a_port_are_one_look_from_the_earlier_on() -> None:
    first, second = (of_event(encode(suspension(when, ids=when)[0])) for when in ("10:05", "09:00"))
    assert isinstance(first, Rested)
    assert isinstance(second, Rested)
    both = first.beside(second)
    assert both.since_s == second.since_s
    assert both.events == first.events | second.events
    assert both.because == first.because
