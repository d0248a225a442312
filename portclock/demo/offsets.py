"""How far each consumer group has committed, and whether it has read all there is.

Knows kafka-python. A broker's list of end offsets is not trusted (an embedded one lists them too
low after a batch of several records): the end is what a fetch at the committed offset tells.
"""

from collections.abc import Iterable, Mapping, Sequence

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from events.topics import PARTITIONS
from portclock.replay import Offsets

FETCH_WAIT_MS = 300
LOOKS_MAX = 20


class Groups:
    """Looks at consumer groups from outside. Not for use by two threads at once."""

    def __init__(self, brokers: Sequence[str]) -> None:
        self._admin = KafkaAdminClient(bootstrap_servers=list(brokers))
        self._consumer = KafkaConsumer(
            bootstrap_servers=list(brokers),
            group_id=None,
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=1024,
        )

    def committed(self, group: str) -> dict[str, dict[int, int]]:
        """Topic -> partition -> the offset the group would continue from."""
        found: dict[str, dict[int, int]] = {}
        for place, offset in self._admin.list_group_offsets({group: None}).get(group, {}).items():
            found.setdefault(place.topic, {})[place.partition] = offset.offset
        return found

    def behind(self, group: str, topics: Iterable[str]) -> list[str]:
        """Where the group has not committed up to the end: `topic/partition: 5 of 7`."""
        committed = self.committed(group)
        at = {
            TopicPartition(topic, partition): committed.get(topic, {}).get(partition, 0)
            for topic in topics
            for partition in range(PARTITIONS)
        }
        ends = self._ends(at)
        return [
            f"{place.topic}/{place.partition}: {offset} of {ends[place]}"
            for place, offset in at.items()
            if ends[place] != offset
        ]

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()
        self._admin.close()

    def _ends(self, at: Mapping[TopicPartition, int]) -> dict[TopicPartition, int | None]:
        """The end of each partition, as fetches at these offsets tell it; None when none did."""
        self._consumer.assign(list(at))
        for place, offset in at.items():
            self._consumer.seek(place, offset)
        for _ in range(LOOKS_MAX):
            self._consumer.poll(timeout_ms=FETCH_WAIT_MS)
            ends = {place: self._consumer.highwater(place) for place in at}
            if all(end is not None for end in ends.values()):
                break
        return ends


def lags(sent: Offsets, committed: Offsets) -> dict[str, int]:
    """Per topic, how many of the messages we sent the group has yet to commit."""
    return {
        topic: sum(
            max(0, end - committed.get(topic, {}).get(partition, 0))
            for partition, end in ends.items()
        )
        for topic, ends in sent.items()
    }
