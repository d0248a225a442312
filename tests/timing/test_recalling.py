"""However late a report is: once its unit was recalled, what was published is what a judge of the
whole set says, and what people were told is taken back or told, once."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

import pytest

from events.codec import canonical
from events.envelope import Event
from events.identifiers import Identity
from events.outcomes import Alert, EventFate, Outcome
from events.said import Words
from events.testing import MORNING, at, box, told
from events.vocabulary import AlertState, Cause, Verdict
from timing import announce, engine, recalling
from timing.findings import Findings
from timing.history import History
from timing.observation import observation_of, unit_key
from timing.patience import DAY_S
from timing.recalling import Brought, Recalled, joined, key_of, recall
from timing.rules import Rules
from timing.step import Novelty, Step
from timing.testing import (
    LONGER,
    RULES,
    Ledger,
    judged,
    remembered,
    suspended,
    told_of_places,
    withdrawn,
)
from timing.testing import told as drawn

KEY = f"CNLYG/{box()}"
BECAUSE = (Cause.EVENT, "lyg-tos/late")


class Port:
    """One unit as a worker has it, and the tables as readers keep them. `watermark` is how far
    event time has come."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules, self.watermark = rules, 0
        self.history: History | None = None
        self.landed: list[Event] = []
        self.ledger = Ledger()
        self.alerts: list[Alert] = []
        self.late: list[Event] = []

    def hear(self, event: Event) -> None:
        """An event as it comes in."""
        self.landed.append(event)
        step = engine.observe(self.history, event, self.rules, self.watermark)
        if step.novelty is Novelty.LATE:
            self.late.append(event)
        self._take(step)

    def reach(self, watermark: int) -> None:
        """Time passes."""
        self.watermark = max(watermark, self.watermark)
        while self.history is not None:
            due_at = engine.next_deadline(self.history, self.rules)
            if due_at is None or due_at > self.watermark:
                return
            self._take(engine.elapse(self.history, self.watermark, self.rules))

    def _take(self, step: Step) -> None:
        self.ledger.read(step)
        self.alerts += step.alerts
        self.history = step.history

    def recall(self) -> Recalled:
        """The unit is brought back from the tables."""
        said = recall(KEY, self.history, self.brought(), self.rules, self.watermark)
        self.history = said.history
        self.read(said.words)
        return said

    def brought(self) -> Brought:
        """What the tables hold."""
        reports = tuple(map(observation_of, self.landed))
        visits = {Identity(s, e): visit for (_, s, e), visit in self.ledger.fates.items()}
        return Brought(self.landed[0].unit.type, reports, self.standing(), visits, BECAUSE)

    def standing(self) -> tuple[Outcome, ...]:
        outcomes = self.ledger.outcomes.values()
        return tuple(o for o in outcomes if o.verdict is not Verdict.VOID)

    def read(self, words: Words) -> None:
        for outcome in (Outcome.model_validate_json(said.value) for said in words.outcomes):
            self.ledger.outcomes[_place(outcome)] = outcome
        for fate in (EventFate.model_validate_json(said.value) for said in words.fates):
            self.ledger.fates[KEY, fate.source, fate.event_id] = fate.visit_id
        self.alerts += [Alert.model_validate_json(said.value) for said in words.alerts]


def _place(outcome: Outcome) -> tuple[str, str, int, str]:
    key = key_of(outcome)
    return key.visit_id, key.stage, key.occurrence, key.limit_id


def whole(events: Sequence[Event], rules: Rules, watermark: int) -> Findings:
    """What a judge of the whole set says."""
    return judged(events, watermark, rules)


def agree(port: Port) -> None:
    """What was published is what a judge of the whole set says."""
    found = whole(port.landed, port.rules, port.watermark)
    unit = port.landed[0].unit
    lines = sorted(canonical(announce.outcome(unit, f)) for f in found.by_key.values())
    assert port.ledger.lines() == lines
    fates = {Identity(s, e): visit for (_, s, e), visit in port.ledger.fates.items()}
    assert fates == found.visit_of


def stays(rng: Random) -> list[Event]:
    """Some stays of one box, weeks apart or soon after each other."""
    story: list[Event] = []
    start = MORNING
    for n in range(rng.randint(1, 3)):
        stay = [_named(e, n) for e in drawn(rng, size=12, start=start) if e.unit.id == box()]
        story += stay
        start += timedelta(days=rng.choice((3, 8, 12, 40, 200)))
    return story


def _named(event: Event, n: int) -> Event:
    ids = ("event_id", "supersedes", "retracts")
    said = {name: f"v{n}{old}" for name in ids if (old := getattr(event, name)) is not None}
    return event.model_copy(update=said)


def at_any_time(rng: Random, story: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    """Each event with the watermark at which it comes in: some of them days or months late."""
    lateness = (0, 0, 0, 0, 600, 9 * DAY_S, 30 * DAY_S, 250 * DAY_S)
    sent = [(int(e.occurred_at.timestamp()) + rng.choice(lateness), n) for n, e in enumerate(story)]
    for moment, n in sorted(sent):
        yield moment, story[n]


@pytest.mark.parametrize("seed", range(45))
def test_recalled_in_the_end_the_stream_says_what_the_judge_says(seed: int) -> None:
    rng = Random(seed)
    rules = RULES if rng.random() < 0.7 else suspended(told_of_places(rng))
    port = Port(rules)
    for moment, event in at_any_time(rng, stays(rng)):
        port.reach(moment)
        port.hear(event)
        if rng.random() < 0.1:
            port.recall()
            agree(port)
    port.reach(port.watermark + rng.choice((0, DAY_S, 400 * DAY_S)))
    port.recall()
    agree(port)


@pytest.mark.parametrize("seed", range(15))
def test_recalled_twice_says_nothing_more(seed: int) -> None:
    rng = Random(seed)
    port = Port()
    for moment, event in at_any_time(rng, stays(rng)):
        port.reach(moment)
        port.hear(event)
    port.recall()
    assert port.recall().words == Words()


@pytest.mark.parametrize("seed", range(15))
def test_another_register_is_heard_of_by_every_visit_that_was_forgotten(seed: int) -> None:
    rng = Random(seed)
    port = Port()
    for event in sorted(stays(rng), key=lambda e: e.occurred_at):
        port.reach(int(event.occurred_at.timestamp()))
        port.hear(event)
    port.rules = LONGER
    port.recall()
    agree(port)


LEFT = told("09:00 gated-in", "10:00 move-ordered", "10:20 move-ended", "12:00 gated-out")
"""A box that came, was moved in time, and left."""


def left_a_month_ago(*events: Event) -> Port:
    port = Port()
    for event in events or LEFT:
        port.reach(int(event.occurred_at.timestamp()))
        port.hear(event)
    port.reach(int(at("day+30 12:00").timestamp()))
    assert port.history is None
    return port


def test_a_correction_a_month_late_is_kept_aside_then_heard() -> None:
    port = left_a_month_ago()
    port.hear(withdrawn(LEFT[2], "no"))
    assert [e.event_id for e in port.late] == ["no"]
    said = port.recall()
    assert said.history is None
    (breach,) = [a for a in port.alerts if a.state is AlertState.BREACHED]
    assert breach.stage == "box-move"
    causes = {Outcome.model_validate_json(o.value).cause for o in said.words.outcomes}
    assert {(cause.what, cause.id) for cause in causes if cause} == {BECAUSE}
    agree(port)


def test_a_breach_that_never_was_is_taken_back_once() -> None:
    late = told("10:20 move-ended", ids="late")[0]
    port = left_a_month_ago(*LEFT[:2], LEFT[3])
    assert [a.state for a in port.alerts if a.stage == "box-move"][-1] is not AlertState.RETRACTED
    port.hear(late)
    port.recall()
    told_of = [a.state for a in port.alerts if a.stage == "box-move"]
    assert told_of.count(AlertState.RETRACTED) == 1
    again = len(port.alerts)
    port.recall()
    assert len(port.alerts) == again


def test_a_stay_that_never_was_is_void_and_its_alerts_are_taken_back() -> None:
    port = left_a_month_ago(*told("09:00 gated-in", "10:00 move-ordered", "15:00 gated-out"))
    assert any(a.state is AlertState.BREACHED for a in port.alerts)
    for number, wrong in enumerate(list(port.landed)):
        port.hear(withdrawn(wrong, f"no{number}"))
    said = port.recall()
    verdicts = {Outcome.model_validate_json(o.value).verdict for o in said.words.outcomes}
    assert verdicts == {Verdict.VOID}
    assert port.standing() == ()
    retracted = [a for a in port.alerts if a.state is AlertState.RETRACTED]
    breached = [a for a in port.alerts if a.state is AlertState.BREACHED]
    assert {a.alert_id.rpartition("/")[0] for a in retracted} == {
        a.alert_id.rpartition("/")[0] for a in breached
    }


def test_a_new_stay_and_a_late_report_of_the_old_one_do_not_mix() -> None:
    """The leaving of a box that was silent for so long that it was forgotten comes in while the
    box is here again: it belongs to the first stay, and the second goes on as it was."""
    port = Port()
    for event in told("09:00 gated-in", ids="a"):
        port.hear(event)
    port.reach(int(at("day+200 08:00").timestamp()))
    left, back, moved = told(
        "day+200 09:00 gated-out", "day+205 09:00 gated-in", "day+205 10:00 move-ordered", ids="b"
    )
    for event in (left, back, moved):
        port.reach(int(event.occurred_at.timestamp()))
        port.hear(event)
    port.recall()
    agree(port)
    fates = {event_id: visit for (_, _, event_id), visit in port.ledger.fates.items()}
    assert fates["a1"] == fates["b1"] != fates["b2"] == fates["b3"]
    port.reach(int(at("day+205 12:00").timestamp()))
    port.hear(told("day+205 12:00 move-ended", ids="c")[0])
    agree(port)


def test_of_one_event_told_twice_the_content_that_stands_is_judged() -> None:
    first = LEFT[2]
    later = first.model_copy(update={"occurred_at": at("10:45"), "recorded_at": at("day+20 08:00")})
    (report,) = joined([observation_of(later), observation_of(first), observation_of(first)])
    assert report == remembered([first, later]).reports[0]
    port = left_a_month_ago()
    port.hear(later)
    port.recall()
    agree(port)


def test_words_of_a_unit_never_heard_of_are_as_if_it_came_today() -> None:
    port = Port()
    port.landed = list(LEFT)
    port.watermark = int(at("13:00").timestamp())
    port.recall()
    agree(port)
    assert unit_key(LEFT[0]) == KEY
    assert port.history is not None


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("_void", lambda voice, outcome: voice.outcome),
        ("_fates", lambda voice, known, found: ()),
        ("_stands", lambda known, key, finding, voice: key in known.outcomes),
        ("joined", lambda reports: tuple({r.identity: r for r in reports}.values())),
    ],
)
@pytest.mark.plain
def test_the_laws_notice_a_broken_recall(
    name: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, name, broken)

    def laws() -> None:
        for seed in range(25):
            test_recalled_in_the_end_the_stream_says_what_the_judge_says(seed)
        test_of_one_event_told_twice_the_content_that_stands_is_judged()

    with pytest.raises((AssertionError, AttributeError, TypeError)):
        laws()
