"""In brief: the same finding as in full, for an occurrence that nobody held; what it cannot say it
refuses.
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import PORT, at, box, told
from timing.brief import Brief, Detour
from timing.engine import Rules
from timing.findings import Finding, find
from timing.limits import Edition, Register
from timing.observation import observation_of
from timing.occurrences import occurrences
from timing.stages import STAGE_IDS
from timing.turns import turns_of
from timing.visits import Visit, stays

KEY = f"{PORT}/{box()}"
OPENED = ("08:00 gated-in", "10:00 move-ordered")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def visit(events: list[Event], rules: Rules) -> Visit:
    return stays(KEY, tuple(map(observation_of, events)), rules.patience).visits[0]


def in_full(events: list[Event], rules: Rules, now: str) -> dict[str, Finding]:
    found = find(KEY, tuple(map(observation_of, events)), rules, epoch(now)).by_key
    return {key.stage: finding for key, finding in found.items()}


def in_brief(events: list[Event], rules: Rules, now: str) -> dict[str, Finding]:
    here = visit(events, rules)
    brief = Brief(here.visit_id, here.traits, rules, epoch(now))
    return {
        o.stage.id: brief.opened(o)
        if o.closed_at is None
        else brief.closed(o, turns_of(o.stage.answers, here))
        for o in occurrences(here)
    }


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules(*(f"{stage} PT30M" for stage in sorted(STAGE_IDS)))


NOWS = ["09:00", "10:00", "10:23:59", "10:24", "10:30", "10:30:01", "18:00"]
ENDS = ["10:10", "10:30", "10:30:01", "12:00"]


@pytest.mark.parametrize("now", NOWS)
def test_what_is_under_way_is_told_as_in_full(now: str, promised: Rules) -> None:
    story = told(*OPENED, "10:00 lab-sampled precision=minute", "10:00 tally-ended")
    assert in_brief(story, promised, now) == in_full(story, promised, now)
    assert len(in_brief(story, promised, now)) == 3


@pytest.mark.parametrize("end", ENDS)
def test_what_has_ended_is_told_as_in_full(end: str, promised: Rules) -> None:
    story = told(*OPENED, "10:05 move-started", f"{end} move-ended precision=day")
    assert in_brief(story, promised, "18:00") == in_full(story, promised, "18:00")


@pytest.mark.parametrize("now", NOWS)
def test_without_a_limit_it_is_told_as_in_full(now: str) -> None:
    for story in (told(*OPENED), told(*OPENED, "10:40 move-ended")):
        nothing = Rules(Register(()))
        assert in_brief(story, nothing, now) == in_full(story, nothing, now)


def test_an_order_as_long_as_its_work_took_no_time_and_is_split_among_nobody(
    promised: Rules,
) -> None:
    story = told(*OPENED, "10:00 move-ended")
    found = in_brief(story, promised, "18:00")
    assert found == in_full(story, promised, "18:00")
    assert (found["box-move"].gross_s, found["box-move"].split) == (0, ())


NOTICE = {"kind": "notice", "journey_over": "PT4H", "notice": "PT4H"}
SIZES = {"kind": "duration-by-size", "within_by_size": {"20": "PT30M"}}
SPECIAL: dict[str, tuple[str, dict[str, Any], tuple[str, ...], dict[str, Any]]] = {
    "a notice still open": ("manifest-notice", NOTICE,
                            ("08:00 gated-in", "09:00 manifest-declared"), {"journey_s": 36000}),
    "a notice kept": ("manifest-notice", NOTICE, ("05:00 manifest-declared", "09:00 arrived"),
                      {"journey_s": 36000}),
    "a notice broken": ("manifest-notice", NOTICE, ("06:00 manifest-declared", "09:00 arrived"),
                        {"journey_s": 36000}),
    "an unknown journey": ("manifest-notice", NOTICE, ("06:00 manifest-declared", "09:00 arrived"),
                           {}),
    "an unknown size": ("box-move", SIZES, (*OPENED, "10:20 move-ended"), {}),
    "another size": ("box-move", SIZES, OPENED, {"cargo": {"size_type": "42G1"}}),
    "the size": ("box-move", SIZES, OPENED, {"cargo": {"size_type": "22G1"}}),
    "listed only": ("box-move", {"kind": "listed"}, OPENED, {}),
    "at another facility": ("box-move", {"kind": "duration", "within": "PT30M",
                                         "facilities": ["LPT2"]},
                            (OPENED[0], "10:00 move-ordered facility=LPT2"), {}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "limit", "story", "fields"), SPECIAL.values(), ids=SPECIAL.keys()
)
def test_other_kinds_fixed_by_the_unit_are_told_as_in_full(
    stage: str, limit: dict[str, Any], story: tuple[str, ...], fields: dict[str, Any],
    edition: Callable[..., Edition],
) -> None:  # fmt: skip
    rules = Rules(Register((edition(stage, scope=limit),)))
    events = told(*story, direction=None, **fields)
    for now in ("10:10", "18:00"):
        assert in_brief(events, rules, now) == in_full(events, rules, now)


@pytest.mark.parametrize("heard", range(1, 6))
def test_where_all_answer_together_it_is_split_as_in_full(heard: int, promised: Rules) -> None:
    story = told(
        "08:00 arrived", "09:00 discharged", "09:30 declaration-accepted", "10:00 released",
        "12:00 gated-out",
    )[:heard]  # fmt: skip
    assert in_brief(story, promised, "12:00") == in_full(story, promised, "12:00")


def test_what_ended_undone_is_told_as_in_full_where_nothing_can_lapse() -> None:
    story = told("08:00 discharged", "09:00 truck-arrived", "09:10 truck-departed")
    nothing = Rules(Register(()))
    assert in_brief(story, nothing, "12:00") == in_full(story, nothing, "12:00")


REFUSED: dict[str, list[dict[str, Any]]] = {
    "several": [{"id": "b", "kind": "duration", "within": "PT1H"}],
    "in working time": [{"id": "b", "kind": "duration", "within": "PT1H", "calendar": "office"}],
    "by appointment": [{"id": "b", "kind": "lead-time", "lead": "PT30M"}],
    "adjusted": [{"id": "b", "kind": "duration", "within": "PT1H",
                  "override": [{"reason": "x", "from": "2020-01-01", "within": "PT2H"}]}],
}  # fmt: skip


@pytest.mark.parametrize("limits", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("more", [(), ("10:20 move-ended",)], ids=["open", "closed"])
def test_limits_that_the_unit_alone_does_not_fix_are_refused(
    limits: list[dict[str, Any]], more: tuple[str, ...], edition: Callable[..., Edition]
) -> None:
    office = {"id": "office", "days": "china", "hours": [["08:00", "18:00"]]}
    whole = {"id": "a", "stage": "box-move", "kind": "duration", "within": "PT1H"}
    known = [whole] if limits is REFUSED["several"] else []
    written = [*known, *({**one, "stage": "box-move"} for one in limits)]
    rules = Rules(Register((edition(limit=written, working_time=[office]),)))
    with pytest.raises(Detour):
        in_brief(told(*OPENED, *more), rules, "12:00")


def test_of_two_editions_the_one_in_force_when_it_began_judges(
    edition: Callable[..., Edition],
) -> None:
    first = edition("box-move PT10M", edition="a", effective_to="2026-03-03")
    second = edition("box-move PT1H", edition="b", effective_from="2026-03-03", supersedes="a")
    rules = Rules(Register((first, second)))
    for begin, of in (("10:00", "a"), ("day+1 10:00", "b")):
        story = told(f"{begin} gated-in", f"{begin} move-ordered")
        found = in_brief(story, rules, "day+2 00:00")
        assert found == in_full(story, rules, "day+2 00:00")
        applied = found["box-move"].applied
        assert applied is not None
        assert applied.edition == of
