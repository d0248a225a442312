"""Laws of numbers: the nearest group's stand before those of what it lies in."""

from typing import Any

from events.dialects.edifact.groups import Group
from events.dialects.edifact.numbers import add_numbers, numbers_of, outwards, spelled
from events.dialects.edifact.testing_gates import event, gate


def test_numbers_of_a_box_stand_before_those_of_its_message() -> None:
    head = "BGM+36+X+9'RFF+BM:ALL'NAD+CA+ONE'RFF+ABT:D0"
    said = event(gate("'RFF+BM:OWN'RFF+ABT:D1", bgm=head))
    assert said["refs"] == {"bill": "OWN", "operator": "ONE"}
    assert said["customs"] == {"declaration": "D1"}
    assert event(gate(bgm=head))["refs"] == {"bill": "ALL", "operator": "ONE"}


def test_a_foreign_number_has_one_spelling_without_blanks() -> None:
    assert spelled("A1") == "A1"
    assert spelled("A 1%/\u3000\n") == "A%201%25/%3000%0A"


def test_a_group_lies_in_others_and_they_in_the_head() -> None:
    head, one, two = Group("BGM", 1, []), Group("CNI", 2, []), Group("STS", 3, [])
    one.under, two.under = head, one
    assert outwards(two, head) == (two, one, head)
    assert outwards(one, head) == (one, head)
    assert outwards(head, head) == (head,)


def test_of_two_transports_each_gives_what_it_has() -> None:
    said = event(gate("'TDT+20+051E+1'TDT+1+IGNORED+3+++++SU889'TDT+30+X8001+2'TDT+10+V9+1"))
    assert said["refs"] == {"voyage": "051E", "truck": "SU889", "train": "X8001"}


def test_the_nearest_of_three_groups_counts_and_the_others_say_the_rest() -> None:
    head, consignment, status = Group("BGM", 1, []), Group("CNI", 2, []), Group("STS", 3, [])
    head.refs, head.parties = {"BM": "H", "ABT": "D0"}, {"CA": "ONE"}
    consignment.refs = {"BM": "C", "ABT": "D1"}
    status.refs = {"BM": "S"}
    wire: dict[str, Any] = {}
    add_numbers(wire, (status, consignment, head), numbers_of(head), advance=True)
    assert wire == {
        "refs": {"bill": "S", "operator": "ONE"},
        "customs": {"declaration": "D1", "advance": True},
    }
