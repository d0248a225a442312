"""A worker for each channel: one at a time, in its own pace, and nobody waits for another."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from serving.notify.courier import IDLE_S, MINUTE_MS, Courier, Pace
from serving.notify.ledger import Ledger
from serving.notify.outbox import Outbox, Result, Settled
from serving.notify.settings import NotifySettings
from serving.notify.testing import (
    PATIENCE_S,
    START_MS,
    ObedientSender,
    ToldTime,
    an_alert,
    heard,
    routes_of,
)

LIMITS = ("limit-alerts", 0)
HOOK = {"kind": "webhook", "url": "http://h.example/", "secret": "env:KEY"}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        yield Outbox(ledger, routes_of(slow=HOOK, quick=HOOK), NotifySettings())


def courier(
    outbox: Outbox, name: str, sender: ObedientSender, time: ToldTime, per_minute: int = 600
) -> tuple[Courier, list[Settled]]:
    told: list[Settled] = []
    return Courier(name, sender, outbox, Pace(per_minute), time, told.append), told


def test_a_turn_sends_one_message_and_tells_what_came_of_it(outbox: Outbox) -> None:
    time, sender = ToldTime(START_MS + 400), ObedientSender()
    outbox.take_in([heard(0, an_alert(1, "breached"))], START_MS)
    worker, told = courier(outbox, "quick", sender, time)
    assert worker.turn() == 0.0
    assert worker.turn() == IDLE_S
    assert [one.state for one in told] == ["delivered"]
    assert len(sender.asked) == 1


def test_a_worker_waits_just_until_something_is_due(outbox: Outbox) -> None:
    time = ToldTime(START_MS + 100)
    outbox.take_in([heard(0, an_alert(1, "breached"))], START_MS)
    worker, _ = courier(outbox, "quick", ObedientSender([Result(False, "HTTP 503")]), time)
    assert worker.turn() == pytest.approx(0.2)
    time.now_ms = START_MS + 300
    assert worker.turn() == 0.0
    assert 0.5 < worker.turn() <= IDLE_S


def test_a_worker_keeps_to_its_pace(outbox: Outbox) -> None:
    time, sender = ToldTime(START_MS + 400), ObedientSender()
    worker, _ = courier(outbox, "quick", sender, time, per_minute=2)
    for n in range(4):
        outbox.take_in([heard(n, an_alert(n, "breached"))], time.now_ms - 400)
        worker.turn()
    assert len(sender.asked) == 2
    time.now_ms += MINUTE_MS
    while worker.turn() == 0.0:
        time.now_ms += 400
    assert [one.alerts for one in sender.asked] == [1, 1, 2]


def test_a_channel_that_hangs_holds_up_nobody_else(outbox: Outbox) -> None:
    """The slow one is let go only when the quick one has told all: in one line, nothing ends."""
    told_all, done, time = Flag(), Flag(), ToldTime(START_MS)
    slow = ObedientSender(before=lambda outgoing: told_all.wait(PATIENCE_S))
    quick = ObedientSender()
    workers = [courier(outbox, "slow", slow, time)[0], courier(outbox, "quick", quick, time)[0]]
    threads = [Thread(target=worker.run, args=(done.is_set,)) for worker in workers]
    for thread in threads:
        thread.start()
    for n in range(5):
        outbox.take_in([heard(n, an_alert(n, "breached"))], time.now_ms)
        time.now_ms += 400
        outbox.bell.ring()
        _until(outbox, lambda: sum(one.alerts for one in quick.asked) == outbox.places()[LIMITS])
    assert not slow.asked
    told_all.set()
    _until(outbox, lambda: sum(one.alerts for one in slow.asked) == 5)
    done.set()
    outbox.bell.ring()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [one.alerts for one in slow.asked] == [1, 4]
    assert slow.closed
    assert quick.closed


def _until(outbox: Outbox, holds: Callable[[], bool]) -> None:
    """Wait for a fact, looking again whenever the outbox changes; with a bound."""
    for _ in range(int(PATIENCE_S * 20)):
        if holds():
            return
        outbox.bell.wait(outbox.bell.rings(), 0.05)
    raise AssertionError("the time was up")
