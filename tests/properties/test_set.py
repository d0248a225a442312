"""The core law: outcomes are a function of the set of events and of the time, not of order."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.codec import canonical, encode
from events.envelope import Event
from events.outcomes import Outcome
from events.testing import MORNING, box, event
from events.vocabulary import SUSPENSIONS, Kind, Verdict
from timing.engine import Rules, Step, elapse, next_deadline, observe, unit_key, watermark_of
from timing.history import History
from timing.judge import judge
from timing.memory import pack, unpack

RULES = Rules()
PORTS = ("CNSHD", "CNTXG")
KINDS = [kind for kind in Kind if kind not in SUSPENSIONS]
END = MORNING + timedelta(days=4)


class Story(list[Event]):
    """Events that hypothesis shows in words."""

    def __repr__(self) -> str:
        return "\n".join(map(_words, self))


def _words(told: Event) -> str:
    target = told.retracts or told.supersedes or ""
    verb = "retracts" if told.retracts else "supersedes" if told.supersedes else ""
    recorded = told.recorded_at.strftime("%H:%M:%S") if told.recorded_at else "-"
    return (
        f"{told.occurred_at:%d %H:%M} ({recorded}) {told.event_id} {told.kind} "
        f"{told.direction or ''} "
        f"{told.cargo.size_type if told.cargo else ''} {told.party or ''} {verb} {target}"
    )


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Up to 25 reports of one box: any kinds, any times of two days, some correcting others."""
    told: list[Event] = Story()
    port = draw(st.sampled_from(PORTS))
    for n in range(draw(st.integers(1, 25))):
        minutes = draw(st.integers(0, 2 * 24 * 12)) * 5
        earlier = [e.event_id for e in told]
        fields: dict[str, object] = {
            "event_id": f"e{draw(st.integers(0, 40))}" if draw(st.booleans()) else f"n{n}"
        }
        if earlier and draw(st.integers(0, 5)) == 0:
            fields[draw(st.sampled_from(("supersedes", "retracts")))] = draw(
                st.sampled_from(earlier)
            )
        fields["cargo"] = (
            {"size_type": draw(st.sampled_from(("22G1", "42G1", "L5G1")))}
            if draw(st.booleans())
            else None
        )
        fields["direction"] = draw(st.sampled_from(("import", "export", None)))
        fields["party"] = draw(st.sampled_from(("customs", "terminal", "force-majeure", None)))
        moment = MORNING + timedelta(minutes=minutes)
        fields["recorded_at"] = moment + timedelta(seconds=draw(st.integers(0, 900)))
        told.append(event(draw(st.sampled_from(KINDS)), moment, unit=box(1), port=port, **fields))
    return told


class Told(NamedTuple):
    """What a stream published: the last word on each outcome, as readers keep it."""

    outcomes: dict[tuple[str, str, int, str], Outcome]
    fates: dict[str, str | None]
    history: History | None


def stream(told: list[Event], watermarks: list[int], *, packed: bool = False) -> Told:
    """Play events one by one, each at its watermark, then let time pass to the end."""
    published = Told({}, {}, None)
    history: History | None = None
    watermark = 0
    for heard, moved in zip(told, watermarks, strict=True):
        watermark = max(watermark, moved)
        step = observe(history, heard, RULES, watermark)
        _read(published, step)
        history = unpack(pack(step.history)) if packed and step.history else step.history
        if history is not None and (next_deadline(history, RULES) or watermark + 1) <= watermark:
            step = elapse(history, watermark, RULES)
            _read(published, step)
            history = step.history
    if history is not None:
        step = elapse(history, watermark_of(END, RULES), RULES)
        _read(published, step)
        history = step.history
    return published._replace(history=history)


def _read(published: Told, step: Step) -> None:
    for outcome in step.outcomes:
        key = (
            outcome.visit_id,
            outcome.stage,
            outcome.occurrence,
            outcome.limit.id if outcome.limit else "",
        )
        published.outcomes[key] = outcome
    for fate in step.fates:
        published.fates[fate.event_id] = fate.visit_id


def lines(told: Told) -> list[bytes]:
    return sorted(canonical(o) for o in told.outcomes.values() if o.verdict is not Verdict.VOID)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), told=events())
def test_any_order_with_duplicates_and_delays_gives_what_the_judge_says(
    data: st.DataObject, told: list[Event]
) -> None:
    heard = Story(
        data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=5))))
    )
    base = int(MORNING.timestamp())
    steps = st.integers(0, 3 * 24 * 60).map(lambda minutes: base + minutes * 60)
    watermarks = sorted(data.draw(st.lists(steps, min_size=len(heard), max_size=len(heard))))
    live = stream(heard, watermarks, packed=data.draw(st.booleans()))
    offline = judge((encode(e) for e in told), RULES, END)
    assert lines(live) == offline.lines()
    assert live.fates == {fate.event_id: fate.visit_id for fate in offline.fates}
    assert offline.accounts.unexplained == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=events(), cuts=st.lists(st.integers(0, 4 * 24 * 60), max_size=8))
def test_one_big_tick_equals_many_small_ones(told: list[Event], cuts: list[int]) -> None:
    big = stream(told, [0] * len(told))
    history = None
    published = Told({}, {}, None)
    for heard in told:
        step = observe(history, heard, RULES, 0)
        _read(published, step)
        history = step.history
    for minutes in [*sorted(cuts), 4 * 24 * 60]:
        if history is not None:
            moment = min(MORNING + timedelta(minutes=minutes), END)
            step = elapse(history, watermark_of(moment, RULES), RULES)
            _read(published, step)
            history = step.history
    assert lines(published) == lines(big)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=events(), minutes=st.integers(0, 4 * 24 * 60))
def test_nothing_changes_before_the_next_deadline(told: list[Event], minutes: int) -> None:
    history = None
    for heard in told:
        history = observe(history, heard, RULES, 0).history
    assert history is not None
    due = next_deadline(history, RULES)
    watermark = int(MORNING.timestamp()) + minutes * 60
    before = watermark if due is None else min(watermark, due - 1)
    step = elapse(history, max(before, 0), RULES)
    assert (step.outcomes, step.alerts, step.fates) == ((), (), ())
    assert step.history is not None
    assert step.history.reports == history.reports


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=events())
def test_forgetting_leaves_nothing_and_takes_nothing_back(told: list[Event]) -> None:
    live = stream(told, [0] * len(told))
    if live.history is None:
        return
    far = datetime(2027, 1, 1, tzinfo=UTC)
    step = elapse(live.history, watermark_of(far, RULES), RULES)
    assert step.history is None
    assert all(outcome.verdict is not Verdict.VOID for outcome in step.outcomes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_come_alone(kind: Kind) -> None:
    alone = event(kind, MORNING, port="CNSHD")
    step = observe(None, alone, RULES, 0)
    assert step.history is not None
    assert step.history.key == unit_key(alone)
    assert len(step.fates) == 1
