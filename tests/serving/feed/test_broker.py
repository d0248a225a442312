"""The feed on a real broker, which goes away and comes back without its log."""

import asyncio
import gc
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from events.codec import encode
from events.outcomes import Alert, Outcome
from events.testing import alert, box, limit, outcome
from events.topics import TOPICS
from portclock.standalone.brokers import Broker, BrokerKind, start_broker
from serving.asks import Place
from serving.board.changes import Changes
from serving.board.state import Board
from serving.board.testing import EVERYBODY, MORNING_S, deed
from serving.feed.desk import LogDesk, open_producer
from serving.feed.reader import Feed
from serving.feed.settings import FeedSettings
from serving.feed.testing import Given

WITHIN_S = 30
SETTINGS = FeedSettings(
    poll_s=0.05, answer_within_s=2.0, probe_after_polls=4, retry_first_s=0.05, retry_max_s=0.2
)


def _stage(n: int) -> Outcome:
    return outcome("box-move", "10:00", unit=box(n), verdict="open", limit=limit())


def _provide(broker: Broker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    for topic in TOPICS:
        with suppress(TopicAlreadyExistsError):  # asked for, it comes into being there
            admin.create_topics([NewTopic(topic.name, 2, 1)])
    admin.close()


def _produce(broker: Broker, *outcomes: Outcome) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.address, acks="all")
    for one in outcomes:
        producer.send("stage-dwells", encode(one), one.visit_id.encode())
    producer.flush(timeout=WITHIN_S)
    producer.close()


async def _until(changes: Changes, holds: Callable[[], bool]) -> None:
    """Wait for a change after which something holds."""

    async def changed() -> None:
        version = -1
        while not holds():
            version = await changes.after(version, 1.0)

    await asyncio.wait_for(changed(), WITHIN_S)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_board_follows_a_broker_and_one_that_comes_back_with_an_empty_log(
    required: Callable[[BrokerKind], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    required("tansu")
    caplog.set_level(logging.CRITICAL, "kafka")  # what is logged of a lost socket holds on to it
    board, stop = Board(), Flag()
    changes = Changes(board)
    with start_broker("tansu", tmp_path) as broker:
        _provide(broker)
        _produce(broker, *[_stage(n) for n in range(5)])
        settings = replace(SETTINGS, brokers=(broker.address,))
        feed = Feed(board, settings, Given, changes=changes)
        thread = Thread(target=feed.run, args=(stop,))
        thread.start()
        try:
            asyncio.run(_story(broker, board, changes, feed))
        finally:
            stop.set()
            thread.join(WITHIN_S)
    assert not thread.is_alive()
    gc.collect()  # a consumer that finds no broker leaves its sockets to the collector


async def _story(broker: Broker, board: Board, changes: Changes, feed: Feed) -> None:
    def opened(stages: int) -> bool:
        return feed.progress.ready and board.counts(EVERYBODY).open == stages

    await _until(changes, lambda: opened(5))
    risk = alert("box-move", "at-risk", "10:20", unit=box(1), visit_id=_stage(1).visit_id)
    board.alert(risk, Place(0, 0))
    await _acknowledge(broker, risk)
    await _until(changes, lambda: board.at_risk(EVERYBODY)[0].acknowledged_by == "ann")
    broker.kill()
    broker.start()
    _provide(broker)
    _produce(broker, _stage(7))
    await _until(changes, lambda: opened(1))
    assert board.at_risk(EVERYBODY) == []


async def _acknowledge(broker: Broker, risk: Alert) -> None:
    desk = LogDesk(lambda: open_producer([broker.address]))
    try:
        await desk.write(deed(risk, "acknowledged", MORNING_S))
    finally:
        desk.close()
