"""A place's row says what is known of it, and by what of it the units were judged last."""

from typing import Any

import pytest

from streams.places import Places
from streams.tables import decode_place, place_key
from streams.testing import SmallLaw, about

KEY = place_key("CNLYG", "LPCT")


def _learn(places: Places, law: SmallLaw, event_id: str) -> Any:
    place = places.open(KEY)
    declared = about("LPCT", "suspension-declared", "10:00", event_id=event_id)
    history = law.declare(place.history, declared, 0).history
    places.learn(place, history, f"s/{event_id}")
    return place


def _again(places: Places, law: SmallLaw) -> Places:
    """As the next worker reads them back."""
    rows = ((place.key, places.pack(place, 7)) for place in places)
    return Places(law, [(key, data) for key, data in rows if data is not None])


@pytest.fixture
def places(small_law: SmallLaw) -> Places:
    """One place, of which one declaration is known to all units."""
    places = Places(small_law)
    place = _learn(places, small_law, "s1")
    places.enact()
    places.settle(place)
    return places


def _closed(places: Places) -> Any:
    law = places.law
    assert isinstance(law, SmallLaw)
    return law.closed


def test_what_was_asked_for_is_not_thereby_known(small_law: SmallLaw) -> None:
    places = Places(small_law)

    assert places.open(KEY).history is None
    assert len(places) == 0
    assert places.unfinished is None


def test_what_was_learned_is_not_in_force_until_enacted(
    places: Places, small_law: SmallLaw
) -> None:
    place = _learn(places, small_law, "s2")
    assert _closed(places) == {"CNLYG": ("s1",)}

    before = places.enact()
    assert isinstance(before, SmallLaw)
    assert before.closed == {"CNLYG": ("s1",)}
    assert _closed(places) == {"CNLYG": ("s1", "s2")}
    assert places.unfinished == place
    places.settle(place)
    assert places.unfinished is None


@pytest.mark.parametrize("known_before", [True, False])
def test_what_was_begun_is_found_again_with_the_law_of_before(
    places: Places, small_law: SmallLaw, known_before: bool
) -> None:
    places = places if known_before else Places(small_law)
    place = _learn(places, small_law, "s2")
    places.enact()
    again = _again(places, small_law)

    assert again.unfinished == place
    assert _closed(again) == ({"CNLYG": ("s1",)} if known_before else {})
    again.enact()
    assert _closed(again) == _closed(places)


def test_what_was_settled_is_in_force_when_it_is_read_back(
    places: Places, small_law: SmallLaw
) -> None:
    again = _again(places, small_law)

    assert (again.unfinished, len(again)) == (None, 1)
    assert _closed(again) == {"CNLYG": ("s1",)}
    (place,) = again
    row = decode_place(again.pack(place, 7) or b"")
    assert (row.deadline_s, row.judged, row.because) == (7, None, None)


def test_what_is_over_leaves_no_row_and_no_law(places: Places) -> None:
    (place,) = places
    places.forget(place, None)

    assert (len(places), places.pack(place, None)) == (0, None)
    assert _closed(places) == {}


def test_nothing_known_any_more_is_kept_until_the_units_know(
    places: Places, small_law: SmallLaw
) -> None:
    (place,) = places
    places.learn(place, None, "s/r1")
    again = _again(places, small_law)

    unfinished = again.unfinished
    assert unfinished is not None
    assert unfinished.history is None
    assert _closed(again) == {"CNLYG": ("s1",)}
    again.enact()
    again.settle(unfinished)
    assert len(again) == 0
