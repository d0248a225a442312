"""The desk keeps a bounded number of histories open and writes each changed row once."""

from typing import Any

import pytest

from events.testing import at, box, event
from streams.desk import Desk, prepare
from streams.effects import Effects
from streams.plane.store import Part
from streams.tables import UnreadableRow, decode_clock, decode_row, place_key, verify
from streams.testing import SmallLaw
from streams.ticks import WaitingTicks


def _desk(law: Any, part: Part, live_max: int = 2) -> Desk:
    desk = Desk(law, 0, part, WaitingTicks(8))
    desk.live_max = live_max
    return desk


def _put(desk: Desk, law: Any, n: int) -> str:
    moved = event("move-ended", "09:00", unit=box(n))
    row = desk.open(law.unit_key(moved))
    desk.put(row, law.observe(row.history, moved, 0).history)
    return row.key


def test_rows_not_used_for_long_are_closed_and_come_back(small_law: Any) -> None:
    part = Part()
    desk = _desk(small_law, part, live_max=4)
    keys = []
    for n in range(9):
        keys.append(_put(desk, small_law, n))
        desk.open(keys[0])
        desk.close(Effects(0))
        assert len({*desk._young, *desk._old}) <= 4

    assert keys[0] in {*desk._young, *desk._old}, "what is in use stays"
    assert keys[1] not in {*desk._young, *desk._old}
    assert desk.open(keys[1]).history[0] == box(1)
    assert set(part.rows) == set(keys)


def test_deadlines_outlive_a_desk_whose_rows_stayed(small_law: Any, kept: Any) -> None:
    part = Part()
    desk = _desk(small_law, part)
    keys = [_put(desk, small_law, n) for n in range(3)]
    desk.close(Effects(0))
    again = _desk(small_law, part)
    assert again.deadlines is desk.deadlines
    assert sorted(again.deadlines.take(1 << 40)) == sorted(keys)

    again.spoil()
    assert sorted(_desk(small_law, part).deadlines.take(1 << 40)) == sorted(keys)
    part.restore([kept(0, None, keys[0].encode())], 1, verify)
    assert sorted(_desk(small_law, part).deadlines.take(1 << 40)) == sorted(keys[1:])


def test_a_damaged_row_is_named_before_its_partition_flows() -> None:
    part = Part({"CNSHD/PCKU0000001": b"\x01\xc1"})
    with pytest.raises(UnreadableRow, match="CNSHD/PCKU0000001: the row is damaged"):
        prepare(part)


def test_a_unit_that_was_forgotten_is_not_found_among_the_old_rows(small_law: Any) -> None:
    part = Part()
    desk = _desk(small_law, part, live_max=2)
    forgotten = _put(desk, small_law, 1)
    for n in (2, 3):
        _put(desk, small_law, n)
        desk.close(Effects(0))
    desk.put(desk.open(forgotten), None)
    desk.close(Effects(0))

    assert desk.open(forgotten).history is None
    assert forgotten not in part.rows


def test_a_row_is_written_once_per_step_and_only_if_it_changed(small_law: Any) -> None:
    desk = _desk(small_law, Part())
    _put(desk, small_law, 1)
    _put(desk, small_law, 1)
    first, second = Effects(0), Effects(0)
    desk.close(first)
    desk.close(second)

    assert len(first.rows) == 1
    assert second.rows == {}


def test_a_unit_known_and_forgotten_in_one_step_leaves_no_trace(small_law: Any) -> None:
    part, effects = Part(), Effects(0)
    desk = _desk(small_law, part)
    desk.put(desk.open(_put(desk, small_law, 1)), None)
    desk.close(effects)

    assert (part.rows, effects.rows, len(desk.deadlines)) == ({}, {}, 0)


def test_places_are_told_by_their_keys_and_no_unit_is_unpacked_for_them(
    small_law: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part()
    desk = _desk(small_law, part)
    unit = _put(desk, small_law, 1)
    declared = event("suspension-declared", "10:00", event_id="s1")
    place = desk.places.open(place_key("CNLYG", "CNLYG"))
    desk.places.learn(place, small_law.declare(None, declared, 0).history, "s/s1")
    desk.put_place(place)
    effects = Effects(0)
    desk.close(effects)
    assert list(effects.rows) == [unit, place.key]

    unpacked, unpack = list[bytes](), small_law.unpack

    def watched(_: SmallLaw, data: bytes) -> Any:
        unpacked.append(data)
        return unpack(data)

    monkeypatch.setattr(SmallLaw, "unpack", watched)
    again = _desk(small_law, part)
    assert again.places.unfinished == place
    assert again.units_at("CNLYG") == [unit]
    assert again.units_at("CNLY") == []
    assert unpacked == [small_law.pack(place.history)]
    hundred_hours_s = int(at("10:00").timestamp()) + 360_000
    assert again.deadlines.take(hundred_hours_s)[-1] == place.key


def test_a_desk_is_rebuilt_from_its_part(small_law: Any) -> None:
    part = Part()
    desk = _desk(small_law, part)
    key = _put(desk, small_law, 1)
    desk.watermark_s = 77
    desk.note_read(0, 12)
    desk.close(Effects(0))
    again = _desk(small_law, part)

    deadline_s = decode_row(part.rows[key]).deadline_s
    assert deadline_s is not None
    assert decode_clock(part.clock).watermark_s == again.watermark_s == 77
    assert again.read_to(0) == 12
    assert again.deadlines.take(deadline_s - 1) == []
    assert again.deadlines.take(deadline_s) == [key]
