"""Queries are stopped when their client speaks or goes, and no query that came later."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import cast

import pytest

from portclock.standalone.clickhouse.session import Session, SessionProfile
from portclock.standalone.clickhouse.watch import Watch, speaks

Eventually = Callable[[Callable[[], bool]], bool]


class FakeSession:
    """Counts how often it is told to stop; may be made slow or broken in doing so."""

    profile = SessionProfile("fake")

    def __init__(self) -> None:
        self.kills = 0
        self.may_return = threading.Event()
        self.may_return.set()
        self.error: Exception | None = None

    def kill(self) -> None:
        """What the watch calls."""
        self.kills += 1
        self.may_return.wait(30)
        if self.error:
            raise self.error


@pytest.fixture
def watch() -> Iterator[Watch]:
    """One that looks."""
    made = Watch()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client's end and the server's."""
    client, server = socket.socketpair()
    with closing(client), closing(server):
        yield client, server


@pytest.mark.parametrize("act", [lambda client: client.sendall(b"\x03"), lambda c: c.close()])
def test_a_client_that_speaks_or_goes_ends_its_query(
    watch: Watch,
    ends: tuple[socket.socket, socket.socket],
    eventually: Eventually,
    act: Callable[[socket.socket], None],
) -> None:
    client, server = ends
    session = FakeSession()
    with watch.over(server, cast(Session, session)):
        assert not speaks(server)
        act(client)
        assert eventually(lambda: session.kills > 0)


def test_a_client_that_waits_is_left_alone(
    watch: Watch, ends: tuple[socket.socket, socket.socket], eventually: Eventually
) -> None:
    other_client, other_server = socket.socketpair()
    quiet, loud = FakeSession(), FakeSession()
    with closing(other_client), closing(other_server):
        other_client.sendall(b"\x03")
        with (
            watch.over(ends[1], cast(Session, quiet)),
            watch.over(other_server, cast(Session, loud)),
        ):
            assert eventually(lambda: loud.kills > 2)
    assert quiet.kills == 0


def test_a_query_does_not_end_while_it_is_being_stopped(
    watch: Watch, ends: tuple[socket.socket, socket.socket], eventually: Eventually
) -> None:
    """Else the late stop would hit the next query of the session."""
    client, server = ends
    session = FakeSession()
    session.may_return.clear()
    over = watch.over(server, cast(Session, session))
    over.__enter__()
    client.sendall(b"\x03")
    assert eventually(lambda: session.kills == 1)
    ending = threading.Thread(target=over.__exit__, args=(None, None, None))
    ending.start()
    ending.join(0.2)
    assert ending.is_alive()
    session.may_return.set()
    ending.join(30)
    assert not ending.is_alive()


def test_a_stop_that_fails_does_not_end_the_watch(
    watch: Watch, ends: tuple[socket.socket, socket.socket], eventually: Eventually
) -> None:
    client, server = ends
    session = FakeSession()
    session.error = RuntimeError("no")
    with watch.over(server, cast(Session, session)):
        client.close()
        assert eventually(lambda: session.kills > 1)


def test_a_closed_socket_counts_as_speaking(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    assert speaks(ends[1])
