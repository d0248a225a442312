"""What each service needs to be allowed at Kafka, and nothing more: one table, from the contract.

Which topic is made and read by whom stands in `events.topics`; what a client library asks for on
the way is added here, each for its reason. Knows Kafka's words for resources and operations
(https://kafka.apache.org/43/security/authorization-and-acls/); applies nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from events.topics import (
    ALERT_DEEDS,
    EVENT_FATES,
    EVENT_TOPICS,
    EVENTS_DLQ,
    LIMIT_ALERTS,
    TOPICS,
    Topic,
)
from portclock.restating.settings import Bounds
from sinks.settings import WriterSettings
from streams.settings import Settings as WorkerSettings
from streams.tables import changelog_name

READ, WRITE, CREATE, DESCRIBE = "Read", "Write", "Create", "Describe"
TOPIC, GROUP = "topic", "group"


@dataclass(frozen=True, slots=True)
class Right:
    """One line of the table: this user may do this to the topic or group of this name."""

    user: str
    resource: str
    name: str
    operation: str

    @property
    def option(self) -> str:
        """As the options of `kafka-acls`."""
        return (
            f"--add --allow-principal User:{self.user} "
            f"--operation {self.operation} --{self.resource} {self.name}"
        )


def rights() -> tuple[Right, ...]:
    """All of them, in order of users."""
    return tuple(
        Right(user, resource, name, operation)
        for user, needed in SERVICES.items()
        for resource, name, operation in dict.fromkeys(needed)
    )


Need = tuple[str, str, str]


def _on(operation: str, topics: tuple[Topic, ...]) -> Iterator[Need]:
    for topic in topics:
        yield TOPIC, topic.name, operation


def _made_by(maker: str) -> tuple[Topic, ...]:
    return tuple(topic for topic in TOPICS if maker in topic.made_by)


def _read_by(reader: str) -> tuple[Topic, ...]:
    return tuple(topic for topic in TOPICS if reader in topic.read_by)


def _worker() -> Iterator[Need]:
    """It makes all topics, and alone may: whoever starts second finds them."""
    changelog = changelog_name(WorkerSettings.model_fields["app_id"].default)
    yield from _on(READ, _read_by("streams"))
    yield from _on(WRITE, _made_by("streams"))
    yield from _on(CREATE, TOPICS)
    yield from _on(DESCRIBE, TOPICS)  # whether each has as many partitions as are wanted
    for operation in (READ, WRITE, CREATE):
        yield TOPIC, changelog, operation
    yield GROUP, WorkerSettings.model_fields["app_id"].default, READ


def _writer() -> Iterator[Need]:
    usual = WriterSettings()
    yield from _on(READ, _read_by("sinks"))
    for group in (usual.group, usual.for_events().group):
        yield GROUP, group, READ


def _pulse() -> Iterator[Need]:
    yield from _on(WRITE, _made_by("portclock pulse"))
    yield from _on(DESCRIBE, EVENT_TOPICS)  # how far each has been written


def _board() -> Iterator[Need]:
    """It joins no group; it asks how far the writer has come."""
    yield from _on(READ, (*_read_by("serving"), EVENTS_DLQ))
    yield from _on(WRITE, (ALERT_DEEDS,))
    yield GROUP, WriterSettings().group, DESCRIBE


def _notify() -> Iterator[Need]:
    yield from _on(READ, (LIMIT_ALERTS, ALERT_DEEDS))
    yield from _on(WRITE, _made_by("serving"))


def _sender() -> Iterator[Need]:
    """Whoever reports events: a terminal, customs, a railway."""
    yield from _on(WRITE, EVENT_TOPICS)


def _intake() -> Iterator[Need]:
    """A door of ours: what it took goes to the topics, what it did not to quarantine."""
    yield from _on(WRITE, (*EVENT_TOPICS, EVENTS_DLQ))


def _replay() -> Iterator[Need]:
    yield from _on(WRITE, _made_by("portclock replay"))


def _quarantine() -> Iterator[Need]:
    """Sends what was refused again, and says there that it did."""
    yield from _on(READ, (EVENTS_DLQ,))
    yield from _on(WRITE, (*EVENT_TOPICS, EVENTS_DLQ))


def _restater() -> Iterator[Need]:
    """It reads as the writer does, in a group of its own."""
    yield from _on(READ, (EVENT_FATES, *EVENT_TOPICS))
    yield GROUP, Bounds().group, READ
    yield from _on(WRITE, _made_by("portclock restater"))


SERVICES: Final[Mapping[str, tuple[Need, ...]]] = {
    "portclock-worker": tuple(_worker()),
    "portclock-writer": tuple(_writer()),
    "portclock-pulse": tuple(_pulse()),
    "portclock-board": tuple(_board()),
    "portclock-notify": tuple(_notify()),
    "portclock-sender": tuple(_sender()),
    "portclock-intake": tuple(_intake()),
    "portclock-replay": tuple(_replay()),
    "portclock-quarantine": tuple(_quarantine()),
    "portclock-restater": tuple(_restater()),
}
"""What each user needs. A user's name is his service's; a site may map its own to these."""
