"""Sessions and sealed notes: nobody else can make one, none outlives its end, each has one use."""

from datetime import timedelta

import pytest

from serving.access import sessions as module
from serving.access.seal import Seal
from serving.access.sessions import Session, Sessions
from serving.access.testing import SECRET, Clock
from serving.access.viewers import Role, Viewer

HOUR = timedelta(hours=1)
LI = Viewer("Li", Role.CUSTOMS, frozenset({"CNSHD"}), frozenset({"SHD-1"}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(SECRET, clock)


def begun(sessions: Sessions, **who: Viewer) -> tuple[str, Session]:
    cookie = sessions.begin(HOUR, token=None if who else "abc", viewer=who.get("viewer"))
    session = sessions.read(cookie)
    assert session is not None
    return cookie, session


def test_a_session_says_by_what_it_began(sessions: Sessions) -> None:
    assert begun(sessions)[1].token == "abc"
    assert begun(sessions, viewer=LI)[1].viewer == LI


def test_it_is_over_at_its_end(sessions: Sessions, clock: Clock) -> None:
    cookie, _ = begun(sessions)
    clock.move(HOUR - timedelta(seconds=1))
    assert sessions.read(cookie) is not None
    clock.move(timedelta(seconds=1))
    assert sessions.read(cookie) is None


def test_nobody_else_can_make_one(sessions: Sessions, clock: Clock) -> None:
    stranger = Sessions(b"another secret of thirty-two bytes", clock)
    assert sessions.read(stranger.begin(HOUR, token="abc", viewer=None)) is None
    cookie, _ = begun(sessions)
    head, body, end = cookie.split(".")
    for wrong in (f"{head}.{body}.", f"{head}.{body}x.{end}", "", "...", cookie[:-2], "x" * 5_000):
        assert sessions.read(wrong) is None


def test_a_note_of_one_purpose_is_none_of_another(sessions: Sessions, clock: Clock) -> None:
    note = Seal(SECRET, "provider-flow", clock).write({"jti": "x", "token": "abc"}, HOUR)
    assert Seal(SECRET, "provider-flow", clock).read(note) is not None
    assert sessions.read(note) is None


def test_who_signed_out_stays_out_and_the_list_of_them_is_bounded(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ENDED_MAX", 3)
    cookies = [begun(sessions)[0] for _ in range(5)]
    for cookie in cookies:
        session = sessions.read(cookie)
        assert session is not None
        sessions.end(session)
        assert sessions.read(cookie) is None
    assert [sessions.read(cookie) is None for cookie in cookies] == [False] * 2 + [True] * 3


def test_a_form_is_of_one_session(sessions: Sessions) -> None:
    (_, one), (_, other) = begun(sessions), begun(sessions)
    assert sessions.from_our_form(one, sessions.csrf(one))
    assert not sessions.from_our_form(one, sessions.csrf(other))
    assert not sessions.from_our_form(one, "")


def test_a_short_secret_is_refused(clock: Clock) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Sessions(b"too short", clock)
