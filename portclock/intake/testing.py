"""For tests: a feed of DCSA documents, and a carrier that keeps what it is given."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from events.dialects.dcsa.shapes import FLAT
from events.dialects.dcsa.testing import PROFILE, document
from events.envelope import Event
from events.testing import MIDNIGHT, event
from portclock.failure import Failure
from portclock.intake.feeds import Feed, load_feeds
from portclock.quarantine import Headers
from portclock.replay import Message, Offsets

NOW: Final = MIDNIGHT.replace(hour=12)
FEED: Final = "carrier"


def write_profile(folder: Path, name: str = FEED) -> Path:
    """A folder with one feed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.dcsa.toml").write_text(PROFILE, encoding="utf-8")
    return folder


def feeds(folder: Path) -> dict[str, Feed]:
    """The feed, loaded."""
    return load_feeds(write_profile(folder))


def gate_out(number: int = 0, at: datetime = NOW) -> Event:
    """One thing to report."""
    told: Event = event("gated-out", at, event_id=f"out-{number}")
    return told


def pushed(*events: Event, classifier: str = "ACT") -> bytes:
    """One document of these."""
    return document(events, FLAT, classifier)


class Basket:
    """Keeps what it is given; `broken` loses everything that is settled."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.letters: list[tuple[str, bytes | None, bytes, Headers]] = []
        self.settled, self.broken = 0, False

    def send(self, message: Message) -> None:
        """Keep it."""
        self.messages.append(message)

    def send_raw(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None:
        """Keep it."""
        self.letters.append((topic, key, value, headers))

    def settle(self) -> Offsets:
        """Everything so far has arrived. Raises Failure when it is broken."""
        if self.broken:
            raise Failure("a message was not acknowledged")
        self.settled = len(self.messages) + len(self.letters)
        return {}

    def units(self) -> Sequence[str]:
        """The keys of the messages."""
        return [message.key.decode() for message in self.messages]
