"""The core law: outcomes are a function of the set of reports and of the time. Not of the order in
which they came, of how often, of how time passed, of who remembered, nor of which run it was.

With the parts of an engine that each law must notice when they are broken.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import msgspec

from events.codec import encode
from events.envelope import Event
from timing import announce, engine, history, judge, memory, places, visits
from timing import play as play_module
from timing.history import History
from timing.instants import NEVER
from timing.observation import Observation
from timing.patience import DAY_S
from timing.play import Play
from timing.running import WAITING, Live
from timing.step import Step
from timing.suspensions import Closures
from timing.testing import (
    END,
    END_AT,
    RULES,
    START,
    TWO_DAYS,
    Ledger,
    Story,
    play,
    told,
    told_of_places,
)

NOW = END_AT + timedelta(seconds=RULES.patience.allowed_lateness_s)
"""A watermark of END."""
FORM = memory.form_of(RULES)


def told_of_a_port(rng: Random) -> Story:
    """One or two boxes, sometimes with suspensions of places, and other contents of some events."""
    story = [e for number in range(rng.choice((1, 1, 2))) for e in told(rng, number=number)]
    story += told_of_places(rng) if rng.random() < 0.4 else []
    for old in rng.choices(story, k=rng.randint(0, 2)):
        later = timedelta(minutes=rng.randint(1, 90))
        moments = {"occurred_at": old.occurred_at + later, "recorded_at": END_AT + later}
        story.append(old.model_copy(update=moments))
    return story


def out_of_order(rng: Random, story: Story) -> Story:
    """Shuffled, or with some reports late."""
    heard = sorted(story, key=lambda e: e.occurred_at)
    for _ in range(rng.randint(0, 3)):
        heard.insert(rng.randrange(len(heard)), heard.pop(rng.randrange(len(heard))))
    if rng.random() < 0.3:
        rng.shuffle(heard)
    return heard


def stream(heard: Story, watermarks: list[int], *, restarted: bool = False) -> Iterator[Step]:
    """Every step of a stream; one that restarts all the time knows only what is written down."""
    port, forms = Play(RULES), (memory.UNREAD, FORM)
    for n, (one, watermark) in enumerate(zip(heard, watermarks, strict=True)):
        port.reach(watermark)
        yield from port.take(one)
        if restarted:
            for key, known in port.histories.items():
                port.histories[key] = memory.unpack(memory.pack(known, FORM), forms[n % 2])
    port.reach(END)
    yield from port.settle()


def some_watermarks(rng: Random, heard: Story) -> list[int]:
    return sorted(rng.choices(TWO_DAYS, k=len(heard)))


def any_order_with_duplicates_and_delays_gives_what_the_judge_says(rng: Random) -> None:
    story = told_of_a_port(rng)
    heard = out_of_order(rng, story + rng.choices(story, k=rng.randint(0, 4)))
    live = Ledger(stream(heard, some_watermarks(rng, heard), restarted=rng.random() < 0.3))
    offline = judge.judge(map(encode, story), RULES, NOW)
    assert live.lines() == offline.lines()
    fates = {
        (f"{f.port}/{f.unit.id}", f.source, f.event_id): f.visit_id for f in offline.fates
    }  # fmt: skip
    assert live.fates == fates
    assert offline.accounts.unexplained == 0


def what_was_said_before_changes_nothing(rng: Random) -> None:
    known: History | None = None
    heard: Story = []
    for one in out_of_order(rng, told(rng)):
        for content in _contents(rng, one):
            heard.append(content)
            known = engine.observe(known, content, RULES, START).history
        again = engine.observe(known, rng.choice(heard), RULES, START)
        assert again.novelty is engine.Novelty.DUPLICATE
        assert (again.history, again.changes, again.moved) == (known, (), ())


def _contents(rng: Random, one: Event) -> Story:
    """What is sent of one event: at times once more, and otherwise, before it was recorded."""
    if rng.random() < 0.8:
        return [one]
    return [one, one.model_copy(update={"recorded_at": one.occurred_at})]


def one_big_tick_is_many_small_ones(rng: Random) -> None:
    """Far enough for visits to be forgotten on the way. What was broken is told once."""
    heard = out_of_order(rng, told_of_a_port(rng))
    far = START + 12 * DAY_S
    ticks = sorted(rng.choices(range(START - DAY_S, far), k=rng.randint(1, 8)))
    at_once, bit_by_bit = (_ticked(heard, some) for some in ([far], [*ticks, far]))
    assert bit_by_bit[0].lines() == at_once[0].lines()
    assert bit_by_bit[0].fates == at_once[0].fates
    assert bit_by_bit[1] == at_once[1]


def _ticked(heard: Story, ticks: list[int]) -> tuple[Ledger, list[str]]:
    """All that was published, and the breaches that people were told of."""
    port = Play(RULES)
    steps = [step for one in heard for step in port.take(one)]
    for watermark in ticks:
        port.reach(watermark)
        steps += port.settle()
    alerts = [alert for step in steps for alert in step.alerts]
    return Ledger(steps), sorted(a.alert_id for a in alerts if a.state == "breached")


def a_replay_publishes_the_same_bytes(rng: Random) -> None:
    heard = out_of_order(rng, told_of_a_port(rng))
    watermarks = some_watermarks(rng, heard)
    first, second = (_published(heard, watermarks) for _ in range(2))
    assert first == second


def _published(heard: Story, watermarks: list[int]) -> list[bytes]:
    return [
        encode(record)
        for step in stream(heard, watermarks)
        for record in (*step.outcomes, *step.alerts, *step.fates)
    ]


def a_history_survives_being_written_down(rng: Random) -> None:
    story = told(rng)
    far = START + rng.randint(0, 14) * DAY_S
    for step in play(story, sorted(rng.choice((0, START, far)) for _ in story)):
        if step.history is None:
            continue
        again = memory.unpack(memory.pack(step.history))
        assert again == msgspec.structs.replace(step.history, due_at=None, live=None)
        if step.history.live is not None:
            assert memory.unpack(memory.pack(step.history, FORM), FORM) == step.history
        one, other = (engine.elapse(h, far, RULES) for h in (again, step.history))
        for name in ("outcomes", "alerts", "fates"):
            assert sorted(map(repr, getattr(one, name))) == sorted(map(repr, getattr(other, name)))
        assert _kept(one) == _kept(other)


def _kept(step: Step) -> tuple[bytes, int | None] | None:
    """All that is remembered, but in which of two roads' orders."""
    known = step.history
    return None if known is None else (memory.pack(known), known.due_at)


def nothing_is_due_too_late_or_for_nothing(rng: Random) -> None:
    heard = out_of_order(rng, told(rng))
    watermark = rng.choice(TWO_DAYS)
    known = play(heard, [START - DAY_S] * len(heard))[-2].history
    known = engine.elapse(known, watermark, RULES).history if known else None
    due_at = engine.next_deadline(known, RULES) if known else None
    if known is None or due_at is None:
        return
    early = engine.elapse(known, due_at - 1, RULES)
    assert (early.outcomes, early.alerts, early.fates) == ((), (), ())
    assert early.history is not None
    assert early.history.reports == known.reports
    step = engine.elapse(known, due_at, RULES)
    rest = step.history.reports if step.history else ()
    assert step.outcomes or step.alerts or rest != known.reports


def time_never_runs_backwards(rng: Random) -> None:
    story = told(rng)
    known = play(story, [START] * len(story))[-1].history
    if known is not None:
        step = engine.elapse(known, rng.randrange(known.watermark), RULES)
        assert (step.changes, step.moved) == ((), ())
        assert step.history is not None
        assert step.history.watermark == known.watermark


_outcomes, _pack, _look_again = announce.outcomes, memory.pack, History.look_again
_shortened = memory._shortened
_visit_id, _closures_of, _changes = visits.visit_id, places.closures_of, announce.changes


def last_come_stands(known: Observation, other: Observation) -> Observation:
    return other


def nothing_is_void(unit: Any, changed: Any, reason: Any = None) -> Any:
    return tuple(o for o in _outcomes(unit, changed, reason) if o.verdict != "void")


def never_heard_before(self: Observation, known: Observation) -> bool:
    return False


def due_a_minute_late(self: History, found: Any, patience: Any) -> int:
    return _look_again(self, found, patience) + 60


def due_for_nothing(self: History, found: Any, patience: Any) -> int:
    return _look_again(self, found, patience) - 60


def packed_without_what_is_settled(known: History, form: int = 0) -> bytes:
    return _pack(msgspec.structs.replace(known, settled_until=0), form)


def packed_without_the_register(known: History, form: int = 0) -> bytes:
    return _pack(msgspec.structs.replace(known, register=""), form)


def shortened_without_what_calls(key: str, due_at: int, live: Live) -> Any:
    return msgspec.structs.replace(_shortened(key, due_at, live), calls_at=NEVER)


def everything_is_stated(traits: Any) -> bool:
    return True


def nothing_is_away(due_at: int, ahead: int, last_at: int, last_rank: int) -> Live:
    return WAITING


class Counted:
    """A visit is named after how many were named before."""

    def __init__(self) -> None:
        self.named = 0

    def __call__(self, key: str, opened_at: int) -> str:
        self.named += 1
        return f"{_visit_id(key, opened_at)}/{self.named}"


def last_closure_alone(histories: Any) -> Closures:
    closures = _closures_of(histories)
    return Closures({port: some[-1:] for port, some in closures.by_port.items()})


def time_runs_backwards(self: History, watermark: int, rules: Any) -> History:
    return History(
        self.key, self.unit_type, self.body, watermark, self.settled_until,
        rules.register.fingerprint,
    )  # fmt: skip


def changed_at_every_tick(before: Any, after: Any) -> Any:
    return _changes(announce.NOTHING, after)


JUDGED = any_order_with_duplicates_and_delays_gives_what_the_judge_says

MUTANTS = [
    (JUDGED, history, "merged", last_come_stands),
    (JUDGED, announce, "outcomes", nothing_is_void),
    (JUDGED, play_module, "closures_of", last_closure_alone),
    (what_was_said_before_changes_nothing, Observation, "said_before", never_heard_before),
    (one_big_tick_is_many_small_ones, announce, "changes", changed_at_every_tick),
    (a_replay_publishes_the_same_bytes, visits, "visit_id", Counted()),
    (a_history_survives_being_written_down, memory, "pack", packed_without_what_is_settled),
    (a_history_survives_being_written_down, memory, "pack", packed_without_the_register),
    (a_history_survives_being_written_down, memory, "_shortened", shortened_without_what_calls),
    (a_history_survives_being_written_down, memory, "stated", everything_is_stated),
    (a_history_survives_being_written_down, memory, "away", nothing_is_away),
    (time_never_runs_backwards, History, "at", time_runs_backwards),
    (nothing_is_due_too_late_or_for_nothing, History, "look_again", due_a_minute_late),
    (nothing_is_due_too_late_or_for_nothing, History, "look_again", due_for_nothing),
]
