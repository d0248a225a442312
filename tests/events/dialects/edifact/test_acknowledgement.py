"""Laws of the answer: it says what was taken, and of everything else where, why and what to do."""

from datetime import UTC, datetime

import pytest

from events.dialects.edifact.acknowledgement import ERRORS, OTHER, acknowledge, acknowledgements
from events.dialects.edifact.interchange import Interchange, interchanges
from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from events.dialects.edifact.syntax import Scissors
from events.dialects.edifact.testing import wrapped
from events.testing import box

PROFILE = shipped()["terminal-d95b"]
AT = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
TIME = "'DTM+7:202603020825:203"
GATE = f"CODECO:D:95B:UN'BGM+36+X+9'EQD+CN+{box()}{TIME}"
PARTLY = f"CODECO:D:95B:UN'BGM+36+Y+9'EQD+CN+{box()}{TIME}'EQD+CN+MSCU1234567{TIME}"


def answers(data: bytes) -> list[Interchange]:
    decoded = decode(data, PROFILE)
    told = acknowledgements(data, decoded, PROFILE, AT)
    assert acknowledge(data, decoded, PROFILE, AT) == b"\n".join(told)
    return [one for answer in told for one in interchanges(answer)]


def lines(answer: Interchange, message: int, tag: str) -> list[list[list[str]]]:
    """The segments with this tag, as elements of components."""
    scissors = Scissors(answer.service)
    cut = [scissors.elements(s) for s in answer.messages[message].segments]
    return [[scissors.components(e) for e in each] for each in cut if each[0] == tag]


def test_an_answer_is_a_whole_interchange_back_to_the_sender() -> None:
    (answer,) = answers(wrapped(GATE, PARTLY))
    assert (answer.sender, answer.recipient) == ("PORTCLOCK", "LPCT")
    assert (answer.reference, answer.prepared) == ("IC1", "2603021430")
    assert answer.faults == []
    assert [m.broken for m in answer.messages] == [None] * len(answer.messages)
    assert [m.type for m in answer.messages] == ["CONTRL", "APERAK"]


def test_what_was_taken_is_acknowledged() -> None:
    (answer,) = answers(wrapped(GATE))
    assert lines(answer, 0, "UCI") == [[["UCI"], ["IC1"], ["LPCT"], ["PORTCLOCK"], ["7"]]]
    assert lines(answer, 0, "UCM") == [[["UCM"], ["1"], ["CODECO", "D", "95B", "UN"], ["7"]]]
    assert len(answer.messages) == 1


def test_what_was_read_and_not_taken_whole_is_told_with_place_reason_and_remedy() -> None:
    (answer,) = answers(wrapped(GATE, PARTLY))
    (summary, refused) = lines(answer, 1, "FTX")
    assert summary[4] == ["CODECO D.95B: 1 taken, 1 refused"]
    text = "".join(refused[4])
    assert text.startswith("segment 11 EQD: bad-check-digit: unit: the check digit of container")
    assert text.endswith("read the container number again; its last digit does not fit")
    assert lines(answer, 1, "ERC") == [[["ERC"], ["PC12", "ZZZ"]]]
    assert lines(answer, 1, "RFF") == [[["RFF"], ["ACE", "2"]]]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (wrapped(GATE).replace(b"UNT+5", b"UNT+6"), "29"),
        (wrapped(GATE).replace(b"UNT+5+1", b"UNT+5+2"), "28"),
        (wrapped(GATE).replace(b"UNT+5+1'", b""), "13"),
        (wrapped(GATE).replace(b"CODECO", b"BAPLIE"), "17"),
        (wrapped(GATE).replace(b"95B", b"99Z"), "17"),
        (wrapped(GATE).replace(b"+X+", b"+\xff+"), "21"),
        (wrapped(GATE, sender="SOMEBODY"), "23"),
        (wrapped(GATE).replace(b"IC1'UNH", b"IC1++++++1'UNH"), "25"),
    ],
)
def test_a_message_that_could_not_be_read_is_rejected_with_the_standards_error(
    data: bytes, error: str
) -> None:
    (answer,) = answers(data)
    (rejected,) = lines(answer, 0, "UCM")
    assert rejected[3:5] == [["4"], [error]]
    assert len(answer.messages) == 1


@pytest.mark.parametrize(
    ("end", "error"), [(b"UNZ+2+IC1'", "29"), (b"UNZ+1+IC2'", "28"), (b"", "13")]
)
def test_an_envelope_that_does_not_fit_is_told_and_its_messages_are_taken(
    end: bytes, error: str
) -> None:
    (answer,) = answers(wrapped(GATE).replace(b"UNZ+1+IC1'", end))
    assert lines(answer, 0, "UCI")[0][4:] == [["7"], [error]]
    assert lines(answer, 0, "UCM")[0][3] == ["7"]


def test_each_interchange_has_its_answer_and_rubbish_has_none() -> None:
    assert len(answers(wrapped(GATE) + b"\nrubbish\n" + wrapped(PARTLY))) == 2
    assert answers(b"rubbish") == []


def test_an_interchange_of_which_nothing_can_be_read_is_rejected() -> None:
    data = wrapped(GATE).replace(b"UNH+1", b"XXX+1")
    (answer,) = answers(data)
    assert lines(answer, 0, "UCI")[0][4] == ["4"]


def test_chinese_words_are_told_in_utf_8() -> None:
    data = wrapped(GATE.replace("+X+9", "+X+箱")).replace(b"UNOA", b"UNOY")
    (answer,) = answers(data)
    assert answer.charset == "utf-8"
    assert "箱" in "".join(lines(answer, 1, "FTX")[1][4])


def test_errors_have_codes_of_their_own_that_the_standard_has_room_for() -> None:
    assert len({*ERRORS.values(), OTHER}) == len(ERRORS) + 1
    assert all(len(code) <= 8 for code in ERRORS.values())
