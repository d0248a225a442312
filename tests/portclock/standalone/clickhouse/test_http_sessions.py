"""HTTP sessions are kept within bounds; time is told to them."""

from contextlib import ExitStack
from typing import cast

import pytest

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.errors import ServerError
from portclock.standalone.clickhouse.http_sessions import HttpSessions
from portclock.standalone.clickhouse.session import Session


class FakeSession:
    """Knows only whether it was closed."""

    closed = False

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class Kept:
    """Sessions under a clock that the test moves."""

    def __init__(self, bounds: Bounds) -> None:
        self.now = 0.0
        self.opened: list[FakeSession] = []
        self.sessions = HttpSessions(bounds, lambda: self.now)

    def open(self) -> Session:
        """One more."""
        self.opened.append(FakeSession())
        return cast(Session, self.opened[-1])

    def use(self, name: str, keep_s: float = 60) -> FakeSession:
        """One request."""
        with self.sessions.using(("default", name), keep_s, self.open) as session:
            return cast(FakeSession, session)


def test_the_same_name_is_the_same_session() -> None:
    kept = Kept(Bounds())
    assert kept.use("a") is kept.use("a")
    assert kept.use("a") is not kept.use("b")


def test_an_unused_session_is_closed_when_its_time_is_over() -> None:
    kept = Kept(Bounds())
    first = kept.use("a", keep_s=10)
    kept.now = 9.0
    assert kept.use("a", keep_s=10) is first
    kept.now = 19.0
    assert kept.use("a", keep_s=10) is not first
    assert [session.closed for session in kept.opened] == [True, False]


def test_nobody_keeps_a_session_longer_than_a_connection_may_idle() -> None:
    kept = Kept(Bounds(idle_s=100))
    first = kept.use("a", keep_s=1e9)
    kept.now = 101.0
    kept.use("b")
    assert first.closed


def test_there_are_never_too_many() -> None:
    kept = Kept(Bounds(http_sessions_max=2))
    kept.use("a")
    kept.use("b")
    with pytest.raises(ServerError) as caught:
        kept.use("c")
    assert caught.value.code == 202
    kept.now = 61.0
    kept.use("c")
    assert [session.closed for session in kept.opened] == [True, True, False]


def test_a_session_in_use_is_neither_shared_nor_closed() -> None:
    kept = Kept(Bounds(http_session_wait_s=0.01))
    with ExitStack() as using:
        session = using.enter_context(kept.sessions.using(("default", "a"), 10, kept.open))
        kept.now = 1000.0
        with pytest.raises(ServerError) as caught:
            kept.use("a")
        kept.use("b")
        kept.sessions.close()
        assert not cast(FakeSession, session).closed
    assert caught.value.code == 373
    assert kept.use("a") is cast(FakeSession, session)


def test_closing_closes_all() -> None:
    kept = Kept(Bounds())
    kept.use("a")
    kept.use("b")
    kept.sessions.close()
    assert all(session.closed for session in kept.opened)
