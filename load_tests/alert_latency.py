"""How long from the tick that proved a breach until people were told: the whole way, in processes.

`python load_tests/alert_latency.py [alerts] [ticks]`. A broker in memory, a worker with the real
law, the notifier as a process of its own, and a receiver of signed webhooks here. Boxes were
ordered to the inspection platform; each tick, one a second, takes event time a minute further and
breaks the promise to the next of them. Counts from just before the tick is sent until the webhook
is here.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from events.codec import encode
from events.instants import parse_instant
from events.outcomes import Tick
from events.testing import at, box, event
from events.topics import EVENT_TOPICS, topic_for
from portclock.outbox import KafkaOutbox, require_topics
from portclock.replay import Message, Offsets
from portclock.standalone.brokers import start_broker
from serving.notify.testing import KEY, Receiver, Request, written
from timing.patience import Patience

PORT, FACILITY = "CNSHD", "石岛新港"
ORDERED = at("10:00")
MINUTE = timedelta(minutes=1)
PROMISED = 30 * MINUTE
LATENESS = timedelta(seconds=Patience().allowed_lateness_s)
PATIENCE_S = 120.0
PERCENTILES = (50, 90, 99, 100)
ROUTES = """
[channel.hook]
kind = "webhook"
url = "{url}"
secret = "env:KEY"

[[route]]
name = "all"
channels = ["hook"]
states = ["breached"]
"""


def main() -> None:
    """Run it and print the figures."""
    alerts = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    ticks = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    came: dict[str, tuple[datetime, float]] = {}

    def note(request: Request) -> None:
        now = time.time()
        for one in json.loads(request.body)["alerts"]:
            came.setdefault(one["incident"], (parse_instant(one["raised_at"]), now))

    with tempfile.TemporaryDirectory() as folder, Receiver(before=note) as receiver:
        beats = _run(Path(folder), receiver, alerts, ticks)
    waits = sorted(now - _proved(beats, raised_at) for raised_at, now in came.values())
    _show(waits, alerts, len(receiver.requests))


def _run(folder: Path, receiver: Receiver, alerts: int, ticks: int) -> list[tuple[datetime, float]]:
    """Everything, until all alerts came; each tick's event time, and when it was sent."""
    with start_broker("tansu", folder) as broker:
        environ = {
            **os.environ,
            "KEY": KEY,
            "PORTCLOCK_BROKER": broker.address,
            "PORTCLOCK_DATA": str(folder / "data"),
            "PORTCLOCK_ROUTES": str(written(folder, ROUTES.format(url=receiver.url))),
        }
        with _service("worker", environ):
            _until_there_are_topics(broker.address)
            with _service("notify", environ), KafkaOutbox((broker.address,)) as outbox:
                reached = _order(outbox, alerts, ticks)
                _settle_in(outbox, reached)
                beats = _tick(outbox, reached, ticks)
                receiver.wait_for(lambda got: _told(got) >= alerts, PATIENCE_S)
                return beats


@contextmanager
def _service(name: str, environ: dict[str, str]) -> Iterator[None]:
    log = Path(environ["PORTCLOCK_DATA"]).with_name(f"{name}.log")
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "portclock", name], env=environ, stderr=stderr
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _until_there_are_topics(address: str) -> None:
    """The worker makes them; with a bound."""
    names = [topic.name for topic in EVENT_TOPICS]
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return require_topics((address,), names)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _order(outbox: KafkaOutbox, alerts: int, ticks: int) -> Offsets:
    """Each box comes off its ship and is ordered to be inspected, a minute apart from tick to
    tick."""
    for n in range(alerts):
        ordered = ORDERED + (n * ticks // alerts) * MINUTE
        for kind, moment in (("discharged", ordered - MINUTE), ("inspection-ordered", ordered)):
            told = event(kind, moment, unit=box(n), port=PORT, facility=FACILITY)
            outbox.send(
                Message(topic_for(told.kind).name, told.unit.id.encode(), encode(told), moment)
            )
    return outbox.settle()


def _settle_in(outbox: KafkaOutbox, reached: Offsets) -> None:
    """A first tick with which nothing is proved yet; then time for the worker to read it all."""
    _beat(outbox, reached, ORDERED + 20 * MINUTE)
    time.sleep(15)


def _tick(outbox: KafkaOutbox, reached: Offsets, ticks: int) -> list[tuple[datetime, float]]:
    beats, begun = [], time.monotonic()
    for n in range(ticks + 1):
        time.sleep(max(0.0, begun + n - time.monotonic()))
        beat_at = ORDERED + PROMISED + LATENESS + n * MINUTE + timedelta(seconds=1)
        beats.append((beat_at, time.time()))
        _beat(outbox, reached, beat_at)
    return beats


def _beat(outbox: KafkaOutbox, reached: Offsets, beat_at: datetime) -> None:
    outbox.beat(
        lambda partition: Tick(
            at=beat_at.astimezone(UTC),
            upto={
                topic.name: reached.get(topic.name, {}).get(partition, 0) for topic in EVENT_TOPICS
            },
        )
    )
    outbox.settle()


def _proved(beats: list[tuple[datetime, float]], raised_at: datetime) -> float:
    """When the tick was sent that proved a breach: the first beyond its deadline and lateness."""
    moments = [beat_at for beat_at, _ in beats]
    return beats[bisect_left(moments, raised_at + LATENESS + timedelta(seconds=1))][1]


def _told(requests: list[Request]) -> int:
    return sum(json.loads(request.body)["count"] for request in requests)


def _show(waits: list[float], alerts: int, messages: int) -> None:
    print(f"{len(waits)} of {alerts} breaches told in {messages} messages")
    for percent in PERCENTILES:
        print(f"  {percent:3d} %  {waits[min(len(waits) - 1, len(waits) * percent // 100)]:6.2f} s")
    late = sum(wait > 2.0 for wait in waits)
    print(f"  {late} ({late / len(waits):.2%}) took longer than 2 s")


if __name__ == "__main__":
    main()
