"""Rows and clocks come back as they were written, or are refused by their version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.said import SaidOutcome, Words
from events.topics import EVENT_TOPICS, TICKS, UNIT_RECALLS
from events.vocabulary import Verdict
from streams.plane.store import CLOCK_KEY
from streams.tables import (
    SOURCES,
    Clock,
    PlaceRow,
    Row,
    UnreadableRow,
    changelog_name,
    deadline_of,
    decode_clock,
    decode_doubt,
    decode_place,
    decode_row,
    encode_clock,
    encode_doubt,
    encode_place,
    encode_row,
    is_place,
    place_key,
    port_of,
    verify,
)

_FENCES = st.dictionaries(st.sampled_from(list(SOURCES.values())), st.integers(0, 1 << 60))


@given(st.one_of(st.none(), st.integers(0, 1 << 40)), _FENCES, st.binary(max_size=200))
def test_a_row_comes_back(deadline_s: int | None, fences: dict[int, int], history: bytes) -> None:
    row = Row(deadline_s, fences, history)

    assert decode_row(encode_row(row)) == row
    verify(b"CNSHD/PCKU0000001", encode_row(row))


_BYTES = st.one_of(st.none(), st.binary(max_size=200))


@given(_FENCES, _BYTES, _BYTES, st.one_of(st.none(), st.text(max_size=40)))
def test_a_place_comes_back(
    fences: dict[int, int], history: bytes | None, judged: bytes | None, because: str | None
) -> None:
    row = PlaceRow(None, fences, history, judged, because)

    assert decode_place(encode_place(row)) == row
    verify(place_key("CNLYG", "LPCT").encode(), encode_place(row))


def test_the_key_of_a_place_is_no_unit_s_and_names_its_port() -> None:
    """A lot may be called what a facility is called."""
    key = place_key("CNLYG", "LPCT")

    assert is_place(key)
    assert not is_place("CNLYG/LPCT")
    assert port_of(key) == "CNLYG"


@given(st.integers(-(1 << 40), 1 << 40), _FENCES)
def test_a_clock_comes_back(watermark_s: int, read_to: dict[int, int]) -> None:
    clock = Clock(watermark_s, read_to)

    assert decode_clock(encode_clock(clock)) == clock
    verify(CLOCK_KEY, encode_clock(clock))


def test_a_partition_never_seen_has_a_clock_at_nought() -> None:
    assert decode_clock(None) == Clock(0, {})


@given(st.binary(max_size=40).filter(lambda data: data[:1] != b"\x01"))
def test_another_version_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableRow, match="version"):
        verify(b"CNSHD/PCKU0000001", data)
    with pytest.raises(UnreadableRow, match="version"):
        verify(CLOCK_KEY, data)
    with pytest.raises(UnreadableRow, match="the place has version"):
        verify(place_key("CNLYG", "LPCT").encode(), data)


@given(st.binary(max_size=40))
def test_damage_is_refused_as_damage_and_not_as_something_else(data: bytes) -> None:
    for key in (CLOCK_KEY, b"CNSHD/PCKU0000001", b"place/CNSHD/PORT"):
        try:
            verify(key, b"\x01" + data)
        except UnreadableRow as error:
            assert "damaged" in str(error)  # noqa: PT017 - either outcome is right, not a third


def test_every_source_has_a_number_and_numbers_do_not_move() -> None:
    assert set(SOURCES) == {topic.name for topic in (*EVENT_TOPICS, TICKS, UNIT_RECALLS)}
    assert SOURCES == {
        "terminal-events": 0,
        "customs-events": 1,
        "rail-water-events": 2,
        "ticks": 3,
        "unit-recalls": 4,
    }


def test_the_written_form_does_not_move() -> None:
    assert encode_row(Row(7, {0: 5}, b"h")).hex() == "01930781" + "0005" + "c40168"
    assert encode_place(PlaceRow(7, {0: 5}, b"h", None, "s/1")).hex() == (
        "01950781" + "0005" + "c40168" + "c0" + "a3732f31"
    )
    assert encode_clock(Clock(9, {3: 4}, {1: {2: 5}})).hex() == "01930981" + "0304" + "8101810205"
    said = Words((SaidOutcome(b"v", b"{}", Verdict.VOID),))
    assert encode_doubt(said).hex().startswith("0192c083a86f7574636f6d6573")
    assert decode_doubt(encode_doubt(said)) == said
    assert changelog_name("app") == "app-units-changelog"


@given(st.one_of(st.none(), st.integers(0, 1 << 40)), st.binary(max_size=40))
def test_a_deadline_is_read_alike_from_the_rows_of_units_and_of_places(
    deadline_s: int | None, history: bytes
) -> None:
    assert deadline_of(encode_row(Row(deadline_s, {0: 5, 3: 1 << 40}, history))) == deadline_s
    told = PlaceRow(deadline_s, {}, history, None, "gate/storm")
    assert deadline_of(encode_place(told)) == deadline_s


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01\xc1", b"\x01\x91\xa1x", b"\x02\x91\x05"])
def test_the_deadline_of_a_damaged_row_is_not_guessed(data: bytes) -> None:
    with pytest.raises(UnreadableRow):
        deadline_of(data)
