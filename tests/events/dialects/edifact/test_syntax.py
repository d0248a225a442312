"""Laws of segments, elements and components: pieces are the input, and reading undoes writing."""

import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydifact.parser import Parser

from events.dialects.edifact.syntax import (
    LEVEL_B,
    STANDARD,
    Scissors,
    Service,
    advised,
    assumed,
    pieces,
    released,
    written,
)
from events.dialects.troubles import Misread, Trouble

ODD = Service("^", "~", ".", "\\", " ", "|")
UNRELEASED = STANDARD._replace(release="")
TEXTS = st.text("AB1?+:' \\~^|箱é", max_size=6)
ELEMENTS = st.one_of(TEXTS, st.lists(TEXTS, min_size=2, max_size=3))
SEGMENTS = st.lists(st.lists(ELEMENTS, max_size=4), max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.text("AB?' \r\n", max_size=30).map(str.encode))
@example(b"A??'B?'C'")
@example(b"A???'B'")
@example(b"?'")
def test_pieces_are_the_input_and_end_where_an_end_is_not_released(data: bytes) -> None:
    cut = pieces(data, STANDARD)
    assert b"'".join(cut) == data
    for piece in cut[:-1]:
        assert (len(piece) - len(piece.rstrip(b"?"))) % 2 == 0
    assert [piece.encode() for piece in pieces(data.decode(), STANDARD)] == cut


@settings(deadline=None, max_examples=60)
@given(SEGMENTS, st.sampled_from([STANDARD, ODD]))
def test_what_is_written_is_read_again(
    segments: list[list[str | list[str]]], service: Service
) -> None:
    tagged: list[list[str | list[str]]] = [["SEG", *elements, "END"] for elements in segments]
    data = written(tagged, service).encode()
    scissors = Scissors(service)
    *texts, last = (piece.decode() for piece in pieces(data, service))
    assert last == ""
    read = [[scissors.components(e) for e in scissors.elements(text)] for text in texts]
    assert read == [[_trimmed(element) for element in elements] for elements in tagged]


def _trimmed(element: str | list[str]) -> list[str]:
    """Empty components at the end are not written."""
    values = [element] if isinstance(element, str) else list(element)
    while len(values) > 1 and not values[-1]:
        values.pop()
    return values


@settings(deadline=None, max_examples=60)
@given(SEGMENTS)
def test_a_library_reads_the_same(segments: list[list[str | list[str]]]) -> None:
    """pydifact 0.2.3 is the oracle wherever it takes the input; it drops what stands empty at the
    end of an element, and unwraps a single component."""
    texts = [["SEG", *elements, "END"] for elements in segments]
    data = written([[*text] for text in texts])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [segment.elements for segment in Parser().parse(data)]
    scissors = Scissors(STANDARD)
    *ours, _ = pieces(data, STANDARD)
    read = [[scissors.components(e) for e in scissors.elements(text)][1:] for text in ours]
    assert [[_as_a_list(element) for element in each] for each in theirs] == read


def _as_a_list(element: str | list[str]) -> list[str]:
    return [element] if isinstance(element, str) else element


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("AB+: ", min_size=1, max_size=9), min_size=1, max_size=4))
def test_where_nothing_is_released_a_plain_split_is_the_same(segments: list[str]) -> None:
    scissors = Scissors(STANDARD)
    elements, components = scissors.fitting(segments)
    for segment in segments:
        assert elements(segment) == scissors.elements(segment)
        assert components(segment) == scissors.components(segment)
    slow, _ = scissors.fitting([*segments, "A?+B"])
    assert slow("A?+B+C") == ["A?+B", "C"]


def test_una_names_the_service_characters() -> None:
    assert advised(b"UNA:+.? '") == STANDARD
    assert advised(b"UNA^~.\\ |") == ODD
    assert advised(b"UNA:+.  '").release == ""


@pytest.mark.parametrize(
    "una", [b"UNA:+", b"UNA::.? '", b"UNAA+.? '", b"UNA:+.? +", b"UNA\xff+.? '"]
)
def test_an_una_that_cannot_part_anything_is_refused(una: bytes) -> None:
    with pytest.raises(Misread) as caught:
        advised(una)
    assert caught.value.why is Trouble.BROKEN_SYNTAX


def test_without_una_the_byte_after_unb_tells_the_level() -> None:
    assert assumed(b"UNB+UNOA:2") == STANDARD
    assert assumed(b"UNB\x1dUNOB") == LEVEL_B


def test_nothing_is_released_where_nothing_can() -> None:
    assert released("AB", UNRELEASED) == "AB"
    with pytest.raises(ValueError, match="nothing can release"):
        released("A+B", UNRELEASED)
    assert Scissors(UNRELEASED).components("A?:B") == ["A?", "B"]
    assert pieces(b"A?'B'", UNRELEASED) == [b"A?", b"B", b""]


def test_a_release_character_that_releases_nothing_stands_for_itself() -> None:
    assert Scissors(STANDARD).components("A?") == ["A?"]
