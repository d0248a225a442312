"""What is remembered of visits that ended: enough that nothing opens twice, and no more."""

from events.codec import encode
from events.outcomes import Outcome
from events.testing import PORT, box, examples, limit, outcome
from serving.asks import Place
from serving.board.facets import CHOICES_MAX, Choices, Facets
from serving.board.judged import judged_of, read_judged
from serving.board.kept import Kept
from serving.board.state import Board
from serving.board.testing import EVERYBODY, VIEWERS
from serving.board.views import Asked
from serving.board.visits import Visits


def test_of_too_many_visits_that_ended_the_oldest_are_forgotten_and_no_open_one() -> None:
    kept = Kept()
    kept.visits = Visits(ended_max=3)
    for n in range(10):
        said = {"unit": box(n), "visit_id": f"{PORT}/{box(n)}/20260302T000000Z"}
        kept.outcome(judged_of(outcome("inspection", "10:00", **said)), 0, 2 * n)
        kept.outcome(judged_of(outcome("inspection", "10:00", "10:30", **said)), 0, 2 * n + 1)
        if n == 0:
            kept.outcome(judged_of(outcome("inspection", "10:00", **said)), 1, 0)
    assert len(kept.visits) == 4
    assert len(kept.inspected) == 4
    assert kept.stages.held == 1
    units = [n for n in range(10) if list(kept.visits.of_unit(PORT, box(n)))]
    assert units == [0, 7, 8, 9]


def test_a_block_where_nothing_of_a_kind_is_left_has_no_share_of_it() -> None:
    board = Board()
    for n, stage in enumerate(("pickup", "box-move", "pickup")):
        board.seen(PORT, box(n), "A1-1" if n < 2 else "B1-1", 0)
        board.outcome(outcome(stage, "10:00", unit=box(n), limit=limit()), Place(0, n))
    board.outcome(outcome("pickup", "10:00", "10:10", limit=limit()), Place(0, 9))
    shares = board.shares(EVERYBODY, Asked(stage="pickup"), "yard")
    assert [(share.name, share.counts.open) for share in shares] == [("B1", 1)]


def test_when_everything_has_ended_no_bucket_choice_or_group_is_left() -> None:
    board, kept = Board(), Kept()
    board._kept = kept
    stages = ("box-move", "pickup", "release-time")
    for viewer in VIEWERS:
        board.counts(viewer, Asked(stage="pickup"))
    for closed, first in ((None, 0), ("10:30", 100)):
        for n, stage in enumerate(stages):
            told = outcome(stage, "10:00", closed, unit=box(n), limit=limit() if n else None)
            board.outcome(told, Place(0, first + n))
            board.seen(PORT, box(n), f"A{n}-1", n)
        assert bool(kept.stages.held) is (closed is None)
    assert (kept.stages._by_facets, kept.stages._by_yard, kept.stages._counted) == ({}, {}, {})
    assert kept.crowd._visits == {}
    assert kept.choices._known == set()
    assert kept.choices.of(EVERYBODY, Asked(), single=True) == set()


def test_choices_are_kept_up_as_facets_come_and_go_and_bounded() -> None:
    choices = Choices()
    one = Facets("P", "F", "pickup", "terminal", "water")
    asked = Asked(stage="pickup")
    assert choices.of(EVERYBODY, asked, single=True) == set()
    choices.add(one)
    choices.add(one._replace(stage="inspection"))
    assert choices.of(EVERYBODY, asked, single=True) == {one}
    choices.drop(one)
    assert choices.of(EVERYBODY, asked, single=True) == set()
    for n in range(CHOICES_MAX + 5):
        choices.of(EVERYBODY, Asked(port=f"P{n}"), single=True)
    assert len(choices._chosen) == CHOICES_MAX
    for n in range(3):
        choices.of(EVERYBODY, Asked(yard=f"A{n}"), single=True)
    assert sum(not question.asked.port for question in choices._chosen) == 1


def test_an_outcome_is_read_from_its_bytes_as_from_its_model() -> None:
    kept = examples("stage-dwells")
    assert len(kept) > 3
    for one in kept:
        said = Outcome.model_validate_json(one.data)
        assert read_judged(one.data) == judged_of(said) == read_judged(encode(said))
