"""Fragments are shared, bounded, and as quick with a full port as with an empty one."""

from time import process_time

import msgspec
import pytest

from events.testing import at, box
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.judged import Judged
from serving.board.state import Board
from serving.board.views import Asked
from serving.web.house import ROWS_MAX
from serving.web.live import VIEWS
from serving.web.manner import Manner
from serving.web.rendering import FRAGMENTS_MAX, Fragments, render
from serving.web.scene import Scene

OPEN = 50_000
NOON = int(at("12:00").timestamp())
STEWARD = Viewer("Zhao", Role.STEWARD)
QUICK_S = 0.1
"""Of processor time for one look at a full port; four a second must leave room for the rest."""
SMALL = 120_000


def _scene(viewer: Viewer = STEWARD, **fields: object) -> Scene:
    manner = Manner("en", path="/now")
    return Scene(viewer, msgspec.structs.replace(manner, **fields), Asked(), {})


def _judged(number: int) -> Judged:
    """An open stage; one in ten is overdue."""
    deadline_at = NOON + (600 if number % 10 else -600) + number % 300
    number_of = box(number)
    return Judged(
        f"CNLYG/{number_of}/20260302T000000Z", "container", number_of, "CNLYG", f"F{number % 5}",
        "water", "pickup", 1, "terminal", "l", "e", 3_600, NOON - 3_000, None, deadline_at,
        "open" if number % 10 else "breached",
    )  # fmt: skip


@pytest.fixture(scope="module")
def full() -> Board:
    """A port with 50,000 open visits."""
    board = Board()
    for number in range(OPEN):
        board.outcome(_judged(number), Place(0, number))
    board.tick(0, NOON)
    return board


def test_a_look_at_fifty_thousand_open_visits_is_quick_and_small(full: Board) -> None:
    scene, took = _scene(), []
    for _ in range(5):
        began_at = process_time()
        _, fragment = Fragments(full).fragment(VIEWS["now"], scene)
        took.append(process_time() - began_at)
    assert "50,000" in fragment
    assert fragment.count("<tr data-key") <= ROWS_MAX + 40
    assert len(fragment.encode()) < SMALL
    assert min(took) < QUICK_S, took


def test_viewers_of_one_scope_and_language_share_a_fragment_per_version() -> None:
    board = Board()
    fragments = Fragments(board)
    first = fragments.fragment(VIEWS["now"], _scene())
    again = fragments.fragment(VIEWS["now"], _scene(Viewer("Qian", Role.STEWARD)))
    assert first[1] is again[1]
    board.tick(0, NOON)
    assert fragments.fragment(VIEWS["now"], _scene())[1] is not first[1]


@pytest.mark.parametrize(
    "other",
    [
        _scene(Viewer("Sun", Role.EVALUATOR)),
        _scene(Viewer("Li", Role.STEWARD, frozenset({"CNSHA"}))),
        _scene(Viewer("Li", Role.STEWARD, frozenset(), frozenset({"F1"}))),
        _scene(language="zh"),
    ],
    ids=["role", "ports", "facilities", "language"],
)
def test_viewers_of_another_scope_or_language_never_share(other: Scene, full: Board) -> None:
    fragments = Fragments(full)
    mine = fragments.fragment(VIEWS["now"], _scene())[1]
    theirs = fragments.fragment(VIEWS["now"], other)[1]
    assert theirs != mine
    assert theirs == Fragments(full).fragment(VIEWS["now"], other)[1]


def test_no_more_fragments_are_kept_than_the_bound() -> None:
    fragments = Fragments(Board())
    for number in range(FRAGMENTS_MAX + 20):
        fragments.fragment(VIEWS["now"], _scene(query=(("stage", str(number)),)))
    assert len(fragments._kept) == FRAGMENTS_MAX


def test_before_the_first_tick_the_board_says_that_it_heard_nothing() -> None:
    for name, view in VIEWS.items():
        text = Fragments(Board()).fragment(view, _scene())[1]
        assert "Nothing heard yet" in text, name


def test_a_word_that_nobody_gave_is_an_error() -> None:
    asked = {"chart": {"names": []}, "csrf": "", "publishes": False}
    with pytest.raises(Exception, match="'wanted' is undefined"):
        render("stages.html", _scene(), Board(), **asked)
