"""Broken engines: each breaks one part, and the law named beside it must notice.

A law that passes on its mutant would hold of anything. Stories are drawn from fixed seeds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from events.vocabulary import Verdict
from timing import (
    announce,
    corrections,
    deadlines,
    dwell,
    findings,
    history,
    holds,
    memory,
    occurrences,
    verdict,
    visits,
)
from timing.corrections import Standing, order
from timing.history import History
from timing.limits import Register
from timing.observation import Observation
from timing.occurrences import Occurrence, Segment
from timing.patience import DAY_S
from timing.visits import Visit

Law = Callable[[Random], None]
SEEDS = range(80)

_forget_after = history._forget_after
_due_at = History.due_at
_forgotten = History.forgotten
_open = visits._Walk._open
_outcomes = announce.outcomes
_alerts = announce.alerts
_pack = memory.pack
_deadline = deadlines.deadline
_limits = findings._limits


def over_at_the_limit(taken_s: int, limit_s: int) -> bool:
    return taken_s >= limit_s


def over_below_the_limit(taken_s: int, limit_s: int) -> bool:
    return taken_s < limit_s


def judged_by_gross(gross_s: int, net_s: int, limit_s: int) -> Any:
    return verdict.of_closed(gross_s, gross_s, limit_s)


def never_broken_by_the_timer(net_s: int, limit_s: int) -> Any:
    return Verdict.OPEN


def last_come_stands(known: Observation, other: Observation) -> Observation:
    return other


def everything_stands(reports: Any) -> Standing:
    return Standing(tuple(sorted((r for r in reports if not r.retracts), key=order)), ())


def every_correction_counts(some: list[Observation]) -> frozenset[Any]:
    return frozenset(report.corrects for report in some if report.corrects)


def nothing_waits(self: Any, report: Observation) -> None:
    self.kept += self.waiting
    self.waiting = []
    _open(self, report)


def never_a_return(self: Any, visit: Visit, report: Observation) -> bool:
    return False


def deadline_without_holds(parts: Any, answers: Any, allowance_s: int) -> int | None:
    return _deadline(tuple(p._replace(slices=()) for p in parts), answers, allowance_s)


def deadline_of_the_last_stretch(parts: Any, answers: Any, allowance_s: int) -> int | None:
    return _deadline(parts[-1:], answers, allowance_s)


def excused_by_anybody(party: Any, answers: Any) -> bool:
    return True


def link_without_clamping(
    stage: Any, start: int, opener: Any, following: Any, visit: Visit
) -> Occurrence:
    end = following[0][1].occurred_at if following else None
    opened_at = opener.occurred_at
    return Occurrence(stage, 1, (Segment(opened_at, end),), end, (opener,), ())


def open_for_ever(stage: Any, number: int, reports: Any, visit: Visit) -> Occurrence:
    return Occurrence(stage, number, (Segment(reports[0].occurred_at, None),), None, reports, ())


def nothing_is_void(unit: Any, before: Any, after: Any) -> Any:
    return tuple(o for o in _outcomes(unit, before, after) if o.verdict != "void")


def told_again_each_time(unit: Any, before: Any, after: Any) -> Any:
    return _alerts(unit, announce.NOTHING, after)


def breach_never_withdrawn(unit: Any, before: Any, after: Any) -> Any:
    return (a for a in _alerts(unit, before, after) if a.state != "retracted")


def due_a_minute_late(self: History, law: Any) -> int:
    return _due_at(self, law) + 60


def due_for_nothing(self: History, law: Any) -> int:
    return _due_at(self, law) - 60


def forgotten_a_day_early(visit: Visit, found: Any, patience: Any) -> int:
    return _forget_after(visit, found, patience) - DAY_S


def forgets_only_what_stands(self: History, law: Any) -> History:
    rest, stands = _forgotten(self, law), {r for v in self.findings(law).visits for r in v.reports}
    return replace(
        rest, reports=tuple(r for r in self.reports if r in rest.reports or r not in stands)
    )


def never_forgotten(visit: Visit, found: Any, patience: Any) -> int:
    return _forget_after(visit, found, patience) + 999 * DAY_S


def packed_without_what_is_settled(known: History) -> bytes:
    return _pack(replace(known, settled_until=0))


def edition_of_the_end(port: str, visit: Visit, occurrence: Occurrence, register: Register) -> Any:
    end = occurrence.closed_at or occurrence.opened_at + DAY_S
    later = occurrence._replace(segments=(Segment(end, end),))
    return _limits(port, visit, later, register)


REVERSED = {party: -rank for party, rank in holds._RANK.items()}

BOUNDARY = "the_timer_and_the_closer_agree_at_the_boundary"
DEADLINE = "the_deadline_is_the_inverse_of_net_time"
PARTS = "parts_by_party_are_counted_once"
STREAM = "the_stream_comes_to_what_the_judge_says"
ALERTS = "people_are_told_once_and_nothing_else_than_the_verdicts"
DUE = "nothing_is_due_too_late_or_for_nothing"
REPLACING = "superseding_is_replacing_and_retracting_is_removing"
FORGETTING = "forgetting_one_visit_changes_no_other"
WEEK = "a_closed_visit_can_be_corrected_for_a_week"

MUTANTS: list[tuple[str, object, str, object]] = [
    (BOUNDARY, verdict, "over", over_at_the_limit),
    (DEADLINE, verdict, "over", over_at_the_limit),
    ("a_longer_limit_never_breaks_what_was_kept", verdict, "over", over_below_the_limit),
    ("a_closed_stage_is_judged_by_its_net_time", findings, "of_closed", judged_by_gross),
    (DEADLINE, findings, "of_open", never_broken_by_the_timer),
    (DEADLINE, findings, "deadline", deadline_without_holds),
    (DEADLINE, findings, "deadline", deadline_of_the_last_stretch),
    (PARTS, holds, "_RANK", REVERSED),
    (PARTS, dwell, "excuses", excused_by_anybody),
    ("the_later_content_of_an_event_stands", history, "merged", last_come_stands),
    (STREAM, history, "merged", last_come_stands),
    (REPLACING, findings, "standing", everything_stands),
    ("a_retracted_retraction_changes_nothing", corrections, "_void", every_correction_counts),
    ("nothing_waits_for_a_visit_that_came", visits._Walk, "_open", nothing_waits),
    ("a_box_enters_once_in_a_visit", visits._Walk, "_reentry", never_a_return),
    ("stretches_of_a_chain_meet_and_sum_to_the_stay", occurrences, "_link", link_without_clamping),
    ("no_work_stays_open_on_a_unit_that_left", occurrences, "_unclosed", open_for_ever),
    (STREAM, announce, "outcomes", nothing_is_void),
    (ALERTS, announce, "alerts", told_again_each_time),
    (ALERTS, announce, "alerts", breach_never_withdrawn),
    (DUE, History, "due_at", due_a_minute_late),
    (DUE, History, "due_at", due_for_nothing),
    (WEEK, history, "_forget_after", forgotten_a_day_early),
    (WEEK, history, "_forget_after", never_forgotten),
    (FORGETTING, History, "forgotten", forgets_only_what_stands),
    ("a_history_survives_being_written_down", memory, "pack", packed_without_what_is_settled),
    (
        "the_edition_in_force_when_the_stage_began_judges", findings, "_limits",
        edition_of_the_end,
    ),
]  # fmt: skip


def broken(law: Law) -> bool:
    """Whether some story of the fixed seeds breaks the law."""
    return any(_breaks(law, seed) for seed in SEEDS)


def _breaks(law: Law, seed: int) -> bool:
    try:
        law(Random(seed))
    except AssertionError:
        return True
    return False


@contextmanager
def replaced(room: Any, name: str, part: object) -> Iterator[None]:
    whole = getattr(room, name)
    setattr(room, name, part)
    try:
        yield
    finally:
        setattr(room, name, whole)


def named(mutant: tuple[str, object, str, object]) -> str:
    law, _, name, part = mutant
    return f"{getattr(part, '__name__', f'{name}-reversed')}-{law}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=named)
def test_the_law_notices_the_broken_part(
    mutant: tuple[str, object, str, object], laws: dict[str, Law]
) -> None:
    name, room, part, broken_part = mutant
    with replaced(room, part, broken_part):
        assert broken(laws[name])


def test_no_story_of_the_seeds_breaks_a_law_on_the_whole_engine(law: Law) -> None:
    assert not broken(law)


def test_every_law_has_noticed_something(laws: dict[str, Law]) -> None:
    assert {mutant[0] for mutant in MUTANTS} == set(laws)
