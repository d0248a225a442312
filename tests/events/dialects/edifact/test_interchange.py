"""Laws of the envelope: counts and references fit, or the message that does not fit is refused."""

import pytest

from events.dialects.edifact.interchange import Interchange, interchanges
from events.dialects.troubles import Trouble

UNB = "UNB+UNOA:2+LPCT+PC+260302:0830+IC1'"


def one(text: str, charset: str | None = None) -> Interchange:
    (found,) = interchanges(text.encode("latin-1"), charset)
    return found


def message(reference: str = "1", count: str = "3", closing: str | None = None) -> str:
    return f"UNH+{reference}+CODECO:D:95B:UN'BGM+36+X+9'UNT+{count}+{closing or reference}'"


def test_a_header_tells_who_when_and_under_which_reference() -> None:
    found = one(UNB + "UNZ+0+IC1'")
    assert (found.sender, found.recipient, found.prepared) == ("LPCT", "PC", "2603020830")
    assert (found.reference, found.charset, found.trial) == ("IC1", "ascii", False)
    assert found.faults == []


def test_the_test_indicator_is_told() -> None:
    assert one("UNB+UNOA:2+A+B+260302:0830+1++++++1'UNZ+0+1'").trial


def test_messages_have_their_bytes_and_their_numbers() -> None:
    text = f"{UNB}\r\n{message()}\r\n{message('2')}\r\nUNZ+2+IC1'"
    first, second = one(text).messages
    assert text[first.start : first.end] == f"\r\n{message()}"
    assert (first.first, second.first) == (2, 5)
    assert (second.name, second.reference) == ("CODECO D.95B", "2")
    assert first.segments == ["UNH+1+CODECO:D:95B:UN", "BGM+36+X+9", "UNT+3+1"]
    assert first.broken is second.broken is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (message(count="4"), "UNT counts '4' segments of 3"),
        (message(count="x"), "UNT counts 'x' segments of 3"),
        (message(closing="9"), "UNH has '1', UNT '9'"),
        ("UNH+1+CODECO:D:95B:UN'BGM+36'", "the message has no UNT"),
        ("UNH+1'UNT'", "UNT counts '' segments of 2"),
    ],
)
def test_a_message_that_is_not_whole_is_broken_and_its_neighbour_is_not(
    text: str, said: str
) -> None:
    broken, whole = one(f"{UNB}{text}{message('2')}UNZ+2+IC1'").messages
    assert broken.broken is not None
    assert broken.broken.why is Trouble.BROKEN_ENVELOPE
    assert broken.broken.detail == said
    assert whole.broken is None


def test_counts_with_leading_noughts_are_counts() -> None:
    assert one(f"{UNB}{message(count='000003')}UNZ+01+IC1'").messages[0].broken is None


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("UNZ+2+IC1'", "UNZ counts '2' of 1"),
        ("UNZ+1+IC2'", "UNB has 'IC1', UNZ 'IC2'"),
        ("", "the interchange has no UNZ"),
    ],
)
def test_an_interchange_that_is_not_whole_keeps_its_messages(end: str, said: str) -> None:
    found = one(UNB + message() + end)
    assert [fault.error.detail for fault in found.faults] == [said]
    assert found.messages[0].broken is None


def test_groups_are_counted_in_place_of_messages() -> None:
    text = f"{UNB}UNG+CODECO+A+B+260302:0830+7+UN+D:95B'{message()}{message('2')}UNE+2+7'UNZ+1+IC1'"
    assert one(text).faults == []


@pytest.mark.parametrize(
    ("end", "said"),
    [("UNE+2+7'", "UNE counts '2' of 1"), ("UNE+1+8'", "UNG has '7', UNE '8'")],
)
def test_a_group_that_is_not_whole_keeps_its_messages(end: str, said: str) -> None:
    text = f"{UNB}UNG+CODECO+A+B+260302:0830+7+UN+D:95B'{message()}{end}UNZ+1+IC1'"
    found = one(text)
    assert [fault.error.detail for fault in found.faults] == [said]
    assert found.messages[0].broken is None


@pytest.mark.parametrize("stray", ["DTM+7:1:203'", "UNT+1+1'"])
def test_what_stands_in_no_message_is_a_fault_of_its_own(stray: str) -> None:
    text = f"{UNB}{message()}{stray}{message('2')}UNZ+2+IC1'"
    found = one(text)
    assert [text[f.start : f.end] for f in found.faults] == [stray]
    assert [m.broken for m in found.messages] == [None, None]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("UNB+UNOZ:2+A+B+260302:0830+1'", Trouble.UNKNOWN_CHARSET),
        ("UNB+UNOA:2+A+B+260302:0830'", Trouble.BROKEN_ENVELOPE),
        ("UNB+UNOA:2+A", Trouble.BROKEN_SYNTAX),
        ("UNA::.? 'UNB+UNOA:2+A+B+260302:0830+1'", Trouble.BROKEN_SYNTAX),
        ("hello", Trouble.BROKEN_SYNTAX),
    ],
)
def test_without_a_header_nothing_of_it_can_be_read(text: str, why: Trouble) -> None:
    found = one(text)
    assert [(f.error.why, f.start, f.end) for f in found.faults] == [(why, 0, len(text))]
    assert found.messages == []


def test_texts_are_of_the_character_set_that_is_named() -> None:
    plate = "UNH+1+CODECO:D:95B:UN'TDT+1++3+++++\xe9'UNT+3+1'"
    french = one(f"UNB+UNOC:3+A+B+260302:0830+1'{plate}UNZ+1+1'").messages[0]
    assert french.segments[1].endswith("é")
    ascii_only = one(f"UNB+UNOA:3+A+B+260302:0830+1'{plate}{message('2')}UNZ+2+1'").messages
    assert ascii_only[0].broken is not None
    assert ascii_only[0].broken.why is Trouble.UNKNOWN_CHARSET
    assert ascii_only[0].broken.path == "segment 3"
    assert ascii_only[1].broken is None


def test_a_partners_own_character_set_stands_before_the_one_that_is_named() -> None:
    data = "UNB+UNOA:3+A+B+260302:0830+1'UNH+1+X'FTX+苏F889'UNT+3+1'UNZ+1+1'".encode("gb18030")
    (found,) = interchanges(data, "gb18030")
    assert found.messages[0].segments[1] == "FTX+苏F889"


def test_a_service_character_that_may_be_half_a_character_is_refused() -> None:
    data = b"UNA:+.? ~UNB+UNOA:2+A+B+260302:0830+1~UNZ+0+1~"
    (found,) = interchanges(data, "gb18030")
    assert [fault.error.why for fault in found.faults] == [Trouble.BROKEN_SYNTAX]
    (found,) = interchanges(data, "utf-8")
    assert found.faults == []


def test_a_line_end_may_end_segments() -> None:
    text = "UNA:+.? \nUNB+UNOA:2+A+B+260302:0830+1\r\nUNH+1+X\r\nUNT+2+1\r\nUNZ+1+1\r\n"
    found = one(text)
    assert found.faults == []
    assert found.messages[0].segments == ["UNH+1+X", "UNT+2+1"]


def test_several_interchanges_stand_in_one_file_and_rubbish_between_them_is_a_fault() -> None:
    text = f"{UNB}UNZ+0+IC1'\nrubbish\n{UNB}{message()}UNZ+1+IC1'"
    first, rubbish, second = interchanges(text.encode())
    assert text[rubbish.start : rubbish.end] == "rubbish\n"
    assert [len(i.messages) for i in (first, rubbish, second)] == [0, 0, 1]
    assert rubbish.faults[0].error.why is Trouble.BROKEN_SYNTAX
