"""The shortcut: which reports are judged alone, and which must take the long road.

That both roads come to the same is for test_two_roads; what a visit must be, for test_abridged.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from events.envelope import Event
from events.testing import at, event, told
from events.vocabulary import Kind
from timing.engine import Rules, Step, elapse, next_deadline, observe
from timing.history import History, written
from timing.limits import Register
from timing.memory import pack, unpack
from timing.observation import observation_of
from timing.roles import DETOURS
from timing.running import WAITING
from timing.shortcut import elapsed, repeated, taken
from timing.visits import AHEAD, OPENERS

KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
    "journey_s": 7200,
}
BEGUN = ("08:00 arrived", "09:00 discharged", "10:00 transfer-ordered")
LEFT = (*BEGUN, "12:00 gated-out")


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules("in-yard-transfer PT30M", "tally-report PT15M", "unloading PT12H")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def kept(step: Step) -> History:
    assert step.history is not None
    return step.history


UNLIMITED = Rules(Register(()))


def after(events: Iterable[Event], rules: Rules, watermark: int = 0) -> History:
    history: History | None = None
    for each in events:
        history = kept(observe(history, each, rules, watermark))
    assert history is not None
    return history


def plain(rules: Rules, *sentences: str, watermark: int = 0, **fields: Any) -> bool:
    """Whether the last of the sentences goes the short way after the others."""
    *before, last = told(*sentences, **{**KNOWN, **fields})
    history = after(before, rules, watermark)
    return taken(history, observation_of(last), rules, watermark) is not None


@pytest.mark.parametrize(
    "last",
    [
        "11:00 transfer-started", "11:00 tally-ended", "11:00 declared", "11:00 lab-sampled",
        "11:00 inspection-ordered", "11:00 declaration-accepted", "11:00 scan-ordered",
        "10:00 available-for-pickup", "11:00 inspection-started", "11:00 pickup-requested",
        "10:00:01 stored", "11:00 truck-arrived", "11:00 released", "11:00 clock-resumed",
    ],
)  # fmt: skip
def test_what_opens_or_ends_or_does_nothing_is_plain(last: str, promised: Rules) -> None:
    assert plain(promised, *BEGUN, last)


def test_a_plain_report_is_judged_and_says_so(promised: Rules) -> None:
    *before, last = told(*BEGUN, "10:10 transfer-started", "10:20 transfer-ended", **KNOWN)
    found = taken(after(before, promised), observation_of(last), promised, 0)
    assert found is not None
    (outcome,) = found.outcomes
    assert (outcome.stage, outcome.verdict, outcome.gross_s) == ("in-yard-transfer", "met", 1200)
    assert (outcome.cause and outcome.cause.id, outcome.revision) == ("lyg-tos/e5", 5)
    assert [fate.event_id for fate in found.fates] == ["e5"]


@pytest.mark.parametrize("kind", sorted(DETOURS))
def test_what_stops_a_clock_or_concerns_many_stages_is_not(kind: Kind, promised: Rules) -> None:
    assert not plain(promised, *BEGUN, f"11:00 {kind}")


NOT_PLAIN = {
    "a report out of order": "09:30 tally-ended",
    "one of the same second and an earlier rank": "10:00 stored",
    "a retraction": "11:00 tally-ended retracts=e2",
    "a replacement": "11:00 tally-ended supersedes=e2",
    "a second entry": "11:00 gated-in",
    "the end of a transfer that began in another stay": "11:00 transfer-ended",
}


@pytest.mark.parametrize("last", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_it_is_not_plain(last: str, promised: Rules) -> None:
    assert not plain(promised, *BEGUN, last)


@pytest.mark.parametrize("event_id", ["e2", "e"])
def test_an_id_that_stands_in_the_history_is_not_plain(event_id: str, promised: Rules) -> None:
    history = after(told(*BEGUN, **KNOWN), promised)
    last = event("tally-ended", "11:00", event_id=event_id, **KNOWN)
    assert taken(history, observation_of(last), promised, 0) is None
    other = event("tally-ended", "11:00", event_id="x", **KNOWN)
    assert taken(history, observation_of(other), promised, 0) is not None


def test_the_very_same_report_is_a_repetition_and_no_other_is(promised: Rules) -> None:
    events = told(*BEGUN, **KNOWN)
    history = after(events, promised)
    assert all(repeated(history, observation_of(each)) for each in events)
    for other in (
        event("arrived", "08:00", event_id="e9", **KNOWN),
        event("arrived", "08:01", event_id="e1", **KNOWN),
        event("arrived", "08:00", event_id="e1", recorded_at=at("08:05"), **KNOWN),
    ):
        assert not repeated(history, observation_of(other))


def test_what_only_looks_like_a_report_in_the_midst_of_another_is_none(promised: Rules) -> None:
    report = observation_of(event("arrived", "08:00", event_id="e1", **KNOWN))
    within = after(told(*BEGUN, **KNOWN), promised)
    body = (len(written(report)) + 3).to_bytes(4) + b"..." + written(report)
    assert not repeated(msgspec.structs.replace(within, body=body), report)


NEWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "direction": ({"direction": None}, {"direction": "import"}),
    "facility": ({"facility": None}, {"facility": "LPCT"}),
    "size": ({"cargo": {}}, {"cargo": {"size_type": "22G1"}}),
    "laden": ({"cargo": {}}, {"cargo": {"laden": True}}),
    "category": ({"cargo": {}}, {"cargo": {"category": "reefer"}}),
    "weight": ({"cargo": {}}, {"cargo": {"weight_kg": 900}}),
    "journey": ({"journey_s": None}, {"journey_s": 7200}),
    "mode": ({"mode": "road"}, {"mode": "water"}),
}


@pytest.mark.parametrize(("unsaid", "said"), NEWS.values(), ids=NEWS.keys())
def test_a_trait_stated_for_the_first_time_is_not_plain(
    unsaid: dict[str, Any], said: dict[str, Any], promised: Rules
) -> None:
    silent = {**KNOWN, **unsaid}
    history = after(told(*BEGUN, **silent), promised)
    news = observation_of(event("tally-ended", "11:00", event_id="x", **{**silent, **said}))
    assert taken(history, news, promised, 0) is None
    no_news = observation_of(event("tally-ended", "11:00", event_id="x", **silent))
    assert taken(history, no_news, promised, 0) is not None


def test_nothing_is_plain_while_anything_else_is_due(promised: Rules) -> None:
    # the transfer is at risk from 10:24 on
    assert plain(promised, *BEGUN, "11:00 tally-ended", watermark=epoch("10:23:59"))
    history = after(told(*BEGUN, **KNOWN), promised)
    last = observation_of(event("tally-ended", "11:00", **KNOWN))
    assert taken(history, last, promised, epoch("10:24")) is None
    warned = kept(elapse(history, epoch("10:24"), promised))
    assert taken(warned, last, promised, epoch("10:24")) is not None


def test_a_history_read_back_is_judged_once_before_anything_is_plain(promised: Rules) -> None:
    history = unpack(pack(after(told(*BEGUN, **KNOWN), promised)))
    first, second = told("11:00 declared", "11:10 tally-ended", ids="f", **KNOWN)
    assert taken(history, observation_of(first), promised, 0) is None
    judged = kept(observe(history, first, promised, 0))
    assert taken(judged, observation_of(second), promised, 0) is not None


def test_under_another_register_nothing_is_plain(
    promised: Rules, rules: Callable[..., Rules]
) -> None:
    other = rules("in-yard-transfer PT31M")
    history = after(told(*BEGUN, **KNOWN), promised)
    last = observation_of(event("tally-ended", "11:00", **KNOWN))
    assert taken(history, last, other, 0) is None
    assert elapsed(history, other, epoch("10:24")) is None


HELD = "10:10 clock-stopped party=customs"


def test_a_resumption_is_plain_while_nothing_is_held(promised: Rules) -> None:
    assert not plain(promised, *BEGUN, HELD, "11:00 clock-resumed")
    assert plain(promised, *BEGUN, HELD, "11:00 clock-resumed", "11:10 clock-resumed")
    assert not plain(promised, *BEGUN, HELD, "11:00 released")


def test_what_a_hold_bears_upon_is_not_plain_and_what_begins_after_it_is(promised: Rules) -> None:
    held = (*BEGUN, HELD, "10:20 clock-resumed")
    assert not plain(promised, *BEGUN, HELD, "10:15 tally-ended")
    assert not plain(promised, *held, "10:30 transfer-started")
    assert plain(promised, *held, "10:30 tally-ended")
    assert plain(promised, *held, "10:30 tally-ended", "10:40 tally-reported")


def test_what_a_correction_bears_upon_is_plain_and_counts_what_fell(promised: Rules) -> None:
    corrected = (*BEGUN, "10:10 transfer-started", "10:12 transfer-started supersedes=e4")
    *before, last = told(*corrected, "10:20 transfer-ended", **KNOWN)
    step = taken(after(before, promised), observation_of(last), promised, 0)
    assert step is not None
    assert [(o.stage, o.revision) for o in step.outcomes] == [("in-yard-transfer", 7)]


ORDERED = (*BEGUN[:2], "09:20 inspection-ordered")
SCHEDULED = "09:30 inspection-scheduled at=12:00"
AGAIN = "10:30 inspection-scheduled at=15:00"


def booked(rules: Rules, *sentences: str) -> list[tuple[int, str, int]]:
    """What the last of the sentences says of booked work, the short way: which, how, revision."""
    *before, last = told(*sentences, **KNOWN)
    step = taken(after(before, rules), observation_of(last), rules, 0)
    assert step is not None
    mine = [o for o in step.outcomes if o.stage == "inspection-positioning"]
    return [(o.occurrence, o.verdict, o.revision) for o in mine]


def test_an_appointment_counts_for_work_under_way_or_to_come(rules: Callable[..., Rules]) -> None:
    judged = rules("inspection-positioning PT2H")
    assert booked(judged, *ORDERED, SCHEDULED) == [(1, "open", 3)]
    assert booked(judged, *ORDERED, SCHEDULED, AGAIN) == [(1, "open", 5)]
    assert booked(judged, *BEGUN, AGAIN, "11:00 inspection-ordered") == [(1, "open", 3)]
    assert booked(judged, *ORDERED, SCHEDULED, AGAIN, "11:00 positioned") == [(1, "met", 7)]


def test_an_appointment_for_what_has_ended_is_for_the_next_time(
    rules: Callable[..., Rules],
) -> None:
    judged, ended = rules("inspection-positioning PT2H"), (*ORDERED, SCHEDULED, "10:00 positioned")
    assert booked(judged, *ended, AGAIN) == []
    assert booked(judged, *ended, AGAIN, "11:00 inspection-ordered") == [(2, "open", 3)]
    assert booked(judged, *ended, "11:00 inspection-ordered") == [(2, "open", 1)]


def test_an_appointment_made_too_late_to_be_calm_is_told_as_it_is(
    rules: Callable[..., Rules],
) -> None:
    judged = rules("inspection-positioning PT1H")
    (late,) = booked(judged, *ORDERED, AGAIN)
    assert late == (1, "breached", 4)


def test_the_evidence_of_what_has_ended_is_not_plain(promised: Rules) -> None:
    # a truck has come and gone before anybody knew that trucks are seen leaving
    inspected = ("09:10 unstuffing-started", "09:20 unstuffing-ended")
    assert not plain(promised, *BEGUN[:2], *inspected, "10:00 inspection-ordered")
    assert plain(promised, *BEGUN[:2], "10:00 inspection-ordered")


def test_an_exit_is_plain() -> None:
    assert plain(UNLIMITED, *BEGUN, "11:00 gated-out")


def test_a_milestone_after_its_successor_is_not_plain() -> None:
    early = ("08:00 arrived", "08:30 declaration-accepted", "09:00 discharged")
    assert plain(UNLIMITED, *early[:2])
    assert not plain(UNLIMITED, *early)


def test_a_milestone_that_skips_others_is_plain_and_infers_their_end() -> None:
    history = after(told("08:00 arrived", **KNOWN), UNLIMITED)
    last = observation_of(event("declaration-accepted", "10:00", **KNOWN))
    step = taken(history, last, UNLIMITED, 0)
    assert step is not None
    flags = {o.stage: o.flags for o in step.outcomes}
    assert flags == {"unloading": ("inferred-close",), "customs-clearance": ()}


def test_an_order_given_twice_is_plain_and_says_nothing(promised: Rules) -> None:
    history = after(told(*BEGUN, **KNOWN), promised)
    step = taken(history, observation_of(event("transfer-ordered", "10:10", **KNOWN)), promised, 0)
    assert step is not None
    assert (step.outcomes, step.alerts) == ((), ())
    assert [fate.visit_id for fate in step.fates] == [history.key + "/20260302T000000Z"]


def test_unpacking_is_never_plain_and_no_exit_during_it(promised: Rules) -> None:
    unpacked = ("09:10 inspection-ordered", "09:20 unstuffing-started")
    assert not plain(promised, *BEGUN[:2], *unpacked)
    assert not plain(promised, *BEGUN[:2], *unpacked, "09:40 inspection-ended")
    assert not plain(promised, *BEGUN[:2], *unpacked, "12:00 gated-out")


@pytest.mark.parametrize("kind", sorted(AHEAD - DETOURS))
def test_what_waits_for_a_visit_is_plain(kind: Kind, promised: Rules) -> None:
    assert plain(promised, "07:00 declared", f"07:10 {kind}")
    history = after(told("07:00 declared", f"07:10 {kind}"), promised)
    assert history.live is WAITING


def test_what_has_waited_too_long_already_is_not_plain(promised: Rules) -> None:
    waiting = after(told("day+20 07:00 declared"), promised)
    old = observation_of(event("declared", "day+1 07:00", event_id="old"))
    assert taken(waiting, old, promised, epoch("day+31 06:59:59")) is not None
    assert taken(waiting, old, promised, epoch("day+31 07:00:01")) is None


@pytest.mark.parametrize("kind", sorted(OPENERS))
def test_the_opening_of_an_announced_visit_is_plain(kind: Kind, promised: Rules) -> None:
    assert plain(promised, "07:00 declared", "07:10 pickup-requested", f"08:00 {kind}")


WAITED = {
    "for too long": ("day-31 07:00 declared", "08:00 arrived"),
    "though it was no announcement": ("07:00 released", "08:00 arrived"),
    "beside something later": ("09:00 declared", "08:00 arrived"),
    "for its own correction": ("07:00 declared", "07:10 declared supersedes=e1", "08:00 arrived"),
}


@pytest.mark.parametrize("story", WAITED.values(), ids=WAITED.keys())
def test_a_visit_that_something_waited_for_is_not_plain(
    story: tuple[str, ...], promised: Rules
) -> None:
    assert not plain(promised, *story)


def test_on_the_short_way_a_watermark_does_not_run_backwards(promised: Rules) -> None:
    history = after(told(*BEGUN, **KNOWN), promised, epoch("10:20"))
    step = taken(history, observation_of(event("tally-ended", "11:00", **KNOWN)), promised, 0)
    assert step is not None
    assert kept(step).watermark == epoch("10:20")


def test_time_goes_the_short_way_from_deadline_to_deadline(promised: Rules) -> None:
    history, said = after(told(*BEGUN, **KNOWN), promised), list[str]()
    while (due_at := next_deadline(history, promised)) and due_at < epoch("12:00"):
        step = elapsed(history, promised, due_at)
        assert step is not None
        history, said = kept(step), [*said, *(alert.state for alert in step.alerts)]
    assert said == ["at-risk", "breached"]


def test_a_visit_is_forgotten_on_the_short_way(promised: Rules) -> None:
    for story, silent in ((BEGUN, "day+180 10:00"), (LEFT, "day+7 12:00")):
        history = after(told(*story, **KNOWN), promised, epoch("23:00"))
        still = elapsed(history, promised, epoch(silent))
        assert still is not None
        assert still.history is not None
        gone = elapsed(history, promised, epoch(silent) + 1)
        assert gone is not None
        assert (gone.history, gone.outcomes) == (None, ())


def test_time_takes_the_long_road_where_something_else_is_due(promised: Rules) -> None:
    # the last stay is forgotten a week after its exit, while the next is under way
    two = after(told(*LEFT, "day+6 08:00 gated-in", **KNOWN), promised, epoch("day+6 08:00"))
    assert elapsed(two, promised, epoch("day+7 12:00")) is not None
    assert elapsed(two, promised, epoch("day+7 12:00:01")) is None


def test_what_waits_is_forgotten_on_the_long_road(promised: Rules) -> None:
    waiting = after(told("07:00 declared"), promised)
    assert elapsed(waiting, promised, epoch("day+30 07:00:01")) is None


def test_without_any_limit_everything_is_judged_alone() -> None:
    nothing = Rules(Register(()))
    for n in range(1, len(LEFT)):
        assert plain(nothing, *LEFT[: n + 1])
