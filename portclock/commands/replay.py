"""`portclock replay`: history into the topics, with its own ticks."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.history import Files
from portclock.commands.options import Json, Quiet, ToBroker

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from portclock.replay import Accounts, Beat, Message

Speed = Annotated[
    float,
    typer.Option(min=0, metavar="X", help="Times real time; 0 is as fast as possible."),
]
TickSeconds = Annotated[
    int,
    typer.Option("--tick", min=1, metavar="SECONDS", help="Event time between two ticks."),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="T", help="Let time pass until then after the last event (ISO 8601)."),
]


def replay(
    files: Files,
    speed: Speed = 0,
    to: ToBroker = None,
    tick: TickSeconds = 60,
    until: Until = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Send history into the topics, with its own ticks.

    Every message goes to the feed of its kind, in file order; time in the stream is the time in the
    file. Sending the same file twice changes nothing. Where a pulse runs, real time passes as well,
    and history older than the retention is kept aside: use portclock up --no-pulse.
    """
    from portclock.commands.history import read_lines, require_files, size_bytes
    from portclock.commands.moments import instant
    from portclock.commands.output import progress
    from portclock.commands.wiring import broker_of
    from portclock.replay import plan

    require_files(files)
    end = instant(until, "--until") if until else None
    with progress(quiet or json) as shown:
        task = shown.add_task("sending", total=size_bytes(files), note="")
        lines = _counted(read_lines(files), shown, task)
        steps = plan(lines, timedelta(seconds=tick), end, received_at=datetime.now(UTC))
        accounts = _send(steps, broker_of(to, "--to"), speed)
    _tell(accounts, json)


def _counted(lines: Iterable[bytes], shown: "Progress", task: "TaskID") -> Iterator[bytes]:
    for line in lines:
        yield line
        shown.advance(task, len(line) + 1)


def pace(
    speed: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Callable[[datetime], None]:
    """Holds back until an event time is due at that speed, counted from the first one asked for."""
    began: list[tuple[datetime, float]] = []

    def wait_until(at: datetime) -> None:
        if not began:
            began.append((at, clock()))
        first_at, started_s = began[0]
        due_s = started_s + (at - first_at).total_seconds() / speed
        sleep(max(0.0, due_s - clock()))

    return wait_until if speed else lambda _: None


def _send(steps: "Iterable[Message | Beat]", brokers: tuple[str, ...], speed: float) -> "Accounts":
    """Run the plan through Kafka; Ctrl-C ends it after what is on its way has arrived."""
    from events.topics import EVENT_TOPICS, TICKS
    from portclock.failure import Stopped
    from portclock.outbox import KafkaOutbox, require_topics
    from portclock.replay import Replay

    require_topics(brokers, [topic.name for topic in (*EVENT_TOPICS, TICKS)])
    with KafkaOutbox(brokers) as outbox:
        run = Replay(outbox, pace(speed))
        try:
            for _ in run.run(steps):
                pass
        except KeyboardInterrupt:
            outbox.settle()
            sent = run.accounts.messages
            raise Stopped(
                f"stopped after {sent} messages, all of them acknowledged; "
                "replay the same file again to send the rest: nothing counts twice"
            ) from None
    return run.accounts


def _tell(accounts: "Accounts", json: bool) -> None:
    from portclock.commands.output import print_json, say

    if json:
        print_json(accounts.document())
        return
    topics = ", ".join(f"{topic} {number:,}" for topic, number in sorted(accounts.by_topic.items()))
    unreadable = f", {accounts.unreadable:,} of them unreadable" if accounts.unreadable else ""
    say(f"sent {accounts.messages:,} messages ({topics}){unreadable}, {accounts.ticks:,} ticks")
