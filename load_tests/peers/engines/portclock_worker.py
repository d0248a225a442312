"""Ours: the worker of the product as it ships, with its settings; nothing is left out.

A sensor, which Faust calls once per run and not per event, says when the first message came in, and
when the last one was committed: words acknowledged, changelog acknowledged, offset committed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, NamedTuple
from unittest.mock import patch

import faust

from events.said import SILENCE, Words
from load_tests.peers.engines.topic import INPUT
from load_tests.peers.job import CountingJob, key_of
from load_tests.peers.meter import Asked, Meter, asked, leave
from streams.app import assemble
from streams.law import Law, TimingLaw
from streams.settings import Settings
from streams.worker import run_law
from timing.engine import Rules


class Told(NamedTuple):
    """A step of the null law: it has nothing to say."""

    history: Any
    words: Words = SILENCE
    novelty: str = "new"


class CountingLaw:
    """The null law, as the worker asks it."""

    def __init__(self, job: CountingJob) -> None:
        self._job = job

    def observe(self, history: Any, event: Any, watermark: int) -> Told:
        return Told(self._job.step(history, event)[0])

    def elapse(self, history: Any, watermark: int) -> Told:
        return Told(history)

    def next_deadline(self, history: Any) -> None:
        return None

    def watermark_of(self, tick_at: datetime) -> int:
        return 0

    def unit_key(self, event: Any) -> str:
        return key_of(event)

    def pack(self, history: Any) -> bytes:
        return self._job.pack(history)

    def unpack(self, data: bytes) -> Any:
        return self._job.unpack(data)

    def declare(self, history: Any, event: Any, watermark: int) -> Told:
        return Told(history)

    def under(self, places: Iterable[Any]) -> "CountingLaw":
        return self

    def reconsider(self, history: Any, before: Any, watermark: int, because: str) -> Told:
        return Told(history)

    def recall(self, key: str, history: Any, recall: Any, watermark: int) -> Told:
        return Told(history)

    def suspended(self, watermark: int) -> Mapping[str, int]:
        return {}

    def doubts(self, key: str, history: Any, heard: Any) -> Mapping[str, Words | None]:
        return {}

    def names_of(self, words: Words) -> Iterable[str]:
        return ()


class Sensor(faust.Sensor):
    """Ends the process when everything is committed."""

    def __init__(self, options: Asked, meter: Meter, counted: Callable[[], int]) -> None:
        super().__init__()
        self._options, self._meter, self._counted = options, meter, counted

    def on_message_in(self, tp: Any, offset: int, message: Any) -> None:
        if tp.topic == INPUT:
            self._meter.begin()

    def on_commit_completed(self, consumer: Any, state: Any) -> None:
        offsets = consumer._committed_offset.items()
        done = sum(offset or 0 for tp, offset in offsets if tp.topic == INPUT)
        if done >= self._options.messages:
            self._meter.report(done, self._counted())
            leave()


def main() -> None:
    options, meter, counting = asked(), Meter(), CountingJob()
    law: Law = TimingLaw(Rules()) if options.job == "law" else CountingLaw(counting)
    settings = Settings(broker=options.broker, app_id=options.words, data_dir=options.folder)

    def watched(*arguments: Any, **named: Any) -> Any:
        topology = assemble(*arguments, **named)
        topology.app.sensors.add(Sensor(options, meter, lambda: counting.sum))
        return topology

    with patch("streams.worker.assemble", watched):
        run_law(settings, law, monotonic)


if __name__ == "__main__":
    main()
