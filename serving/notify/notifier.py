"""The notifier: one thread reads, one writes back, one for each channel sends.

What ends one ends all, loudly. Knows no clock: whoever starts it says what time it is.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event as Flag
from typing import Final, NamedTuple

from serving.notify.calls import Calls
from serving.notify.channels import Sending, open_sender
from serving.notify.courier import Courier, Pace
from serving.notify.ledger import Ledger
from serving.notify.log import Herald, KafkaHerald, KafkaLog, Log, Places
from serving.notify.metrics import NotifyMetrics
from serving.notify.outbox import Outbox
from serving.notify.routes import Routes
from serving.notify.settings import NotifySettings

POLL_S: Final = 0.25
LOOK_MS: Final = 1_000
"""How often watches are looked at, and gauges told."""
PRUNE_MS: Final = 3_600_000
SAID_AT_ONCE: Final = 500
SILENT_S: Final = 1.0
"""How long to leave a log alone that takes nothing."""

Stopping = Callable[[], bool]
_LOG = logging.getLogger(__name__)


class House(NamedTuple):
    """What a notifier is made of. `now_ms` is the time of day in epoch milliseconds."""

    routes: Routes
    settings: NotifySettings
    now_ms: Callable[[], int]
    environ: Mapping[str, str]
    metrics: NotifyMetrics


def notify(house: House, stopping: Stopping) -> None:
    """Read, tell and account until `stopping()`. Raises KafkaError, LogUnready, LedgerError or
    PoisonRecord; after any of them, and after a kill, the next start goes on from the outbox."""
    settings = house.settings
    with closing(Ledger(settings.outbox)) as ledger:
        outbox = Outbox(ledger, house.routes, settings)
        outbox.hold_back_strays(house.now_ms())
        with (
            closing(_log(settings, outbox.places())) as log,
            closing(KafkaHerald(settings.brokers, settings.kafka_python)) as herald,
        ):
            run(house, outbox, log, herald, stopping)


def _log(settings: NotifySettings, places: Places) -> KafkaLog:
    return KafkaLog(settings.brokers, places, arguments=settings.kafka_python)


def run(house: House, outbox: Outbox, log: Log, herald: Herald, stopping: Stopping) -> None:
    """The threads of one notifier, on any log."""
    works: list[Callable[[Stopping], None]] = [
        partial(read, house, outbox, log),
        partial(write_back, outbox, herald),
        *(courier.run for courier in couriers(house, outbox)),
    ]
    side_by_side(works, stopping, outbox)


def couriers(house: House, outbox: Outbox) -> list[Courier]:
    """A worker for every channel of the routes file."""
    settings = house.settings
    sending = Sending(settings.board_url, settings.request_timeout_s, house.now_ms, house.environ)
    return [
        Courier(
            channel=name,
            sender=open_sender(channel, sending),
            outbox=outbox,
            pace=Pace(channel.per_minute),
            now_ms=house.now_ms,
            told=house.metrics.settled,
        )
        for name, channel in house.routes.channel.items()
    ]


def read(house: House, outbox: Outbox, log: Log, stopping: Stopping) -> None:
    """Take in what comes, unless the outbox is full; look at the watches every second."""
    calls = Calls(outbox, house.routes, house.settings)
    looked_ms = pruned_ms = 0
    while not stopping():
        if outbox.full():
            outbox.bell.wait(outbox.bell.rings(), POLL_S)
        else:
            outbox.take_in(log.poll(POLL_S), house.now_ms())
        now_ms = house.now_ms()
        if now_ms - looked_ms >= LOOK_MS:
            calls.escalate(now_ms)
            _tell(house, outbox, log, now_ms)
            looked_ms = now_ms
        if now_ms - pruned_ms >= PRUNE_MS:
            outbox.books.prune(now_ms, house.settings.keep_days)
            pruned_ms = now_ms


def _tell(house: House, outbox: Outbox, log: Log, now_ms: int) -> None:
    books, metrics = outbox.books, house.metrics
    metrics.accounts(books.accounts(), books.open_errands())
    metrics.waiting(books.oldest_ms(), now_ms, books.unpublished())
    for topic, records in log.lag().items():
        metrics.lag(topic, records)


def write_back(outbox: Outbox, herald: Herald, stopping: Stopping) -> None:
    """Say what is to be said into the log; once more before the end."""
    while not stopping():
        heard = outbox.bell.rings()
        if not _say(outbox, herald):
            outbox.bell.wait(heard, SILENT_S)
    _say(outbox, herald)


def _say(outbox: Outbox, herald: Herald) -> bool:
    """Whether something was said, so that there may be more."""
    said = outbox.books.publications(SAID_AT_ONCE)
    if not said or not herald.say(said):
        return False
    outbox.books.published(said)
    return True


def side_by_side(
    works: Sequence[Callable[[Stopping], None]], stopping: Stopping, outbox: Outbox
) -> None:
    """Each work in a thread of its own, until `stopping()` or until one of them fails; the first
    failure is raised, others are logged."""
    failed, failures = Flag(), list[BaseException]()

    def until_the_end(work: Callable[[Stopping], None]) -> None:
        try:
            work(lambda: failed.is_set() or stopping())
        except BaseException as error:
            failures.append(error)
            failed.set()
        finally:
            outbox.bell.ring()

    with ThreadPoolExecutor(len(works), thread_name_prefix="notify") as threads:
        list(threads.map(until_the_end, works))
    for later in failures[1:]:
        _LOG.error("another thread failed as well: %s", later)
    if failures:
        raise failures[0]
