"""Bytewax as its guide teaches it: a Kafka source, a stateful map by unit, a Kafka sink; state in
memory. With recovery, state goes to SQLite by an epoch of five seconds; the flow is the same."""

import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig
from bytewax.run import cli_main

from load_tests.peers.engines.topic import INPUT, PARTITIONS
from load_tests.peers.job import JOBS, Job, Refused, Word, key_of, read
from load_tests.peers.meter import Asked, Meter, asked, leave, tune_collector

BATCH = 2_000
REFUSED = ""
"""The key under which refused messages pass the stateful step; nothing is kept there."""


def flow_of(options: Asked, meter: Meter, job: Job) -> Dataflow:
    """Read, judge by unit, publish."""

    def read_all(messages: list[Any]) -> Iterable[tuple[str, Any]]:
        meter.begin()
        return [_keyed(message) for message in messages]

    def judge(known: Any, event: Any) -> tuple[Any, list[Word]]:
        return (None, [event]) if type(event) is Refused else job.step(known, event)

    flow = Dataflow("judge")
    faster = {"fetch.queue.backoff.ms": "20"}
    source = KafkaSource([options.broker], [INPUT], tail=False, batch_size=BATCH, add_config=faster)
    messages = op.input("read", flow, source)
    events = op.flat_map_batch("decode", messages, read_all)
    words = op.stateful_flat_map("judge", events, judge)
    records = op.map("record", words, lambda said: KafkaSinkMessage(said[1].key, said[1].value))
    op.output("publish", records, KafkaSink([options.broker], options.words, {"linger.ms": "20"}))
    return flow


def _keyed(message: Any) -> tuple[str, Any]:
    event = read(message.value, message.timestamp[1])
    if event is None:
        return REFUSED, Refused(message.key, message.value)
    return key_of(event), event


def recovery_in(options: Asked) -> dict[str, Any]:
    """Snapshots of all state that changed, every five seconds."""
    folder = options.folder / "recovery"
    folder.mkdir()
    command = [sys.executable, "-m", "bytewax.recovery", str(folder), str(PARTITIONS)]
    subprocess.run(command, check=True)
    return {
        "recovery_config": RecoveryConfig(str(folder), timedelta(0)),
        "epoch_interval": timedelta(seconds=5),
    }


def run(recoverable: bool) -> None:
    """Until the end of the topic."""
    options, meter = asked(), Meter()
    job = JOBS[options.job]()
    flow = flow_of(options, meter, job)
    recovery = recovery_in(options) if recoverable else {}
    tune_collector()
    cli_main(flow, **recovery)
    meter.report(options.messages, job.sum)
    leave()


if __name__ == "__main__":
    run(recoverable=False)
