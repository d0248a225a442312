"""Memory: a history written down and read back is the same; what cannot be read is an error."""

import msgspec
import pytest

from events.codec import canonical
from events.testing import at, event, suspension, told, wire
from timing.engine import Rules, Step, declare, next_deadline, observe
from timing.history import History
from timing.memory import VERSION, UnreadableHistory, pack, unpack
from timing.places import is_place, suspensions_of

RULES = Rules()


def remembered() -> History:
    history: History | None = None
    story = told(
        "08:00 arrived", "09:00 discharged facility=LNOCT", "10:00 clock-stopped party=customs",
        "11:00 clock-resumed", "11:30 inspection-scheduled at=13:00",
        "12:00 move-ended supersedes=e9", "12:01 positioned retracts=e8", cargo={"laden": False},
    )  # fmt: skip
    again = event("arrived", "08:01", event_id="e1", recorded_at=at("12:00"), precision="minute")
    for each in (*story, again):
        history = observe(history, each, RULES, int(at("12:00").timestamp())).history
    assert history is not None
    return history


def waiting() -> History:
    """A plain visit under way."""
    history: History | None = None
    for each in told("08:00 arrived", "09:00 discharged", "12:00 move-ordered"):
        history = observe(history, each, RULES, int(at("12:00").timestamp())).history
    assert history is not None
    return history


def kept(step: Step) -> History:
    assert step.history is not None
    return step.history


def test_a_history_survives_the_writing() -> None:
    before = remembered()
    after = unpack(pack(before))
    assert after == msgspec.structs.replace(before, due_at=None, live=None)
    assert after.reports == before.reports
    assert after.findings(RULES) == before.findings(RULES)


def test_what_was_computed_of_it_is_computed_again() -> None:
    before = waiting()
    after = unpack(pack(before))
    assert (before.live, before.due_at) != (None, None)
    assert (after.live, after.due_at) == (None, None)
    assert next_deadline(after, RULES) == next_deadline(before, RULES)
    for each in told("12:30 inspection-ordered", "12:40 positioned", ids="later"):
        straight, restored = (observe(some, each, RULES, 0) for some in (before, after))
        assert set(map(canonical, straight.outcomes)) == set(map(canonical, restored.outcomes))
        before, after = kept(straight), kept(restored)
        assert msgspec.structs.replace(after, live=None) == msgspec.structs.replace(
            before, live=None
        )


def test_a_place_survives_the_writing() -> None:
    history: History | None = None
    for each in suspension("08:00", "12:00", place="LPCT", scope={"modes": ["water"]}):
        history = declare(history, each, RULES, 0).history
    assert history is not None
    after = unpack(pack(history))
    assert suspensions_of(after) == suspensions_of(history)
    assert is_place(after)


def test_every_version_of_a_report_survives_the_writing() -> None:
    assert unpack(pack(remembered())).reports[0].weight == 2


def test_the_same_history_is_written_the_same() -> None:
    assert pack(remembered()) == pack(unpack(pack(remembered())))


def test_what_can_be_computed_again_is_not_written() -> None:
    computed = waiting()
    bare = msgspec.structs.replace(computed, due_at=None, live=None)
    assert bare != computed
    assert pack(bare) == pack(computed)


def test_a_row_is_smaller_than_the_messages_it_stands_for() -> None:
    story = told(*(f"{hour:02}:00 positioned" for hour in range(8, 24)))
    history: History | None = None
    for each in story:
        history = observe(history, each, RULES, 0).history
    assert history is not None
    assert len(pack(history)) < sum(map(len, wire(*story)))


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", pack(remembered())[:-1], b"{}", msgspec.msgpack.encode(["CNLYG"])]
)
def test_a_broken_row_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableHistory, match=f"{len(data)} bytes"):
        unpack(data)


def test_a_row_of_another_version_is_refused_by_its_number() -> None:
    row = msgspec.msgpack.decode(pack(remembered()))
    row[0] = VERSION + 1
    with pytest.raises(UnreadableHistory, match=f"version {VERSION + 1}"):
        unpack(msgspec.msgpack.encode(row))
