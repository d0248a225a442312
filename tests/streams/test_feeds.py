"""A feed is stopped by refusals one after the other, and by nothing else."""

from streams.feeds import FEEDS_MAX, NAMELESS, Feed, Refusals

TERMINAL = "terminal-events"


def _said(source: str) -> bytes:
    return b'{"source": "%s", "kind": "teleported"}' % source.encode()


def _refused(refusals: Refusals, source: str, times: int) -> None:
    for n in range(times):
        refusals.refused(TERMINAL, _said(source), f"{TERMINAL}/0/{n}: unknown-kind")


def test_a_feed_is_stopped_at_its_bound_and_not_before() -> None:
    refusals = Refusals(3)
    _refused(refusals, "tos", 2)
    assert refusals.stopped() == []
    _refused(refusals, "tos", 1)
    (stopped,) = refusals.stopped()
    assert (stopped.feed, stopped.in_a_row) == (Feed(TERMINAL, "tos"), 3)
    assert stopped.latest == f"{TERMINAL}/0/0: unknown-kind"


def test_the_first_message_that_is_taken_ends_the_row_of_its_feed_alone() -> None:
    refusals = Refusals(3)
    _refused(refusals, "tos", 5)
    _refused(refusals, "gate", 5)
    refusals.taken(TERMINAL, "gate")
    refusals.taken("customs-events", "tos")
    assert [stopped.feed.source for stopped in refusals.stopped()] == ["tos"]
    refusals.taken(TERMINAL, "tos")
    assert not refusals


def test_what_names_nobody_is_in_a_row_only_while_its_topic_brings_nothing_else() -> None:
    refusals = Refusals(2)
    for value in (None, b"\xff\xfe", b"{"):
        refusals.refused(TERMINAL, value, "latest")
    assert [stopped.feed for stopped in refusals.stopped()] == [Feed(TERMINAL, NAMELESS)]
    refusals.taken("customs-events", "tos")
    assert refusals
    refusals.taken(TERMINAL, "tos")
    assert not refusals


def test_senders_that_invent_names_cost_bounded_memory_and_hide_nobody_who_goes_on() -> None:
    refusals = Refusals(3)
    for n in range(10 * FEEDS_MAX):
        _refused(refusals, f"x{n}", 1)
        _refused(refusals, "tos", 1)
    assert len(refusals._failing) == FEEDS_MAX
    assert [stopped.feed.source for stopped in refusals.stopped()] == ["tos"]
