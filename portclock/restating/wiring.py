"""Puts restating together: consumer, tables, outbox, rules. The only module of it that connects.

Must never know an option of the command line.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from threading import Event

from portclock.commands.moments import now
from portclock.outbox import KafkaOutbox
from portclock.restating.asking import Asker, Wish
from portclock.restating.metrics import RestaterMetrics
from portclock.restating.rounds import Rounds
from portclock.restating.service import TOPICS, Restater
from portclock.restating.settings import Bounds
from portclock.restating.settling import Pace
from portclock.restating.whole import Whole, brought_back
from sinks.clickhouse import ClickHouseStore
from sinks.consumer import open_consumer
from sinks.publishing import PublishingStore
from sinks.settings import ClickHouseAddress, WriterSettings
from sinks.store import Store
from timing.rules import Rules

BETWEEN_POLLS_MS = 3_600_000
"""How long a turn may take before the group gives its partitions to another."""
FETCH_WAIT_S = 0.5
Service = Callable[[RestaterMetrics, Event], None]


@contextmanager
def restating(
    writer: WriterSettings, brokers: tuple[str, ...], rules: Rules, bounds: Bounds
) -> Iterator[Service]:
    """The service, connected for as long as it is needed."""
    own = {"group": bounds.group, "fetch_wait_s": FETCH_WAIT_S}
    settings = writer.model_copy(update=own)
    said = {"max.poll.interval.ms": BETWEEN_POLLS_MS, "client.id": "portclock-restater"}
    with (
        closing(open_consumer(settings, TOPICS, None, **said)) as consumer,
        asking(writer.clickhouse, brokers, rules, bounds, Wish()) as (store, rounds),
    ):

        def service(metrics: RestaterMetrics, stopping: Event) -> None:
            pace = Pace(time.monotonic, stopping.wait)
            Restater(consumer, store, rounds, bounds, pace, metrics).run(stopping.is_set)

        yield service


@contextmanager
def asking(
    address: ClickHouseAddress,
    brokers: tuple[str, ...],
    rules: Rules,
    bounds: Bounds,
    wish: Wish,
) -> Iterator[tuple[Store, Rounds]]:
    """Rounds that ask the workers of this broker, and the tables that they look at."""
    with closing(ClickHouseStore(address)) as store, KafkaOutbox(brokers) as outbox:
        asker = Asker(outbox, PublishingStore(store), wish, now)
        yield store, Rounds(bring(store, rules), asker, bounds.looks_max)


def bring(store: Store, rules: Rules) -> Callable[[str, list[str]], Mapping[str, Whole]]:
    """Brings units back from these tables, judged by these rules."""
    return partial(brought_back, store, rules)
