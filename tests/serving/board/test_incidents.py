"""The life of an incident: told by alerts and deeds in any order, and forgotten in time."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from events.alerts import AlertDeed, incident_of
from events.codec import encode
from events.outcomes import Alert
from events.testing import PORT, alert, at, box, limit, outcome
from serving.asks import Place
from serving.board.alarms import DEEDS_MAX, alarm_of, read_alarm
from serving.board.incidents import Incidents
from serving.board.state import Board
from serving.board.testing import EVERYBODY, Record, deed, tell
from serving.board.views import Asked, Note, Sought

TEN = int(at("10:00").timestamp())
STORY = (
    alert("pickup", "at-risk", "10:20", deadline_at=at("10:30")),
    alert("pickup", "breached", "10:30", deadline_at=at("10:30")),
    alert("pickup", "resolved", "10:50"),
)
ID = incident_of(STORY[0])


def _of_box(n: int, state: str) -> Alert:
    visit_id = f"{PORT}/{box(n)}/20260302T000000Z"
    return alert("pickup", state, f"10:{n:02}", unit=box(n), visit_id=visit_id)


def _told(*alerts: Alert, board: Board | None = None) -> Board:
    board = board or Board()
    for offset, one in enumerate(alerts):
        board.alert(one, Place(0, offset))
    return board


def _states(board: Board, *states: str, limit: int = 50, **more: Any) -> list[tuple[str, str]]:
    sought = Sought(frozenset(states), **more)
    found = board.incidents(EVERYBODY, Asked(), sought, limit)
    return [(one.unit_id, one.state) for one in found]


def test_an_incident_tells_its_alerts_and_deeds_in_the_order_of_time() -> None:
    board = _told(*STORY)
    for what, at_s in (("assigned", 1500), ("acknowledged", 1300), ("escalated", 2000),
                       ("commented", 2600)):  # fmt: skip
        board.deed(deed(STORY[0], what, TEN + at_s))
    found = board.incident(EVERYBODY, ID)
    assert found is not None
    assert (found.state, found.was_breached, found.escalated) == ("resolved", True, True)
    assert (found.raised_at, found.deadline_at) == (TEN + 1200, None)
    assert (found.acknowledged_by, found.assigned_to) == ("ann", "cy")
    assert [(note.what, note.at - TEN) for note in found.notes] == [
        ("at-risk", 1200), ("acknowledged", 1300), ("assigned", 1500), ("breached", 1800),
        ("escalated", 2000), ("commented", 2600), ("resolved", 3000),
    ]  # fmt: skip
    assert found.notes[-2] == Note("commented", TEN + 2600, "ann", None, "seen")


def test_the_order_of_reading_does_not_matter_and_the_last_in_the_log_says_how_it_stands() -> None:
    deeds = [deed(STORY[0], "acknowledged", TEN + n, by=by) for n, by in ((5, "ann"), (9, "bo"))]
    told: list[Alert | AlertDeed] = [*STORY, *deeds]
    records = [Record(one, Place(0, n)) for n, one in enumerate(told)]
    pictures = set()
    for order in permutations(records):
        board = Board()
        for one in (*order, *order[:2]):
            tell(board, one)
        pictures.add(repr(board.incident(EVERYBODY, ID)))
    assert len(pictures) == 1
    assert "acknowledged_by='bo'" in pictures.pop()


def test_a_promise_endangered_again_is_the_same_incident() -> None:
    board = _told(*STORY, alert("pickup", "breached", "10:30"))
    assert _states(board) == [(box(), "breached")]
    assert _states(board, "resolved") == []


def test_a_page_holds_only_what_is_sought_however_much_else_there_is() -> None:
    told = [_of_box(n, "at-risk") for n in range(1, 31)]
    board = _told(*told)
    for one in told[:4]:
        board.deed(deed(one, "acknowledged", TEN))
    done, waiting = (
        _states(board, "at-risk", limit=20, acknowledged=taken) for taken in (True, False)
    )
    assert [unit for unit, _ in done] == [box(n) for n in (4, 3, 2, 1)]
    assert [unit for unit, _ in waiting] == [box(n) for n in range(30, 10, -1)]
    assert len(_states(board, limit=100)) == 30


def test_a_deed_before_its_alert_waits_for_it() -> None:
    board = Board()
    board.deed(deed(STORY[0], "assigned", TEN))
    assert _states(board) == []
    _told(STORY[0], board=board)
    found = board.incident(EVERYBODY, ID)
    assert found is not None
    assert found.assigned_to == "cy"


def test_incidents_come_newest_first_page_by_page() -> None:
    told = [_of_box(n, "at-risk") for n in (10, 30, 20, 40)]
    board = _told(*told)
    newest = [box(n) for n in (40, 30, 20, 10)]
    assert [unit for unit, _ in _states(board)] == newest
    assert [unit for unit, _ in _states(board, limit=2)] == newest[:2]
    before = incident_of(told[1])
    assert [unit for unit, _ in _states(board, limit=5, before=before)] == newest[2:]
    assert _states(board, before="unknown") == []


def test_by_yard_or_mode_only_units_that_are_here_are_found() -> None:
    visit = outcome("pickup", "10:00", verdict="open", limit=limit())
    board = _told(alert("pickup", "at-risk", "10:20", visit_id=visit.visit_id))

    def found(**asked: str) -> int:
        return len(board.incidents(EVERYBODY, Asked(**asked)))

    assert (found(stage="pickup"), found(stage="box-move"), found(mode="water")) == (1, 0, 0)
    board.outcome(visit, Place(0, 0))
    board.seen(PORT, box(), "A1-2", TEN)
    assert (found(mode="water"), found(mode="rail")) == (1, 0)
    assert (found(yard="A1"), found(yard="B1")) == (1, 0)
    board.outcome(outcome("pickup", "10:00", "10:25", verdict="met", limit=limit()), Place(0, 1))
    assert (found(yard="A1"), found()) == (0, 1)


def test_what_ended_is_forgotten_a_week_later_with_everything_about_it() -> None:
    board = _told(*STORY)
    board.deed(deed(STORY[0], "acknowledged", TEN))
    ended = TEN + 3000
    board.tick(0, ended + int(timedelta(days=7).total_seconds()))
    assert _states(board) == [(box(), "resolved")]
    board.tick(0, ended + int(timedelta(days=7).total_seconds()) + 1)
    assert _states(board) == []
    assert board.kept()["incidents"] == 0
    _told(STORY[0], board=board)
    board.deed(deed(STORY[0], "commented", TEN))
    assert _states(board) == []
    board.alert(alert("pickup", "breached", "10:30"), Place(0, 9))
    assert _states(board) == [(box(), "breached")]


def test_of_too_many_that_ended_the_oldest_are_forgotten_and_no_open_one() -> None:
    incidents = Incidents(ended_max=3)
    for n in range(8):
        for offset, state in enumerate(("at-risk", "resolved") if n else ("at-risk",)):
            told = _of_box(n, state)
            incidents.alert(alarm_of(told), 0, 10 * n + offset)
            incidents.forget(None)
    left = [(life.last.unit_id, life.last.state) for life in incidents.newest()]
    assert left == [*((box(n), "resolved") for n in (7, 6, 5)), (box(0), "at-risk")]


def test_of_too_many_deeds_the_newest_are_told_and_who_has_it_is_not_lost() -> None:
    board = _told(STORY[0])
    board.deed(deed(STORY[0], "assigned", TEN))
    for n in range(DEEDS_MAX + 5):
        board.deed(deed(STORY[0], "commented", TEN + 1 + n))
    found = board.incident(EVERYBODY, ID)
    assert found is not None
    assert len(found.notes) == DEEDS_MAX + 1
    assert found.assigned_to == "cy"


@pytest.mark.parametrize("one", STORY)
def test_an_alert_is_read_from_its_bytes_as_from_its_model(one: Alert) -> None:
    assert read_alarm(encode(one)) == alarm_of(one)
    assert alarm_of(one).incident == incident_of(one)
