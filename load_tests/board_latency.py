"""How long from an event being sent until a browser has drawn what it means: event to pixel.

`python load_tests/board_latency.py --visits 50000 --rate 1000 --probes 200 --chromium PATH`. The
whole stack as `portclock up` starts it, with real time in its pulse; so many open visits; then so
many events a second of work that goes well, and among them one after another a move that is told
of too late to be kept. Each of those is a row that the page of what is urgent did not have; a
script in the page notes when the frame that shows it has been drawn. Sender and browser read one
clock.
"""

import argparse
import itertools
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

import timing
from events.codec import encode
from events.testing import box, event
from portclock.outbox import KafkaOutbox
from portclock.replay import address
from portclock.standalone.brokers import BrokerKind
from portclock.standalone.stack import Stack, standalone
from portclock.standalone.supervisor import Supervisor
from timing.patience import Patience

READY_WITHIN_S = 240.0
LOADED_WITHIN_S = 900.0
SEEN_WITHIN_S = 60.0
PACE_S = 0.05
MARGIN = timedelta(minutes=1)
"""So much later than the ticks that are on their way, so that hearing of it proves the breach."""
LIMIT = timedelta(minutes=30)
LATENESS = timedelta(seconds=Patience().allowed_lateness_s)
SAMPLES = Path(timing.__file__).parent / "samples"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WATCH = """
globalThis.drawn = {};
const note = () => {
  for (const row of document.querySelectorAll("tr[data-level=breached]")) {
    const unit = row.dataset.unit;
    if (unit in drawn) continue;
    drawn[unit] = null;
    requestAnimationFrame(() => setTimeout(() => {
      drawn[unit] = performance.timeOrigin + performance.now();
      document.body.dataset.drawn = unit;
    }));
  }
};
new MutationObserver(note).observe(document.getElementById("live"),
  { subtree: true, childList: true, attributes: true, attributeFilter: ["data-level"] });
"""


class Wanted(NamedTuple):
    """What was asked for on the command line."""

    visits: int
    rate: int
    probes: int
    chromium: str
    broker: BrokerKind


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--visits", type=int, default=50_000)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--probes", type=int, default=200)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--broker", choices=("tansu", "kafka"), default="tansu")
    wanted = Wanted(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as folder:
        stack = standalone(Path(folder), wanted.broker, limits=SAMPLES)
        with Supervisor(Path(folder), stack.children) as running:
            running.wait_ready(READY_WITHIN_S)
            with KafkaOutbox((stack.broker_address,)) as outbox, _page(stack, wanted) as page:
                _report(wanted, *_measure(wanted, outbox, page))


@contextmanager
def _page(stack: Stack, wanted: Wanted) -> Iterator[Page]:
    """The page of what is urgent, signed in, in a browser."""
    with (
        sync_playwright() as playing,
        playing.chromium.launch(executable_path=wanted.chromium, args=FLAGS) as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(stack.sign_in_link)
        page.wait_for_url("**/now*")
        yield page


def _measure(wanted: Wanted, outbox: KafkaOutbox, page: Page) -> tuple[list[float], int, float]:
    """Milliseconds of each probe, how many events were sent beside them, and in how long."""
    _load(wanted, outbox, page)
    page.goto(page.url)
    page.wait_for_selector("html[data-line=live]", state="attached")
    page.evaluate(WATCH)
    stop, sent = threading.Event(), itertools.count()
    beside = threading.Thread(target=_work, args=(wanted, outbox, stop, sent))
    began_at = time.monotonic()
    beside.start()
    try:
        waits = [_probe(outbox, page, wanted.visits + n) for n in range(wanted.probes)]
    finally:
        stop.set()
        beside.join()
    return waits, next(sent), time.monotonic() - began_at


def _load(wanted: Wanted, outbox: KafkaOutbox, page: Page) -> None:
    """Opens the visits, and waits until the board counts them all."""
    now = datetime.now(UTC)
    for n in range(wanted.visits):
        _send(outbox, "discharged", now - timedelta(seconds=n % 3_600), n)
    outbox.settle()
    deadline = time.monotonic() + LOADED_WITHIN_S
    counted = "fetch('/api/counts').then(answer => answer.json()).then(all => all.counts.units)"
    while page.evaluate(counted) < wanted.visits:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the board counts {page.evaluate(counted)} of {wanted.visits}")
        time.sleep(1)


def _work(
    wanted: Wanted, outbox: KafkaOutbox, stop: threading.Event, sent: "itertools.count[int]"
) -> None:
    """Transfers that are ordered and done in time, at the rate that is wanted, box after box."""
    batch, at = max(1, int(wanted.rate * PACE_S)), time.monotonic()
    kinds = ("transfer-ordered", "transfer-ended")
    turns = ((kind, n) for kind in itertools.cycle(kinds) for n in range(wanted.visits))
    while not stop.is_set():
        for kind, n in itertools.islice(turns, batch):
            _send(outbox, kind, datetime.now(UTC), n)
            next(sent)
        at += PACE_S
        time.sleep(max(0.0, at - time.monotonic()))


def _probe(outbox: KafkaOutbox, page: Page, number: int) -> float:
    """One box whose move is overdue by the time it is heard of; milliseconds until it is seen."""
    overdue = datetime.now(UTC) - LIMIT - LATENESS - MARGIN
    _send(outbox, "discharged", overdue - timedelta(minutes=1), number)
    sent_at = time.time()
    _send(outbox, "move-ordered", overdue, number)
    seen = f"body[data-drawn={box(number)}]"
    page.wait_for_selector(seen, state="attached", timeout=SEEN_WITHIN_S * 1_000)
    wait_ms = float(page.evaluate("unit => drawn[unit]", box(number))) - sent_at * 1_000
    print(f"\r{number}: {wait_ms:,.0f} ms   ", end="", file=sys.stderr, flush=True)
    return wait_ms


def _send(outbox: KafkaOutbox, kind: str, moment: datetime, number: int) -> None:
    told = event(
        kind,
        moment.replace(microsecond=0),
        unit=box(number),
        event_id=f"{kind}-{number}-{time.time_ns()}",
        cargo={"size_type": "42G1", "laden": True, "category": "general"},
    )
    for message in address(encode(told)):
        outbox.send(message)


def _report(wanted: Wanted, waits: list[float], sent: int, took_s: float) -> None:
    """Print the figures."""
    ranked = sorted(waits)
    print(
        f"{wanted.visits:,} open visits, {sent / took_s:,.0f} events/s beside {len(waits)} probes"
    )
    for percent in (50, 90, 99, 100):
        place = min(len(ranked) - 1, len(ranked) * percent // 100)
        print(f"  {percent:3d} %  {ranked[place]:7.0f} ms")


if __name__ == "__main__":
    main()
