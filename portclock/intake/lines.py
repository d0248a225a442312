"""Events as lines of a file instead of messages to a broker, so that they can be judged offline."""

from contextlib import AbstractContextManager
from pathlib import Path

from portclock.quarantine import Headers
from portclock.replay import Message, Offsets


class LinesCarrier(AbstractContextManager["LinesCarrier"]):
    """Writes every event once; refused parts are in the receipt only."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("wb")

    def __exit__(self, *raised: object) -> None:
        self._stream.close()

    def send(self, message: Message) -> None:
        """One line; the copies of what is said of a place are left out."""
        if message.partition is None:
            self._stream.write(message.value + b"\n")

    def send_raw(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None:
        """Nothing: a letter has no place among events."""

    def settle(self) -> Offsets:
        """Nothing is on its way."""
        self._stream.flush()
        return {}
