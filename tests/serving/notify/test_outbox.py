"""The outbox accounts for everything, and a crash between any two of its steps changes nothing."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.alerts import Delivery
from events.testing import alert
from serving.notify.books import OPEN_DAYS
from serving.notify.calls import Calls
from serving.notify.errands import Heard
from serving.notify.ledger import Ledger
from serving.notify.outbox import Outbox, PoisonRecord
from serving.notify.testing import (
    START_MS,
    a_deed,
    an_alert,
    heard,
    heard_all,
    routes_of,
    withdrawn,
)
from serving.notify.testing_outbox import (
    HOOK,
    MINUTE_MS,
    NEVER,
    NO,
    ROUTES,
    SETTINGS,
    YES,
    assert_sums,
    deliveries,
    opened,
    send_all,
)

# --- laws

_STATES = ("at-risk", "breached", "resolved", "retracted", "withdrawn", "acknowledged", "elsewhere")
_SAID = st.tuples(st.integers(0, 3), st.sampled_from(_STATES), st.integers(0, 2))
_ANSWERS = st.sampled_from([YES, YES, NO, NEVER])
_STEPS = st.lists(
    st.one_of(
        st.lists(_SAID, min_size=1, max_size=6),
        st.tuples(st.sampled_from("ab"), _ANSWERS),
        st.sampled_from([400, MINUTE_MS, 10 * MINUTE_MS]),
    ),
    max_size=14,
)


def _record(place: int, said: tuple[int, str, int]) -> Heard:
    n, state, cause = said
    by: dict[str, Any] = {"cause": {"what": "event", "id": f"tos/{cause}"}}
    if state == "acknowledged":
        return heard(place, a_deed(an_alert(n, "breached")))
    if state == "withdrawn":
        return heard(place, withdrawn(n, f"office/{cause}"))
    if state == "elsewhere":
        return heard(place, alert("truck-turn", "breached", "10:00"))
    return heard(place, an_alert(n, state, **by))


def _play(path: Path, steps: list[object], crash: bool) -> tuple[list[Delivery], Counter[str]]:
    """Do the steps; with `crash`, the process dies after every transaction, and once more in the
    middle of each message: after it was sent, before the answer was written down."""
    now_ms, place = START_MS, 0
    ledger = Ledger(path)
    outbox = Outbox(ledger, ROUTES, SETTINGS)

    def die() -> None:
        nonlocal ledger, outbox
        if crash:
            ledger.close()
            ledger = Ledger(path)
            outbox = Outbox(ledger, ROUTES, SETTINGS)

    for step in steps:
        if isinstance(step, int):
            now_ms += step
            Calls(outbox, ROUTES, SETTINGS).escalate(now_ms)
        elif isinstance(step, list):
            records = [_record(place + n, said) for n, said in enumerate(step)]
            seen = outbox.places()
            assert not [r for r in records if r.offset < seen.get((r.topic, r.partition), 0)]
            outbox.take_in(records, now_ms)
            place += len(records)
        elif isinstance(step, tuple):
            channel, answer = step
            if (outgoing := outbox.next(channel, now_ms)) is not None:
                die()
                again = outbox.next(channel, now_ms) if crash else outgoing
                assert again == outgoing
                outbox.settle(outgoing, answer, now_ms)
        die()
        assert_sums(outbox)
    told, counted = deliveries(outbox), outbox.books.accounts()
    ledger.close()
    return told, counted


@settings(max_examples=40, deadline=None)
@given(_STEPS)
def test_accounts_sum_and_a_crash_at_any_point_leads_to_the_same_messages(
    steps: list[object],
) -> None:
    with TemporaryDirectory() as folder:
        calm = _play(Path(folder) / "calm", steps, crash=False)
        stormy = _play(Path(folder) / "stormy", steps, crash=True)
    assert calm == stormy


# --- what is taken in


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with opened(tmp_path / "outbox") as found:
        yield found


def test_the_place_in_the_log_is_written_with_what_was_read(outbox: Outbox) -> None:
    outbox.take_in(heard_all([an_alert(n, "breached") for n in range(3)]), START_MS)
    assert outbox.places() == {("limit-alerts", 0): 3}
    poison = Heard("limit-alerts", 0, 4, START_MS, b"{}")
    with pytest.raises(PoisonRecord, match="limit-alerts/0/4 is no fact of its topic"):
        outbox.take_in([heard(3, an_alert(9, "breached")), poison], START_MS)
    assert outbox.places() == {("limit-alerts", 0): 3}
    assert outbox.books.accounts()["alerts"] == 3


def test_a_new_era_begins_at_the_beginning(tmp_path: Path, outbox: Outbox) -> None:
    outbox.take_in([heard(0, an_alert(1, "breached"))], START_MS)
    newer = Outbox(outbox.ledger, ROUTES, SETTINGS.model_copy(update={"era": 1}))
    assert newer.places() == {}


def test_an_alert_that_no_route_asks_for_is_counted(outbox: Outbox) -> None:
    elsewhere = alert("truck-turn", "breached", "10:00")
    outbox.take_in(heard_all([elsewhere, an_alert(1, "breached")]), START_MS)
    counted = outbox.books.accounts()
    assert (counted["alerts"], counted["no-route"], counted["routed"]) == (2, 1, 1)
    assert counted["errands"] == 2


def test_an_alert_that_is_too_old_is_held_back_and_said_so(outbox: Outbox) -> None:
    later_ms = START_MS + round(SETTINGS.too_old_s * 1000) + 1
    outbox.take_in([heard(0, an_alert(1, "breached"))], later_ms)
    assert [(one.state, one.detail) for one in deliveries(outbox)] == [
        ("held-back", "too old when it was read")
    ] * 2
    assert Calls(outbox, ROUTES, SETTINGS).escalate(later_ms + MINUTE_MS) == 0
    assert_sums(outbox)


@pytest.mark.parametrize("published_ms", [-1, 0, 10**14])
def test_a_record_without_a_sensible_time_counts_as_written_now(
    outbox: Outbox, published_ms: int
) -> None:
    outbox.take_in([heard(0, an_alert(1, "breached"), published_ms)], START_MS)
    assert {one.published_ms for one in send_all(outbox, START_MS + 400)} == {START_MS}
    assert_sums(outbox)


def test_nothing_is_read_while_the_outbox_is_full(tmp_path: Path, outbox: Outbox) -> None:
    narrow = Outbox(outbox.ledger, ROUTES, SETTINGS.model_copy(update={"open_max": 2}))
    assert not narrow.full()
    narrow.take_in([heard(0, an_alert(1, "breached"))], START_MS)
    assert narrow.full()


# --- threads


def test_one_thread_tells_each_state_once_and_in_order(outbox: Outbox) -> None:
    states = []
    for place, state in enumerate(("breached", "resolved")):
        outbox.take_in([heard(place, an_alert(1, state))], START_MS)
        sent = send_all(outbox, START_MS + 400)
        states += [(one.channel, one.told[0].state.value) for one in sent]
    assert states == [("a", "breached"), ("b", "breached"), ("a", "resolved"), ("b", "resolved")]


def test_a_thread_waits_for_its_message_under_way_and_folds_meanwhile(outbox: Outbox) -> None:
    outbox.take_in([heard(0, an_alert(1, "breached"))], START_MS)
    first = outbox.next("a", START_MS + 400)
    assert first
    outbox.settle(first, NO, START_MS + 400)
    outbox.take_in(heard_all([an_alert(1, "breached"), withdrawn(1)])[1:], START_MS + 500)
    assert outbox.next("a", START_MS + 3_000) is None
    again = outbox.next("a", START_MS + MINUTE_MS)
    assert again
    assert (again.id, again.told, again.attempts) == (first.id, first.told, 1)
    outbox.settle(again, YES, START_MS + MINUTE_MS)
    last = outbox.next("a", START_MS + MINUTE_MS)
    assert last
    assert last.kind == "suspension"


def test_what_was_over_before_anybody_was_told_is_held_back_at_once(outbox: Outbox) -> None:
    outbox.take_in(heard_all([an_alert(1, "at-risk"), an_alert(1, "resolved")]), START_MS)
    assert send_all(outbox, START_MS + 400) == []
    assert outbox.books.open_errands() == 0
    told = [(one.channel, one.alerts, one.detail) for one in deliveries(outbox)]
    assert told == [
        ("a", 2, "over before anybody was told"),
        ("b", 2, "over before anybody was told"),
    ]
    assert_sums(outbox)


def test_only_so_many_messages_of_one_channel_are_unsettled(outbox: Outbox) -> None:
    for n in range(10):
        outbox.take_in([heard(n, an_alert(n, "breached"))], START_MS + n * 400)
        if (outgoing := outbox.next("a", START_MS + n * 400 + 350)) is not None:
            outbox.settle(outgoing, NO, START_MS + n * 400 + 350)
    waiting = outbox.ledger.ask("SELECT count(*) FROM deliveries WHERE channel = 'a'")
    assert waiting == [(SETTINGS.unsettled_max,)]


def test_a_message_is_given_up_after_its_attempts_or_when_the_receiver_will_not(
    outbox: Outbox,
) -> None:
    outbox.take_in(heard_all([an_alert(1, "breached")]), START_MS)
    now_ms = START_MS + 400
    send_all(outbox, now_ms, NO, NEVER)
    for _ in range(SETTINGS.attempts_max):
        now_ms += MINUTE_MS
        send_all(outbox, now_ms, NO)
    told = [(one.channel, one.state.value, one.attempts, one.detail) for one in deliveries(outbox)]
    assert told == [
        ("a", "waiting", 1, "HTTP 503"),
        ("b", "failed", 1, "HTTP 410"),
        ("a", "waiting", 2, "HTTP 503"),
        ("a", "failed", 3, "HTTP 503"),
    ]
    assert_sums(outbox)


# --- suspensions


def test_a_typhoon_is_one_message_and_what_follows_waits_for_the_next(outbox: Outbox) -> None:
    outbox.take_in(heard_all([an_alert(n, "breached") for n in range(20)]), START_MS)
    send_all(outbox, START_MS + 400)
    gone = [heard(20 + n, withdrawn(n)) for n in range(18)]
    outbox.take_in(gone[:9], START_MS + 1_000)
    outbox.take_in(gone[9:], START_MS + 1_900)
    assert send_all(outbox, START_MS + 1_950) == []
    first = send_all(outbox, START_MS + 2_000)
    assert [(one.kind, one.alerts) for one in first] == [("suspension", 18)] * 2
    outbox.take_in([heard(40, withdrawn(18))], START_MS + 5_000)
    outbox.take_in([heard(41, withdrawn(19))], START_MS + 90_000)
    assert send_all(outbox, START_MS + 100_000) == []
    later = send_all(outbox, START_MS + 1_000 + round(SETTINGS.suspension_again_s * 1000))
    assert [(one.kind, one.alerts) for one in later] == [("suspension", 2)] * 2


# --- upkeep


def test_what_was_settled_long_ago_is_forgotten_and_what_is_open_is_not(outbox: Outbox) -> None:
    said = [an_alert(1, "breached"), an_alert(1, "resolved"), an_alert(2, "breached")]
    outbox.take_in(heard_all(said), START_MS)
    send_all(outbox, START_MS + 400)
    outbox.take_in([heard(9, an_alert(3, "at-risk"))], START_MS + 400)
    day_ms = 24 * 3_600_000
    outbox.books.prune(START_MS + 2 * day_ms, keep_days=1)
    left = {
        table: outbox.ledger.ask(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("deliveries", "incidents", "told", "errands")
    }
    assert left == {"deliveries": 0, "incidents": 2, "told": 2, "errands": 2}
    outbox.books.prune(START_MS + (OPEN_DAYS + 2) * day_ms, keep_days=1)
    assert outbox.ledger.ask("SELECT count(*) FROM incidents") == [(0,)]
    assert outbox.ledger.ask("SELECT count(*) FROM watches") == [(0,)]
    assert_sums(outbox)


def test_what_waits_for_a_channel_that_is_gone_is_held_back(tmp_path: Path) -> None:
    with opened(tmp_path / "outbox") as before:
        before.take_in(heard_all([an_alert(1, "breached"), an_alert(2, "breached")]), START_MS)
        under_way = before.next("b", START_MS + 400)
        assert under_way
    with opened(tmp_path / "outbox", routes_of(a=HOOK)) as after:
        after.hold_back_strays(START_MS + 500)
        assert after.next("b", START_MS + MINUTE_MS) is None
        assert after.books.accounts()["held-back"] == 2
        assert [one.detail for one in deliveries(after)] == [
            "its route or channel is not in the routes file any more"
        ]
        assert len(send_all(after, START_MS + MINUTE_MS)) == 1
        assert_sums(after)


def test_a_published_record_is_published_once(outbox: Outbox) -> None:
    outbox.take_in(heard_all([an_alert(1, "breached")]), START_MS)
    send_all(outbox, START_MS + 400)
    first = outbox.books.publications(1)
    outbox.books.published(first)
    assert outbox.books.unpublished() == 1
    assert outbox.books.publications(5)[0].id > first[0].id
