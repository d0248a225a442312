"""Faust as its guide teaches it: an agent, a Table with a changelog, a topic to send to.

The table keeps histories as objects and writes each change to the changelog by a codec of its own.
Loggers below Faust are quiet, so that their debug records are not counted against it.
"""

import logging
from typing import Any

import faust
from faust.serializers import codecs

from load_tests.peers.engines.topic import INPUT, PARTITIONS
from load_tests.peers.job import JOBS, Job, Refused, Word, key_of, read
from load_tests.peers.meter import Asked, Meter, asked, leave, tune_collector


class HistoryCodec(codecs.Codec):
    """What is known of a unit, as the law writes it down."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def _dumps(self, obj: Any) -> bytes:
        return self._job.pack(obj)

    def _loads(self, s: bytes) -> Any:
        return self._job.unpack(s)


def app_of(options: Asked) -> faust.App:
    """With the settings without which a group on this broker waits for long."""
    return faust.App(
        options.words,
        broker=f"kafka://{options.broker}",
        store="memory://",
        datadir=str(options.folder),
        web_enabled=False,
        # A mistake of ours here must end the run; by itself Faust would go on without the event.
        agent_supervisor="mode.supervisors.CrashingSupervisor",
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=options.session_ms / 1000,
        broker_heartbeat_interval=options.session_ms / 4000,
        broker_request_timeout=20.0,
        producer_max_request_size=4 * 1024 * 1024,
    )


def assemble(options: Asked) -> faust.App:
    """The app with its table and its agent."""
    meter, job = Meter(), JOBS[options.job]()
    codecs.register("history", HistoryCodec(job))
    app = app_of(options)
    source = app.topic(INPUT, key_serializer="raw", value_serializer="raw", value_type=bytes)
    target = app.topic(options.words, key_serializer="raw", value_serializer="raw")
    units: Any = app.Table("units", partitions=PARTITIONS, key_type=str)
    units.value_serializer = "history"

    @app.agent(source)
    async def judge(stream: Any) -> None:
        done = 0
        async for event in stream.events():
            meter.begin()
            for word in _words(job, units, event):
                await target.send(key=word.key, value=word.value)
            done += 1
            if done == options.messages:
                await app.producer.flush()
                meter.report(done, job.sum)
                leave()

    return app


def _words(job: Job, units: Any, event: Any) -> list[Word]:
    message = event.message
    read_event = read(message.value, int(message.timestamp * 1000))
    if read_event is None:
        return [Refused(message.key, message.value)]
    unit = key_of(read_event)
    known, words = job.step(units.get(unit), read_event)
    if known is not None:
        units[unit] = known
    return words


def main() -> None:
    options = asked()
    logging.basicConfig(level=logging.WARNING)
    for noisy in ("aiokafka", "kafka", "asyncio", "faust", "mode"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app = assemble(options)
    tune_collector()
    worker = faust.Worker(
        app, loglevel="INFO", quiet=True, override_logging=False, redirect_stdouts=False
    )
    worker.spinner = None
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
