"""Runs a demo on this machine: starts the parts, tells the story, reports, stays up if wanted."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from portclock.commands.machine import STEWARD_SECRET, lines, places
from portclock.commands.output import print_json, stdout
from portclock.commands.wiring import rules, settings
from portclock.demo.balance import Balance
from portclock.demo.feeding import Feeding
from portclock.demo.gather import services, tallies
from portclock.demo.going_on import PORT_S_PER_S, go_on
from portclock.demo.history import History, write_history
from portclock.demo.report import report
from portclock.demo.scene import Scene
from portclock.demo.screen import Screen
from portclock.demo.story import Given, Story, Wish
from portclock.failure import Failure
from portclock.restating.settings import Bounds
from portclock.standalone.brokers import BrokerKind
from portclock.standalone.health import SETTLED
from portclock.standalone.ports import port_free
from portclock.standalone.stack import BOARD, Ports, Stack, standalone
from portclock.standalone.supervisor import LOGS, Supervisor
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress, WriterSettings
from streams.settings import Settings as WorkerSettings

READY_WITHIN_S = 240.0
LOOK_S = 0.25
CHECK_S = 1.0
BOARD_PORT = 8700


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    visits: int
    seed: int
    broker: BrokerKind
    pace_s: float
    rehearse: tuple[str, ...]
    once: bool
    json: bool
    quiet: bool
    picture: Path | None = None

    @property
    def watched(self) -> bool:
        """Whether a person looks on: not a program, and not only until it is compared."""
        return not (self.once or self.json)


def run(options: Options, folder: Path) -> None:
    """The whole demo. Raises Failure when the tables and the judge disagree."""
    began_at = time.monotonic()
    limits = settings().limits
    law = rules(limits)
    stack = standalone(folder, options.broker, _ports(options), limits, with_pulse=False)
    with Supervisor(folder, stack.children) as running, _log_kept(folder / LOGS / "demo.log"):
        with _screen(options) as screen:
            looking = _Looking(running, screen, options, began_at)
            history = looking.meanwhile(
                lambda: write_history(
                    folder, options.visits, options.seed, law, watched=options.watched
                )
            )
            looking.until_ready()
            if not options.once:
                screen.tell(f"the board 看板  {stack.sign_in_link}")
            with closing(ClickHouseStore(_address(stack))) as store:
                wish = Wish(options.seed, options.pace_s, options.rehearse)
                given = _given(running, stack, store, began_at)
                story = Story(wish, given, history, screen.show)
                balance = story.tell()
        _tell(options, story, balance, stack, folder)
        if not options.once:
            with _port_going_on(history, stack) as feeding:
                _stay(running, feeding, options)


def _ports(options: Options) -> Ports:
    """Free ones; for somebody who watches, the board's usual one if it can be had."""
    usual = options.watched and port_free(BOARD_PORT)
    return Ports(board=BOARD_PORT if usual else None)


def _screen(options: Options) -> Screen:
    silent = options.json or options.quiet
    return Screen(Console(stderr=True), silent=silent, picture=options.picture)


@contextmanager
def _log_kept(file: Path) -> Iterator[None]:
    """What libraries log here goes beside the logs of the parts, and not into the view."""
    handler = logging.FileHandler(file)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


class _Looking:
    """Shows the parts while they start."""

    def __init__(
        self, running: Supervisor, screen: Screen, options: Options, began_at: float
    ) -> None:
        self._running, self._screen, self._options = running, screen, options
        self._began_at = began_at

    def meanwhile(self, work: Callable[[], History]) -> History:
        """Do that work beside, and look until it is done."""
        with ThreadPoolExecutor(max_workers=1) as beside:
            doing = beside.submit(work)
            while not doing.done():
                self.look("simulating a port and judging it offline 模拟港口")
                self._running.wait(LOOK_S)
            return doing.result()

    def look(self, phase: str) -> None:
        """One look, with nothing fed yet."""
        self._screen.show(
            Scene(
                phase=phase,
                seed=self._options.seed,
                elapsed_s=time.monotonic() - self._began_at,
                services=services(self._running.health()),
            )
        )

    def until_ready(self) -> None:
        """Look again and again until every part is ready. Where nobody watches, the board is not
        waited for: nothing of what is compared depends on it. Raises StandaloneError."""
        end_at = time.monotonic() + READY_WITHIN_S
        apart = set[str]() if self._options.watched else {BOARD}
        while not all(
            part.state in SETTLED or part.name in apart for part in self._running.health()
        ):
            self.look("starting the services 启动服务")
            self._running.wait(LOOK_S)
            if time.monotonic() > end_at:
                self._running.wait_ready(0)


def _address(stack: Stack) -> ClickHouseAddress:
    return ClickHouseAddress.parse(stack.env["PORTCLOCK_CLICKHOUSE"])


def _given(running: Supervisor, stack: Stack, store: ClickHouseStore, began_at: float) -> Given:
    return Given(
        parts=running,
        brokers=(stack.broker_address,),
        store=store,
        worker_group=WorkerSettings(broker=stack.broker_address).app_id,
        writer_group=WriterSettings().group,
        restater_group=Bounds().group,
        clock=time.monotonic,
        began_at=began_at,
    )


def _tell(options: Options, story: Story, balance: Balance, stack: Stack, folder: Path) -> None:
    """The end: one JSON line, or the report; a disagreement is a failure."""
    if options.json:
        print_json(
            {
                **balance.document(),
                "first_verdict_s": story.first_verdict_s,
                "seconds": round(story.elapsed_s, 1),
                "seed": options.seed,
                "broker": options.broker,
                "board": stack.board_address,
                "board_token_file": str(folder.absolute() / STEWARD_SECRET),
                "rehearsed": list(options.rehearse),
                "restarts": story.restarts,
            }
        )
    else:
        stdout().print(report(balance, tallies(story.tables.verdicts)))
        if not options.once:
            check = f"portclock judge {story.file} --json | diff - {story.outcomes}"
            print(lines({**places(stack, folder), "check it": check}), flush=True)
    require_agreement(balance)


def require_agreement(balance: Balance) -> None:
    """Raises Failure with the first differing lines unless the tables equal the judge."""
    if not balance.agrees:
        words = "\n".join(balance.disagreement())
        raise Failure(f"the tables and the offline judge disagree:\n{words}")


@contextmanager
def _port_going_on(history: History, stack: Stack) -> Iterator[Feeding | None]:
    """The port's next days, as long as somebody watches; None where the history was everything."""
    if history.later is None:
        yield None
        return
    feeding = go_on(history.later, history.until, (stack.broker_address,), time.monotonic)
    try:
        yield feeding
    finally:
        feeding.stop()


def _stay(running: Supervisor, feeding: Feeding | None, options: Options) -> None:
    """Serve until Ctrl-C: the demo has done its job, so that is a good end."""
    if not options.json and not options.quiet:
        on = f"the port goes on, {PORT_S_PER_S} s in each second; " if feeding else ""
        words = f"{on}everything stays up; end it with Ctrl-C"
        Console(stderr=True, highlight=False).print(words)
    try:
        while True:
            running.wait(CHECK_S)
            if feeding is not None:
                feeding.check()
    except KeyboardInterrupt:
        return
