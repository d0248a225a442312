"""Readiness is what a child does: it runs, it announces, its door answers, its broker is known."""

import contextlib
import http.server
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from portclock.standalone.brokers import Broker
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.ready import (
    Announced,
    BrokerAnswers,
    HttpAnswers,
    PortAnswers,
    Running,
)


@dataclass(frozen=True)
class Seen:
    """A child as a check sees it."""

    uptime_s: float = 0.0
    announced: Mapping[str, object] | None = None


class Door(http.server.BaseHTTPRequestHandler):
    """Answers 200 on /metrics and hangs up in the middle on anything else."""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self.send_response(200)
            self.end_headers()
        elif self.path == "/nonsense":
            self.wfile.write(b"this is no HTTP\r\n\r\n")
        else:
            self.send_error(503)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def door() -> Iterator[int]:
    """The port of an HTTP server."""
    with http.server.ThreadingHTTPServer((LOCALHOST, free_ports(1)[0]), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_running_is_ready_after_a_while() -> None:
    assert not Running(2.0)(Seen(uptime_s=1.9))
    assert Running(2.0)(Seen(uptime_s=2.0))


def test_an_announcement_counts_even_when_it_is_empty() -> None:
    assert not Announced()(Seen())
    assert Announced()(Seen(announced={}))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_http_answers_only_to_what_is_well(door: int) -> None:
    assert HttpAnswers(door)(Seen())
    assert not HttpAnswers(door, "/broken")(Seen())
    assert not HttpAnswers(door, "/nonsense")(Seen())
    assert not HttpAnswers(free_ports(1)[0])(Seen())
    assert PortAnswers(door)(Seen())


def test_a_broker_is_known_by_its_answer(tansu: Broker) -> None:
    port = int(tansu.address.rpartition(":")[2])
    assert BrokerAnswers(port)(Seen())
    assert not BrokerAnswers(free_ports(1)[0])(Seen())


def test_an_open_port_is_no_broker(door: int) -> None:
    with socket.create_server((LOCALHOST, free_ports(1)[0])) as mute:
        port = mute.getsockname()[1]
        assert PortAnswers(port)(Seen())
        assert not BrokerAnswers(port)(Seen())
    assert not BrokerAnswers(door)(Seen())


@contextlib.contextmanager
def _telling(brokers: tuple[int, ...], cut: int = 0) -> Iterator[int]:
    """The port of something that answers one question with these brokers, less the last bytes."""
    with socket.create_server((LOCALHOST, free_ports(1)[0])) as server:

        def answer() -> None:
            guest, _ = server.accept()
            with guest:
                question = guest.recv(1024)
                listed = b"".join(struct.pack(">ih1sih", n, 1, b"h", 9092, -1) for n in brokers)
                body = question[8:12] + struct.pack(">i", len(brokers)) + listed
                guest.sendall(struct.pack(">i", len(body)) + body[: len(body) - cut])

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(("brokers", "ready"), [((), False), ((1,), True)])
def test_a_broker_that_lists_nobody_is_still_fenced(brokers: tuple[int, ...], ready: bool) -> None:
    with _telling(brokers) as port:
        assert BrokerAnswers(port)(Seen()) is ready


@pytest.mark.parametrize(("brokers", "ready"), [((1, 3), False), ((1, 2, 3), True), ((2,), True)])
def test_a_node_is_ready_when_it_lists_itself(brokers: tuple[int, ...], ready: bool) -> None:
    with _telling(brokers) as port:
        assert BrokerAnswers(port, node=2)(Seen()) is ready


def test_an_answer_that_ends_early_is_none() -> None:
    with _telling((1, 2), cut=3) as port:
        assert not BrokerAnswers(port)(Seen())
