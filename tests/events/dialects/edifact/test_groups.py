"""Laws of groups: a segment belongs to the group opened last; of two alike the first counts."""

from events.dialects.edifact.groups import Group, groups
from events.dialects.edifact.interchange import Message
from events.dialects.edifact.syntax import STANDARD, Scissors


def read(text: str, *openers: str) -> list[Group]:
    segments = text.split("'")
    message = Message(0, len(text), 5, "1", "X", "D.95B", segments, None)
    return groups(message, Scissors(STANDARD), frozenset(openers))


def test_the_head_is_what_stands_before_the_first_group() -> None:
    head, box = read("UNH+1'BGM+36+X+9'DTM+137:1:203'EQD+CN+A'DTM+7:2:203'UNT+6+1", "EQD")
    assert (head.path, head.at(2), head.at(9), head.at(2, 4)) == ("segment 6 BGM", "X", "", "")
    assert head.times == {"137": ("1", "203")}
    assert (box.path, box.at(2), box.under) == ("segment 8 EQD", "A", head)
    assert box.times == {"7": ("2", "203")}


def test_of_a_qualifier_that_comes_twice_the_first_counts() -> None:
    (head,) = read("DTM+7:1:203'DTM+7:2:203'LOC+9+A'LOC+9+B'RFF+BM:X'RFF+BM:Y'NAD+CF+C'NAD+CF+D")
    assert head.times["7"] == ("1", "203")
    assert head.places["9"] == ("A", "")
    assert head.refs == {"BM": "X"}
    assert head.parties == {"CF": "C"}


def test_a_box_lies_in_its_status_and_that_in_its_consignment() -> None:
    text = "BGM'CNI+1'EQD+CN+A'STS+1+48'EQD+CN+B'STS+1+29'CNI+2'STS+1+1"
    head, one, before, first, within, second, two, third = read(text, "CNI", "STS", "EQD")
    assert one.under is two.under is head
    assert before.under is one
    assert first.under is second.under is one
    assert within.under is first
    assert third.under is two


def test_what_a_transport_a_weight_and_a_decision_say_is_kept() -> None:
    (head,) = read(
        "TDT+20+051E+1+13+MSC:172+++9123456:146::SHIP'TDT+1++3+31++++SU889:146'MEA+AAE+T+KGM:2200'"
        "MEA+AAE+G+KGM:21300'MEA+AAE+VGM+KGM:21400'DGS+IMD+3'TMP+2+-18:CEL'GIS+4'GIS+59'CNT+16:3"
    )
    main, truck = head.transports
    assert (main.stage, main.voyage, main.mode, main.means) == ("20", "051E", "1", "9123456")
    assert (truck.stage, truck.mode, truck.means) == ("1", "3", "SU889")
    assert head.weight == ("21300", "KGM")
    assert head.dangerous
    assert head.cold
    assert head.decisions == [("4", 12), ("59", 13)]
    assert head.totals == {"16": ("3", 14)}


def test_segments_that_end_early_say_less_and_break_nothing() -> None:
    head, box = read("BGM'DTM'DTM+7'LOC'LOC+9'RFF+BM'NAD'TDT'MEA+AAE'STS'GIS'CNT'CNT+16'EQD", "EQD")
    assert head.times == {"7": ("", "")}
    assert head.totals == {"16": ("", 17)}
    assert not head.places
    assert not head.refs
    assert not head.parties
    assert box.at(1) == ""
