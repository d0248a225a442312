"""Two roads: whatever the short road takes, of reports or of time, comes to what the long road
comes to, on stories made by hand. In the middle of each story the history is written down and read
back.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from events.codec import canonical
from events.envelope import Event
from events.testing import told
from timing.engine import Step, elapse, next_deadline, observe
from timing.history import History
from timing.limits import Register
from timing.memory import form_of, pack, unpack
from timing.observation import observation_of, unit_key
from timing.rules import Rules
from timing.running import SIZE, Live
from timing.shortcut import elapsed, taken
from timing.stages import STAGE_IDS
from timing.testing import RULES

KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
    "journey_s": 7200,
}
SEA = (
    "05:00 manifest-declared", "08:00 arrived", "09:00 discharged", "09:10 tally-ended",
    "09:20 tally-reported", "10:00 transfer-ordered", "10:05 transfer-started",
    "10:20 transfer-ended", "10:30 declared", "10:40 declaration-accepted",
    "11:00 inspection-ordered", "11:20 positioned", "11:40 inspection-started",
    "12:00 lab-sampled", "12:10 inspection-ended", "12:20 move-ordered", "12:25 move-started",
    "12:40 move-ended", "12:50 tally-ended", "13:00 pickup-requested", "13:05 pickup-planned",
    "13:10 available-for-pickup", "14:00 move-started", "14:10 move-ended", "14:20 scan-ordered",
    "14:30 inspection-ordered", "15:00 conditionally-released", "15:05 released",
    "15:10 pickup-requested", "15:30 truck-arrived", "15:50 truck-departed", "16:00 truck-arrived",
    "16:10 truck-arrived", "16:20 gated-out", "16:30 truck-departed", "16:40 tally-reported",
    "18:00 lab-result", "18:10 declared", "day+2 08:00 gated-in", "day+2 09:00 move-ordered",
)  # fmt: skip
AIR = (
    "05:00 manifest-declared", "08:00 arrived", "08:20 air-unloaded", "08:40 ramp-transferred",
    "09:00 tally-ended", "09:05 tally-reported", "09:30 stored", "10:00 declaration-accepted",
    "11:00 released", "12:00 gated-out",
)  # fmt: skip
EXPORT = (
    "07:00 truck-arrived", "07:30 gated-in", "07:40 truck-departed", "08:00 arrival-reported",
    "09:00 declared", "09:30 declaration-accepted", "10:00 inspection-ordered", "10:30 positioned",
    "11:00 released", "12:00 loaded", "13:00 tally-ended", "20:00 departed", "21:00 tally-reported",
)  # fmt: skip
SHUT_OUT = (
    "07:00 truck-arrived", "07:30 gated-in", "08:00 arrival-reported", "09:30 declaration-accepted",
    "10:00 move-ordered", "11:00 lab-sampled", "18:00 gated-out", "20:00 departed",
)  # fmt: skip
CROOKED = (
    "08:00 arrived", "08:10 arrived", "08:20 arrival-reported", "08:30 declaration-accepted",
    "08:40 declaration-accepted", "09:00 discharged", "09:30 arrived", "10:00 tally-ended",
    "10:10 tally-ended", "10:20 tally-reported", "10:30 tally-reported", "10:40 tally-ended",
    "11:00 move-started", "11:10 move-ordered", "11:20 move-started", "11:30 move-started",
    "11:40 move-ordered", "11:50 move-ended", "12:00 inspection-started", "12:10 positioned",
    "12:20 inspection-ordered", "12:30 inspection-started", "13:00 manifest-declared",
    "13:10 arrived", "14:00 lab-sampled", "14:10 lab-sampled", "15:00 pickup-planned",
    "15:10 released", "15:20 discharged", "16:00 released", "17:00 departed", "18:00 rail-loaded",
)  # fmt: skip
MIXED = (
    "08:00 discharged", "08:30 declared mode=rail", "09:00 positioned",
    "09:10 tally-ended mode=road", "10:00 truck-arrived", "10:30 move-ordered facility=LPT2",
    "11:00 move-ended", "12:00 truck-departed", "12:30 truck-arrived",
    "13:00 rail-loaded mode=rail",
)  # fmt: skip
SLOW = (
    "08:00 discharged", "09:00 move-ordered", "09:26 move-started", "10:00 move-ended",
    "11:00 transfer-ordered", "11:40 transfer-started", "12:20 inspection-ordered",
    "13:00 inspection-started", "14:00 tally-ended", "14:25 declared", "15:00 tally-reported",
    "15:00 gated-out",
)  # fmt: skip
BY_RAIL = (
    "08:00 arrived mode=rail", "08:30 rail-unloaded mode=water", "09:00 declared",
    "10:00 move-started", "11:00 loaded mode=water",
)  # fmt: skip
YARDS = (
    "08:00 discharged", "08:10 tally-ended", "08:20 declared", "09:00 transfer-started",
    "09:10 gated-out", "09:40 gated-in", "09:42 declared", "09:45 tally-reported",
    "09:50 transfer-ended", "10:00 tally-ended", "10:10 declared", "10:20 truck-arrived",
)  # fmt: skip
UNPACKED = (
    "08:00 discharged", "08:10 declared", "08:30 inspection-ordered", "09:00 unstuffing-started",
    "10:00 unstuffing-ended", "10:10 tally-ended", "10:30 inspection-ended",
    "11:00 stuffing-started", "11:30 declared", "12:00 stuffing-ended", "12:30 move-ordered",
    "13:00 gated-out",
)  # fmt: skip
AHEAD = (
    "05:00 manifest-declared", "05:30 declared", "06:00 declaration-accepted",
    "06:10 pickup-requested", "08:00 arrived", "09:00 discharged", "10:00 released",
)  # fmt: skip
HELD = (
    "08:00 arrived", "09:00 discharged", "09:10 lab-sampled", "09:20 tally-ended",
    "09:30 clock-stopped party=customs", "09:40 declared", "09:50 clock-resumed",
    "10:00 tally-reported", "10:10 declaration-accepted", "10:20 move-ordered",
    "10:30 documents-requested", "10:40 documents-supplied", "10:50 move-ended",
    "11:00 transfer-ordered", "11:10 transfer-ended", "12:00 released", "12:10 detained",
    "12:20 released", "13:00 gated-out", "13:10 clock-resumed",
)  # fmt: skip
BOOKED = (
    "08:00 discharged", "08:30 inspection-scheduled at=12:00", "09:00 inspection-ordered",
    "09:10 tally-ended", "10:00 positioned", "10:10 inspection-started", "10:20 tally-reported",
    "10:30 inspection-ended", "11:00 overtime-booked at=20:00 until=22:00", "11:10 move-ordered",
)  # fmt: skip
BY_AIR_IN_ADVANCE = (
    "08:00 arrived", "08:30 declaration-accepted", "09:00 discharged", "10:00 tally-ended",
    "11:00 released", "12:00 gated-out",
)  # fmt: skip
BY_AIR_WITHOUT_PAPERS = (
    "08:00 arrived", "08:30 discharged", "08:40 documents-requested", "09:00 declared",
    "09:30 declaration-accepted", "10:00 tally-ended", "10:30 documents-supplied",
    "11:00 released",
)  # fmt: skip
IN_ONE_MINUTE = (
    "07:30 gated-in", "07:30 truck-arrived", "07:30 truck-departed", "08:00 move-ordered",
    "08:00 move-started", "08:00 move-ended", "09:00 tally-ended", "09:00 tally-reported",
    "10:00 inspection-ordered", "10:00 positioned", "10:00 inspection-started", "10:10 declared",
)  # fmt: skip
STORIES = {
    "by sea": told(*SEA, **KNOWN),
    "by air": told(*AIR, mode="air", **KNOWN),
    "by air, declared in advance": told(*BY_AIR_IN_ADVANCE, mode="air", **KNOWN),
    "by air, without papers": told(*BY_AIR_WITHOUT_PAPERS, mode="air", **KNOWN),
    "in one minute": told(*IN_ONE_MINUTE, **KNOWN),
    "announced out of order": told(
        "07:10 pickup-requested", "07:00 truck-arrived", "07:05 declared", "08:00 gated-in",
        "09:00 pickup-planned", **KNOWN,
    ),
    "export": told(*EXPORT, direction="export", **KNOWN),
    "shut out": told(*SHUT_OUT, direction="export", **KNOWN),
    "transhipment": told(*SEA[1:8], "14:00 loaded", direction="transhipment", **KNOWN),
    "of no known direction": told(*SEA, direction=None, **KNOWN),
    "little is known of it": told(*SEA),
    "told to the minute": told(*SEA, precision="minute", **KNOWN),
    "over many days": told(*(f"day+{n} {words}" for n, words in enumerate(SEA[:38])), **KNOWN),
    "crooked": told(*CROOKED, **KNOWN),
    "a crooked export": told(*CROOKED, direction="export", **KNOWN),
    "an empty of mixed modes": told(*MIXED, cargo={"laden": False}),
    "a laden box of mixed modes": told(*MIXED, **KNOWN),
    "slower than promised": told(*SLOW, **KNOWN),
    "by rail, and told by a ship": told(*BY_RAIL, **KNOWN),
    "a truck after the gate": told(
        "08:00 gated-in", "09:00 declared", "10:00 truck-arrived", "11:00 declared", **KNOWN
    ),
    "an empty by two trucks": told(
        "07:00 truck-arrived", "07:10 truck-arrived", "07:30 gated-in", "07:40 truck-departed",
        "09:00 truck-arrived", "09:10 gated-out", cargo={"laden": False},
    ),
    "between two yards": told(*YARDS, **KNOWN),
    "between two yards, by one gate": told(*YARDS[:5], *YARDS[7:], **KNOWN),
    "unpacked": told(*UNPACKED, **KNOWN),
    "declared in advance": told(*AHEAD, **KNOWN),
    "announced and never come": told(*AHEAD[:4], "day+40 08:00 arrived", **KNOWN),
    "announced too early": told("day-31 08:00 declared", *AHEAD, **KNOWN),
    "something else came first": told("05:00 move-started", *AHEAD, **KNOWN),
    "held": told(*HELD, **KNOWN),
    "booked": told(*BOOKED, **KNOWN),
    "told late of what it is": [*told(*SEA[:6]), *told(*SEA[6:], ids="f", **KNOWN)],
    "corrected": [*told(*SEA[:6], **KNOWN), *told(
        "10:01 transfer-ordered supersedes=e6", *SEA[6:], ids="f", **KNOWN
    )],
    "corrected in what began it": [*told(*SEA[:4], **KNOWN), *told(
        "09:30 discharged supersedes=e3", *SEA[5:], ids="f", **KNOWN
    )],
}  # fmt: skip
UNDER = ["every kind of limit", "half an hour for everything", "no limit"]
Promises = Callable[[str], Rules]


@pytest.fixture
def promises(rules: Callable[..., Rules]) -> Promises:
    """The rules of a name in UNDER."""
    halves = rules(*(f"{stage} PT30M" for stage in sorted(STAGE_IDS)))
    return dict(zip(UNDER, (RULES, halves, Rules(Register(()))), strict=True)).__getitem__


def published(step: Step) -> tuple[Any, ...]:
    """All that a step says, in no order."""
    said = {canonical(o) + str(o.cause).encode() for o in step.outcomes}
    alerts = {alert.model_dump_json() for alert in step.alerts}
    return said, alerts, {fate.model_dump_json() for fate in step.fates}, step.novelty


def under_way(live: Live | None) -> tuple[set[bytes], Live | None]:
    """What is running in no order, and the rest with what is done in one order."""
    if live is None:
        return set(), None
    rest = msgspec.structs.replace(live, running=b"", done=bytes(sorted(live.done)))
    begun = live.running
    return {begun[place : place + SIZE] for place in range(0, len(begun), SIZE)}, rest


def assert_same(quick: Step, long: Step) -> None:
    """Two steps publish the same and leave the same, but for the order of what is under way."""
    assert published(quick) == published(long)
    one, other = quick.history, long.history
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        assert under_way(one.live) == under_way(other.live)
        assert msgspec.structs.replace(one, live=None) == msgspec.structs.replace(other, live=None)


def assert_written_in_short(history: History | None, form: int) -> None:
    """Whatever the short road knows of a visit is there again when it was written down."""
    if history is not None and history.live is not None:
        assert unpack(pack(history, form), form) == history


def bare(history: History | None, first: Event, rules: Rules, watermark: int) -> History:
    """The same history as if nothing had ever been told of it in short."""
    if history is not None:
        return msgspec.structs.replace(history, live=None)
    settled_until = watermark - rules.patience.retention_s - 1
    return History(unit_key(first), first.unit.type, settled_until=settled_until)


def passed(history: History | None, watermark: int, rules: Rules) -> tuple[History | None, int]:
    """The history when time has passed, and whether it went the short way."""
    due_at = None if history is None else next_deadline(history, rules)
    if history is None or due_at is None or due_at > watermark:
        return history, 0
    quick = elapsed(history, rules, watermark)
    long = elapse(msgspec.structs.replace(history, live=None), watermark, rules)
    if quick is not None:
        assert_same(quick, long)
    return long.history, quick is not None


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
@pytest.mark.parametrize("lateness_s", [0, 600, 10**9], ids=["at once", "soon", "never"])
@pytest.mark.parametrize("under", UNDER)
def test_both_roads_come_to_the_same(
    story: list[Event], lateness_s: int, under: str, promises: Promises
) -> None:
    # the watermark follows the reports at once, after ten minutes, or not at all
    rules, quickly, history = promises(under), 0, None
    form = form_of(rules)
    for n, each in enumerate(story):
        watermark = int(each.occurred_at.timestamp()) - lateness_s
        history, quick_time = passed(history, watermark, rules)
        quick = None if history is None else taken(history, observation_of(each), rules, watermark)
        step = observe(history, each, rules, watermark)
        assert_same(step, observe(bare(history, each, rules, watermark), each, rules, watermark))
        quickly += quick_time + (quick is not None)
        history = step.history
        assert_written_in_short(history, form)
        if n == len(story) // 2 and history is not None:
            history = elapse(unpack(pack(history)), watermark, rules).history
    assert quickly > 0


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
@pytest.mark.parametrize("under", UNDER[:2])
def test_time_alone_comes_to_the_same(story: list[Event], under: str, promises: Promises) -> None:
    # after every third report, time passes from deadline to deadline until all is forgotten
    rules, history = promises(under), None
    for n, each in enumerate(story):
        history = observe(history, each, rules, 0).history
        waiting, steps = (history if n % 3 == 0 else None), 0
        while waiting is not None and steps < 40:
            due_at = next_deadline(waiting, rules)
            assert due_at is not None
            waiting, _ = passed(waiting, due_at, rules)
            steps += 1
        assert waiting is None


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_the_verbs_take_the_short_road_where_there_is_one(story: list[Event]) -> None:
    history: History | None = None
    for each in story:
        quick = None if history is None else taken(history, observation_of(each), RULES, 0)
        step = observe(history, each, RULES, 0)
        assert quick is None or step == quick
        history = step.history
        if history is not None and (due_at := next_deadline(history, RULES)) is not None:
            in_time = elapsed(history, RULES, due_at)
            assert in_time is None or elapse(history, due_at, RULES) == in_time
