"""For tests of the notifier and of its feeders: a log in memory, obedient senders, a receiver.

Ships inside the package, so that no test imports from another test. Reads no clock.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Final, NamedTuple, Self

from events.alerts import AlertDeed, incident_of
from events.codec import encode
from events.outcomes import Alert
from events.testing import MORNING, alert, at, box, limit
from events.topics import ALERT_DEEDS, LIMIT_ALERTS
from serving.notify.books import Publication
from serving.notify.errands import Heard, Outgoing
from serving.notify.outbox import Result
from serving.notify.routes import Routes

START_MS: Final = int(MORNING.timestamp()) * 1000
KEY: Final = "whsec_" + "cG9ydGNsb2NrIHRlc3RzIHNpZ24gd2l0aCB0aGlzIQ=="
"""A key of the tests for signing; everybody may know it."""
ENVIRON: Final = {"KEY": KEY, "TOKEN": "abc123", "PASSWORD": "seen-by-nobody"}
PATIENCE_S: Final = 30.0

_STATES: Final = {
    "at-risk": "09:50",
    "breached": "10:00",
    "resolved": "10:20",
    "retracted": "10:10",
}


def an_alert(n: int, state: str, raised: str = "", **fields: Any) -> Alert:
    """What is said about the box move of box n, due at 10:00; `fields` as on the wire."""
    when = raised or _STATES[state]
    usual: dict[str, Any] = {"cause": {"what": "time", "id": None}, "limit": limit()}
    if state in ("at-risk", "breached"):
        usual["deadline_at"] = at("10:00")
    return alert("box-move", state, when, unit=box(n), **{**usual, **fields})


def withdrawn(n: int, cause: str = "port-office/typhoon", **fields: Any) -> Alert:
    """The alert about box n is withdrawn, since work rests."""
    return an_alert(n, "retracted", cause={"what": "suspension", "id": cause}, **fields)


def a_deed(of: Alert, deed: str = "acknowledged", **fields: Any) -> AlertDeed:
    """What somebody did about the incident of an alert."""
    said = {"deed_id": f"{deed}-{of.visit_id}", "incident": incident_of(of), "deed": deed}
    where = {"visit_id": of.visit_id, "port": of.port, "facility": of.facility}
    rest = {"stage": of.stage, "answers": of.answers, "by": "wang", "at": at("10:05")}
    return AlertDeed.model_validate({**said, **where, **rest, **fields})


def heard(offset: int, said: Alert | AlertDeed, published_ms: int = START_MS) -> Heard:
    """One record of the log, in the partition of its visit."""
    topic = LIMIT_ALERTS if isinstance(said, Alert) else ALERT_DEEDS
    return Heard(topic.name, 0, offset, published_ms, encode(said))


def heard_all(said: Sequence[Alert | AlertDeed], published_ms: int = START_MS) -> list[Heard]:
    """Records one after the other, each topic counting its own offsets."""
    offsets: dict[type, int] = {}
    found = []
    for one in said:
        offset = offsets.get(type(one), 0)
        offsets[type(one)] = offset + 1
        found.append(heard(offset, one, published_ms))
    return found


def routes_of(*route: Mapping[str, Any], **channels: Mapping[str, Any]) -> Routes:
    """A routes file as a value. Without channels: one webhook called `hook`; without routes: all
    alerts go there. `_` in the name of a channel stands for a hyphen."""
    hook = {"kind": "webhook", "url": "http://127.0.0.1:9/", "secret": "env:KEY", "language": "en"}
    named = {name.replace("_", "-"): channel for name, channel in channels.items()}
    usual = {"name": "all", "channels": list(named or {"hook": hook})}
    return Routes.model_validate({"channel": named or {"hook": hook}, "route": route or [usual]})


class ToldTime:
    """The time of day in epoch milliseconds; moves only when told."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class ObedientSender:
    """A channel that answers what it is told to, and then takes everything; remembers all."""

    answers: list[Result] = field(default_factory=list)
    asked: list[Outgoing] = field(default_factory=list)
    before: Callable[[Outgoing], object] = lambda outgoing: None
    closed: bool = False

    def send(self, outgoing: Outgoing) -> Result:
        """See Sender.send."""
        self.before(outgoing)
        self.asked.append(outgoing)
        return self.answers.pop(0) if self.answers else Result(True)

    def close(self) -> None:
        """See Sender.close."""
        self.closed = True


@dataclass
class MemoryLog:
    """A log in memory that was read up to some place; `poll` answers at once."""

    records: list[Heard]
    places: Mapping[tuple[str, int], int] = field(default_factory=dict)
    per_poll: int = 500

    def __post_init__(self) -> None:
        """Begin where the places say."""
        self._left = [
            record
            for record in self.records
            if record.offset >= self.places.get((record.topic, record.partition), 0)
        ]

    @property
    def left(self) -> int:
        """How many records were not polled yet."""
        return len(self._left)

    def poll(self, within_s: float) -> list[Heard]:
        """The next records."""
        polled, self._left = self._left[: self.per_poll], self._left[self.per_poll :]
        return polled

    def lag(self) -> dict[str, int]:
        """What is left."""
        return {LIMIT_ALERTS.name: self.left}

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class MemoryHerald:
    """Keeps what it is given, unless it is told to refuse so many times."""

    refusals: int = 0
    said: list[Publication] = field(default_factory=list)

    def say(self, publications: Sequence[Publication]) -> bool:
        """See Herald.say."""
        if self.refusals:
            self.refusals -= 1
            return False
        self.said += publications
        return True

    def close(self) -> None:
        """Nothing to let go of."""


class Request(NamedTuple):
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What a receiver answers."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}


class Receiver:
    """A real HTTP server on this machine; with it a test sees what was really sent.

    `answers` are given in turn, then 200. `before` runs while the sender waits.
    """

    def __init__(
        self, answers: Sequence[Answer] = (), before: Callable[[Request], object] | None = None
    ) -> None:
        self._answers, self._before = list(answers), before
        self.requests: list[Request] = []
        self._came = Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, enough: Callable[[list[Request]], bool], within_s: float) -> None:
        """Until what came is enough; AssertionError when the time is up."""
        with self._came:
            came = self._came.wait_for(lambda: enough(self.requests), timeout=within_s)
        assert came, f"{len(self.requests)} requests came in time, which is not enough"

    def _take(self, request: Request) -> Answer:
        with self._came:
            self.requests.append(request)
            answer = self._answers.pop(0) if self._answers else Answer()
            self._came.notify_all()
        if self._before:
            self._before(request)
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver._take(Request(self.path, headers, body))
                with suppress(ConnectionError):  # The sender may be dead by now.
                    self._answer(answer)

            def _answer(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def written(folder: Path, text: str) -> Path:
    """A routes file with this text."""
    path = folder / "routes.toml"
    path.write_text(text, encoding="utf-8")
    return path
