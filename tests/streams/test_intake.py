"""What a record is: an event of this partition, a refusal, or parts that belong elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from events.codec import decode
from events.dead_letters import Refused, from_headers
from events.envelope import Event
from events.instants import EARLIEST, LATEST
from events.outcomes import Tick
from events.reading import Reported, read
from events.refusals import Reason
from events.testing import at, box, event, examples, tick, wire
from streams.intake import (
    Copy,
    DeadLetter,
    Part,
    PlaceEvent,
    read_event,
    read_tick,
    received_at,
)
from streams.plane.batches import partition_of
from streams.plane.run import Run
from streams.testing import about

PARTITIONS = 4
TOPIC = "terminal-events"
MakeRun = Callable[..., Run]


def _home(unit: str) -> int:
    return partition_of(unit.encode(), PARTITIONS)


def _read(run_of: MakeRun, record: Any, partition: int) -> Any:
    return read_event(run_of(TOPIC, partition, record), record, PARTITIONS)


def _many(units: list[str]) -> bytes:
    message = orjson.loads(wire(event("discharged", "09:00", event_id="m"))[0])
    del message["unit"]
    return orjson.dumps(message | {"units": [{"type": "container", "id": u} for u in units]})


def _gist(fact: Event) -> Reported:
    (found,) = read(wire(fact)[0])
    return found


def test_an_event_of_this_partition_is_an_event(run_of: MakeRun, kept: Any) -> None:
    moved = event("move-ended", "09:00", unit=box(7))

    assert _read(run_of, kept(3, wire(moved)[0]), _home(box(7))) == _gist(moved)


@pytest.mark.parametrize("example", examples("refused"), ids=lambda example: example.name)
def test_what_cannot_be_read_is_refused_with_its_reason(
    run_of: MakeRun, kept: Any, example: Any
) -> None:
    letter = _read(run_of, kept(3, example.data, b"k"), 0)

    assert isinstance(letter, DeadLetter)
    assert letter.refusal.reason == example.word
    refused = from_headers(letter.headers)
    assert isinstance(refused, Refused)
    assert refused.position == "terminal-events/0/3"
    assert refused.reason is Reason(example.word)


def test_a_message_of_many_units_is_split_into_parts_that_are_never_split_again(
    run_of: MakeRun, kept: Any
) -> None:
    units = [box(n) for n in range(5)]
    parts = _read(run_of, kept(3, _many(units)), 0)

    assert [part.key.decode() for part in parts] == units
    for part in parts:
        assert isinstance(part, Part)
        (alone,) = decode(part.value)
        assert alone.event_id == f"m/{alone.unit.id}"
        again = kept(9, part.value, part.key, headers=part.headers)
        assert _read(run_of, again, _home(alone.unit.id)) == _gist(alone)


def test_a_list_of_one_unit_is_split_too_so_that_its_key_is_the_unit(
    run_of: MakeRun, kept: Any
) -> None:
    parts = _read(run_of, kept(3, _many([box(1)])), _home(box(1)))

    assert [part.key for part in parts] == [box(1).encode()]


def test_splitting_twice_gives_the_same_bytes(run_of: MakeRun, kept: Any) -> None:
    message = kept(3, _many([box(1), box(2)]))

    assert _read(run_of, message, 0) == _read(run_of, message, 0)


def test_an_event_in_a_strange_partition_is_sent_home(run_of: MakeRun, kept: Any) -> None:
    moved = event("move-ended", "09:00", unit=box(7))
    astray = (_home(box(7)) + 1) % PARTITIONS

    (part,) = _read(run_of, kept(3, wire(moved)[0], b"odd key"), astray)
    assert (part.topic, part.key) == (TOPIC, box(7).encode())
    assert decode(part.value) == (moved,)
    assert part.headers == [("split-of", f"{TOPIC}/{astray}/3".encode())]


def test_a_part_is_judged_where_it_is_even_if_the_partitioner_changed(
    run_of: MakeRun, kept: Any
) -> None:
    moved = event("move-ended", "09:00", unit=box(7))
    astray = (_home(box(7)) + 1) % PARTITIONS
    record = kept(3, wire(moved)[0], headers=[("split-of", b"terminal-events/0/1")])

    assert _read(run_of, record, astray) == _gist(moved)


def _declared(place: str = "CNLYG") -> Event:
    return about(place, "suspension-declared", "10:00")


def test_an_event_about_a_place_has_a_copy_for_each_other_partition(
    run_of: MakeRun, kept: Any
) -> None:
    declared, home = _declared(), _home("CNLYG")
    data = wire(declared)[0].replace(b'","', b'", "')
    reading = _read(run_of, kept(3, data, b"odd key"), home)

    others = [n for n in range(PARTITIONS) if n != home]
    source = f"{TOPIC}/{home}/3"
    copies = tuple(Copy(TOPIC, n, b"CNLYG", data, source) for n in others)
    assert reading == PlaceEvent(declared, copies)
    assert reading.copies[0].headers == [("copy-of", source.encode())]


@pytest.mark.parametrize("partition", range(PARTITIONS))
def test_a_copy_is_taken_where_it_is_and_never_copied(
    run_of: MakeRun, kept: Any, partition: int
) -> None:
    headers = [("copy-of", b"terminal-events/0/1")]
    record = kept(3, wire(_declared())[0], headers=headers)

    assert _read(run_of, record, partition) == PlaceEvent(_declared(), None)


def test_a_place_in_a_strange_partition_is_sent_home_and_copied_from_there(
    run_of: MakeRun, kept: Any
) -> None:
    home = _home("CNLYG")
    astray = (home + 1) % PARTITIONS
    (part,) = _read(run_of, kept(3, wire(_declared())[0]), astray)
    assert part.key == b"CNLYG"

    reading = _read(run_of, kept(5, part.value, part.key, headers=part.headers), home)
    assert [copy.partition for copy in reading.copies] == [n for n in range(4) if n != home]
    assert {copy.copy_of for copy in reading.copies} == {f"{TOPIC}/{home}/5"}


def test_a_copy_is_not_held_against_its_own_stamp(run_of: MakeRun, kept: Any) -> None:
    """Else the clocks of two workers would decide in which partitions a suspension holds."""
    stamp_ms = int(at("09:00").timestamp() * 1000)
    original = kept(3, wire(_declared())[0], timestamp=stamp_ms)
    copied = kept(3, original.value, timestamp=stamp_ms, headers=[("copy-of", b"t/0/1")])

    assert isinstance(_read(run_of, original, _home("CNLYG")), DeadLetter)
    assert _read(run_of, copied, 0) == PlaceEvent(_declared(), None)


def test_only_an_event_about_a_place_can_be_a_copy(run_of: MakeRun, kept: Any) -> None:
    moved = event("move-ended", "09:00", unit=box(7))
    astray = (_home(box(7)) + 1) % PARTITIONS
    record = kept(3, wire(moved)[0], headers=[("copy-of", b"terminal-events/0/1")])

    assert isinstance(_read(run_of, record, astray)[0], Part)


def test_a_refusal_keeps_the_mark_of_an_earlier_replay(run_of: MakeRun, kept: Any) -> None:
    record = kept(3, b"{", headers=[("replay-of", b"terminal-events/0/1"), ("trace", b"x")])

    headers = _read(run_of, record, 0).headers
    assert ("replay-of", b"terminal-events/0/1") in headers
    assert "trace" not in dict(headers)


@pytest.mark.parametrize(
    ("stamp_ms", "instant"),
    [
        (1_772_410_000_500, datetime(2026, 3, 2, 0, 6, 40, 500_000, UTC)),
        (None, EARLIEST),
        (-1, EARLIEST),
        (1 << 62, LATEST),
    ],
)
def test_any_stamp_can_be_refused(
    run_of: MakeRun, kept: Any, stamp_ms: int | None, instant: datetime
) -> None:
    record = kept(3, b"{", timestamp=stamp_ms)

    assert abs((received_at(record) - instant).total_seconds()) < 0.01
    assert from_headers(_read(run_of, record, 0).headers)


def test_a_tick_is_a_tick_and_anything_else_is_refused(run_of: MakeRun, kept: Any) -> None:
    good, bad, none = (
        kept(1, tick("09:00", 4).model_dump_json().encode()),
        kept(2, b"{}"),
        kept(3, None),
    )
    run = run_of("ticks", 0, good, bad, none)

    assert read_tick(run, good) == tick("09:00", 4)
    assert isinstance(read_tick(run, good), Tick)
    for record in (bad, none):
        letter = read_tick(run, record)
        assert isinstance(letter, DeadLetter)
        assert letter.refusal.detail.startswith("not a tick: ")


def test_what_happens_after_its_own_stamp_is_a_future_time(run_of: MakeRun, kept: Any) -> None:
    moved = event("gated-in", "10:00")
    home, (message,) = _home(moved.unit.id), wire(moved)
    stamp_ms = int(at("09:54").timestamp() * 1000)
    refused = _read(run_of, kept(3, message, timestamp=stamp_ms), home)
    assert refused.refusal.reason is Reason.FUTURE_TIME
    assert _read(run_of, kept(3, message, timestamp=-1), home) == _gist(moved)
