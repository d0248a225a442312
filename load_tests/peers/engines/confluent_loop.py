"""A bare loop over confluent-kafka with a dict: offsets are committed by time, and the dict dies
with the process. Consumed in batches, produced by librdkafka's own batching; the fetcher's pause
is shortened, since its default of a second caps any loop at some 100,000 messages a second."""

from typing import Any

from confluent_kafka import Consumer, Producer

from load_tests.peers.engines.topic import INPUT
from load_tests.peers.job import JOBS, Refused, Word, key_of, read
from load_tests.peers.meter import Asked, Meter, asked, leave, tune_collector

BATCH = 2_000


def consumer_of(options: Asked) -> Consumer:
    """In a group, from the beginning."""
    return Consumer(
        {
            "bootstrap.servers": options.broker,
            "group.id": options.words,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": True,
            "auto.commit.interval.ms": 1000,
            "session.timeout.ms": options.session_ms,
            "fetch.queue.backoff.ms": 20,
        }
    )


def producer_of(options: Asked) -> Producer:
    """Acknowledged by the broker, in large batches."""
    return Producer(
        {
            "bootstrap.servers": options.broker,
            "acks": "all",
            "linger.ms": 20,
            "queue.buffering.max.messages": 2_000_000,
            "queue.buffering.max.kbytes": 1_048_576,
        }
    )


def main() -> None:
    options, meter = asked(), Meter()
    job, known = JOBS[options.job](), dict[str, Any]()
    consumer, producer = consumer_of(options), producer_of(options)
    consumer.subscribe([INPUT])
    tune_collector()
    done = 0
    while done < options.messages:
        for message in consumer.consume(BATCH, 0.5):
            meter.begin()
            if message.error():
                raise SystemExit(str(message.error()))
            done += 1
            for word in _words(job, known, message):
                producer.produce(options.words, word.value, word.key)
        producer.poll(0)
    producer.flush(60)
    meter.report(done, job.sum)
    leave()


def _words(job: Any, known: dict[str, Any], message: Any) -> list[Word]:
    value = message.value()
    event = read(value, message.timestamp()[1])
    if event is None:
        return [Refused(message.key(), value)]
    unit = key_of(event)
    known[unit], words = job.step(known.get(unit), event)
    return words  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
