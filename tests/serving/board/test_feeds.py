"""How sources are heard: lateness, silence by a stated rule, refusals, never too many of them."""

import pytest

from serving.board.feeds import LAST, PAUSES, QUIET_S, REFUSED_MIN, Feeds, Heard
from serving.board.state import Board
from serving.board.testing import told_of
from serving.board.views import Feed

NOON = 1_772_424_000


def _heard(feeds: Feeds, at_s: int, late_s: int = 0, source: str = "tos", topic: str = "t") -> None:
    feeds.heard(Heard(source, topic, at_s, at_s - late_s))


def _only(feeds: Feeds) -> Feed:
    (feed,) = feeds.views()
    return feed


def test_lateness_is_receipt_less_occurrence_over_the_last_messages() -> None:
    feeds = Feeds()
    for n in range(1, 101):
        _heard(feeds, NOON + n, n)
    feed = _only(feeds)
    assert (feed.events, feed.late_p50_s, feed.late_p95_s, feed.late_max_s) == (100, 50, 95, 100)
    assert (feed.last_received_at, feed.last_occurred_at) == (NOON + 100, NOON)
    for n in range(LAST):
        _heard(feeds, NOON + 200 + n, 7)
    feed = _only(feeds)
    assert (feed.events, feed.late_p50_s, feed.late_max_s) == (100 + LAST, 7, 7)


def test_what_was_reported_ahead_of_its_time_is_not_late() -> None:
    feeds = Feeds()
    _heard(feeds, NOON, -60)
    assert _only(feeds).late_max_s == 0


def test_a_source_is_quiet_after_a_quarter_of_an_hour_unless_it_speaks_seldom() -> None:
    feeds = Feeds()
    _heard(feeds, NOON)
    _heard(feeds, NOON + 10)
    seldom = QUIET_S // PAUSES + 20
    for n in range(3):
        _heard(feeds, NOON + 10 - n * seldom, source="rail")
    silent = {}
    for silence in (QUIET_S, QUIET_S + 1, PAUSES * seldom, PAUSES * seldom + 1):
        feeds.ticked(NOON + 10 + silence)
        silent[silence] = {feed.source for feed in feeds.views() if feed.quiet}
        assert {feed.silent_s for feed in feeds.views()} == {silence}
    assert list(silent.values()) == [set(), {"tos"}, {"tos"}, {"tos", "rail"}]
    assert [feed.source for feed in feeds.views()] == ["rail", "tos"]


def test_without_ticks_silence_is_against_the_newest_event() -> None:
    feeds = Feeds()
    _heard(feeds, NOON)
    _heard(feeds, NOON + 5000, source="rail")
    assert {feed.source: feed.silent_s for feed in feeds.views()} == {"tos": 5000, "rail": 0}


def test_a_stamp_in_the_future_makes_nobody_else_quiet_while_there_are_ticks() -> None:
    feeds = Feeds()
    _heard(feeds, NOON)
    feeds.ticked(NOON + 1)
    _heard(feeds, NOON + 10**9, source="mad")
    assert {feed.source: feed.silent_s for feed in feeds.views()} == {"tos": 1, "mad": 0}


def test_a_source_with_nothing_but_refusals_is_told_too() -> None:
    feeds = Feeds()
    feeds.refused("tos", "customs-events")
    feeds.refused("tos", "customs-events")
    feed = _only(feeds)
    assert (feed.source, feed.topic, feed.events, feed.refused) == ("tos", "customs-events", 0, 2)
    assert not feed.quiet


def _sent(
    feeds: Feeds, messages: int, refused: int, *, readable: bool, source: str = "tos"
) -> None:
    """So many messages, of each hundred so many refused; a readable one is heard as well."""
    for n in range(messages):
        bad = n % 100 < refused
        if readable or not bad:
            _heard(feeds, NOON, source=source)
        if bad:
            feeds.refused(source, "t")


@pytest.mark.parametrize(("refused", "readable", "stopped"), [
    (1, True, False), (1, False, False), (50, True, False), (100, True, True), (100, False, True),
])  # fmt: skip
def test_a_source_is_stopped_when_nearly_all_that_it_sends_is_refused(
    refused: int, readable: bool, stopped: bool
) -> None:
    feeds = Feeds()
    _sent(feeds, 1_000, refused, readable=readable)
    assert _only(feeds).stopped is stopped
    assert [one.stopped for one in feeds.unheard()] == ([True] if stopped else [])
    _sent(feeds, LAST, 0, readable=True)
    assert feeds.unheard() == []


def test_a_handful_of_refusals_stops_no_source() -> None:
    feeds = Feeds()
    _sent(feeds, REFUSED_MIN - 1, 100, readable=False)
    assert feeds.unheard() == []
    _sent(feeds, 1, 100, readable=False)
    assert [one.source for one in feeds.unheard()] == ["tos"]


def test_of_which_port_nothing_is_known_goes_by_what_the_source_spoke_of() -> None:
    feeds = Feeds()
    for port, source in (("CNLYG", "tos"), ("CNSHD", "gate"), ("CNLYG", "rail")):
        feeds.heard(Heard(source, "t", NOON, NOON, port))
    for _ in range(REFUSED_MIN):
        feeds.refused("", "t")
    feeds.ticked(NOON + QUIET_S)
    assert [one.source for one in feeds.unheard()] == [""]
    feeds.heard(Heard("rail", "t", NOON + QUIET_S, NOON, "CNLYG"))
    feeds.ticked(NOON + QUIET_S + 1)
    assert [one.source for one in feeds.unheard("CNLYG")] == ["tos", ""]
    assert [one.source for one in feeds.unheard("CNSHD")] == ["gate", ""]
    assert [one.silent_s for one in feeds.unheard()] == [QUIET_S + 1, QUIET_S + 1, 0]


def test_of_too_many_sources_the_one_heard_longest_ago_is_let_go() -> None:
    feeds = Feeds(sources_max=3)
    for source in ("a", "b", "c", "a", "d"):
        _heard(feeds, NOON, source=source)
    assert [feed.source for feed in feeds.views()] == ["a", "c", "d"]


def test_a_record_read_again_counts_once() -> None:
    board = Board()
    for offset in (0, 1, 0, 1, 2):
        board.heard(Heard("tos", "t", NOON, NOON), 0, offset)
    board.heard(Heard("tos", "t", NOON, NOON), 1, 0)
    for offset in (0, 0, 1):
        board.refused("tos", "t", 0, offset)
    (feed,) = board.feeds()
    assert (feed.events, feed.refused) == (4, 2)
    assert told_of([]).feeds() == []
