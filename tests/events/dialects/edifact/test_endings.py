"""Laws of where interchanges begin and end."""

from time import process_time

import pytest

from events.dialects.edifact.endings import Finder, end_of_interchange, past_blanks
from events.dialects.edifact.interchange import interchanges
from events.dialects.edifact.syntax import STANDARD

UNB = b"UNB+UNOA:2+A+B+260302:0830+1'"
UNZ = b"UNZ+0+1'"


def end(data: bytes) -> int:
    return end_of_interchange(Finder(data), 0, STANDARD)


@pytest.mark.parametrize("blanks", [b"", b"\r\n", b"\n\n \x00"])
def test_it_ends_with_its_unz(blanks: bytes) -> None:
    data = UNB + blanks + UNZ
    assert end(data + b"\n" + UNB + UNZ) == len(data)


@pytest.mark.parametrize("following", [UNB, b"UNA:+.? '" + UNB, b"UNA:+.? '\r\n" + UNB])
def test_one_without_its_unz_ends_before_the_next(following: bytes) -> None:
    data = UNB + b"FTX+A'\n"
    assert end(data + following + UNZ) == len(data)


def test_one_without_anything_after_it_ends_with_the_bytes() -> None:
    assert end(UNB + b"UNH+1'") == len(UNB) + 6


@pytest.mark.parametrize("text", [b"FTX+UNZ+1?'UNZ+2'", b"FTX+UNB+ and 'UNZ'", b"FTX+?'UNB+ or'"])
def test_such_words_in_a_text_end_nothing(text: bytes) -> None:
    data = UNB + text + UNZ
    assert end(data + UNB) == len(data)


def test_a_release_character_that_is_released_releases_no_end() -> None:
    data = UNB + b"FTX+what??'" + b"UNZ+0+a?'b'"
    assert end(data + UNB) == len(data)


class Watched(bytes):
    """Bytes that remember from where they were searched."""

    asked: list[int]

    def find(self, word: object, at: object = 0, end: object = None) -> int:
        assert isinstance(word, bytes)
        assert isinstance(at, int)
        self.asked.append(at)
        return super().find(word, at)


def test_no_bytes_are_searched_twice_for_one_word() -> None:
    data = Watched(b"AB" * 4)
    data.asked = []
    finder = Finder(data)
    assert [finder.find(b"X", at) for at in range(9)] == [8] * 9
    assert data.asked == [0]
    assert [finder.find(b"B", at) for at in range(8)] == [1, 1, 3, 3, 5, 5, 7, 7]
    assert data.asked == [0, 0, 2, 4, 6]


def test_blanks_and_byte_order_marks_belong_to_nobody() -> None:
    assert past_blanks(b"\xef\xbb\xbf\r\n \tUNB", 0) == 7
    assert past_blanks(b"UNB", 0) == 0


@pytest.mark.parametrize(
    "unit",
    [UNB, b"X" + UNB, UNB + UNZ, b"?'" + UNB, b"??'" + UNB + UNZ, b"UNB+ ", b"'UNZ+?", b"?'?'UNZ+"],
    ids=repr,
)
def test_a_file_made_to_be_slow_is_read_in_proportion_to_its_length(unit: bytes) -> None:
    def cost(times: int) -> float:
        """The least of three: a collection of the garbage of all tests is none of it."""
        return min(once(times) for _ in range(3))

    def once(times: int) -> float:
        begun = process_time()
        for _ in interchanges(unit * times):
            pass
        return process_time() - begun

    assert cost(3_200) < 80 * max(cost(160), 0.002)
