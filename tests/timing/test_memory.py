"""Memory: a history written down and read back is the same; what cannot be read is an error."""

import os
import subprocess
import sys
from collections.abc import Callable

import msgspec
import pytest

from events.codec import canonical
from events.testing import at, event, suspension, told, wire
from timing import memory
from timing.engine import Rules, Step, declare, next_deadline, observe
from timing.history import History
from timing.limits import Register
from timing.memory import VERSION, UnreadableHistory, form_of, pack, unpack
from timing.observation import observation_of
from timing.patience import Patience
from timing.places import is_place, suspensions_of
from timing.running import WAITING
from timing.shortcut import taken

RULES = Rules()
FORM = form_of(RULES)


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


def announced() -> History:
    """Nothing but what waits for a visit."""
    history = observe(None, told("08:00 declared")[0], RULES, 0).history
    assert history is not None
    return history


def returning() -> History:
    """A unit that has left, and of which the next stay is announced."""
    history: History | None = None
    for each in told("08:00 discharged", "12:00 gated-out", "15:00 declared"):
        history = observe(history, each, RULES, 0).history
    assert history is not None
    return history


@pytest.mark.parametrize("known", [waiting, announced, returning])
def test_a_visit_in_short_is_read_back_as_it_was(known: Callable[[], History]) -> None:
    before = known()
    after = unpack(pack(before, FORM), FORM)
    assert before.live is not None
    assert after == before
    assert (after.live is WAITING) is (before.live is WAITING)


def test_a_unit_that_was_written_down_takes_the_short_road() -> None:
    report = observation_of(told("12:30 inspection-ordered", ids="later")[0])
    assert taken(unpack(pack(waiting(), FORM), FORM), report, RULES, 0) is not None
    assert taken(unpack(pack(waiting())), report, RULES, 0) is None


def test_what_was_written_under_other_rules_is_not_read_in_short() -> None:
    others = [Rules(Register(())), Rules(patience=Patience(stay_max_s=5))]
    row = pack(waiting(), FORM)
    for form in (*map(form_of, others), 0):
        after = unpack(row, form)
        assert (after.live, after.due_at) == (None, None)
        assert after.reports == waiting().reports


@pytest.mark.parametrize("table", ["Kind", "Mode", "Party", "STAGES", "CHAINS", "LAYOUT"])
def test_another_order_of_any_table_is_another_form(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, table, list(getattr(memory, table))[::-1])
    assert form_of(RULES) != FORM


def test_the_form_is_the_same_in_every_process() -> None:
    # sets are read in another order there
    asked = "from timing import memory, rules; print(memory.form_of(rules.Rules()))"
    ran = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, check=True, timeout=60,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert int(ran.stdout) == FORM


def test_rows_without_a_short_part_and_their_readers_go_on() -> None:
    old, new = (msgspec.msgpack.decode(pack(waiting(), form)) for form in (0, FORM))
    assert unpack(msgspec.msgpack.encode(old[:7]), FORM) == unpack(pack(waiting()))
    assert new[:7] == old[:7]


def test_what_is_broken_in_the_short_part_is_refused() -> None:
    row = msgspec.msgpack.decode(pack(waiting(), FORM))
    row[8] = row[8][:-1]
    with pytest.raises(UnreadableHistory):
        unpack(msgspec.msgpack.encode(row), FORM)


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
