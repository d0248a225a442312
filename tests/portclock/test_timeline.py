"""The drawing: every stage on its line, what is short still seen, the deadline where it falls."""

from typing import Any

import pytest

from events.testing import PORT, at, box, told
from portclock.timeline import Scale, rows, scale
from timing.limits import Edition, Register
from timing.observation import observation_of
from timing.patience import Patience
from timing.rules import Rules
from timing.story.chapters import Chapter
from timing.story.telling import tell


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def chapters(now: str, *sentences: str) -> tuple[Chapter, ...]:
    words = dict.fromkeys(("edition", "issuer", "title", "source"), "t")
    limit: dict[str, Any] = {"id": "t", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    said = {"status": "example", "port": PORT, "effective_from": "undated", "limit": [limit]}
    rules = Rules(Register((Edition.model_validate({**words, **said}),)), Patience())
    heard = [observation_of(one) for one in told(*sentences)]
    return tell(f"{PORT}/{box()}", heard, rules, epoch(now)).stories[0].chapters


def drawn(now: str, *sentences: str, columns: int = 12) -> list[str]:
    told_of = chapters(now, *sentences)
    return [row.cells for row in rows(told_of, scale(told_of, columns))]


# five minutes a column, from 10:00 to 11:00
def test_what_counts_is_drawn_otherwise_than_what_is_held() -> None:
    held = ("10:20 clock-stopped party=customs", "10:40 clock-resumed")
    visit = ("09:00 gated-in", "10:00 move-ordered", *held, "11:00 move-ended")
    assert drawn("12:00", *visit) == ["━━━━╌╌╌╌━━┊━"]


def test_an_open_stage_reaches_to_its_deadline_and_no_further_than_now() -> None:
    assert drawn("10:15", "09:00 gated-in", "10:00 move-ordered", columns=6) == ["━━━  ┊"]


def test_a_stage_shorter_than_a_column_fills_one() -> None:
    visit = ("09:00 gated-in", "09:30 move-ordered", "09:30 move-ended")
    longer = ("10:00 positioned", "12:00 inspection-started")
    assert drawn("12:00", *visit, *longer, columns=5) == ["━    ", " ━━━━", "    ━"]


@pytest.mark.parametrize(
    ("at_s", "column"), [(-5, 0), (0, 0), (59, 5), (60, 6), (99, 9), (100, 9), (500, 9)]
)
def test_an_instant_has_one_column_and_none_lies_outside(at_s: int, column: int) -> None:
    assert Scale(0, 100, 10).column(at_s) == column


def test_a_drawing_of_one_instant_has_its_first_column() -> None:
    assert Scale(7, 7, 10).column(7) == 0
