"""From what the tables, the groups and the supervisor say to what is shown."""

from datetime import UTC, datetime

from events.vocabulary import Verdict
from portclock.demo.gather import feeds, nearest, services, stage_counts, tallies
from portclock.demo.offsets import lags
from portclock.demo.scene import AtRisk, StageCount
from portclock.replay import Accounts
from portclock.standalone.health import Health, State
from portclock.verdicts import Cell
from sinks.read import VerdictCount

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
COUNTS = [
    VerdictCount("CNSHD", "box-move", "a", "shidao/undated", "met", 3),
    VerdictCount("CNTXG", "box-move", "b", "tianjin/2019-07-15", "met", 4),
    VerdictCount("CNTXG", "box-move", "c", "tianjin/2019-07-15", "met", 5),
    VerdictCount("CNTXG", "box-move", "b", "tianjin/2019-07-15", "breached", 1),
    VerdictCount("CNLYG", "pickup", "", "", "no-limit", 9),
]


def test_verdicts_are_summed_by_stage_over_ports_and_limits() -> None:
    assert stage_counts(COUNTS) == (
        StageCount("box-move", met=12, breached=1),
        StageCount("pickup", no_limit=9),
    )


def test_verdicts_are_summed_by_stage_and_edition() -> None:
    found = {row.cell: dict(row.verdicts) for row in tallies(COUNTS)}
    assert found == {
        Cell("box-move", "shidao/undated"): {Verdict.MET: 3},
        Cell("box-move", "tianjin/2019-07-15"): {Verdict.MET: 9, Verdict.BREACHED: 1},
        Cell("pickup", ""): {Verdict.NO_LIMIT: 9},
    }


def test_a_unit_is_shown_once_at_its_nearest_deadline() -> None:
    at = int(TEN.timestamp())
    rows = [("A", "P", "pickup", at, 60), ("B", "P", "pickup", at, 60), ("A", "P", "x", at + 9, 60)]
    assert nearest(rows) == (
        AtRisk("A", "P", "pickup", TEN, 60),
        AtRisk("B", "P", "pickup", TEN, 60),
    )


def test_every_feed_has_its_row_even_before_anything_is_sent() -> None:
    assert [(feed.topic, feed.sent, feed.lag) for feed in feeds(None, {}, {})] == [
        ("terminal-events", 0, None),
        ("customs-events", 0, None),
        ("rail-water-events", 0, None),
    ]


def test_a_feed_knows_its_own_last_event_time_lag_and_refusals() -> None:
    accounts = Accounts({"customs-events": 7}, 0, 0, 1, TEN, {"customs-events": TEN})
    found = feeds(accounts, {"customs-events": 2}, {"customs-events": 1})[1]
    assert (found.sent, found.lag, found.last_event_at, found.refused) == (7, 2, TEN, 1)


def test_lag_is_what_was_sent_and_not_committed_and_never_negative() -> None:
    sent = {"a": {0: 10, 1: 5}, "b": {0: 3}, "c": {0: 4}}
    committed = {"a": {0: 7, 1: 9}, "b": {0: 3}}
    assert lags(sent, committed) == {"a": 3, "b": 0, "c": 4}


def test_a_service_is_up_when_it_is_ready_or_done() -> None:
    health = [
        Health(state.value, state, 1, 0.0, 2, None)
        for state in (State.READY, State.DONE, State.RESTARTING)
    ]
    assert [(part.up, part.restarts) for part in services(health)] == [
        (True, 2),
        (True, 2),
        (False, 2),
    ]
