"""Quix Streams as its guide teaches it: a streaming dataframe, state in RocksDB with a changelog
topic and a checkpoint every few seconds, words to a topic."""

from collections.abc import Callable, Iterable
from typing import Any

from quixstreams import Application
from quixstreams.models import Serializer

from load_tests.peers.engines.topic import INPUT
from load_tests.peers.job import JOBS, Job, Refused, Remembering, Word, key_of, read
from load_tests.peers.meter import Asked, Meter, asked, leave, tune_collector

IDLE_S = 30.0
"""Longer than any pause of a broker; it ends a run that would never end."""


class WordValue(Serializer):  # type: ignore[misc]
    """A word's value is its bytes already."""

    def __call__(self, value: Word, ctx: Any) -> bytes:
        return value.value


def application_of(options: Asked) -> Application:
    """State as bytes, in a folder of its own."""
    return Application(
        broker_address=options.broker,
        consumer_group=options.words,
        auto_offset_reset="earliest",
        commit_interval=5.0,
        state_dir=str(options.folder / "state"),
        use_changelog_topics=True,
        loglevel="ERROR",
        consumer_extra_config={
            "session.timeout.ms": options.session_ms,
            "fetch.queue.backoff.ms": 20,
        },
        producer_extra_config={
            "linger.ms": 20,
            "queue.buffering.max.messages": 2_000_000,
            "queue.buffering.max.kbytes": 1_048_576,
        },
    )


class Judging:
    """What is done with each message. Calls `stop` with the last one."""

    def __init__(self, options: Asked, stop: Callable[[], None]) -> None:
        self.job: Job = JOBS[options.job]()
        self.meter = Meter()
        self.done = 0
        self._wanted, self._stop = options.messages, stop
        self._remembering = Remembering(self.job)

    def judge(
        self, value: bytes, key: bytes, stamp_ms: int, headers: Any, state: Any
    ) -> Iterable[Word]:
        self.meter.begin()
        self.done += 1
        if self.done == self._wanted:
            self._stop()
        event = read(value, stamp_ms)
        if event is None:
            return [Refused(key, value)]
        unit = key_of(event)
        kept = state.get_bytes(unit.encode())
        known, words = self.job.step(self._remembering.unpack(unit, kept), event)
        if known is not None:
            state.set_bytes(unit.encode(), self._remembering.pack(unit, known))
        return words


def main() -> None:
    options = asked()
    application = application_of(options)
    source = application.topic(INPUT, value_deserializer="bytes", key_deserializer="bytes")
    _with_retention(source)
    target = application.topic(options.words, value_serializer=WordValue(), key_serializer="bytes")
    _with_retention(target)
    judging = Judging(options, application.stop)
    frame = application.dataframe(source)
    frame = frame.apply(judging.judge, stateful=True, expand=True, metadata=True)
    frame.to_topic(target, key=lambda word: word.key)
    tune_collector()
    application.run(timeout=IDLE_S, collect=False)
    if judging.done < options.messages:
        raise SystemExit(f"nothing came for {IDLE_S} s after {judging.done} messages")
    # The last checkpoint is behind us: state, words and offsets are where they belong.
    judging.meter.report(judging.done, judging.job.sum)
    leave()


def _with_retention(topic: Any) -> None:
    """One broker names no retention with a topic, and the library asks for it."""
    if topic.broker_config is not None:
        topic.broker_config.extra_config.setdefault("retention.ms", "604800000")


if __name__ == "__main__":
    main()
