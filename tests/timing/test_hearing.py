"""A hearing: each unit's reports, one for each identity, whoever heard them and in what order."""

from random import Random

import pytest

from events.testing import at, box, event, suspension, told, wire
from events.vocabulary import UnitType
from timing.hearing import Accounts, Hearing, unit_in

STORY = wire(*told("08:00 gated-in", "10:00 move-ordered", "10:20 move-ended"))
OTHER = wire(*told("08:30 gated-in", unit=box(1), ids="o"))
AGAIN = wire(event("gated-in", "08:10", event_id="e1", recorded_at=at("12:00")))


def heard(*lines: bytes, first: int = 1) -> Hearing:
    hearing = Hearing()
    for number, line in enumerate(lines, start=first):
        hearing.hear(line, number)
    return hearing


def test_reports_are_put_together_by_unit_and_port() -> None:
    elsewhere = wire(*told("08:00 gated-in", port="CNSHD"))
    units = heard(*STORY, *OTHER, *elsewhere).units
    assert {key: len(one.reports) for key, one in units.items()} == {
        f"CNLYG/{box()}": 3, f"CNLYG/{box(1)}": 1, f"CNSHD/{box()}": 1,
    }  # fmt: skip


def test_settled_each_identity_has_one_report_and_the_rest_is_in_the_accounts() -> None:
    said = [*STORY, *STORY, *AGAIN, *AGAIN, *STORY[:1]]
    for seed in range(5):
        Random(seed).shuffle(said)
        hearing = heard(*said)
        hearing.settle()
        (one,) = hearing.units.values()
        assert sorted(r.event_id for r in one.reports) == ["e1", "e2", "e3"]
        assert {r.recorded_at for r in one.reports if r.event_id == "e1"} == {
            int(at("12:00").timestamp())
        }
        sums = hearing.accounts
        assert (sums.messages, sums.duplicates, sums.corrections) == (9, 5, 1)


def test_the_latest_instant_is_of_what_stands() -> None:
    # what fell says 12:05, no later than the clocks of two systems may differ
    fell = event("gated-in", "12:05", event_id="e1", recorded_at=at("12:00"))
    stands = event("gated-in", "08:00", event_id="e1", recorded_at=at("12:01"))
    hearing = heard(*wire(fell, stands))
    assert hearing.latest_s() == int(at("12:05").timestamp())
    hearing.settle()
    assert hearing.latest_s() == int(at("12:01").timestamp())
    assert Hearing().latest_s() is None


def test_what_was_heard_in_parts_is_joined_to_what_one_would_have_heard() -> None:
    whole, left, right = heard(*STORY, *AGAIN), heard(*STORY[:2]), heard(STORY[2], *AGAIN, first=3)
    left.join(right.units.items())
    whole.settle()
    left.settle()
    assert left.units == whole.units
    assert left.accounts.corrections == whole.accounts.corrections == 1


@pytest.mark.parametrize("order", [1, -1])
def test_joined_a_unit_is_what_the_first_message_says(order: int) -> None:
    place = heard(*wire(*suspension("10:00", place="X")), first=1)
    lot = heard(*wire(*told("08:00 gated-in", unit=unit_in("CNLYG/X", UnitType.LOT))), first=2)
    one, other = (place, lot)[::order]
    one.join(other.units.items())
    (found,) = one.units.values()
    assert (found.number, found.type, len(found.reports)) == (1, UnitType.PLACE, 2)
    assert [history.key for history in one.places()] == ["CNLYG/X"]


def test_what_is_not_wanted_is_given_away() -> None:
    hearing = heard(*STORY, *OTHER)
    gone = hearing.without(lambda unit_id: unit_id == box(1))
    assert set(gone) == {f"CNLYG/{box(1)}"}
    assert set(hearing.units) == {f"CNLYG/{box()}"}


def test_what_is_taken_is_forgotten() -> None:
    hearing = heard(*STORY, *OTHER)
    keys = []
    for key, _ in hearing.taken():
        assert key not in hearing.units
        keys.append(key)
    assert (keys, hearing.units) == ([f"CNLYG/{box()}", f"CNLYG/{box(1)}"], {})


def test_what_cannot_be_read_has_its_number() -> None:
    hearing = heard(b"{", STORY[0], first=7)
    assert [(line, refusal.reason) for line, refusal in hearing.refused] == [(7, "broken-json")]
    assert (hearing.accounts.messages, hearing.accounts.quarantined) == (2, 1)


def test_accounts_are_added_field_by_field() -> None:
    one, other = Accounts(1, 2, 3, 4, 5, 6, 7), Accounts(10, 20, 30, 40, 50, 60, 70)
    assert one + other == Accounts(11, 22, 33, 44, 55, 66, 77)
