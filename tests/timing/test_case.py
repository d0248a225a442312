"""A case: one occurrence before one limit. Plain ones come to the same by a few sums as in full;
the law of that stands among the properties, its corners here."""

from collections.abc import Callable
from typing import Any

import pytest

from events.testing import PORT, at, box, told
from events.vocabulary import Direction, Party, Verdict
from timing import case as case_module
from timing.case import Case, Scene, in_full, judged
from timing.editions import Applied, Edition
from timing.finding import Finding, Level
from timing.findings import find
from timing.holds import holds_in
from timing.observation import merged, observation_of
from timing.occurrences import occurrences
from timing.rules import Rules
from timing.turns import turns_of
from timing.visits import Visit

MOVED = ("08:00 gated-in", "10:00 move-ordered", "10:45 move-ended")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def visit(*sentences: str, **fields: Any) -> Visit:
    reports = tuple(map(observation_of, told(*sentences, **fields)))
    return find(f"{PORT}/{box()}", reports, Rules(), 0).visits[0]


def case(stage: str, *sentences: str, now: str = "12:00", **fields: Any) -> Case:
    """The first occurrence of a stage, which nobody held."""
    stay = visit(*sentences, **fields)
    one = next(o for o in occurrences(stay) if o.stage.id == stage)
    return Case(Scene(stay, Rules(), epoch(now)), one, (), one.reports)


@pytest.fixture
def within(edition: Callable[..., Edition]) -> Callable[[int], Applied]:
    """A limit of so many seconds."""
    (limit,) = edition("box-move PT30M").limit
    return lambda limit_s: Applied(limit, "t", limit_s)


@pytest.mark.parametrize(
    ("limit_s", "verdict", "deadline"),
    [(2699, Verdict.BREACHED, "10:44:59"), (2700, Verdict.MET, None), (2701, Verdict.MET, None)],
)
def test_what_has_ended_is_judged_by_the_time_between_its_ends(
    limit_s: int, verdict: Verdict, deadline: str | None, within: Callable[[int], Applied]
) -> None:
    found = judged(case("box-move", *MOVED), within(limit_s))
    assert (found.verdict, found.gross_s, found.net_s) == (verdict, 2700, 2700)
    assert found.deadline_at == (epoch(deadline) if deadline else None)
    assert (found.split, found.held) == (((Party.TERMINAL, 2700),), ())


@pytest.mark.parametrize(
    ("now", "level"),
    [
        ("10:23:59", Level.CALM),
        ("10:24", Level.AT_RISK),
        ("10:30", Level.AT_RISK),
        ("10:30:01", Level.BREACHED),
    ],
)
def test_what_runs_on_is_judged_by_the_time_up_to_now(
    now: str, level: Level, within: Callable[[int], Applied]
) -> None:
    found = judged(case("box-move", *MOVED[:2], now=now), within(1800))
    assert (found.level, found.gross_s, found.split) == (level, None, ())
    assert (found.deadline_at, found.risk_at) == (epoch("10:30"), epoch("10:24"))


def test_what_is_told_of_later_than_now_moves_now_on(within: Callable[[int], Applied]) -> None:
    started = ("08:00 gated-in", "10:00 move-ordered", "10:40 move-started")
    found = judged(case("box-move", *started, now="10:10"), within(1800))
    assert (found.verdict, found.decided_at) == (Verdict.BREACHED, epoch("10:40"))


def in_full_only(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Notes what is judged in full."""
    asked: list[Case] = []

    def noted(one: Case, applied: Applied | None) -> Finding:
        asked.append(one)
        return in_full(one, applied)

    monkeypatch.setattr(case_module, "in_full", noted)
    return asked


@pytest.mark.plain
def test_what_somebody_held_is_judged_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    held = ("10:10 clock-stopped party=customs", "10:20 clock-resumed")
    plain = case("box-move", *MOVED[:2], *held, MOVED[2])
    stay = plain.scene.visit
    asked = in_full_only(monkeypatch)
    one = Case(plain.scene, plain.occurrence, holds_in(stay.reports, stay.traits), plain.evidence)
    assert judged(one, None).held == ((Party.CUSTOMS, 600),)
    assert asked == [one]


UNPACKED = (
    "08:00 discharged", "08:30 inspection-ordered", "09:00 unstuffing-started",
    "09:30 unstuffing-ended", "10:00 stuffing-started", "10:20 stuffing-ended",
)  # fmt: skip


@pytest.mark.plain
def test_what_is_done_in_two_stretches_is_judged_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    both, out = (case(s, *UNPACKED) for s in ("unstuffing-and-restuffing", "unstuffing"))
    asked = in_full_only(monkeypatch)
    assert judged(both, None).gross_s == 50 * 60
    assert judged(out, None).gross_s == 30 * 60
    assert [one.occurrence.stage.id for one in asked] == ["unstuffing-and-restuffing"]


@pytest.mark.plain
def test_working_time_is_counted_in_full(
    monkeypatch: pytest.MonkeyPatch, edition: Callable[..., Edition]
) -> None:
    office = {"id": "office", "days": "all", "hours": [["08:00", "10:15"]]}
    made = edition("box-move PT30M", scope={"calendar": "office"}, working_time=[office])
    applied = Applied(made.limit[0], "t", 1800, made.calendars["office"])
    move = case("box-move", *MOVED)
    asked = in_full_only(monkeypatch)
    found = judged(move, applied)
    assert (found.verdict, found.gross_s, found.net_s) == (Verdict.MET, 2700, 900)
    assert asked == [move]


def test_precision_and_other_contents_are_told_of_what_is_plain() -> None:
    coarse = judged(case("box-move", *MOVED, precision="minute"), None)
    assert coarse.flags == ("minute-precision",)
    assert coarse.revision == 2 * 2 - 1


def test_what_fell_counts_as_often_as_it_was_seen() -> None:
    plain = case("box-move", *MOVED)
    first, second = told("10:30 move-ended", "10:31 move-ended", ids="w")
    again = second.model_copy(update={"event_id": first.event_id})
    wrong = merged(observation_of(first), observation_of(again))
    assert wrong.weight == 2
    scene = Scene(plain.scene.visit, Rules(), plain.scene.watermark, (wrong,))
    one = Case(scene, plain.occurrence, (), (*plain.evidence, wrong))
    assert judged(one, None) == in_full(one, None)
    assert judged(one, None).revision == 2 * 4 - 1


CLEARED = (
    "08:00 arrived", "09:00 discharged", "10:00 declaration-accepted", "11:00 released",
    "13:00 gated-out",
)  # fmt: skip


@pytest.mark.plain
def test_where_all_answer_turns_are_found_once_for_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(answers: Any, stay: Visit) -> Any:
        asked.append(answers)
        return turns_of(answers, stay)

    stay = visit(*CLEARED, direction=Direction.IMPORT)
    monkeypatch.setattr(case_module, "turns_of", noted)
    scene = Scene(stay, Rules(), epoch("18:00"))
    found = [judged(Case(scene, o, (), o.reports), None) for o in occurrences(stay)]
    whole = next(f for f in found if f.key.stage == "release-time")
    assert dict(whole.split) == {
        Party.CARRIER: 3600, Party.AGENT: 3600, Party.CUSTOMS: 3600, Party.CONSIGNEE: 7200
    }  # fmt: skip
    assert asked == ["all"]
