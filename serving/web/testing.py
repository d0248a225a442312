"""For tests of the pages: a port in memory on one busy day, judged by the law as it goes.

Boxes land, are moved, inspected and fetched at CNLYG under the example limits; what the law says of
them goes to a real board, as the log would bring it. Ships inside the package, so that no test
imports from another test. The same on every run: it reads no clock and draws from a given seed.
"""

import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean, median, quantiles
from typing import Any, Final, NamedTuple

import uvicorn
from fastapi import FastAPI

import timing
from events.alerts import AlertDeed
from events.envelope import Event
from events.outcomes import Alert, Outcome
from events.testing import FACILITY, MIDNIGHT, PORT, box, event
from events.topics import topic_for
from serving.asks import (
    DeskUnavailable,
    FeedQuality,
    Place,
    Promise,
    Quality,
    StageDay,
    StageEnds,
    UnknownWord,
)
from serving.board.changes import Changes
from serving.board.feeds import Heard
from serving.board.state import Board
from serving.web.streaming import close
from timing.engine import Rules, Step, watermark_of
from timing.limits import load_register
from timing.patience import Patience
from timing.play import Play

FACILITIES: Final = ("LPCT", "XYCT")
TICK: Final = timedelta(minutes=2)
DAY: Final = MIDNIGHT
WEEK_BEFORE: Final = MIDNIGHT - timedelta(days=7)
STOP: Final = MIDNIGHT + timedelta(hours=14, minutes=4)
"""Where the clock of the tests is stopped: in the middle of the work."""
STARTS_WITHIN_S: Final = 20.0


def example_rules() -> Rules:
    """The example editions, with the usual patience."""
    return Rules(load_register(Path(timing.__file__).parent / "samples"), Patience())


class Plan(NamedTuple):
    """One thing that will be reported: so many minutes into the day, of a kind, with its fields."""

    minute: float
    kind: str
    fields: dict[str, Any]


def day_of(rng: Random, boxes: int, midnight: datetime, first: int = 0) -> list[Event]:
    """Everything that is reported of so many boxes on one day, in the order in which it happens.

    The n-th box is the `first + n`-th of the tests.
    """
    found: list[Event] = []
    for number in range(boxes):
        usual = {
            "unit": box(first + number),
            "facility": FACILITIES[number % 5 == 0],
            "cargo": {"size_type": rng.choice(("22G1", "42G1", "45G1")), "laden": True,
                      "category": "general" if rng.random() < 0.85 else "perishable"},
        }  # fmt: skip
        for plan in sorted(_visit(rng, midnight), key=lambda one: one.minute):
            when = midnight + timedelta(minutes=int(plan.minute * 60) / 60)
            fields = {
                **usual,
                "event_id": f"{first + number:05}-{len(found) % 100:02}",
                **plan.fields,
            }
            found.append(event(plan.kind, when, **fields))
    return sorted(found, key=lambda one: (one.occurred_at, one.event_id))


def _visit(rng: Random, midnight: datetime) -> Iterator[Plan]:
    """One box from the ship to the gate, with what goes slowly now and then."""
    block = f"{rng.choice('ABCD')}{rng.randint(1, 4)}-{rng.randint(1, 40):02}"
    at = rng.uniform(5 * 60, 13.5 * 60)
    yield Plan(at, "discharged", {"spot": "quay-3"})
    at += rng.uniform(4, 25)
    yield Plan(at, "transfer-ordered", {})
    at += rng.choice((rng.uniform(20, 100), rng.uniform(60, 150)))
    yield Plan(at, "transfer-ended", {"spot": block})
    if rng.random() < 0.45:
        at = yield from _inspection(rng, at + rng.uniform(2, 20), midnight)
    yield Plan(at + 6, "declaration-accepted", {"source": "lyg-customs"})
    at += rng.uniform(20, 90)
    yield Plan(at, "released", {"source": "lyg-customs"})
    at += rng.uniform(5, 60)
    yield Plan(at, "truck-arrived", {"refs": {"truck": f"苏G{rng.randint(10000, 99999)}"}})
    yield Plan(at + rng.uniform(18, 70), "gated-out", {"spot": "gate-2"})


def _inspection(rng: Random, at: float, midnight: datetime) -> Generator[Plan, None, float]:
    """Ordered, booked, brought to the platform, opened. Customs' own words come from customs."""
    customs = {"source": "lyg-customs"}
    yield Plan(at, "inspection-ordered", customs)
    booked = at + rng.uniform(70, 150)
    at_words = (midnight + timedelta(minutes=int(booked))).isoformat()
    yield Plan(at + 3, "inspection-scheduled", {**customs, "at": at_words, "party": "customs"})
    yield Plan(at + rng.uniform(4, 30), "move-ordered", {})
    held = rng.random() < 0.2
    if held:
        why = {"party": "customs", "reason": "no officer", **customs}
        yield Plan(at + 32, "clock-stopped", why)
        yield Plan(at + 32 + rng.uniform(10, 30), "clock-resumed", {"party": "customs", **customs})
    arrived = booked - 30 + rng.choice((rng.uniform(-35, -4), rng.uniform(-10, 45)))
    yield Plan(arrived - 1, "move-ended", {"spot": "P1-02"})
    yield Plan(arrived, "positioned", {"spot": "P1-02"})
    started = max(booked, arrived) + rng.uniform(2, 25)
    yield Plan(started, "inspection-started", customs)
    ended = started + rng.uniform(25, 80)
    yield Plan(ended, "inspection-ended", customs)
    return ended


class PortInMemory:
    """Hears events and ticks, judges them, and tells its board. `events` are all that it heard."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.board = rules, Board()
        self.changes = Changes(self.board)
        self.events: list[Event] = []
        self.latest: dict[tuple[str, str, int, str], Outcome] = {}
        self.alerts: list[Alert] = []
        self._play, self._offset = Play(rules), 0

    def live(self, events: list[Event], until: datetime) -> None:
        """Hear everything up to an instant, with a tick every two minutes."""
        tick_at = events[0].occurred_at
        for one in events:
            if one.occurred_at > until:
                break
            while tick_at <= one.occurred_at:
                self.tick(tick_at)
                tick_at += TICK
            self.hear(one)
        self.tick(until + self.lateness)

    @property
    def lateness(self) -> timedelta:
        """How far the board's time lies behind a tick."""
        return timedelta(seconds=self.rules.patience.allowed_lateness_s)

    def hear(self, one: Event) -> None:
        """One event."""
        self.events.append(one)
        self._publish(self._play.take(one))
        moment = int(one.occurred_at.timestamp())
        topic = topic_for(one.kind).name
        heard = Heard(one.source, topic, moment + len(self.events) % 40, moment, one.place.port,
                      one.unit.id, one.place.spot)  # fmt: skip
        self.board.heard(heard, 0, len(self.events))
        self.changes.tell()

    def tick(self, at: datetime) -> None:
        """A tick of the pulse."""
        self._play.reach(watermark_of(at, self.rules))
        self._publish(self._play.settle())
        self.board.tick(0, self._play.watermark, int(at.timestamp()))
        self.changes.tell()

    def say(self, said: Outcome | Alert) -> None:
        """One record of the log."""
        self._offset += 1
        place = Place(0, self._offset)
        if isinstance(said, Outcome):
            limit_id = said.limit.id if said.limit else ""
            self.latest[said.visit_id, said.stage, said.occurrence, limit_id] = said
            self.board.outcome(said, place)
        else:
            self.alerts.append(said)
            self.board.alert(said, place)
        self.changes.tell()

    def _publish(self, steps: Iterator[Step]) -> None:
        for step in steps:
            for said in (*step.outcomes, *step.alerts):
                if isinstance(said, Outcome | Alert):
                    self.say(said)


class DeskInMemory:
    """Writes deeds down and tells the board of them, as the log would. `down`: it takes none."""

    def __init__(self, port: PortInMemory) -> None:
        self._port, self.written, self.down = port, list[AlertDeed](), False

    async def write(self, deed: AlertDeed) -> None:
        """Raises DeskUnavailable while it is down."""
        if self.down:
            raise DeskUnavailable
        self.written.append(deed)
        self._port.board.deed(deed)
        self._port.changes.tell()


class FiguresInMemory:
    """Figures over the outcomes that a port in memory has said, in plain Python."""

    def __init__(self, port: PortInMemory, promises: list[Promise]) -> None:
        self._port, self._promises = port, promises

    def days(self, port: str, first: str, last: str) -> list[StageDay]:
        """Stages that ended on these local days."""
        groups: dict[tuple[str, ...], list[Outcome]] = {}
        for one in self._port.latest.values():
            if one.port != port or one.closed_at is None or one.net_s is None:
                continue
            day = one.closed_at.astimezone(DAY.tzinfo).date().isoformat()
            if first <= day <= last:
                limit_id = one.limit.id if one.limit else ""
                key = day, one.facility or "", one.stage, str(one.answers), limit_id
                groups.setdefault(key, []).append(one)
        return [_figures(key, found) for key, found in sorted(groups.items())]

    def promises(self, port: str, first: str, last: str) -> list[Promise]:
        """Those that it was given."""
        return [one for one in self._promises if one.port == port]


QUALITY: Final = Quality(
    0,
    0,
    feeds=[
        FeedQuality(
            "lyg-tos", "terminal-events", 1_234, 1_240, 12, 3, 4, 5, 1, 6,
            (60, 120, 9_000), (61, 180, 10_000), (-28_800, 2), (600, 500, 100, 20, 8, 6), 900, 100,
        ),
        FeedQuality(
            "depot", "intake-depot", 0, 0, 7, 0, 0, 7, 0, 0,
            None, None, None, (0, 0, 0, 0, 0, 0), 0, 0,
        ),
    ],
    unknown=[
        UnknownWord(
            "depot", "intake-depot", "unknown-code", "1001 '98'", 7, 1_772_416_800,
            "intake-depot/0/7", "day.edi, message 1, segment 2 BGM: 1001 '98' says nothing",
        ),
    ],
    ends=[
        StageEnds(PORT, FACILITY, "pickup", 1_000, 900, 60, 80, 40, ("gated-out",), ("lyg-tos",)),
        StageEnds(PORT, "", "lab-test", 3, 0, 0, 3, 0, ("lab-result",), ()),
    ],
)  # fmt: skip
"""Two feeds: one with every figure, and one of which all was refused."""


class QualityInMemory:
    """The same figures for any span."""

    def quality(self, since_s: int, until_s: int) -> Quality:
        """Those of QUALITY."""
        return QUALITY._replace(since_s=since_s, until_s=until_s)


def _figures(key: tuple[str, ...], found: list[Outcome]) -> StageDay:
    day, facility, stage, answers, limit_id = key
    net = [one.net_s for one in found if one.net_s is not None]
    limit, verdicts = found[0].limit, [one.verdict.value for one in found]
    p90 = quantiles(net, n=10, method="inclusive")[-1] if len(net) > 1 else net[0]
    return StageDay(
        day, PORT, facility or None, stage, answers, limit_id, limit.edition if limit else "",
        limit.limit_s if limit else 0, len(found), verdicts.count("met"),
        verdicts.count("breached"), verdicts.count("excused"), mean(net), median(net), p90,
    )  # fmt: skip


@contextmanager
def served(app: FastAPI, port: int | None = None) -> Iterator[str]:
    """The app on a port of this machine, in a thread; gives its address."""
    with closing(socket.socket()) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port or 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = _Server(app, config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            if not server.up.wait(STARTS_WITHIN_S):
                raise RuntimeError("the server did not start")
            yield address
        finally:
            server.should_exit = True
            thread.join(STARTS_WITHIN_S)


class _Server(uvicorn.Server):
    """Says when it is up, and leaves signals alone: it runs beside a test."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app
        self.up = threading.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, once the streams have ended."""
        close(self._app)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, and say so."""
        await super().startup(sockets)
        self.up.set()
