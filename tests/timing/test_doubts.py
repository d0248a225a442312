"""Whatever a dead worker said on its way: with what is in doubt said after it, readers have what
was remembered; and of what agrees nothing is in doubt."""

from collections.abc import Iterable, Sequence
from random import Random

import pytest

from events.envelope import Event
from events.outcomes import Alert, EventFate, Outcome
from events.said import Words
from events.testing import at, box, told
from events.vocabulary import AlertState, Verdict
from timing import engine
from timing.doubts import Heard, doubts, names_of
from timing.history import History
from timing.rules import Rules
from timing.step import Step
from timing.testing import LONGER, RULES, Ledger
from timing.testing import told as drawn

KEY = f"CNLYG/{box()}"
SOON = int(at("day+2 08:00").timestamp())
"""Before anything is forgotten."""


class Worker:
    """One unit as a worker has it, and all that it said."""

    def __init__(self, history: History | None = None) -> None:
        self.history, self.steps = history, list[Step]()

    def hear(self, event: Event, watermark: int = 0) -> None:
        """An event as it comes in."""
        self._take(engine.observe(self.history, event, RULES, watermark))

    def pass_to(self, watermark: int) -> None:
        """Time goes on."""
        if self.history is not None:
            self._take(engine.elapse(self.history, watermark, RULES))

    def _take(self, step: Step) -> None:
        self.history = step.history
        self.steps.append(step)

    def heard(self) -> Heard:
        """All of it, as it lies on the topics."""
        words = [step.words for step in self.steps]
        return Heard(
            tuple(Outcome.model_validate_json(o.value) for w in words for o in w.outcomes),
            tuple(Alert.model_validate_json(a.value) for w in words for a in w.alerts),
            tuple(EventFate.model_validate_json(f.value) for w in words for f in w.fates),
        )


Fates = dict[tuple[str, str, str], str | None]


def _read(*heard: Heard) -> tuple[list[bytes], Fates, dict[str, str]]:
    """What readers have in the end: outcomes, fates, and what each incident comes to."""
    ledger, incidents = Ledger(), dict[str, str]()
    for one in heard:
        ledger.read(one)  # type: ignore[arg-type]  # it asks for outcomes and fates alone
        for alert in one.alerts:
            name = alert.alert_id.removesuffix(f"/{alert.state}")
            incidents[name] = _comes_to(incidents.get(name, "calm"), alert.state)
    return ledger.lines(), ledger.fates, {n: s for n, s in incidents.items() if s != "calm"}


def _comes_to(before: str, state: AlertState) -> str:
    if state is AlertState.RESOLVED:
        return "broken" if before == "broken" else "calm"
    return {"breached": "broken", "at-risk": "in danger", "retracted": "calm"}[state]


def _said(words: Iterable[Words | None]) -> Heard:
    known = [one for one in words if one is not None]
    return Heard(
        tuple(Outcome.model_validate_json(o.value) for w in known for o in w.outcomes),
        tuple(Alert.model_validate_json(a.value) for w in known for a in w.alerts),
        tuple(EventFate.model_validate_json(f.value) for w in known for f in w.fates),
    )


def _lived(rng: Random, story: Sequence[Event], worker: Worker) -> None:
    for event in story:
        worker.hear(event, int(event.occurred_at.timestamp()) if rng.random() < 0.5 else 0)
        if rng.random() < 0.3:
            worker.pass_to(int(event.occurred_at.timestamp()) + rng.choice((60, 7200, 40_000)))


@pytest.mark.parametrize("seed", range(150))
def test_with_what_is_in_doubt_readers_have_what_was_remembered(seed: int) -> None:
    rng = Random(seed)
    story = [event for event in drawn(rng) if event.unit.id == box()]
    settled = rng.randint(0, len(story) - 1)
    before = Worker()
    _lived(rng, story[:settled], before)
    dead = Worker(before.history)
    read = rng.sample(story[settled:], rng.randint(1, len(story) - settled))
    _lived(rng, read, dead)

    doubted = doubts(KEY, before.history, dead.heard(), RULES)
    right = _read(before.heard())
    outcomes, fates, incidents = _read(before.heard(), dead.heard(), _said(doubted.values()))
    assert outcomes == right[0]
    assert {name: fates[name] for name in right[1]} == right[1]
    assert incidents == right[2]
    for name, words in doubted.items():
        if words is not None:
            assert set(names_of(words)) == {name}


def test_the_dead_did_say_something_else() -> None:
    """The law above would prove nothing if nothing were ever in doubt."""
    dead = Worker()
    for event in told("09:00 discharged", "09:10 move-ordered"):
        dead.hear(event)
    dead.pass_to(int(at("12:00").timestamp()))
    doubted = doubts(KEY, None, dead.heard(), RULES)
    said = _said(doubted.values())

    assert {outcome.verdict for outcome in said.outcomes} == {Verdict.VOID}
    assert {alert.state for alert in said.alerts} == {AlertState.RETRACTED}
    assert not said.fates, "its events are read again, and their fates said"
    assert _read(dead.heard(), said)[0] == []


def test_of_what_is_remembered_as_it_was_said_nothing_is_in_doubt() -> None:
    worker = Worker()
    for event in told("09:00 discharged", "09:10 move-ordered", "11:50 move-ended"):
        worker.hear(event)
    worker.pass_to(SOON)
    found = doubts(KEY, worker.history, worker.heard(), RULES)
    assert found
    assert set(found.values()) == {None}


def test_a_unit_that_another_register_judged_is_left_to_its_next_event() -> None:
    worker, other = Worker(), Rules(LONGER.register)
    for event in told("09:00 discharged", "09:10 move-ordered"):
        worker.hear(event)
    assert doubts(KEY, worker.history, worker.heard(), other) == {}
