"""The whole road on one machine: months late, by way of broker, worker, writer and tables; the
restater killed on the way; compared with the offline judge, byte for byte, as the demo does."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.envelope import Event
from events.testing import at, box, suspension, told, wire
from events.vocabulary import Fate
from portclock.cli import app
from portclock.demo.compare import compare
from portclock.demo.landing import Landing
from portclock.demo.offsets import Groups
from portclock.outbox import KafkaOutbox
from portclock.replay import Replay, plan
from portclock.restating.settings import Bounds
from portclock.standalone.stack import BOARD, RESTATER, Stack, standalone
from portclock.standalone.supervisor import Supervisor
from sinks import read
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress
from timing.judge import judge
from timing.rules import Rules
from timing.testing import withdrawn

PORT = "CNSHD"
READY_S, LAND_S = 120.0, 120.0


def history() -> tuple[list[Event], list[Event]]:
    """Boxes of March and of May; in May much is heard of those of March: a report, a withdrawal,
    a storm."""
    march = [
        event
        for n in range(8)
        for event in told(
            "09:00 gated-in", "09:30 inspection-ordered", "10:05 positioned", "12:00 gated-out",
            unit=box(n), ids=f"a{n}-", port=PORT,
        )
    ]  # fmt: skip
    may = [
        event
        for n in range(6, 10)
        for event in told(
            "day+60 09:00 gated-in", "day+60 09:30 inspection-ordered", unit=box(n), ids=f"b{n}-",
            port=PORT,
        )
    ]  # fmt: skip
    when = at("day+61 08:00")
    late = [
        event
        for n in range(0, 8, 2)
        for event in told("09:40 move-ordered", unit=box(n), ids=f"late{n}-", port=PORT,
                          recorded_at=when)
    ]  # fmt: skip
    wrong = [event for event in march if event.event_id in ("a1-3", "a7-4")]
    late += [withdrawn(event, f"no-{event.event_id}", recorded_at=when) for event in wrong]
    late += suspension("09:35", "09:45", place=PORT, port=PORT, recorded_at=when)
    return sorted(march + may, key=lambda one: one.occurred_at), late


class Machine:
    """A running stack, and the tables of it."""

    def __init__(self, stack: Stack, running: Supervisor, store: ClickHouseStore) -> None:
        self.stack, self.running, self.store = stack, running, store

    def feed(self, events: list[Event], until: datetime | None = None) -> None:
        """Send everything, and the time of the end."""
        with KafkaOutbox((self.stack.broker_address,)) as outbox:
            steps = plan(wire(*events), timedelta(days=1), until)
            for _ in Replay(outbox, lambda moment: None).run(steps):
                pass

    def landed(self) -> None:
        """Wait until everything landed, and what came late stands as it should."""
        groups = Groups((self.stack.broker_address,))
        clock = time.monotonic  # noqa: TID251 - processes are waited for
        landing = Landing(groups, "portclock", "portclock-writer", clock, Bounds().group)
        until = clock() + LAND_S
        with closing(groups):
            while not landing.landed():
                assert clock() < until, landing.stuck()
                self.running.wait(0.3)

    def run(self, *words: str) -> Any:
        """A command as somebody on this machine gives it."""
        environ = {**self.stack.env, "COLUMNS": "160"}
        return CliRunner(env=environ).invoke(app, list(words))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    stack = standalone(tmp_path, "tansu", with_pulse=False)
    parts = [child for child in stack.children if child.name != BOARD]
    with Supervisor(tmp_path, parts) as running:
        running.wait_ready(READY_S)
        address = ClickHouseAddress.parse(stack.env["PORTCLOCK_CLICKHOUSE"])
        with closing(ClickHouseStore(address)) as store:
            yield Machine(stack, running, store)


def test_months_late_and_with_the_restater_killed_the_tables_equal_the_judge(
    machine: Machine,
) -> None:
    """One long test, since starting everything takes some seconds."""
    timely, late = history()
    verdict = judge(wire(*timely, *late), Rules())
    machine.feed(timely)
    machine.landed()  # events may be read before ticks: only now all of March is forgotten
    machine.feed(late, verdict.now)
    machine.running.kill(RESTATER)
    machine.landed()
    found = compare(read.canonical_lines(machine.store), verdict.lines())
    assert found.equal, found
    assert read.fates(machine.store)[Fate.KEPT] == verdict.accounts.kept
    marks = list(machine.store.fetch("SELECT cause_what, months, unit_id FROM restatements FINAL"))
    assert {what for what, _, _ in marks} == {"event", "suspension"}
    assert {month for _, months, _ in marks for month in months} >= {"2026-03"}
    assert {unit for _, _, unit in marks} >= {box(n) for n in (0, 1, 2, 4, 6, 7)}
    _a_range_that_stands_is_left_alone(machine)


def _a_range_that_stands_is_left_alone(machine: Machine) -> None:
    tried = machine.run("restate", "--from", "2026-03", "--to", "2026-05", "--dry-run", "--json")
    assert tried.exit_code == 0, tried.output
    assert json.loads(tried.stdout)["differing"] == 0
    assert json.loads(tried.stdout)["units"] == 10
    words = ("restate", "--from", "2026-03", "--port", PORT, "--reason", "looked again", "--json")
    done = machine.run(*words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "agreed": 8, "restated": 0, "too-large": 0, "not-landed": 0, "given-up": 0, "left": [],
    }  # fmt: skip
    one = machine.run("restate", "--unit", f"{PORT}/{box(7)}", "--dry-run", "--lang", "zh")
    assert "没有变化：1 个运输单元" in one.stdout
