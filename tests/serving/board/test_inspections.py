"""An inspection from notice to end, put together from stages that come in any order."""

from itertools import permutations
from typing import Any

from events.outcomes import Outcome
from events.testing import PORT, at, box, limit, outcome
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.state import Board
from serving.board.testing import EVALUATOR, EVERYBODY
from serving.board.views import Asked, Inspection, Level

VISIT = f"{PORT}/{box()}/20260302T000000Z"
TEN = int(at("10:00").timestamp())


def _stage(stage: str, opened: str, closed: str | None = None, **fields: Any) -> Outcome:
    verdict = "no-limit" if closed else "open"
    return outcome(stage, opened, closed, **{"visit_id": VISIT, "verdict": verdict, **fields})


WHOLE = (
    _stage("inspection-positioning", "10:00", "11:00"),
    _stage("in-yard-transfer", "10:10", "10:50"),
    _stage("box-move", "10:52", "10:55"),
    _stage("inspection-wait", "11:00", "12:00", answers="customs"),
    _stage("inspection", "12:00", "13:00", answers="customs"),
    _stage("release-time", "09:00"),
)


def _board(*told: Outcome) -> Board:
    board = Board()
    for offset, one in enumerate(told):
        board.outcome(one, Place(0, offset))
    board.tick(0, TEN + 4 * 3600)
    return board


def _minutes(one: Inspection) -> list[int | None]:
    moments = (one.noticed_at, one.received_at, one.positioned_at, one.started_at, one.ended_at)
    return [None if moment is None else (moment - TEN) // 60 for moment in moments]


def _courses(board: Board) -> list[list[int | None]]:
    return [_minutes(one) for one in board.inspections(EVERYBODY)]


def test_an_inspection_goes_from_notice_to_end_in_whatever_order_it_is_told() -> None:
    for order in permutations(enumerate(WHOLE), 6):
        board = Board()
        board.tick(0, TEN + 4 * 3600)
        for offset, one in order:
            board.outcome(one, Place(0, offset))
        assert _courses(board) == [[0, 10, 60, 120, 180]]


def test_what_has_not_happened_yet_is_none() -> None:
    told: list[Outcome] = []
    found: list[list[list[int | None]]] = []
    for one in (
        _stage("inspection-positioning", "10:00"),
        _stage("box-move", "10:20"),
        _stage("inspection-wait", "11:00"),
        _stage("inspection", "12:00"),
    ):
        told.append(one)
        found.append(_courses(_board(*told)))
    assert found == [
        [[0, None, None, None, None]],
        [[0, 20, None, None, None]],
        [[0, 20, 60, None, None]],
        [[0, 20, 60, 120, None]],
    ]


def test_a_move_before_the_notice_or_after_the_platform_received_nothing() -> None:
    steps = [WHOLE[0], WHOLE[3], WHOLE[5]]
    assert _courses(_board(*steps, _stage("box-move", "09:50", "09:55"))) == [
        [0, None, 60, None, None]
    ]
    assert _courses(_board(*steps, _stage("box-move", "11:30", "11:35")))[0][1] is None


def test_each_notice_begins_an_inspection_of_its_own() -> None:
    again = (
        _stage("inspection-positioning", "15:00", "15:30", occurrence=2),
        _stage("inspection-wait", "15:30", occurrence=2),
    )
    assert _courses(_board(*WHOLE, *again)) == [
        [300, None, 330, None, None],
        [0, 10, 60, 120, 180],
    ]


def test_steps_without_a_notice_are_an_inspection_too() -> None:
    told = (_stage("inspection-wait", "11:00", "12:00"), _stage("inspection", "12:00"))
    assert _courses(_board(*told)) == [[60, None, 60, 120, None]]


def test_under_two_limits_a_step_is_one_and_as_urgent_as_the_worse() -> None:
    near, far = at("10:30"), at("18:00")
    told = [
        _stage("inspection-positioning", "10:00", limit=limit(id="a"), deadline_at=far),
        _stage("inspection-positioning", "10:00", limit=limit(id="b"), deadline_at=near,
               verdict="breached"),
    ]  # fmt: skip
    (only,) = _board(*told).inspections(EVERYBODY)
    assert (only.level, only.deadline_at) == (Level.BREACHED, int(near.timestamp()))
    assert only.left_s == int(near.timestamp()) - TEN - 4 * 3600


def test_those_under_way_come_by_deadline_then_the_ended_of_the_last_day() -> None:
    def one(n: int, closed: str | None, deadline: str | None = None) -> Outcome:
        until = at(deadline) if deadline else None
        return _stage("inspection", "10:00", closed, unit=box(n), deadline_at=until, limit=limit(),
                      visit_id=f"{PORT}/{box(n)}/20260302T000000Z")  # fmt: skip

    board = _board(
        *(one(1, "10:50"), one(2, None), one(3, None, "15:00"), one(4, "11:30")),
        *(one(5, None, "14:30"), one(6, "13:00")),
    )
    units = [row.unit_id for row in board.inspections(EVERYBODY)]
    assert units == [box(n) for n in (5, 3, 2, 6, 4, 1)]
    assert [row.unit_id for row in board.inspections(EVERYBODY, limit=2)] == units[:2]
    board.tick(0, int(at("day+1 11:00").timestamp()))
    units = [row.unit_id for row in board.inspections(EVERYBODY)]
    assert units == [box(n) for n in (5, 3, 2, 6, 4)]


def test_who_may_not_see_a_step_does_not_see_the_inspection() -> None:
    elsewhere = _stage("inspection", "12:00", facility="LPT2", answers="customs")
    board = _board(*WHOLE[:4], elsewhere)
    mine = Viewer("op", Role.OPERATOR, frozenset(), frozenset({"LPCT"}))
    both = Viewer("op", Role.OPERATOR, frozenset(), frozenset({"LPCT", "LPT2"}))
    customs = Viewer("cu", Role.CUSTOMS)
    seen = [len(board.inspections(viewer)) for viewer in (mine, both, customs, EVALUATOR)]
    assert seen == [0, 1, 1, 0]


def test_a_question_is_about_the_step_where_it_stands() -> None:
    board = _board(*WHOLE[:4], _stage("inspection", "12:00", answers="customs"))
    for asked, found in (
        (Asked(stage="inspection"), 1), (Asked(stage="inspection-wait"), 0),
        (Asked(answers="customs"), 1), (Asked(answers="terminal"), 0), (Asked(yard="A1"), 0),
    ):  # fmt: skip
        assert len(board.inspections(EVERYBODY, asked)) == found


def test_a_withdrawn_inspection_is_none() -> None:
    told = _stage("inspection", "12:00")
    board = _board(told, _stage("inspection", "12:00", verdict="void"))
    assert board.inspections(EVERYBODY) == []


def test_an_inspection_of_a_unit_that_left_without_it_is_shown_no_longer() -> None:
    board = _board(
        _stage("inspection-positioning", "10:00", "11:00"), _stage("release-time", "09:00")
    )
    assert len(board.inspections(EVERYBODY)) == 1
    board.outcome(_stage("release-time", "09:00", "12:00"), Place(0, 9))
    assert board.inspections(EVERYBODY) == []
